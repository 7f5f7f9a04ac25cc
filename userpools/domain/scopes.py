"""Which scopes a token gets: those that were asked for, that the client has, and that still exist.

A custom scope whose resource server is gone stays written on its clients and is left out of tokens without a word; a
scope that the client never had is refused.
"""

from __future__ import annotations

from collections.abc import Iterable

from userpools.domain import resource_servers
from userpools.domain.client_rules import BUILT_IN_SCOPES, NEED_OPENID, OPENID
from userpools.models import AppClient

MOST_ASKED = 100


class ScopesRefused(ValueError):
    """Of a client that asks for what it does not have."""


def for_user(client: AppClient, asked: Iterable[str] | None) -> list[str]:
    """None: all that the client has."""
    wanted = _allowed(client, asked)
    if NEED_OPENID.intersection(wanted) and OPENID not in wanted:
        raise ScopesRefused("openid")
    return _living(client, wanted)


def for_machine(client: AppClient, asked: Iterable[str] | None) -> list[str]:
    """Custom ones only: there is no user whose attributes the others could be about."""
    wanted = _allowed(client, asked)
    custom = [scope for scope in wanted if scope not in BUILT_IN_SCOPES]
    if asked is not None and len(custom) < len(wanted):
        raise ScopesRefused("built in")
    living = _living(client, custom)
    if not living:
        raise ScopesRefused("none")
    return living


def _allowed(client: AppClient, asked: Iterable[str] | None) -> list[str]:
    allowed = client.oauth_scopes
    if asked is None:
        return allowed
    wanted = list(dict.fromkeys(asked))
    if len(wanted) > MOST_ASKED or not set(allowed).issuperset(wanted):
        raise ScopesRefused("not allowed")
    return wanted


def _living(client: AppClient, wanted: list[str]) -> list[str]:
    if BUILT_IN_SCOPES.issuperset(wanted):
        return wanted
    living = resource_servers.living_scopes(client.pool) | BUILT_IN_SCOPES
    return [scope for scope in wanted if scope in living]
