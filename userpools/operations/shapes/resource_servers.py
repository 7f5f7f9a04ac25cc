"""Resource servers."""

from __future__ import annotations

from typing import Any

from userpools.models import ResourceServer


def resource_server(server: ResourceServer) -> dict[str, Any]:
    return {
        "UserPoolId": server.pool_id,
        "Identifier": server.identifier,
        "Name": server.name,
        "Scopes": [{"ScopeName": scope["name"], "ScopeDescription": scope["description"]} for scope in server.scopes],
    }


def scopes(document: list[dict[str, str]] | None) -> list[dict[str, str]]:
    """As the domain keeps them."""
    return [{"name": scope["ScopeName"], "description": scope["ScopeDescription"]} for scope in document or ()]
