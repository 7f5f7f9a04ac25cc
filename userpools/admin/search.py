"""Finding users, clients and pools by what a ticket says."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from cognito_site.console import places, search
from cognito_site.console.places import Place
from cognito_site.console.search import Finder, Found
from userpools.admin.people import address_of, name_of
from userpools.admin.place import USER_POOL
from userpools.domain import access, user_search
from userpools.models import AppClient, Group, UserPool


def _pools(place: Place | None) -> QuerySet[UserPool] | None:
    """The pool that somebody is in, or all of them outside; none in another kind of place."""
    if place is None:
        return access.pools()
    return access.pools().filter(pk=place.id) if place.kind is USER_POOL else None


def _where(pool_name: str, place: Place | None) -> str:
    return "" if place else f" · {pool_name}"


def _users(place: Place | None, typed: str, most: int) -> Iterable[Found]:
    pools = _pools(place)
    for user in user_search.lookup(access.users_of(pools), typed)[:most] if pools is not None else ():
        user_pool: UserPool = user.pool
        url = places.inside(user_pool.pk, "userpools_user_change", user.pk)
        yield Found(name_of(user), address_of(user) + _where(user_pool.name, place), url)


def _clients(place: Place | None, typed: str, most: int) -> Iterable[Found]:
    pools = _pools(place)
    if pools is None:
        return
    found: QuerySet[AppClient] = access.clients_of(pools)
    named = found.filter(pk__startswith=typed) | found.filter(name__icontains=typed)
    for client in named[:most]:
        url = places.inside(client.pool_id, "userpools_appclient_change", client.pk)
        yield Found(client.name, client.pk + _where(client.pool.name, place), url)


def _groups(place: Place | None, typed: str, most: int) -> Iterable[Found]:
    if place is None or place.kind is not USER_POOL:
        return
    groups: QuerySet[Group] = place.row.groups.filter(name__istartswith=typed)
    for group in groups[:most]:
        url = places.inside(place.id, "userpools_group_change", group.pk)
        yield Found(group.name, group.description[:80], url)


def _user_pools(place: Place | None, typed: str, most: int) -> Iterable[Found]:
    if place is not None:
        return
    named = access.pools().filter(name__icontains=typed) | access.pools().filter(pk=typed)
    for pool in named[:most]:
        yield Found(pool.name, pool.pk, places.inside(pool.pk, "index"))


search.register(Finder(10, "Users", "users", "userpools.view_user", _users))
search.register(Finder(20, "App clients", "window", "userpools.view_appclient", _clients))
search.register(Finder(30, "Groups", "group", "userpools.view_group", _groups))
search.register(Finder(40, "User pools", "pool", "userpools.view_userpool", _user_pools))
