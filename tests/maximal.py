"""Documents with every member that the contract knows, for tests of what is stored and described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cognito_site.contract.services import Shape

LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:any"
SAMPLES = {
    "ArnType": LAMBDA,
    "EmailVerificationMessageType": "Your code: {####}",
    "EmailVerificationSubjectType": "Your code",
    "EmailVerificationMessageByLinkType": "{##Click here##}",
    "EmailMfaMessageType": "Your code: {####}",
    "EmailInviteMessageType": "{username}: {####}",
    "SmsVerificationMessageType": "Code {####}",
    "SmsInviteMessageType": "{username}: {####}",
    "EmailAddressType": "reply@example.com",
    "RedirectUrlType": "https://app.example.com/callback",
    "HexStringType": "a1b2c3",
    "RegionCodeType": "eu-west-1",
}


def document(shape: Shape, said: Mapping[str, Any], path: str = "") -> Any:
    """Every member of ``shape``. ``said`` gives what a rule forbids or demands, by path (``policies.x``); None leaves a
    member out."""
    if path in said:
        return said[path]
    if shape.kind == "structure":
        below = {name: document(member, said, f"{path}.{name}".lstrip(".")) for name, member in shape.members.items()}
        return {name: value for name, value in below.items() if value is not None}
    if shape.kind == "list":
        assert shape.member is not None
        return [document(shape.member, said, f"{path}.0")]
    if shape.kind == "map":
        assert shape.key is not None
        assert shape.value is not None
        return {document(shape.key, said, f"{path}.key"): document(shape.value, said, f"{path}.value")}
    return _scalar(shape, path)


def _scalar(shape: Shape, path: str) -> Any:
    if shape.kind == "boolean":
        return True
    if shape.kind == "integer":
        return shape.maximum or 1
    if shape.enum:
        return shape.enum[-1]
    return SAMPLES.get(shape.name) or path.rpartition(".")[2][: shape.maximum or None]


def lost(given: Any, described: Any, path: str = "") -> list[str]:
    """The paths at which ``described`` does not say what was given."""
    if isinstance(given, dict) and isinstance(described, dict):
        return [
            problem
            for name, value in given.items()
            for problem in lost(value, described.get(name), f"{path}.{name}".lstrip("."))
        ]
    return [] if given == described else [f"{path}: gave {given!r}, is described as {described!r}"]
