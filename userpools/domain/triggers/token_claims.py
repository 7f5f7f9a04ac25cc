"""PreTokenGeneration: what functions add to tokens, and what they cannot."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cognito_site.contract import errors
from userpools.domain.triggers.calls import (
    MACHINES,
    PRE_TOKEN_GENERATION,
    V1,
    V3,
    Moment,
    ask,
    attributes,
    claims_member,
    listed,
    metadata,
    structure,
    text,
)
from userpools.models import AppClient, User, UserPool
from userpools.values import Context

Claims = Mapping[str, Any]

# AWS: "Pre token generation Lambda trigger", claims that cannot be changed.
_IN_BOTH = frozenset(
    [
        "acr",
        "amr",
        "at_hash",
        "auth_time",
        "azp",
        "exp",
        "iat",
        "identities",
        "iss",
        "jti",
        "nbf",
        "nonce",
        "origin_jti",
        "sub",
        "token_use",
    ]
)
IN_ID_TOKENS = _IN_BOTH | {"aud", "cognito:username"}
IN_ACCESS_TOKENS = _IN_BOTH | {"username", "client_id", "scope", "device_key", "event_id", "version", "aud"}
RESERVED_PREFIXES = ("cognito:", "dev:")
MOST_ENTRIES = 5000
LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Changes:
    """Of one token's claims; what nobody may change is not among them."""

    added: Claims = field(default_factory=dict)
    suppressed: frozenset[str] = frozenset()

    def applied(self, claims: dict[str, Any], fixed: frozenset[str]) -> dict[str, Any]:
        kept = {name: value for name, value in claims.items() if name not in self.suppressed or is_fixed(name, fixed)}
        return {**kept, **self.added}


@dataclass(frozen=True, slots=True)
class GroupsAsked:
    names: list[str]
    roles: list[str]
    preferred_role: str


@dataclass(frozen=True, slots=True)
class Overrides:
    """``groups`` None: as they are."""

    identity: Changes = Changes()
    access: Changes = Changes()
    scopes_added: tuple[str, ...] = ()
    scopes_suppressed: frozenset[str] = frozenset()
    groups: GroupsAsked | None = None

    def scopes(self, granted: Iterable[str]) -> list[str]:
        kept = [scope for scope in granted if scope not in self.scopes_suppressed]
        return list(dict.fromkeys([*kept, *self.scopes_added]))


NONE = Overrides()


def is_fixed(name: str, fixed: frozenset[str]) -> bool:
    return name in fixed or name.startswith(RESERVED_PREFIXES)


def is_asked(pool: UserPool) -> bool:
    return PRE_TOKEN_GENERATION.is_configured(pool)


def pre_token_generation(
    user: User, source: str, groups: GroupsAsked, scopes: list[str], context: Context
) -> Overrides:
    """``source`` is the whole trigger source. ``groups``: as they are."""
    pool = user.pool
    if not PRE_TOKEN_GENERATION.is_configured(pool):
        return NONE
    version = PRE_TOKEN_GENERATION.version(pool)
    request = {
        "userAttributes": attributes(user),
        "groupConfiguration": _configuration(groups),
        **({} if version == V1 else {"scopes": scopes}),
        **metadata(context),
    }
    return _asked(Moment(pool, PRE_TOKEN_GENERATION, source, user.username, context), version, request)


def pre_token_generation_for_machine(client: AppClient, scopes: list[str], context: Context) -> Overrides:
    """Only version V3_0 of the event is sent for tokens without a user."""
    pool = client.pool
    if not PRE_TOKEN_GENERATION.is_configured(pool) or PRE_TOKEN_GENERATION.version(pool) != V3:
        return NONE
    request = {
        "userAttributes": {},
        "groupConfiguration": _configuration(GroupsAsked([], [], "")),
        "scopes": scopes,
        **metadata(context),
    }
    moment = Moment(pool, PRE_TOKEN_GENERATION, MACHINES, client.pk, context)
    return _asked(moment, V3, request)


def _configuration(groups: GroupsAsked) -> dict[str, Any]:
    return {
        "groupsToOverride": groups.names,
        "iamRolesToOverride": groups.roles,
        "preferredRole": groups.preferred_role or None,
    }


def _asked(moment: Moment, version: str, request: dict[str, Any]) -> Overrides:
    details = structure(ask(moment, request), claims_member(version))
    if len(json.dumps(details)) > LARGEST:
        raise errors.trigger_output_unrecognizable()
    overrides = _of_first_version(details) if version == V1 else _of_later_versions(details)
    _check_size(overrides)
    return overrides


def _of_first_version(details: dict[str, Any]) -> Overrides:
    """Text only, and the ID token only."""
    added = structure(details, "claimsToAddOrOverride")
    if not all(isinstance(value, str) for value in added.values()):
        raise errors.trigger_output_unrecognizable()
    return Overrides(identity=_changes(details, IN_ID_TOKENS), groups=_groups(details))


def _of_later_versions(details: dict[str, Any]) -> Overrides:
    identity, access = structure(details, "idTokenGeneration"), structure(details, "accessTokenGeneration")
    return Overrides(
        identity=_changes(identity, IN_ID_TOKENS),
        access=_changes(access, IN_ACCESS_TOKENS),
        scopes_added=tuple(filter(_is_scope, listed(access, "scopesToAdd"))),
        scopes_suppressed=frozenset(listed(access, "scopesToSuppress")),
        groups=_groups(details),
    )


def _changes(given: dict[str, Any], fixed: frozenset[str]) -> Changes:
    """What cannot be changed is left out without a word, as AWS does; what is both added and suppressed is gone."""
    suppressed = frozenset(listed(given, "claimsToSuppress"))
    added = structure(given, "claimsToAddOrOverride")
    allowed = {name: value for name, value in added.items() if name not in suppressed and not is_fixed(name, fixed)}
    return Changes(allowed, suppressed)


def _is_scope(scope: str) -> bool:
    """RFC 6749 section 3.3, so that a scope is one and stays one."""
    return bool(scope) and all("!" <= character <= "~" and character not in '"\\' for character in scope)


def _groups(details: dict[str, Any]) -> GroupsAsked | None:
    if "groupOverrideDetails" not in details:
        return None
    given = structure(details, "groupOverrideDetails")
    return GroupsAsked(
        listed(given, "groupsToOverride"), listed(given, "iamRolesToOverride"), text(given, "preferredRole") or ""
    )


def _check_size(overrides: Overrides) -> None:
    changed = (overrides.identity, overrides.access)
    count = sum(len(change.added) + len(change.suppressed) for change in changed)
    if count + len(overrides.scopes_added) + len(overrides.scopes_suppressed) > MOST_ENTRIES:
        raise errors.trigger_output_unrecognizable()
