"""Tokens that come back to us, and whom they speak for.

A signature is not enough: the family is asked too, so that what was revoked stops working at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from cognito_site import jose
from cognito_site.contract import errors
from cognito_site.prepared import Prepared
from userpools.domain import claims as claim_sets
from userpools.domain import keys
from userpools.domain.tokens import ACCESS, ID
from userpools.models import AppClient, TokenFamily, User, UserPool


def _family(column: str) -> Prepared[TokenFamily]:
    given = {column: UUID(int=0), "pool": "a pool id"}
    return Prepared(lambda: TokenFamily.objects.select_related("user", "client__pool").filter(**given))


# By the columns that ``claims.family_key`` names.
_families = {column: _family(column) for column in ("pk", "event_id")}


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whoever presented an access token that holds."""

    user: User
    client: AppClient
    family: TokenFamily
    claims: dict[str, Any]

    @property
    def pool(self) -> UserPool:
        return self.user.pool

    @property
    def scopes(self) -> list[str]:
        return str(self.claims["scope"]).split()


def _verified(text: str, use: str) -> tuple[dict[str, Any], str]:
    """Claims of a JWT that one of our pools signed for ``use``, and that pool's id. Whether it expired is for callers
    to say. Raises ``jose``'s errors."""
    token = jose.read(text)
    key = keys.public_key(token.kid)
    if key is None or key.use != use:
        raise jose.BadSignature("key")
    token.verify(key.key)
    if token.claims.get("token_use") != use:
        raise jose.Malformed("token_use")
    return token.claims, key.pool_id


def _is_expired(claims: dict[str, Any]) -> bool:
    return int(claims["exp"]) <= timezone.now().timestamp()


def bearer(access_token: str) -> Bearer:
    """Whoever holds ``access_token`` at the self-service API. Raises NotAuthorized in AWS's words, UserNotFound when
    the user was deleted."""
    found = _bearer(access_token)
    if claim_sets.SELF_SERVICE not in found.scopes:
        raise errors.access_token_scope()
    return found


def bearer_at_user_info(access_token: str) -> Bearer:
    """As ``bearer``, for a token of the authorization server with ``openid``."""
    found = _bearer(access_token)
    if "openid" not in found.scopes:
        raise errors.access_token_scope()
    return found


def _bearer(access_token: str) -> Bearer:
    try:
        claims, pool_id = _verified(access_token, ACCESS)
    except jose.BadSignature:
        raise errors.access_token_signature() from None
    except jose.Malformed:
        raise errors.invalid_access_token() from None
    if _is_expired(claims):
        raise errors.access_token_expired()
    key = claim_sets.family_key(claims)
    if key is None:
        raise errors.access_token_scope()  # a machine's token: it has no user
    family = _families[key[0]].one(**{key[0]: key[1]}, pool=pool_id)
    if family is None:
        raise _gone(claims, pool_id)
    if family.is_revoked:
        raise errors.access_token_revoked()
    if not family.user.enabled:
        raise errors.user_disabled()
    family.user.pool = family.client.pool
    return Bearer(family.user, family.client, family, claims)


def _gone(claims: dict[str, Any], pool_id: str) -> Exception:
    """A family goes with its user, or with its client."""
    if User.objects.filter(pool=pool_id, sub=claims["sub"]).exists():
        return errors.client_not_found(claims["client_id"])
    return errors.user_not_found()


class IdTokenRefused(ValueError):
    """``str()`` is one of ``malformed signature expired audience issuer revoked``."""


def verify_id_token(pool: UserPool, token: str, client_ids: set[str]) -> dict[str, Any]:
    """Claims of an ID token of ``pool`` for one of ``client_ids``. Raises IdTokenRefused."""
    try:
        claims, pool_id = _verified(token, ID)
    except jose.BadSignature:
        raise IdTokenRefused("signature") from None
    except jose.Malformed:
        raise IdTokenRefused("malformed") from None
    if pool_id != pool.pk or claims.get("iss") != pool.issuer:
        raise IdTokenRefused("issuer")
    if claims.get("aud") not in client_ids:
        raise IdTokenRefused("audience")
    if _is_expired(claims):
        raise IdTokenRefused("expired")
    return claims


def is_revoked(pool: UserPool, claims: dict[str, Any]) -> bool:
    """Whether the family of an ID token died: signed out, disabled, deleted (``ServerSideTokenCheck``)."""
    key = claim_sets.family_key(claims)
    if key is None:
        return True
    return not TokenFamily.objects.filter(**{key[0]: key[1]}, pool=pool, revoked_at=None, user__enabled=True).exists()
