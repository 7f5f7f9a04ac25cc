"""Identities and what they are given."""

from __future__ import annotations

from typing import Any

from identitypools.domain.sessions import Credentials
from identitypools.models import Identity


def identity(identity: Identity) -> dict[str, Any]:
    """Names of providers only; a guest has none."""
    providers = list(dict.fromkeys(login.provider for login in identity.logins.all()))
    return {
        "IdentityId": identity.id,
        "Logins": providers or None,
        "CreationDate": identity.created_at,
        "LastModifiedDate": identity.modified_at,
    }


def credentials(found: Credentials) -> dict[str, Any]:
    """The secret has another name than in STS."""
    return {
        "AccessKeyId": found.access_key_id,
        "SecretKey": found.secret,
        "SessionToken": found.session_token,
        "Expiration": found.expires_at,
    }
