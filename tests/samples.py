"""Inputs made of the contract: the smallest that are valid, and what stands at the edges of every bound."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from functools import cache
from typing import Any

from cognito_site.contract import patterns
from cognito_site.contract.services import Operation, Shape

# One of these is in the language of each pattern of the contract; a pattern of a model to come needs another.
TEXTS = (
    "a",
    "1",
    "aa",
    "aaa",
    "us-east-1_AbCdEf123",
    "us-east-1_0",
    "us-east-1:00000000-0000-4000-8000-000000000000",
    "00000000-0000-4000-8000-000000000000",
    "us-east-1_00000000-0000-4000-8000-000000000000",
    "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_AbCdEf123",
    "arn:aws:iam:::a",
    "arn:aws:secretsmanager:us-east-1:123456789012:secret/a",
    "https://example.com/a",
    "a@example.com",
    "{####}",
    "{##a##}",
    "import-1",
    "tkn0000000000000000000000000",
    "Level1",
    "terms-of-use",
    "cognito:default",
    "authenticated",
    "/a",
    "/",
)


def minimal(operation: Operation) -> dict[str, Any]:
    """Every required member, and nothing else."""
    if operation.input is None:
        return {}
    found: dict[str, Any] = value(operation.input)
    return found


@cache
def _text(shape: Shape) -> str:
    if shape.enum:
        return shape.enum[0]
    for candidate in TEXTS:
        if _fits(shape, candidate):
            for text in (candidate, candidate * -(-(shape.minimum or 0) // len(candidate))):
                if (shape.minimum or 0) <= len(text) <= (shape.maximum or len(text)) and _fits(shape, text):
                    return text
    raise AssertionError(f"No sample is like {shape.pattern}: add one.")


def _fits(shape: Shape, text: str) -> bool:
    said = patterns.SAID.get(shape.name, shape.pattern)
    return said is None or patterns.matcher(said)(text)


def value(shape: Shape) -> Any:
    if shape.kind == "structure":
        return {name: _member(shape.members[name]) for name in shape.required}
    if shape.kind == "list":
        assert shape.member is not None
        return [value(shape.member)] * (shape.minimum or 0)
    if shape.kind == "string":
        return _text(shape)
    if shape.kind in ("integer", "long", "float", "double"):
        return shape.minimum or 1
    return {"map": {}, "document": {}, "boolean": False, "timestamp": 0, "blob": base64.b64encode(b"a").decode()}[
        shape.kind
    ]


def _member(shape: Shape) -> Any:
    """A form cannot say that a structure is there and empty."""
    if shape.kind == "structure" and shape.members and not shape.required:
        name, member = next(iter(shape.members.items()))
        return {name: value(member)}
    return value(shape)


WRONG: dict[str, tuple[Any, ...]] = {
    "string": (1, True, [], {}),
    "boolean": (1, "true", [], {}),
    "integer": ("1", True, 1.5, 1 << 40, [], {}),
    "long": ("1", True, 1.5, [], {}),
    "float": ("1", True, []),
    "double": ("1", True, []),
    "timestamp": ("2026-01-01", True, 1e300, []),
    "blob": (1, "!", [], {}),
    "list": ("x", 1, True, {}),
    "map": ("x", 1, True, []),
    "structure": ("x", 1, True, []),
    "document": (),
}


def with_wrong_types(operation: Operation) -> Iterator[dict[str, Any]]:
    """Each member in turn is something that it cannot be, one level deep and inside of lists and structures."""
    for path, shape in _places(operation):
        for wrong in WRONG[shape.kind]:
            yield planted(minimal(operation), path, wrong)


def outside_of_bounds(operation: Operation) -> Iterator[tuple[dict[str, Any], str]]:
    """min-1 and max+1 of each member in turn, with the clause that must be named."""
    for path, shape in _places(operation):
        for wrong, clause in _outside(shape):
            yield planted(minimal(operation), path, wrong), clause


def at_bounds(operation: Operation) -> Iterator[dict[str, Any]]:
    """min and max of each member in turn."""
    for path, shape in _places(operation):
        for edge in _edges(shape):
            yield planted(minimal(operation), path, edge)


def _outside(shape: Shape) -> Iterator[tuple[Any, str]]:
    what = "value" if shape.kind in ("integer", "long") else "length"
    if shape.minimum:
        yield _of_size(shape, shape.minimum - 1), f"{what} greater than or equal to {shape.minimum}"
    if shape.maximum is not None and shape.maximum < 1 << 31 and not shape.enum:
        yield _of_size(shape, shape.maximum + 1), f"{what} less than or equal to {shape.maximum}"


def _edges(shape: Shape) -> Iterator[Any]:
    for size in (shape.minimum, shape.maximum):
        if size is not None and size < 1 << 31 and not shape.enum:
            yield _of_size(shape, size)


def _of_size(shape: Shape, size: int) -> Any:
    if shape.kind in ("integer", "long"):
        return size
    if shape.kind == "list":
        assert shape.member is not None
        return [value(shape.member)] * size
    if shape.kind == "map":
        assert shape.value is not None
        return {f"k{place}": value(shape.value) for place in range(size)}
    if shape.kind == "blob":
        return base64.b64encode(b"a" * size).decode()
    return "a" * size


def _places(operation: Operation) -> list[tuple[tuple[str | int, ...], Shape]]:
    """Members of the input, and of structures in its lists."""
    found: list[tuple[tuple[str | int, ...], Shape]] = []
    for name, member in operation.input.members.items() if operation.input else ():
        found.append(((name,), member))
        inner, path = (member.member, (name, 0)) if member.member is not None else (member, (name,))
        if inner is not member:
            found.append((path, inner))
        found += [((*path, below), shape) for below, shape in inner.members.items()]
    return found


def planted(document: dict[str, Any], path: tuple[str | int, ...], wrong: Any) -> dict[str, Any]:
    """``document`` with ``wrong`` at ``path``; what leads there is made."""
    name, *rest = path
    assert isinstance(name, str)
    if not rest:
        return {**document, name: wrong}
    if rest[0] == 0:
        inner: Any = [planted({}, tuple(rest[1:]), wrong)] if rest[1:] else [wrong]
    else:
        inner = planted({}, tuple(rest), wrong)
    return {**document, name: inner}
