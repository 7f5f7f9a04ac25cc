"""Holds an input against its shape, in AWS's words, before anything is looked up.

Each shape becomes a function once; checking is then calls and comparisons. All violations are collected into one
message, as AWS does; a value of the wrong JSON type is a SerializationException at once. An explicit null is an absent
member, an unknown member is ignored: clients send both.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sized
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cognito_site.contract import errors, patterns
from cognito_site.contract.services import Operation, Shape

# A check gets a value and its path, adds what is wrong to a list, and returns the value as operations see it.
Check = Callable[[Any, str, list[str]], Any]
# How a violation names the value: shown, or hidden for what is sensitive.
Say = Callable[[Any, str, str], str]

LONGEST_SHOWN = 200
LONGEST_TEXT = 131_072  # where the model gives no bound: its own largest


def check(operation: Operation, document: Any) -> dict[str, Any]:
    """The input as operations see it. Raises the refusal of the operation's service, with every violation."""
    if operation.input is None:
        return {}
    wrong: list[str] = []
    checked: dict[str, Any] = checker(operation.input, _shown)(document, "", wrong)
    if wrong:
        raise errors.invalid_input(operation.service, wrong)
    return checked


@cache
def checker(shape: Shape, say: Say) -> Check:
    """What is inside of something sensitive is sensitive too."""
    return _KINDS[shape.kind](shape, _hidden if shape.sensitive else say)


# --- the words ------------------------------------------------------------------------------------------------------


def _shown(value: Any, path: str, clause: str) -> str:
    text = str(value)
    text = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
    return f"Value '{text}' at '{path}' failed to satisfy constraint: {clause}"


def _hidden(value: Any, path: str, clause: str) -> str:
    return f"Value at '{path}' failed to satisfy constraint: {clause}"


def _missing(path: str) -> str:
    return f"Value null at '{path}' failed to satisfy constraint: Member must not be null"


def _lower_camel(name: str) -> str:
    return name[:1].lower() + name[1:]


def _at_least(what: str, bound: int) -> str:
    return f"Member must have {what} greater than or equal to {bound}"


def _at_most(what: str, bound: int) -> str:
    return f"Member must have {what} less than or equal to {bound}"


def _one_of(values: tuple[str, ...]) -> str:
    return f"Member must satisfy enum value set: [{', '.join(values)}]"


def _like(pattern: str) -> str:
    return f"Member must satisfy regular expression pattern: {pattern}"


# --- one function for each kind -------------------------------------------------------------------------------------


def _string(shape: Shape, say: Say) -> Check:
    low, high = shape.minimum or 0, shape.maximum or LONGEST_TEXT
    values = frozenset(shape.enum)
    said = patterns.SAID.get(shape.name, shape.pattern)
    matches = patterns.matcher(said) if said else None

    def check(value: Any, path: str, wrong: list[str]) -> Any:
        if not isinstance(value, str):
            raise errors.cannot_be_converted(value, "a String")
        if values and value not in values:
            wrong.append(say(value, path, _one_of(shape.enum)))
        if len(value) < low:
            wrong.append(say(value, path, _at_least("length", low)))
        if len(value) > high:
            wrong.append(say(value, path, _at_most("length", high)))
        elif matches is not None and not matches(value):
            wrong.append(say(value, path, _like(said or "")))
        return value

    return check


def _whole_number(shape: Shape, say: Say) -> Check:
    in_bounds = _bounds(shape, say)
    words, limit = ("an Integer", 1 << 31) if shape.kind == "integer" else ("a Long", 1 << 63)

    def check(value: Any, path: str, wrong: list[str]) -> Any:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not -limit <= value < limit:
            raise errors.cannot_be_converted(value, words)
        return in_bounds(value, path, wrong)

    return check


def _number(shape: Shape, say: Say) -> Check:
    in_bounds = _bounds(shape, say)

    def check(value: Any, path: str, wrong: list[str]) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise errors.cannot_be_converted(value, "a Double")
        return in_bounds(value, path, wrong)

    return check


def _bounds(shape: Shape, say: Say) -> Check:
    low, high = shape.minimum, shape.maximum

    def check(value: Any, path: str, wrong: list[str]) -> Any:
        if low is not None and value < low:
            wrong.append(say(value, path, _at_least("value", low)))
        if high is not None and value > high:
            wrong.append(say(value, path, _at_most("value", high)))
        return value

    return check


def _boolean(shape: Shape, say: Say) -> Check:
    def check(value: Any, path: str, wrong: list[str]) -> Any:
        if not isinstance(value, bool):
            raise errors.cannot_be_converted(value, "a Boolean")
        return value

    return check


def _timestamp(shape: Shape, say: Say) -> Check:
    def check(value: Any, path: str, wrong: list[str]) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise errors.cannot_be_converted(value, "milliseconds since epoch")
        try:
            return datetime.fromtimestamp(value, UTC)
        except (OverflowError, ValueError, OSError):
            raise errors.cannot_be_converted(value, "milliseconds since epoch") from None

    return check


def _blob(shape: Shape, say: Say) -> Check:
    in_size = _size(shape)

    def check(value: Any, path: str, wrong: list[str]) -> Any:
        try:
            raw = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError, TypeError):
            raise errors.cannot_be_converted(value, "a Blob") from None
        in_size(raw, path, wrong)
        return raw

    return check


def _document(shape: Shape, say: Say) -> Check:
    def check(value: Any, path: str, wrong: list[str]) -> Any:
        return value

    return check


def _size(shape: Shape) -> Callable[[Sized, str, list[str]], bool]:
    """Of something too large to be shown. False: there is too much of it to look inside."""
    low, high = shape.minimum, shape.maximum

    def check(value: Sized, path: str, wrong: list[str]) -> bool:
        if low is not None and len(value) < low:
            wrong.append(_hidden(value, path, _at_least("length", low)))
        if high is not None and len(value) > high:
            wrong.append(_hidden(value, path, _at_most("length", high)))
            return False
        return True

    return check


def _list(shape: Shape, say: Say) -> Check:
    assert shape.member is not None
    member, in_size = checker(shape.member, say), _size(shape)

    def check(value: Any, path: str, wrong: list[str]) -> Any:
        if not isinstance(value, list):
            raise errors.unexpected_type(value, "list")
        if not in_size(value, path, wrong):
            return value
        return [
            member(entry, f"{path}.{place}.member", wrong) for place, entry in enumerate(value, 1) if entry is not None
        ]

    return check


def _map(shape: Shape, say: Say) -> Check:
    assert shape.key is not None
    assert shape.value is not None
    key_check, in_size = _collective(shape.key, "keys"), _size(shape)
    is_nested = shape.value.kind in ("structure", "list", "map")
    value_check = checker(shape.value, say) if is_nested else _collective(shape.value, "value")

    def check(value: Any, path: str, wrong: list[str]) -> Any:
        if not isinstance(value, dict):
            raise errors.unexpected_type(value, "map")
        if not in_size(value, path, wrong):
            return value
        given = {key_check(key, path, wrong): entry for key, entry in value.items() if entry is not None}
        return {
            key: value_check(entry, f"{path}.{key}.member" if is_nested else path, wrong)
            for key, entry in given.items()
        }

    return check


def _collective(shape: Shape, part: str) -> Check:
    """A map's keys and plain values may be secrets, so a violation names all of what they must be, and none of them."""
    single = checker(shape, _hidden)
    clause = f"Map {part} must satisfy constraint: [{', '.join(_clauses(shape))}]"

    def check(value: Any, path: str, wrong: list[str]) -> Any:
        found: list[str] = []
        checked = single(value, path, found)
        if found:
            wrong.append(_hidden(value, path, clause))
        return checked

    return check


def _clauses(shape: Shape) -> list[str]:
    what = "length" if shape.kind == "string" else "value"
    return [
        *([_at_most(what, shape.maximum)] if shape.maximum is not None else []),
        *([_at_least(what, shape.minimum)] if shape.minimum is not None else []),
        *([_like(shape.pattern)] if shape.pattern else []),
        *([_one_of(shape.enum)] if shape.enum else []),
    ]


def _structure(shape: Shape, say: Say) -> Check:
    members = {name: (checker(member, say), _lower_camel(name)) for name, member in shape.members.items()}
    required = [(name, _lower_camel(name)) for name in shape.required]

    def check(value: Any, path: str, wrong: list[str]) -> Any:
        if not isinstance(value, dict):
            raise errors.unexpected_type(value, "structure")
        prefix = f"{path}." if path else ""
        wrong.extend(_missing(prefix + label) for name, label in required if value.get(name) is None)
        checked = {}
        for name, entry in value.items():
            if entry is not None and name in members:
                member, label = members[name]
                checked[name] = member(entry, prefix + label, wrong)
        return checked

    return check


_KINDS: dict[str, Callable[[Shape, Say], Check]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "integer": _whole_number,
    "long": _whole_number,
    "float": _number,
    "double": _number,
    "boolean": _boolean,
    "timestamp": _timestamp,
    "blob": _blob,
    "document": _document,
}
