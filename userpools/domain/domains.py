"""The names under which a pool's pages and OAuth endpoints are reached: one prefix, one host name of its own.

A name leads to one pool of the installation, held by its primary key. Whether a custom name points here is for DNS and
the proxy in front to say: nothing is served under it until requests for it arrive.

A prefix that a pool gave up stays its own for a time, because links and bookmarks of its users go on leading there: no
other tenant gets it meanwhile. Who may do everything is asked to know what they do, and AWS frees a name at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings as django_settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from cognito_site.contract import errors
from userpools.domain import access, domain_hosts
from userpools.models import Domain, ReleasedPrefix, UserPool

RESERVED_WORDS = ("aws", "amazon", "cognito")
MOST_CUSTOM_DOMAINS = 4
QUARANTINE = timedelta(days=90)
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
PREFIX = re.compile(LABEL)
# The last label starts with a letter: no IP address is a domain.
HOST_NAME = re.compile(rf"(?:{LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")
CLASSIC, MANAGED = 1, 2


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller asked for; None where it said nothing. ``takes_released``: the account itself asks, and may have
    what another pool gave up."""

    managed_login_version: int | None = None
    custom_domain_config: dict[str, Any] | None = None
    routing: dict[str, Any] | None = None
    takes_released: bool = False

    @property
    def settings(self) -> dict[str, Any]:
        named = {"custom_domain_config": self.custom_domain_config, "routing": self.routing}
        return {member: value for member, value in named.items() if value is not None}


@transaction.atomic
def create(pool: UserPool, name: str, wish: Wish) -> Domain:
    is_custom = wish.custom_domain_config is not None
    (_check_host_name if is_custom else _check_prefix)(name)
    _check_quarantine(pool, name, wish)
    _check_version(pool, wish)
    if pool.domains.filter(is_custom=is_custom).exists():
        raise errors.pool_has_domain_already()
    if is_custom and access.custom_domains().count() >= MOST_CUSTOM_DOMAINS:
        raise errors.count_limit_exceeded("custom domains", MOST_CUSTOM_DOMAINS)
    domain = Domain(name=name, pool=pool, is_custom=is_custom, settings=wish.settings, created_at=timezone.now())
    domain.managed_login_version = wish.managed_login_version or CLASSIC
    try:
        with transaction.atomic():
            domain.save(force_insert=True)
    except IntegrityError:
        raise errors.domain_taken() from None
    domain_hosts.forget(domain)
    return domain


@transaction.atomic
def update(domain: Domain, wish: Wish) -> Domain:
    """The name and its kind stay; what the wish does not name stays, too."""
    if (wish.custom_domain_config is not None) > domain.is_custom:
        raise errors.prefix_domain_has_no_certificate()
    _check_version(domain.pool, wish)
    domain.managed_login_version = wish.managed_login_version or domain.managed_login_version
    domain.settings = {**domain.settings, **wish.settings}
    domain.save(update_fields=["managed_login_version", "settings"])
    return domain


@transaction.atomic
def delete(domain: Domain) -> None:
    domain_hosts.forget(domain)
    if not domain.is_custom:
        released = {"pool_id": domain.pool_id, "released_at": timezone.now()}
        ReleasedPrefix.objects.update_or_create(name=domain.name, defaults=released)
    domain.delete()


def _check_version(pool: UserPool, wish: Wish) -> None:
    if wish.managed_login_version not in (None, CLASSIC, MANAGED):
        raise errors.managed_login_version_unknown()
    if wish.managed_login_version == MANAGED and pool.settings["user_pool_tier"] == "LITE":
        raise errors.feature_unavailable("Managed login", "LITE")


def _check_quarantine(pool: UserPool, name: str, wish: Wish) -> None:
    released = ReleasedPrefix.objects.filter(name=name, released_at__gt=timezone.now() - QUARANTINE)
    if not wish.takes_released and released.exclude(pool_id=pool.pk).exists():
        raise errors.domain_taken()


def _check_prefix(name: str) -> None:
    if not PREFIX.fullmatch(name):
        raise errors.domain_refused("a prefix has lower-case letters, digits and inner hyphens only")
    for word in RESERVED_WORDS:
        if word in name:
            raise errors.domain_reserved(word)


def _check_host_name(name: str) -> None:
    """Names under which Poolhouse itself is reached belong to it: a pool must not catch the requests of all others."""
    if not HOST_NAME.fullmatch(name):
        raise errors.domain_refused("a custom domain is a full host name in lower case")
    own = django_settings.POOLHOUSE.hostname
    if name == own or name.endswith((f".auth.{own}", ".localhost")):
        raise errors.domain_refused("this name belongs to the installation")
