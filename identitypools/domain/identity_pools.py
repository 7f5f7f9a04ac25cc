"""Identity pools: made, replaced setting by setting, given roles, deleted whole."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings as django_settings
from django.db import transaction
from django.utils import timezone

from cognito_site import lookups
from cognito_site.contract import errors
from identitypools.domain import access, arns, tags, user_pool_providers
from identitypools.models import IdentityPool

Settings = dict[str, Any]

MOST_POOLS = 1000
MOST_USER_POOLS = 50
# Names that would shadow a provider whose tokens somebody else signs.
PUBLIC_PROVIDERS = {
    arns.SERVICE,
    "accounts.google.com",
    "api.twitter.com",
    "appleid.apple.com",
    "graph.facebook.com",
    "www.amazon.com",
    "www.digits.com",
}


def new_id() -> str:
    """Of a pool, or of an identity."""
    return f"{django_settings.POOLHOUSE.region}:{uuid4()}"


def create(name: str, given: Settings, labels: dict[str, str]) -> IdentityPool:
    """``given``: the settings that the caller named, in the contract's members."""
    _check(given)
    if access.pools().count() >= MOST_POOLS:
        raise errors.count_limit_exceeded("identity pools", MOST_POOLS)
    now = timezone.now()
    pool = IdentityPool(id=new_id(), name=name, settings=_completed(given), tags=tags.checked(labels))
    pool.created_at = pool.modified_at = now
    pool.save(force_insert=True)
    return pool


@transaction.atomic
def update(pool: IdentityPool, name: str, given: Settings, labels: dict[str, str]) -> IdentityPool:
    """A full replacement: what the caller did not name is removed."""
    _check(given)
    pool = access.locked_pool(pool)
    if pool.developer_provider not in ("", given.get("developer_provider_name")):
        raise errors.developer_provider_fixed()
    pool.name, pool.settings, pool.tags = name, _completed(given), tags.checked(labels)
    pool.modified_at = timezone.now()
    pool.save(update_fields=["name", "settings", "tags", "modified_at"])
    return pool


@transaction.atomic
def change(pool: IdentityPool, name: str, changes: Settings) -> IdentityPool:
    """An extension, for the console: what is not named stays as it is."""
    pool = access.locked_pool(pool)
    return update(pool, name, {**pool.settings, **changes}, pool.tags)


@transaction.atomic
def delete(pool: IdentityPool) -> None:
    """With its identities, and with them everything that was issued to them. Nobody is added meanwhile."""
    held = lookups.one(access.pools().select_for_update().filter(pk=pool.pk))
    if held is None:
        raise errors.identity_pool_not_found(pool.pk)
    held.delete()


def _completed(given: Settings) -> Settings:
    """What AWS fills in, so that a description is what infrastructure tools expect."""
    user_pools = given.get("cognito_identity_providers")
    if user_pools is None:
        return given
    filled = [{"server_side_token_check": False, **entry} for entry in user_pools]
    return {**given, "cognito_identity_providers": filled}


def _check(given: Settings) -> None:
    developer = given.get("developer_provider_name", "")
    if developer in PUBLIC_PROVIDERS or user_pool_providers.pool_id(developer):
        raise errors.developer_provider_refused(developer)
    user_pools = given.get("cognito_identity_providers", [])
    if len(user_pools) > MOST_USER_POOLS:
        raise errors.count_limit_exceeded("user pools in an identity pool", MOST_USER_POOLS)
    seen: set[tuple[str, str]] = set()
    for entry in user_pools:
        pair = (user_pool_providers.plain(entry.get("provider_name", "")), entry.get("client_id", ""))
        if pair in seen:
            raise errors.provider_given_twice(":".join(pair))
        seen.add(pair)
