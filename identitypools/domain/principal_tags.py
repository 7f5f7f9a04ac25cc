"""Attributes for access control: claims of a login become tags of the session, which policies may ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from cognito_site.contract import errors
from identitypools.domain import access, user_pool_providers
from identitypools.domain.logins import Proof
from identitypools.models import IdentityPool

DEFAULTS = {"client": "aud", "username": "sub"}
LONGEST_VALUE = 256
MOST_BYTES = 460


@transaction.atomic
def assign(pool: IdentityPool, provider: str, tags: Mapping[str, str], *, use_defaults: bool) -> dict[str, Any]:
    """``tags`` maps keys to names of claims. Returns what was set."""
    pool = access.locked_pool(pool)
    if user_pool_providers.plain(provider) not in _providers(pool):
        raise errors.unknown_tagging_provider(provider)
    if use_defaults and tags:
        raise errors.default_tags_not_alone()
    found = {"use_defaults": use_defaults, "tags": dict(DEFAULTS if use_defaults else tags)}
    pool.principal_tags = {**pool.principal_tags, user_pool_providers.plain(provider): found}
    pool.save(update_fields=["principal_tags"])
    return found


def of_provider(pool: IdentityPool, provider: str) -> dict[str, Any]:
    found: dict[str, Any] | None = pool.principal_tags.get(user_pool_providers.plain(provider))
    if found is None:
        raise errors.principal_tags_not_found(provider)
    return found


def of_proofs(pool: IdentityPool, proofs: Sequence[Proof]) -> dict[str, str]:
    """What the logins of a call give; a claim that is not there gives nothing."""
    tags: dict[str, str] = {}
    for proof in proofs:
        mapping = pool.principal_tags.get(proof.provider, {}).get("tags", {})
        found = {key: _text(proof.claims.get(claim)) for key, claim in mapping.items()}
        tags |= {key: text for key, text in found.items() if text}
    check_size(tags)
    return tags


def check_size(tags: Mapping[str, str]) -> None:
    if sum(len(f"{key}{value}".encode()) for key, value in tags.items()) > MOST_BYTES:
        raise errors.principal_tags_too_large(MOST_BYTES)
    if any(len(value) > LONGEST_VALUE for value in tags.values()):
        raise errors.principal_tags_too_large(MOST_BYTES)


def _providers(pool: IdentityPool) -> Iterable[str]:
    own = [user_pool_providers.plain(entry.get("provider_name", "")) for entry in pool.user_pool_providers]
    return {*own, *pool.other_providers}


def _text(claim: Any) -> str:
    """Lists and objects are no tags."""
    if isinstance(claim, bool):
        return str(claim).lower()
    return str(claim) if isinstance(claim, str | int | float) else ""
