"""What roles may do: a part of IAM."""

from __future__ import annotations

from typing import Any

from cognito_site.wire import pagination
from cognito_site.wire.call import Call
from cognito_site.wire.registry import Operations
from identitypools.domain import access, roles
from identitypools.operations.shapes.roles import document

perform = Operations("iam")

PAGE = 100


@perform
def put_role_policy(call: Call) -> None:
    roles.put_policy(access.role(call["RoleName"]), call["PolicyName"], call["PolicyDocument"])


@perform
def get_role_policy(call: Call) -> dict[str, Any]:
    text = roles.policy(access.role(call["RoleName"]), call["PolicyName"])
    return {"RoleName": call["RoleName"], "PolicyName": call["PolicyName"], "PolicyDocument": document(text)}


@perform
def list_role_policies(call: Call) -> dict[str, Any]:
    names = access.role(call["RoleName"]).policies
    size, marker = call.get("MaxItems", PAGE), call.get("Marker")
    found, following = pagination.page_of_names(names, size, marker, pagination.scope(call))
    return {"PolicyNames": found, "IsTruncated": bool(following), "Marker": following}


@perform
def delete_role_policy(call: Call) -> None:
    roles.delete_policy(access.role(call["RoleName"]), call["PolicyName"])
