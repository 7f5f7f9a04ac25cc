"""Resource servers and their scopes."""

from __future__ import annotations

from typing import Any

from cognito_site.wire.call import Call
from cognito_site.wire.registry import Operations
from userpools.domain import access, resource_servers
from userpools.models import ResourceServer
from userpools.operations import pages
from userpools.operations.configuring import configures
from userpools.operations.shapes import resource_servers as shapes

perform = Operations("cognito-idp")


def _server(call: Call) -> ResourceServer:
    return access.resource_server(access.pool(call["UserPoolId"]), call["Identifier"])


@perform
@configures
def create_resource_server(call: Call) -> dict[str, Any]:
    pool, scopes = access.pool(call["UserPoolId"]), shapes.scopes(call.get("Scopes"))
    server = resource_servers.create(pool, call["Identifier"], call["Name"], scopes)
    return {"ResourceServer": shapes.resource_server(server)}


@perform
def describe_resource_server(call: Call) -> dict[str, Any]:
    return {"ResourceServer": shapes.resource_server(_server(call))}


@perform
@configures
def update_resource_server(call: Call) -> dict[str, Any]:
    server = resource_servers.update(_server(call), call["Name"], shapes.scopes(call.get("Scopes")))
    return {"ResourceServer": shapes.resource_server(server)}


@perform
@configures
def delete_resource_server(call: Call) -> None:
    resource_servers.delete(_server(call))


@perform
def list_resource_servers(call: Call) -> dict[str, Any]:
    servers = access.pool(call["UserPoolId"]).resource_servers.all()
    return pages.answer(call, servers, "ResourceServers", shapes.resource_server)
