"""Settings of identity pools, converted along the contract's own shapes."""

from __future__ import annotations

from typing import Any

from cognito_site.contract import naming, services
from cognito_site.wire.call import Call

_operations = services.service("cognito-identity").operations


def given(call: Call) -> dict[str, Any]:
    """The whole input as the domain keeps it."""
    shape = _operations[call.operation].input
    assert shape is not None
    converted: dict[str, Any] = naming.plain(shape, call.input)
    return converted


def described(operation: str, plain: dict[str, Any]) -> dict[str, Any]:
    """As ``operation`` answers."""
    shape = _operations[operation].output
    assert shape is not None
    converted: dict[str, Any] = naming.document(shape, plain)
    return converted
