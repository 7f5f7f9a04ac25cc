"""The OpenID token of an identity (identity-pools.md, section 5.1): issued, and believed when it comes back.

``iss`` is an address of ours, so that anybody's STS can fetch discovery and keys; policies call the same issuer
``cognito-identity.amazonaws.com``. A claim of our own, the identity's generation, lets a token die before it expires.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from cognito_site import jose
from identitypools.domain import access, arns, signing_keys
from identitypools.models import Identity, IdentityPool

PATH = "cognito-identity"
SECONDS = 600
DEVELOPER_SECONDS = 900
GUEST = "unauthenticated"
AUTHENTICATED = "authenticated"
POOL_ARN = f"https://{arns.SERVICE}/identity-pool-arn"
GENERATION = f"https://{arns.SERVICE}/identity-generation"
TAGS = "https://aws.amazon.com/tags"


class TokenRefused(ValueError):
    """``reason`` is one of ``malformed signature issuer expired gone``; ``expired_at`` is for an expired one."""

    def __init__(self, reason: str, expired_at: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.expired_at = expired_at


@dataclass(frozen=True, slots=True)
class OpenIdToken:
    """A token that holds, and the identity that it is for."""

    identity: Identity
    amr: list[str]
    tags: dict[str, str]

    @property
    def pool(self) -> IdentityPool:
        return self.identity.pool

    @property
    def is_of_guest(self) -> bool:
        return self.amr == [GUEST]


def issuer() -> str:
    return f"{settings.POOLHOUSE.public_url}/{PATH}"


def issue(identity: Identity, amr: list[str], seconds: int, tags: Mapping[str, str]) -> str:
    now = int(time.time())
    claims: dict[str, Any] = {
        "sub": identity.id,
        "aud": identity.pool_id,
        "amr": amr,
        "iss": issuer(),
        POOL_ARN: identity.pool.arn,
        GENERATION: identity.generation,
        "exp": now + seconds,
        "iat": now,
    }
    if tags:
        principal_tags = {key: [value] for key, value in tags.items()}
        claims[TAGS] = {"principal_tags": principal_tags, "transitive_tag_keys": []}
    return signing_keys.sign(claims)


def read(text: str) -> OpenIdToken:
    """Raises TokenRefused, also when the identity was deleted, disabled or unlinked since."""
    claims = _verified(text)
    if claims.get("iss") != issuer():
        raise TokenRefused("issuer")
    if claims["exp"] <= time.time():
        raise TokenRefused("expired", claims["exp"])
    identity = access.find_identity(claims["sub"])
    if identity is None or identity.disabled or identity.generation != claims[GENERATION]:
        raise TokenRefused("gone")
    token = OpenIdToken(identity, claims["amr"], tags_of(claims))
    if token.is_of_guest and not (identity.is_guest and identity.pool.allows_guests):
        raise TokenRefused("gone")
    return token


def _verified(text: str) -> dict[str, Any]:
    try:
        token = jose.read(text, signing_keys.ALGORITHM)
        key = signing_keys.public_key(token.kid)
        if key is None:
            raise TokenRefused("signature")
        token.verify(key)
    except jose.BadSignature:
        raise TokenRefused("signature") from None
    except jose.Malformed:
        raise TokenRefused("malformed") from None
    return token.claims


def tags_of(claims: Mapping[str, Any]) -> dict[str, str]:
    """Session tags of a web identity: each tag stands in a list of its own."""
    found = claims.get(TAGS)
    tags = found.get("principal_tags") if isinstance(found, dict) else None
    given = tags.items() if isinstance(tags, dict) else ()
    return {key: str(value[0]) for key, value in given if isinstance(value, list) and value}
