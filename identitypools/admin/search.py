"""Finding identities, identity pools, roles and keys by what a ticket says."""

from __future__ import annotations

from collections.abc import Iterable

from cognito_site.console import places, search
from cognito_site.console.places import Place
from cognito_site.console.search import Finder, Found
from identitypools.domain import access


def _identities(place: Place | None, typed: str, most: int) -> Iterable[Found]:
    """By a whole id, wherever somebody is."""
    found = access.find_identity(typed) if ":" in typed else None
    if found is not None:
        url = places.inside(found.pool_id, "identitypools_identity_change", found.pk)
        yield Found(found.pk, found.pool.name, url)


def _pools(place: Place | None, typed: str, most: int) -> Iterable[Found]:
    if place is not None:
        return
    for pool in (access.pools().filter(name__icontains=typed) | access.pools().filter(pk=typed))[:most]:
        yield Found(pool.name, pool.pk, places.inside(pool.pk, "index"))


def _roles(place: Place | None, typed: str, most: int) -> Iterable[Found]:
    if place is not None:
        return
    for role in access.roles().filter(name__icontains=typed)[:most]:
        yield Found(role.name, role.arn, places.outside("identitypools_role_change", role.pk))


def _keys(place: Place | None, typed: str, most: int) -> Iterable[Found]:
    keys = access.access_keys()
    for key in (keys.filter(pk=typed) | keys.filter(name__icontains=typed))[:most] if place is None else ():
        yield Found(key.name, key.key_id, places.outside("identitypools_accesskey_change", key.pk))


search.register(Finder(50, "Identities", "identity", "identitypools.view_identity", _identities))
search.register(Finder(60, "Identity pools", "identity", "identitypools.view_identitypool", _pools))
search.register(Finder(70, "Roles", "shield", "identitypools.view_role", _roles))
search.register(Finder(80, "Access keys", "key", "identitypools.view_accesskey", _keys))
