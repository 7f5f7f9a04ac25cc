"""Which roles a pool gives: one for members, one for guests, and mappings from what a login's token says.

``choose`` selects for one call (identity-pools.md, section 6). A mapping that denies wins over whatever else matched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from cognito_site.contract import errors
from identitypools.domain import access, user_pool_providers
from identitypools.domain.logins import Proof
from identitypools.models import IdentityPool

Mapped = dict[str, Any]

AUTHENTICATED, UNAUTHENTICATED = "authenticated", "unauthenticated"
MOST_RULES = 25
ROLES, PREFERRED = "cognito:roles", "cognito:preferred_role"


# --- setting --------------------------------------------------------------------------------------------------------


@transaction.atomic
def assign(pool: IdentityPool, roles: Mapping[str, str], mappings: Mapping[str, Mapped]) -> None:
    """Replaces both; ``mappings`` are the contract's members in snake_case, by provider."""
    for name in roles:
        if name not in (AUTHENTICATED, UNAUTHENTICATED):
            raise errors.unknown_role_type(name)
    pool = access.locked_pool(pool)
    known = set(_mappable(pool))
    for name, mapping in mappings.items():
        if _plain(name) not in known:
            raise errors.unknown_mapping_provider(name)
        _check(name, mapping)
    pool.roles, pool.role_mappings, pool.modified_at = dict(roles), dict(mappings), timezone.now()
    pool.save(update_fields=["roles", "role_mappings", "modified_at"])


def _mappable(pool: IdentityPool) -> Iterable[str]:
    for entry in pool.user_pool_providers:
        yield f"{user_pool_providers.plain(entry.get('provider_name', ''))}:{entry.get('client_id', '')}"
    yield from pool.other_providers


def _plain(name: str) -> str:
    """A user pool is named together with the client."""
    provider, _, client_id = name.rpartition(":")
    return f"{user_pool_providers.plain(provider)}:{client_id}" if user_pool_providers.pool_id(provider) else name


def _check(name: str, mapping: Mapped) -> None:
    if "ambiguous_role_resolution" not in mapping:
        raise errors.role_mapping_refused(name, "AmbiguousRoleResolution is missing")
    count = len(_rules(mapping))
    if mapping["type"] == "Rules" and not 0 < count <= MOST_RULES:
        raise errors.role_mapping_refused(name, f"between 1 and {MOST_RULES} rules are needed")
    if mapping["type"] == "Token" and count:
        raise errors.role_mapping_refused(name, "rules are for the type Rules")


def _rules(mapping: Mapped) -> list[dict[str, str]]:
    return list(mapping.get("rules_configuration", {}).get("rules", ()))


# --- choosing -------------------------------------------------------------------------------------------------------


def of_guest(pool: IdentityPool, custom: str | None) -> str:
    if custom is not None:
        raise errors.custom_role_refused()
    return _set(pool, UNAUTHENTICATED)


def of_member(pool: IdentityPool, custom: str | None) -> str:
    """Of a login that nothing is mapped for."""
    if custom is not None:
        raise errors.custom_role_refused()
    return _set(pool, AUTHENTICATED)


def of_token(pool: IdentityPool, vouched: Sequence[str], custom: str | None) -> str:
    """Of a token of our own, which carries no claims that a mapping could judge; developers' users have no mapping."""
    if pool.role_mappings and set(vouched[1::2]) - {pool.developer_provider}:
        raise errors.ambiguous_role()
    return of_member(pool, custom)


def choose(pool: IdentityPool, proofs: Sequence[Proof], custom: str | None) -> str:
    """``custom``: the role that the caller wants, if it wants one."""
    mappings = {_plain(name): mapping for name, mapping in pool.role_mappings.items()}
    mapped = [(proof, mappings[proof.mapping_key]) for proof in proofs if proof.mapping_key in mappings]
    if not mapped:
        return of_member(pool, custom)
    chosen = {_mapped(pool, proof, mapping, custom) for proof, mapping in mapped}
    if len(chosen) > 1:
        raise errors.ambiguous_role()
    return chosen.pop()


def _mapped(pool: IdentityPool, proof: Proof, mapping: Mapped, custom: str | None) -> str:
    fits = _of_claims(proof.claims) if mapping["type"] == "Token" else _of_rules(proof.claims, mapping)
    if custom is not None:
        if custom not in fits.all:
            raise errors.custom_role_refused()
        return custom
    if fits.best:
        return fits.best
    if mapping["ambiguous_role_resolution"] == "Deny":
        raise errors.ambiguous_role()
    return _set(pool, AUTHENTICATED)


@dataclass(frozen=True, slots=True)
class Fits:
    """The roles that a token may have, and the one that it gets unless the caller wants another."""

    all: list[str]
    best: str


def _of_claims(claims: Mapping[str, Any]) -> Fits:
    given = claims.get(ROLES)
    roles = [role for role in given if isinstance(role, str)] if isinstance(given, list) else []
    preferred = claims.get(PREFERRED)
    if isinstance(preferred, str) and preferred:
        return Fits([*roles, preferred], preferred)
    return Fits(roles, roles[0] if len(roles) == 1 else "")


def _of_rules(claims: Mapping[str, Any], mapping: Mapped) -> Fits:
    """The first that matches wins."""
    roles = [rule["role_arn"] for rule in _rules(mapping) if _matches(rule, claims.get(rule["claim"]))]
    return Fits(roles, roles[0] if roles else "")


def _matches(rule: Mapping[str, str], claim: Any) -> bool:
    """Of a claim with many values, one that matches is enough; a claim that is not there matches nothing."""
    if claim is None:
        return False
    values, wanted = [_text(value) for value in (claim if isinstance(claim, list) else [claim])], rule["value"]
    if rule["match_type"] == "NotEqual":
        return wanted not in values
    return any(_compares(rule["match_type"], value, wanted) for value in values)


def _compares(match_type: str, value: str, wanted: str) -> bool:
    if match_type == "StartsWith":
        return value.startswith(wanted)
    return wanted in value if match_type == "Contains" else value == wanted


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _set(pool: IdentityPool, name: str) -> str:
    arn: str | None = pool.roles.get(name)
    if arn is None:
        raise errors.invalid_pool_roles()
    return arn
