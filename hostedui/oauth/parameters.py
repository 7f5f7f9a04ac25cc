"""Parameters of a query or a form, read strictly: nothing twice, nothing without end, nothing that is no text.

What has no value counts as left out (RFC 6749 section 3.1). A ``state`` comes back as it was sent, also where it is no
text: bytes that are no UTF-8 survive the way in and out again.
"""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import parse_qsl, urlencode

LONGEST = 16 * 1024
MOST = 60
LONGEST_OF = {"client_id": 128, "redirect_uri": 1024, "state": 8192, "nonce": 2048, "code_challenge": 128}
ORDINARY = 4096
ECHOED = frozenset({"state"})
SURROGATE = re.compile("[\ud800-\udfff]")

Parameters = dict[str, str]


class Malformed(ValueError):
    """``str()`` says why, in our own words: it may be shown. ``known`` is what could be read nevertheless."""

    def __init__(self, why: str, known: Parameters | None = None) -> None:
        super().__init__(why)
        self.known = known or {}


def read(text: str) -> Parameters:
    """Raises Malformed."""
    if len(text) > LONGEST:
        raise Malformed("The request is too large.")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="surrogateescape", max_num_fields=MOST)
    except ValueError:
        raise Malformed("The request has too many parameters.") from None
    counted = Counter(name for name, _ in pairs)
    found = {name: value for name, value in pairs if value and counted[name] == 1}
    if len(counted) < len(pairs):
        raise Malformed("A parameter is there twice.", found)
    for name, value in found.items():
        if len(value) > LONGEST_OF.get(name, ORDINARY) or not (_is_text(value) or name in ECHOED):
            raise Malformed("A parameter is too long, or no text.", found)
    return found


def _is_text(value: str) -> bool:
    """Lone surrogates stand for bytes that are no UTF-8: neither the database nor a page takes them."""
    return "\0" not in value and not SURROGATE.search(value)


def known(text: str) -> Parameters:
    """What can be read of ``text``, whatever is wrong with the rest."""
    try:
        return read(text)
    except Malformed as error:
        return error.known


def added(address: str, parameters: Parameters) -> str:
    """``address`` as it was registered, character by character, and its query longer."""
    glue = "" if address.endswith(("?", "&")) else "&" if "?" in address else "?"
    return f"{address}{glue}{written(parameters)}"


def in_fragment(address: str, parameters: Parameters) -> str:
    return f"{address}#{written(parameters)}"


def written(parameters: Parameters) -> str:
    return urlencode(parameters, errors="surrogateescape")
