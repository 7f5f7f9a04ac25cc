"""Pools: made with their keys, replaced setting by setting, deleted whole."""

from __future__ import annotations

import secrets
import string

from django.conf import settings as django_settings
from django.db import transaction
from django.utils import timezone

from cognito_site.contract import errors
from userpools.domain import access, keys, pool_rules, pool_settings, schema, tags
from userpools.domain.pool_settings import Settings
from userpools.models import UserPool

MOST_POOLS = 1000
ID_ALPHABET = string.ascii_letters + string.digits
ID_LENGTH = 9


def _new_id() -> str:
    return f"{django_settings.POOLHOUSE.region}_" + "".join(secrets.choice(ID_ALPHABET) for _ in range(ID_LENGTH))


@transaction.atomic
def create(
    name: str, given: Settings, attributes: list[schema.Entry] | None = None, labels: dict[str, str] | None = None
) -> UserPool:
    """``given``: the settings that the caller named, in the contract's members; ``labels``: its tags."""
    pool_rules.check_given(given)
    complete = pool_settings.created(given)
    pool_rules.check(complete)
    if access.pools().count() >= MOST_POOLS:
        raise errors.count_limit_exceeded("user pools", MOST_POOLS)
    now = timezone.now()
    pool = UserPool(id=_new_id(), name=name, settings=complete, created_at=now, modified_at=now)
    pool.schema = schema.created(attributes or [])
    pool.tags = tags.checked(labels or {})
    pool.save(force_insert=True)
    keys.assign(pool)
    return pool


@transaction.atomic
def update(pool: UserPool, name: str | None, given: Settings, labels: dict[str, str] | None = None) -> None:
    """A full replacement: what the caller did not name falls back to its default."""
    pool_rules.check_given(given)
    pool = access.locked_pool(pool)
    complete = pool_settings.updated(pool, given)
    _check_tier_change(pool, complete)
    pool_rules.check(complete)
    pool.name, pool.settings, pool.tags = name or pool.name, complete, tags.checked(labels or {})
    _save(pool, "name", "settings", "tags")


@transaction.atomic
def change(
    pool: UserPool, changes: Settings, *, name: str | None = None, labels: dict[str, str] | None = None
) -> UserPool:
    """An extension, for the console: what is not named stays as it is, also what somebody else changes meanwhile."""
    pool = access.locked_pool(pool)
    complete = pool_settings.changed(pool, changes)
    _check_tier_change(pool, complete)
    pool_rules.check(complete)
    pool.name, pool.settings = name or pool.name, complete
    pool.tags = pool.tags if labels is None else tags.checked(labels)
    _save(pool, "name", "settings", "tags")
    return pool


def _check_tier_change(pool: UserPool, complete: Settings) -> None:
    """Features that an update does not name cannot be taken away from under the people who use them."""
    if complete["user_pool_tier"] != "LITE":
        return
    if "email_mfa_configuration" in complete:
        raise errors.tier_change_not_allowed("Email MFA")
    if pool.domains.filter(managed_login_version__gt=1).exists():
        raise errors.tier_change_not_allowed("Managed login")


@transaction.atomic
def set_mfa(pool: UserPool, given: Settings) -> UserPool:
    """Replaces what the pool says about second factors; the text messages of codes are the pool's own setting."""
    pool = access.locked_pool(pool)
    if "mfa_configuration" not in given:
        raise errors.mfa_configuration_missing()
    complete = _with_factors(pool.settings, given)
    if complete["mfa_configuration"] != "OFF" and not (
        complete["sms_is_a_factor"] or pool_settings.has_factor(complete)
    ):
        raise errors.mfa_without_factor_configuration()
    pool_rules.check(complete)
    pool.settings = complete
    _save(pool, "settings")
    return pool


def _with_factors(settings: Settings, given: Settings) -> Settings:
    sms = given.get("sms_mfa_configuration")
    if sms is not None and "sms_configuration" not in sms:
        raise errors.sms_configuration_missing()
    factors = ("software_token_mfa_configuration", "email_mfa_configuration", "web_authn_configuration")
    others = {member: value for member, value in settings.items() if member not in factors}
    named = {member: value for member, value in given.items() if member != "sms_mfa_configuration"}
    return {**others, **(sms or {}), **named, "sms_is_a_factor": sms is not None}


@transaction.atomic
def add_custom_attributes(pool: UserPool, attributes: list[schema.Entry]) -> None:
    pool = access.locked_pool(pool)
    pool.schema = schema.extended(pool, attributes)
    _save(pool, "schema")


@transaction.atomic
def delete(pool: UserPool) -> None:
    """With everything in it."""
    pool = access.locked_pool(pool)
    if pool.is_deletion_protected:
        raise errors.deletion_protected()
    if pool.domains.exists():
        raise errors.pool_has_domain()
    pool.delete()


def _save(pool: UserPool, *fields: str) -> None:
    pool.modified_at = timezone.now()
    pool.save(update_fields=[*fields, "modified_at"])
