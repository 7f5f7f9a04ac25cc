"""Somebody whom an identity provider vouches for, as roles' trust policies see them: identities of our identity pools,
and users of our user pools by their ID token.

A user pool has two names, AWS's and its issuer's; a trust policy may use either, for the principal and for the keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cognito_site import jose
from cognito_site.contract import errors
from identitypools.domain import arns, open_id_tokens, user_pool_providers
from identitypools.domain.open_id_tokens import TokenRefused
from identitypools.domain.policies.statements import Principal
from identitypools.models import Identity
from userpools.domain import presented
from userpools.models import UserPool

_CLIENT_ID = re.compile(r"\w{1,128}", re.ASCII)


@dataclass(frozen=True, slots=True)
class WebIdentity:
    """``keys`` are condition keys. Of each group in ``pinned`` a trust policy must tie one key to values. ``identity``:
    id and generation."""

    provider: str
    principals: frozenset[Principal]
    subject: str
    audience: str
    keys: Mapping[str, str | list[str]]
    pinned: tuple[frozenset[str], ...]
    tags: Mapping[str, str] = field(default_factory=dict)
    identity: tuple[str, int] | None = None


def of_identity(identity: Identity, amr: list[str], tags: Mapping[str, str]) -> WebIdentity:
    """A role must say which pools it means and whether guests are meant (IDP-04)."""
    keys: dict[str, str | list[str]] = {"aud": identity.pool_id, "sub": identity.id, "amr": amr}
    return WebIdentity(
        provider=arns.SERVICE,
        principals=frozenset({("Federated", arns.SERVICE)}),
        subject=identity.id,
        audience=identity.pool_id,
        keys={f"{arns.SERVICE}:{name}": value for name, value in keys.items()},
        pinned=tuple(frozenset({f"{arns.SERVICE}:{name}"}) for name in ("aud", "amr")),
        tags=tags,
        identity=(identity.id, identity.generation),
    )


def of_token(text: str) -> WebIdentity:
    """Raises InvalidIdentityToken, ExpiredTokenException."""
    claimed = _claimed(text)
    issuer = str(claimed.get("iss", ""))
    if issuer == open_id_tokens.issuer():
        return _of_open_id_token(text)
    pool = user_pool_providers.of_issuer(issuer)
    if pool is None:
        raise errors.web_identity_provider_unknown(issuer)
    return _of_id_token(pool, text, str(claimed.get("aud", "")))


def _claimed(text: str) -> dict[str, Any]:
    """What the token says of itself; nothing is believed yet."""
    for algorithm in jose.HASHES:
        try:
            return jose.read(text, algorithm).claims
        except jose.Malformed:
            continue
    raise errors.web_identity_not_a_token()


def _of_open_id_token(text: str) -> WebIdentity:
    try:
        token = open_id_tokens.read(text)
    except TokenRefused as refused:
        if refused.reason == "expired":
            raise errors.web_identity_expired() from None
        raise errors.web_identity_not_verified() from None
    return of_identity(token.identity, token.amr, token.tags)


def _of_id_token(pool: UserPool, text: str, audience: str) -> WebIdentity:
    """Who signed out, or was disabled or deleted, is nobody from then on."""
    claims = _id_token_claims(pool, text, audience)
    if presented.is_revoked(pool, claims):
        raise errors.web_identity_not_verified()
    names = user_pool_providers.names(pool)
    told = {"aud": audience, "sub": claims["sub"]}
    return WebIdentity(
        provider=pool.issuer,
        principals=frozenset(("Federated", arns.oidc_provider(name)) for name in names),
        subject=claims["sub"],
        audience=audience,
        keys={f"{name}:{key}": value for name in names for key, value in told.items()},
        pinned=(frozenset(f"{name}:aud".lower() for name in names),),
        tags=open_id_tokens.tags_of(claims),
    )


def _id_token_claims(pool: UserPool, text: str, audience: str) -> dict[str, Any]:
    if not _CLIENT_ID.fullmatch(audience) or not pool.clients.filter(pk=audience).exists():
        raise errors.web_identity_audience()
    try:
        return presented.verify_id_token(pool, text, {audience})
    except presented.IdTokenRefused as refused:
        if str(refused) == "expired":
            raise errors.web_identity_expired() from None
        raise errors.web_identity_not_verified() from None
