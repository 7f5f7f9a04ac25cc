"""Identity pools, their roles and their principal tags."""

from __future__ import annotations

from typing import Any

from identitypools.models import IdentityPool
from identitypools.operations import documents


def pool(pool: IdentityPool) -> dict[str, Any]:
    return {
        **documents.described("DescribeIdentityPool", pool.settings),
        "IdentityPoolId": pool.id,
        "IdentityPoolName": pool.name,
        "IdentityPoolTags": pool.tags,
    }


def listed(pool: IdentityPool) -> dict[str, Any]:
    return {"IdentityPoolId": pool.id, "IdentityPoolName": pool.name}


def roles(pool: IdentityPool) -> dict[str, Any]:
    """Members are absent when nothing is set."""
    mappings = {"role_mappings": pool.role_mappings} if pool.role_mappings else {}
    return {
        **documents.described("GetIdentityPoolRoles", mappings),
        "IdentityPoolId": pool.id,
        "Roles": pool.roles or None,
    }


def principal_tags(pool: IdentityPool, provider: str, mapping: dict[str, Any]) -> dict[str, Any]:
    return {
        "IdentityPoolId": pool.id,
        "IdentityProviderName": provider,
        "UseDefaults": mapping["use_defaults"],
        "PrincipalTags": mapping["tags"],
    }
