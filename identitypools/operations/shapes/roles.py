"""Roles, as IAM shows them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from identitypools.models import Role


def document(text: str) -> str:
    """IAM gives documents back in the encoding of URLs (RFC 3986); SDKs decode them."""
    return quote(text, safe="")


def listed(role: Role) -> dict[str, Any]:
    return {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.role_id,
        "Arn": role.arn,
        "CreateDate": role.created_at,
        "AssumeRolePolicyDocument": document(role.trust),
        "Description": role.description or None,
        "MaxSessionDuration": role.max_session_seconds,
    }


def role(role: Role) -> dict[str, Any]:
    """Lists leave the tags out."""
    tags = [{"Key": key, "Value": value} for key, value in role.tags.items()]
    return {**listed(role), "Tags": tags or None}
