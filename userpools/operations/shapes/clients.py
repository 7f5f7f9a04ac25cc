"""App clients and their secrets."""

from __future__ import annotations

from typing import Any

from userpools.domain import client_secrets
from userpools.domain.client_secrets import ClientSecret
from userpools.models import AppClient
from userpools.operations.documents import answer_shape, described

CLIENT = answer_shape("DescribeUserPoolClient", "UserPoolClient")


def client(client: AppClient) -> dict[str, Any]:
    """With the secret: whoever may describe a client may read it, as at AWS."""
    return {
        **described(CLIENT, client.settings),
        "UserPoolId": client.pool_id,
        "ClientName": client.name,
        "ClientId": client.client_id,
        "ClientSecret": client_secrets.current(client),
        "CreationDate": client.created_at,
        "LastModifiedDate": client.modified_at,
    }


def listed(client: AppClient) -> dict[str, Any]:
    return {"ClientId": client.client_id, "UserPoolId": client.pool_id, "ClientName": client.name}


def secret(secret: ClientSecret) -> dict[str, Any]:
    return {
        "ClientSecretId": secret.id,
        "ClientSecretValue": secret.value,
        "ClientSecretCreateDate": secret.created_at,
    }
