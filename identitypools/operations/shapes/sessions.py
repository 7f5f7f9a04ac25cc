"""Temporary credentials, as STS spells them."""

from __future__ import annotations

from typing import Any

from identitypools.domain.assuming import Assumed
from identitypools.domain.sessions import Credentials


def credentials(found: Credentials) -> dict[str, Any]:
    return {
        "AccessKeyId": found.access_key_id,
        "SecretAccessKey": found.secret,
        "SessionToken": found.session_token,
        "Expiration": found.expires_at,
    }


def assumed(found: Assumed) -> dict[str, Any]:
    return {
        "Credentials": credentials(found.credentials),
        "AssumedRoleUser": {"Arn": found.arn, "AssumedRoleId": found.role_id},
        "PackedPolicySize": found.grant.packed_percent or None,
    }
