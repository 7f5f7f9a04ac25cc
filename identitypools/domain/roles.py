"""Roles: who may become them (trust), and what they may do (policies in line, as IAM calls them)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from cognito_site.contract import errors
from identitypools.domain import access, arns
from identitypools.domain.policies import documents
from identitypools.models import Role

MOST_ROLES = 1000
# AWS counts without white space.
LONGEST_TRUST = 2048
LARGEST_POLICIES = 10_240
ID_LETTERS = 17
FEDERATED = ("Federated", arns.SERVICE)
# A pool's tokens can be told by these; without any of them a role is everybody's who has an identity pool.
COGNITO_KEYS = {f"{arns.SERVICE}:{name}" for name in ("aud", "amr", "sub")}
_SPACE = re.compile(r"\s+")


def create(
    name: str,
    trust: str,
    path: str = "/",
    description: str = "",
    max_session_seconds: int = 3600,
    tags: Mapping[str, str] | None = None,
) -> Role:
    _check_trust(trust)
    if access.roles().count() >= MOST_ROLES:
        raise errors.count_limit_exceeded("roles", MOST_ROLES)
    role = Role(
        role_id=arns.unique_id("AROA", ID_LETTERS),
        name=name,
        path=path,
        description=description,
        trust=trust,
        max_session_seconds=max_session_seconds,
        tags=dict(tags or {}),
        created_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            role.save(force_insert=True)
    except IntegrityError:
        raise errors.role_exists(name) from None
    return role


def set_trust(role: Role, trust: str) -> None:
    _check_trust(trust)
    if not access.roles().filter(pk=role.pk).update(trust=trust):
        raise errors.role_not_found(role.name)
    role.trust = trust


@transaction.atomic
def put_policy(role: Role, name: str, text: str) -> None:
    documents.permissions(text)
    role = access.locked_role(role.name)
    role.policies = {**role.policies, name: text}
    if sum(map(_size, role.policies.values())) > LARGEST_POLICIES:
        raise errors.role_policies_too_large(role.name, LARGEST_POLICIES)
    role.save(update_fields=["policies"])


@transaction.atomic
def delete_policy(role: Role, name: str) -> None:
    role = access.locked_role(role.name)
    if role.policies.pop(name, None) is None:
        raise errors.role_policy_not_found(name)
    role.save(update_fields=["policies"])


def policy(role: Role, name: str) -> str:
    found: str | None = role.policies.get(name)
    if found is None:
        raise errors.role_policy_not_found(name)
    return found


@transaction.atomic
def delete(role: Role) -> None:
    """What was issued for it dies at once."""
    role = access.locked_role(role.name)
    if role.policies:
        raise errors.role_has_policies()
    role.delete()


def revoke_sessions(role: Role) -> None:
    """Whatever was issued for the role so far is worthless from now on; what is issued next is not."""
    access.roles().filter(pk=role.pk).update(generation=F("generation") + 1)


def _check_trust(text: str) -> None:
    policy = documents.trust(text)
    if _size(text) > LONGEST_TRUST:
        raise errors.trust_too_large(LONGEST_TRUST)
    for statement in policy.statements:
        trusts_pools = statement.principals is not None and FEDERATED in statement.principals.names
        keys = {condition.key for condition in statement.conditions}
        if statement.allows and trusts_pools and not keys & COGNITO_KEYS:
            raise errors.trust_names_no_pool()


def _size(text: str) -> int:
    return len(_SPACE.sub("", text))
