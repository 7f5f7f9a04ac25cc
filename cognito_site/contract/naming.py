"""The contract's names in Python's spelling, and back: ``AllowedOAuthFlows`` is ``allowed_o_auth_flows`` to the domain.

Whole documents are converted along their shape: members change, the keys of maps (which are data) do not. The spelling
is botocore's own, so that a name can be looked up in the SDK for Python.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from botocore import xform_name

from cognito_site.contract.services import Shape

# From a shape to (name in the source, name in the result, shape) of each member.
Members = Callable[[Shape], tuple[tuple[str, str, Shape], ...]]


def plain(shape: Shape, document: Any) -> Any:
    """A document of the wire as the domain keeps it. What the shape does not know is left out, as is None."""
    return _converted(shape, document, _to_plain)


def document(shape: Shape, plain: Any) -> Any:
    """The reverse of ``plain``."""
    return _converted(shape, plain, _to_document)


@cache
def _to_plain(shape: Shape) -> tuple[tuple[str, str, Shape], ...]:
    return tuple((name, xform_name(name), member) for name, member in shape.members.items())


@cache
def _to_document(shape: Shape) -> tuple[tuple[str, str, Shape], ...]:
    return tuple((xform_name(name), name, member) for name, member in shape.members.items())


def _converted(shape: Shape, value: Any, members: Members) -> Any:
    if shape.kind == "structure":
        return {
            target: _converted(member, value[source], members)
            for source, target, member in members(shape)
            if value.get(source) is not None
        }
    if shape.kind == "list" and shape.member is not None:
        return [_converted(shape.member, entry, members) for entry in value]
    if shape.kind == "map" and shape.value is not None:
        return {key: _converted(shape.value, entry, members) for key, entry in value.items()}
    return value
