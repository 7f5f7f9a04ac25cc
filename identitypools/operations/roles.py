"""Roles and whom they trust: a part of IAM."""

from __future__ import annotations

from typing import Any

from cognito_site.contract import errors
from cognito_site.wire import pagination
from cognito_site.wire.call import Call
from cognito_site.wire.registry import Operations
from identitypools.domain import access, roles, tags
from identitypools.operations.shapes import roles as shapes

perform = Operations("iam")

PAGE = 100
FIELDS = {"Path": "path", "Description": "description", "MaxSessionDuration": "max_session_seconds"}
NOT_PERFORMED = ("PermissionsBoundary", "MaxSigninSessionDuration")


@perform
def create_role(call: Call) -> dict[str, Any]:
    for member in NOT_PERFORMED:
        if member in call.input:
            raise errors.not_performed(member)
    labels = tags.of_pairs((entry["Key"], entry["Value"]) for entry in call.get("Tags", []))
    given = {field: call[member] for member, field in FIELDS.items() if member in call.input}
    role = roles.create(call["RoleName"], call["AssumeRolePolicyDocument"], tags=labels, **given)
    return {"Role": shapes.role(role)}


@perform
def get_role(call: Call) -> dict[str, Any]:
    return {"Role": shapes.role(access.role(call["RoleName"]))}


@perform
def list_roles(call: Call) -> dict[str, Any]:
    rows = access.roles_below(call.get("PathPrefix", "/"))
    size, marker = call.get("MaxItems", PAGE), call.get("Marker")
    found, following = pagination.page(rows, ["name"], size, marker, pagination.scope(call))
    return {"Roles": [shapes.listed(role) for role in found], "IsTruncated": bool(following), "Marker": following}


@perform
def delete_role(call: Call) -> None:
    roles.delete(access.role(call["RoleName"]))


@perform
def update_assume_role_policy(call: Call) -> None:
    roles.set_trust(access.role(call["RoleName"]), call["PolicyDocument"])
