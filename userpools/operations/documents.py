"""Whole documents of settings, converted along the contract's own shapes: pools and clients have more members than
anybody should spell by hand."""

from __future__ import annotations

from typing import Any

from cognito_site.contract import naming, services
from cognito_site.contract.services import Shape
from cognito_site.wire.call import Call

_operations = services.service("cognito-idp").operations


def given(call: Call) -> dict[str, Any]:
    """The whole input as the domain keeps it."""
    shape = _operations[call.operation].input
    converted: dict[str, Any] = naming.plain(shape, call.input) if shape else {}
    return converted


def answer_shape(operation: str, member: str = "") -> Shape:
    """Of what an operation answers, or of one member of that; of an entry, where that is a list."""
    shape = _operations[operation].output
    assert shape is not None
    found = shape.members[member] if member else shape
    return found.member or found


def described(shape: Shape, plain: dict[str, Any]) -> dict[str, Any]:
    """As the contract spells it; what is not part of the shape stays with the domain."""
    converted: dict[str, Any] = naming.document(shape, plain)
    return converted
