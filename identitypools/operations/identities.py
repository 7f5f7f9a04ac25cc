"""Identities: those that apps get, link and trade for credentials, and what administrators see of them."""

from __future__ import annotations

from typing import Any

from cognito_site.wire.call import Call
from cognito_site.wire.pagination import page_of
from cognito_site.wire.registry import Operations
from identitypools.domain import access, credentials, identities
from identitypools.operations.shapes import identities as shapes

perform = Operations("cognito-identity")


@perform
def get_id(call: Call) -> dict[str, Any]:
    identity = credentials.identity_of(access.pool(call["IdentityPoolId"]), call.get("Logins", {}))
    return {"IdentityId": identity.id}


@perform
def get_open_id_token(call: Call) -> dict[str, Any]:
    identity, token = credentials.open_id_token(call["IdentityId"], call.get("Logins", {}))
    return {"IdentityId": identity.id, "Token": token}


@perform
def get_credentials_for_identity(call: Call) -> dict[str, Any]:
    identity, found = credentials.for_identity(call["IdentityId"], call.get("Logins", {}), call.get("CustomRoleArn"))
    return {"IdentityId": identity.id, "Credentials": shapes.credentials(found)}


@perform
def unlink_identity(call: Call) -> None:
    credentials.unlink(call["IdentityId"], call["Logins"], call["LoginsToRemove"])


@perform
def list_identities(call: Call) -> dict[str, Any]:
    pool = access.pool(call["IdentityPoolId"])
    rows = pool.identities.prefetch_related("logins")
    found, following = page_of(call, rows.filter(disabled=False) if call.get("HideDisabled") else rows, ["id"])
    return {
        "IdentityPoolId": pool.id,
        "Identities": [shapes.identity(identity) for identity in found],
        "NextToken": following,
    }


@perform
def describe_identity(call: Call) -> dict[str, Any]:
    return shapes.identity(access.identity(call["IdentityId"]))


@perform
def delete_identities(call: Call) -> dict[str, Any]:
    identities.delete(call["IdentityIdsToDelete"])
    return {"UnprocessedIdentityIds": []}
