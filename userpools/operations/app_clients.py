"""App clients."""

from __future__ import annotations

from typing import Any

from cognito_site.wire.call import Call
from cognito_site.wire.registry import Operations
from userpools.domain import access, app_clients
from userpools.operations import documents, pages
from userpools.operations.configuring import configures
from userpools.operations.shapes import clients

perform = Operations("cognito-idp")


@perform
@configures
def create_user_pool_client(call: Call) -> dict[str, Any]:
    given = documents.given(call)
    pool = access.pool(given.pop("user_pool_id"))
    return {"UserPoolClient": clients.client(app_clients.create(pool, given.pop("client_name"), given))}


@perform
def describe_user_pool_client(call: Call) -> dict[str, Any]:
    return {"UserPoolClient": clients.client(access.client_of_pool(call["UserPoolId"], call["ClientId"]))}


@perform
@configures
def update_user_pool_client(call: Call) -> dict[str, Any]:
    given = documents.given(call)
    client = access.client_of_pool(given.pop("user_pool_id"), given.pop("client_id"))
    return {"UserPoolClient": clients.client(app_clients.update(client, given.pop("client_name", None), given))}


@perform
@configures
def delete_user_pool_client(call: Call) -> None:
    app_clients.delete(access.client_of_pool(call["UserPoolId"], call["ClientId"]))


@perform
def list_user_pool_clients(call: Call) -> dict[str, Any]:
    pool = access.pool(call["UserPoolId"])
    return pages.answer(call, app_clients.of_type(pool, call.get("ClientType")), "UserPoolClients", clients.listed)
