"""Resource servers: the APIs of the application, and the scopes that tokens can carry for them.

A scope that is gone stays written on the clients that had it and is left out of their tokens; it lives again when it is
made again.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from cognito_site.contract import errors
from cognito_site.remembered import Remembered
from userpools.models import ResourceServer, UserPool

MOST_SERVERS = 25
# Cognito's own: aws.cognito.signin.user.admin, aws.cognito/dcr/register.
RESERVED = ("aws.cognito", "aws.cognito/", "aws.cognito.")

Scope = dict[str, Any]

_living: Remembered[str, frozenset[str]] = Remembered(5, 2000)


def scopes(pool: UserPool) -> frozenset[str]:
    """Every custom scope that lives, as tokens name it."""
    return frozenset(scope for server in pool.resource_servers.all() for scope in server.full_scopes)


def living_scopes(pool: UserPool) -> frozenset[str]:
    """As ``scopes``, remembered for some seconds: every token of a machine asks."""
    known = _living.get(pool.pk)
    return _living.put(pool.pk, scopes(pool)) if known is None else known


def _forget(pool_id: str) -> None:
    """This process knows at once, others within seconds."""
    _living.forget(pool_id)
    transaction.on_commit(lambda: _living.forget(pool_id))


def create(pool: UserPool, identifier: str, name: str, scopes: list[Scope]) -> ResourceServer:
    if identifier == RESERVED[0] or identifier.startswith(RESERVED[1:]):
        raise errors.reserved_identifier(identifier)
    if pool.resource_servers.count() >= MOST_SERVERS:
        raise errors.count_limit_exceeded("resource servers", MOST_SERVERS)
    server = ResourceServer(pool=pool, identifier=identifier, name=name, scopes=_checked(scopes))
    try:
        with transaction.atomic():
            server.save(force_insert=True)
    except IntegrityError:
        raise errors.resource_server_exists(identifier, pool.pk) from None
    _forget(pool.pk)
    return server


def update(server: ResourceServer, name: str, scopes: list[Scope]) -> ResourceServer:
    """Replaces the name and all scopes."""
    server.name, server.scopes = name, _checked(scopes)
    if not server.pool.resource_servers.filter(pk=server.pk).update(name=server.name, scopes=server.scopes):
        raise errors.resource_server_not_found(server.identifier)
    _forget(server.pool_id)
    return server


def delete(server: ResourceServer) -> None:
    server.delete()
    _forget(server.pool_id)


def _checked(scopes: list[Scope]) -> list[Scope]:
    names = [scope["name"] for scope in scopes]
    if len(set(names)) < len(names):
        raise errors.scope_named_twice()
    return scopes
