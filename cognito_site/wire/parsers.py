"""Bytes in, a plain document out: AWS JSON 1.1, and the query protocol of STS and IAM.

Stricter than Python's own decoder where two readers could disagree: duplicate members, NaN, lone surrogates and NUL are
refused, and depth and numbers have limits, so that what is validated is what is stored.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from rest_framework.parsers import BaseParser

from cognito_site.contract import errors
from cognito_site.contract.services import Operation, Shape

LARGEST_BODY = 1024 * 1024
LARGEST_BODY_WITH_FILES = 2 * 1024 * 1024  # logos and branding, in base64
DEEPEST = 32
MOST_FIELDS = 2000
MOST_DIGITS = 19
LARGEST_NUMBER = 1 << 63
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


def largest_body(operation: Operation) -> int:
    return LARGEST_BODY_WITH_FILES if operation.takes_files else LARGEST_BODY


class JsonParser(BaseParser):
    """``application/x-amz-json-1.1``. An empty body is an empty object."""

    media_type = "application/x-amz-json-1.1"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        return decode(stream.read())


def decode(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise errors.malformed("it is not UTF-8") from None
    _check_depth(text)
    try:
        found = _decoder.decode(text)
    except (ValueError, RecursionError):
        raise errors.malformed("it is not JSON") from None
    if not isinstance(found, dict):
        raise errors.unexpected_type(found, "structure")
    # Written as they are, neither gets past the decoders; only an escape can hide them.
    if "\\u" in text and any(_UNSTORABLE.search(part) for part in _texts(found)):
        raise errors.malformed("it holds NUL or half a character")
    return found


def _check_depth(text: str) -> None:
    if text.count("{") + text.count("[") <= DEEPEST:
        return
    depth = 0
    for token in _BRACKETS.finditer(text):
        character = text[token.start()]
        depth += (character in "[{") - (character in "]}")
        if depth > DEEPEST:
            raise errors.malformed("it is nested too deeply")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, entry in value.items():
            yield name
            yield from _texts(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise errors.malformed("a member stands in it twice")
    return found


def _no_constant(name: str) -> Any:
    raise errors.malformed(f"{name} is not a number")


def _int(digits: str) -> int:
    number = int(digits) if len(digits) <= MOST_DIGITS + 1 else LARGEST_NUMBER
    if not -LARGEST_NUMBER <= number < LARGEST_NUMBER:
        raise errors.malformed("a number is too large")
    return number


def _float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise errors.malformed("a number is too large")
    return number


_decoder = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_int, parse_float=_float)


# --- the query protocol ---------------------------------------------------------------------------------------------


class FormParser(BaseParser):
    """``application/x-www-form-urlencoded``, for the query protocol."""

    media_type = "application/x-www-form-urlencoded"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, str]:
        try:
            return fields(stream.read().decode("ascii"))
        except UnicodeDecodeError:
            raise errors.malformed("it is not a form") from None


def fields(text: str) -> dict[str, str]:
    """A form or a query string, each field once."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise errors.malformed("it is not a form") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise errors.malformed("a parameter stands in it twice")
    if any(_UNSTORABLE.search(part) for pair in pairs for part in pair):
        raise errors.malformed("it holds a NUL character")
    return found


def document(shape: Shape | None, given: dict[str, str]) -> dict[str, Any]:
    """``Tags.member.1.Key=a`` and the like, along the shape."""
    if shape is None:
        return {}
    tree: dict[str, Any] = {}
    for name, value in given.items():
        _plant(tree, name.split("."), value)
    found: dict[str, Any] = _along(shape, tree)
    return found


def _plant(tree: dict[str, Any], path: list[str], value: str) -> None:
    if len(path) > DEEPEST:
        raise errors.malformed("it is nested too deeply")
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
        if not isinstance(tree, dict):
            raise errors.malformed("a parameter is a value and a structure at once")
    if isinstance(tree.get(path[-1]), dict):
        raise errors.malformed("a parameter is a value and a structure at once")
    tree[path[-1]] = value


def _along(shape: Shape, tree: Any) -> Any:
    if shape.kind == "structure":
        branch = tree if isinstance(tree, dict) else {}
        return {name: _along(member, branch[name]) for name, member in shape.members.items() if name in branch}
    if shape.member is not None:
        return [_along(shape.member, entry) for entry in _numbered(tree, "member")]
    if shape.key is not None and shape.value is not None:
        return _map(shape.key, shape.value, _numbered(tree, "entry"))
    if isinstance(tree, dict):
        raise errors.malformed("a parameter is not a single value")
    return _scalar(shape, tree)


def _map(key: Shape, value: Shape, entries: list[Any]) -> dict[str, Any]:
    pairs = [(_along(key, entry["key"]), _along(value, entry["value"])) for entry in entries if _is_pair(entry)]
    if len(dict(pairs)) != len(entries):
        raise errors.malformed("a map has an incomplete entry, or one twice")
    return dict(pairs)


def _is_pair(entry: Any) -> bool:
    return isinstance(entry, dict) and set(entry) == {"key", "value"}


def _numbered(tree: Any, name: str) -> list[Any]:
    """``Tags=`` is an empty list."""
    branch = tree.get(name, {}) if isinstance(tree, dict) else {}
    places = list(branch) if isinstance(branch, dict) else [""]
    if not all(place.isascii() and place.isdigit() and len(place) <= len(str(MOST_FIELDS)) for place in places):
        raise errors.malformed("a list is not numbered")
    return [branch[place] for place in sorted(places, key=int)]


def _scalar(shape: Shape, text: str) -> Any:
    if shape.kind in ("integer", "long"):
        if not re.fullmatch(rf"-?[0-9]{{1,{MOST_DIGITS}}}", text, re.ASCII):
            raise errors.malformed("a parameter is not a number")
        return int(text)
    if shape.kind == "boolean":
        if text not in ("true", "false"):
            raise errors.malformed("a parameter is neither true nor false")
        return text == "true"
    return text
