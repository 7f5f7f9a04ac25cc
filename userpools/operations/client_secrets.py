"""The two secrets of a confidential app client."""

from __future__ import annotations

from typing import Any

from cognito_site.wire.call import Call
from cognito_site.wire.registry import Operations
from userpools.domain import access, client_secrets
from userpools.operations.configuring import configures
from userpools.operations.shapes import clients

perform = Operations("cognito-idp")


@perform
@configures
def add_user_pool_client_secret(call: Call) -> dict[str, Any]:
    client = access.client_of_pool(call["UserPoolId"], call["ClientId"])
    return {"ClientSecretDescriptor": clients.secret(client_secrets.add(client, call.get("ClientSecret")))}


@perform
def list_user_pool_client_secrets(call: Call) -> dict[str, Any]:
    """Two at most: there is never a second page."""
    client = access.client_of_pool(call["UserPoolId"], call["ClientId"])
    return {"ClientSecrets": [clients.secret(secret) for secret in client_secrets.listed(client)]}


@perform
@configures
def delete_user_pool_client_secret(call: Call) -> dict[str, Any]:
    client = access.client_of_pool(call["UserPoolId"], call["ClientId"])
    client_secrets.delete(client, call["ClientSecretId"])
    return {}
