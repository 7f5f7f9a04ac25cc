"""Where pools live on the web: which pool a host name or a path leads to, and where a pool is found.

A pool with a domain is reached in three ways that behave alike: at its custom host, at ``<prefix>.auth.<public host>``
and below its issuer, ``<PUBLIC_URL>/<pool id>/...``, which needs no DNS. Every absolute address is made of PUBLIC_URL
and the name of the domain; what a request says about its host only chooses among them.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from django.conf import settings as django_settings
from django.db import transaction

from cognito_site import lookups
from cognito_site.remembered import Remembered
from userpools.domain import access
from userpools.models import Domain, UserPool

SECONDS_REMEMBERED = 5
LONGEST_HOST = 255
POOL_ID = re.compile(r"[a-z0-9-]{1,40}_[0-9A-Za-z]{1,55}")
HOST_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")


@dataclass(frozen=True, slots=True)
class Site:
    """A pool's home at one of its addresses. ``path`` is what stands before each path there; ``is_open``: it has a
    domain, and with it pages and OAuth endpoints."""

    pool_id: str
    origin: str
    path: str = ""
    is_open: bool = True

    @property
    def address(self) -> str:
        return f"{self.origin}{self.path}"


@dataclass(frozen=True, slots=True)
class _Known:
    site: Site | None


_by_host: Remembered[str, _Known] = Remembered(SECONDS_REMEMBERED, 2000)
_by_pool: Remembered[str, _Known] = Remembered(SECONDS_REMEMBERED, 2000)


# --- from a request to a pool ---------------------------------------------------------------------------------------


def of_host(host: str) -> Site | None:
    """``host`` as the header has it. None: the host is Poolhouse's own, or nobody's."""
    name = _name(host)
    if name is None or name == django_settings.POOLHOUSE.hostname:
        return None
    known = _by_host.get(name) or _by_host.put(name, _Known(_find(name)))
    return known.site


def _name(host: str) -> str | None:
    """Without the port. None where no domain can be: an address, a name without dots, something else altogether."""
    name = host[: LONGEST_HOST + 7].lower().rpartition(":")[0] or host.lower()
    name = name.removesuffix(".")
    if "." not in name or len(name) > LONGEST_HOST or not HOST_NAME.fullmatch(name) or _is_address(name):
        return None
    return name


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _find(host: str) -> Site | None:
    prefix = host.removesuffix(_prefix_suffix())
    is_custom = prefix == host
    domain = access.find_domain(prefix)
    return _site(domain) if domain is not None and domain.is_custom == is_custom else None


def of_path(path: str) -> Site | None:
    """``path`` begins with a pool's id."""
    pool_id = path[1:].partition("/")[0]
    if not POOL_ID.fullmatch(pool_id):
        return None
    known = _by_pool.get(pool_id) or _by_pool.put(pool_id, _Known(_below_issuer(pool_id)))
    return known.site


def _below_issuer(pool_id: str) -> Site | None:
    is_open = access.has_domain(pool_id)
    if is_open is None:
        return None
    return Site(pool_id, django_settings.POOLHOUSE.public_url, f"/{pool_id}", is_open)


def forget(domain: Domain) -> None:
    """A domain was made, or is gone: this process knows at once, others within seconds."""
    host, pool_id = _host(domain), domain.pool_id

    def now() -> None:
        _by_host.forget(host)
        _by_pool.forget(pool_id)

    now()
    transaction.on_commit(now)


# --- from a pool to its address -------------------------------------------------------------------------------------


def _prefix_suffix() -> str:
    """An installation that is reached by a bare address has no names of its own, but browsers know ``*.localhost``."""
    own = django_settings.POOLHOUSE.hostname
    return ".auth.localhost" if _is_address(own) else f".auth.{own}"


def _host(domain: Domain) -> str:
    return domain.name if domain.is_custom else f"{domain.name}{_prefix_suffix()}"


def _site(domain: Domain) -> Site:
    place = django_settings.POOLHOUSE
    port = place.public_host.removeprefix(_bracketed(place.hostname))
    return Site(domain.pool_id, f"{place.scheme}://{_host(domain)}{port}")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def address(domain: Domain) -> str:
    """Where browsers that know its name find the pool's pages."""
    return _site(domain).address


def public_address(pool: UserPool) -> str:
    """Where every client finds them: at the custom domain if there is one; else below the issuer, because names below
    ``localhost`` are known to browsers only."""
    custom = lookups.one(pool.domains.filter(is_custom=True))
    return address(custom) if custom else pool.issuer
