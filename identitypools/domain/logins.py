"""Logins: what a caller shows of who they are at a provider, verified in full (IDP-01).

User pools of this installation are believed by the ID tokens that they signed. Other providers may be configured, but
until federation is built a login of theirs is refused as not performed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cognito_site import jose, keyring
from cognito_site.contract import errors
from identitypools.domain import user_pool_providers
from identitypools.models import IdentityPool
from userpools.domain import presented
from userpools.models import UserPool

LONGEST_DEVELOPER_ID = 1024


@dataclass(frozen=True, slots=True)
class Proof:
    """A subject of a provider, proved. ``vouched`` is how ``amr`` names it."""

    provider: str
    subject: str
    vouched: str
    client_id: str = ""
    claims: Mapping[str, Any] = field(default_factory=dict)
    is_developer: bool = False

    @property
    def fingerprint(self) -> bytes:
        return keyring.digest(f"{self.provider}\0{self.subject}")

    @property
    def mapping_key(self) -> str:
        """How role mappings name it."""
        return f"{self.provider}:{self.client_id}" if self.client_id else self.provider


def prove(pool: IdentityPool, given: Mapping[str, str]) -> list[Proof]:
    """One for each provider. Raises NotAuthorized when a single one does not hold."""
    if not (pool.user_pool_providers or pool.other_providers or pool.developer_provider):
        raise errors.no_identity_providers()
    proofs = list({proof.fingerprint: proof for proof in (_proved(pool, *login) for login in given.items())}.values())
    if len({proof.provider for proof in proofs}) != len(proofs):
        raise errors.login_already_linked()
    return proofs


def developer(pool: IdentityPool, subject: str) -> Proof:
    """Asserted by whoever may sign for it."""
    if not pool.developer_provider or not 0 < len(subject) <= LONGEST_DEVELOPER_ID:
        raise errors.one_developer_provider()
    name = pool.developer_provider
    return Proof(name, subject, f"{name}:{pool.id}:{subject}", is_developer=True)


def plain(providers: Sequence[str]) -> list[str]:
    """One name for each provider."""
    return [user_pool_providers.plain(name) for name in providers]


def amr(proofs: Sequence[Proof]) -> list[str]:
    return ["authenticated", *(name for proof in proofs for name in (proof.provider, proof.vouched))]


def _proved(pool: IdentityPool, name: str, token: str) -> Proof:
    if user_pool_providers.pool_id(name):
        return _at_user_pool(pool, name, token)
    if name in pool.other_providers:
        raise errors.not_performed(f"A login of {name}")
    raise errors.provider_not_supported()


def _at_user_pool(pool: IdentityPool, name: str, token: str) -> Proof:
    provider = user_pool_providers.plain(name)
    trusted = [
        entry
        for entry in pool.user_pool_providers
        if user_pool_providers.plain(entry.get("provider_name", "")) == provider
    ]
    if not trusted:
        raise errors.provider_not_supported()
    user_pool = user_pool_providers.find(name)
    if user_pool is None:
        raise errors.login_token_not_verified()
    claims = _verified(user_pool, token, {entry.get("client_id", "") for entry in trusted})
    is_checked = any(entry.get("server_side_token_check") for entry in trusted if entry["client_id"] == claims["aud"])
    if is_checked and presented.is_revoked(user_pool, claims):
        raise errors.login_token_revoked()
    subject = claims["sub"]
    return Proof(provider, subject, f"{provider}:CognitoSignIn:{subject}", claims["aud"], claims)


def _verified(user_pool: UserPool, token: str, client_ids: set[str]) -> dict[str, Any]:
    claimed = _claimed(token)
    try:
        return presented.verify_id_token(user_pool, token, client_ids)
    except presented.IdTokenRefused as refused:
        raise _refusal(str(refused), claimed) from None


def _claimed(token: str) -> dict[str, Any]:
    """What it says of itself. An access token names no audience, which is how AWS tells."""
    try:
        claims = jose.read(token).claims
    except jose.Malformed:
        raise errors.login_token_malformed() from None
    if "aud" not in claims:
        raise errors.login_token_without_audience()
    return claims


def _refusal(reason: str, claimed: Mapping[str, Any]) -> errors.Refusal:
    if reason == "expired":
        return errors.login_token_expired(int(time.time()), int(claimed["exp"]))
    return {
        "issuer": errors.login_token_of_another_issuer,
        "audience": errors.provider_not_supported,
        "malformed": errors.login_token_malformed,
    }.get(reason, errors.login_token_not_verified)()
