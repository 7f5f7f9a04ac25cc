"""The models' regular expressions, which are Java's, for Python.

Java's ``\\w \\d \\s`` mean ASCII, beside a ``\\p{L}`` that means every alphabet, and its ``.`` stops at five kinds of
line end. Every pattern must decide in linear time, which the tests hold all to; the few that would not are written
another way.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import regex

_ASCII = {"w": "a-zA-Z0-9_", "d": "0-9", "s": r" \t\n\x0b\f\r"}
_LINE_ENDS = r"\n\r\u0085\u2028\u2029"
_TOKEN = regex.compile(r"\\p\{\w+\}|\\.|\[\^?|\]|.", regex.DOTALL)

# What the service accepts where its model says something else: spaces inside a password (user-pools-api.md, section 4),
# and the dots of a custom domain.
SAID = {"PasswordType": r"^[\S]+.*[\S]+$", "DomainType": r"^[a-z0-9](?:[a-z0-9\-.]{0,61}[a-z0-9])?$"}

_WORDS = r"[\p{L}\p{M}\p{S}\p{N}\p{P}\s*]"
_SIGNS = r"[\p{L}\p{M}\p{S}\p{N}\p{P}]"
# The same languages without two stars that fight over one character: what must be there, then what all must be.
_LINEAR = {
    SAID["PasswordType"]: r"\S.*\S",
    rf"{_WORDS}*\{{####\}}{_WORDS}*": rf"(?=(?s:.*)\{{####\}}){_WORDS}*+",
    rf"{_WORDS}*\{{##{_WORDS}*##\}}{_WORDS}*": rf"(?=(?>(?s:.*?)\{{##)(?s:.*?)##\}}){_WORDS}*+",
    rf"{_SIGNS}+@{_SIGNS}+": rf"(?=(?s:..*)@(?s:.)){_SIGNS}*+",
}


@cache
def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a whole text is in the language of one of the models' patterns."""
    compiled = regex.compile(python(_LINEAR.get(pattern, pattern)))

    def matches(text: str) -> bool:
        # It takes microseconds: letting other threads run meanwhile, or looking at the clock, would take longer.
        return compiled.fullmatch(text, concurrent=False) is not None

    return matches


def python(pattern: str) -> str:
    """The same language for the ``regex`` package."""
    if "(?s" in pattern:
        return "".join(_in_class(token) if token[0] == "\\" else token for token in _TOKEN.findall(pattern))
    written, inside = [], False
    for token in _TOKEN.findall(pattern):
        inside = token[0] == "[" or (inside and token != "]")
        written.append(_in_class(token) if inside else _outside(token))
    return "".join(written)


def _in_class(token: str) -> str:
    if token == r"\S":
        return r"\x00-\x08\x0e-\x1f\x21-\U0010ffff"
    return _ASCII.get(token[1:], token) if token[0] == "\\" else token


def _outside(token: str) -> str:
    if token == ".":
        return f"[^{_LINE_ENDS}]"
    if token == r"\S":
        return f"[^{_ASCII['s']}]"
    return f"[{_ASCII[token[1:]]}]" if token[0] == "\\" and token[1:] in _ASCII else token
