"""Identities of people whom a back end vouches for."""

from __future__ import annotations

from typing import Any

from cognito_site.wire.call import Call
from cognito_site.wire.pagination import page_of
from cognito_site.wire.registry import Operations
from identitypools.domain import access, developer_identities, open_id_tokens

perform = Operations("cognito-identity")


@perform
def get_open_id_token_for_developer_identity(call: Call) -> dict[str, Any]:
    pool, seconds = access.pool(call["IdentityPoolId"]), call.get("TokenDuration", open_id_tokens.DEVELOPER_SECONDS)
    tags = call.get("PrincipalTags", {})
    identity, token = developer_identities.token(pool, call.get("IdentityId"), call["Logins"], tags, seconds)
    return {"IdentityId": identity.id, "Token": token}


@perform
def lookup_developer_identity(call: Call) -> dict[str, Any]:
    pool = access.pool(call["IdentityPoolId"])
    identity, rows = developer_identities.lookup(pool, call.get("IdentityId"), call.get("DeveloperUserIdentifier"))
    found, following = page_of(call, rows, ["pk"])
    return {
        "IdentityId": identity.id,
        "DeveloperUserIdentifierList": [login.subject for login in found],
        "NextToken": following,
    }


@perform
def merge_developer_identities(call: Call) -> dict[str, Any]:
    pool, source, destination = access.pool(call["IdentityPoolId"]), "SourceUserIdentifier", "DestinationUserIdentifier"
    identity = developer_identities.merge(pool, call["DeveloperProviderName"], call[source], call[destination])
    return {"IdentityId": identity.id}


@perform
def unlink_developer_identity(call: Call) -> None:
    pool, identifier = access.pool(call["IdentityPoolId"]), call["DeveloperUserIdentifier"]
    developer_identities.unlink(pool, call["IdentityId"], call["DeveloperProviderName"], identifier)
