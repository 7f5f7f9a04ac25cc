"""Groups of users, with a precedence and a role; who is in them shows in the next tokens."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from cognito_site.contract import errors
from userpools.domain import access, events
from userpools.models import Group, Membership, User, UserPool
from userpools.values import Context

MOST_GROUPS = 10_000
MOST_GROUPS_OF_A_USER = 100


def create(
    pool: UserPool,
    name: str,
    context: Context,
    description: str = "",
    role_arn: str = "",
    precedence: int | None = None,
) -> Group:
    if pool.groups.count() >= MOST_GROUPS:
        raise errors.count_limit_exceeded("groups in a user pool", MOST_GROUPS)
    now = timezone.now()
    group = Group(pool=pool, name=name, description=description, role_arn=role_arn, precedence=precedence)
    group.created_at = group.modified_at = now
    try:
        with transaction.atomic():
            group.save(force_insert=True)
            events.record(pool, None, events.CHANGE_GROUPS, context=context, detail={"created": name})
    except IntegrityError:
        raise errors.group_exists() from None
    return group


@transaction.atomic
def update(group: Group, context: Context, **changes: Any) -> Group:
    """``changes`` name ``description``, ``role_arn`` and ``precedence``; what they do not name stays."""
    detail = {"changed": group.name, "given": sorted(changes)}
    changes["modified_at"] = timezone.now()
    if not group.pool.groups.filter(pk=group.pk).update(**changes):
        raise errors.group_not_found()
    events.record(group.pool, None, events.CHANGE_GROUPS, context=context, detail=detail)
    for field, value in changes.items():
        setattr(group, field, value)
    return group


@transaction.atomic
def delete(group: Group, context: Context) -> None:
    """The memberships go with it, the users stay."""
    events.record(group.pool, None, events.CHANGE_GROUPS, context=context, detail={"deleted": group.name})
    group.delete()


@transaction.atomic
def add(group: Group, user: User, context: Context) -> None:
    """Adding twice is no error. The rows are held, so that neither vanishes before the membership is written."""
    user = access.locked_user(user)
    group = access.locked_group(group)
    if group.memberships.filter(user=user).exists():
        return
    if user.memberships.count() >= MOST_GROUPS_OF_A_USER:
        raise errors.count_limit_exceeded("groups for a user", MOST_GROUPS_OF_A_USER)
    Membership.objects.create(group=group, user=user, created_at=timezone.now())
    events.record(user.pool, user, events.CHANGE_GROUPS, context=context, detail={"added_to": group.name})


@transaction.atomic
def remove(group: Group, user: User, context: Context) -> None:
    """Removing somebody who is not in it is no error."""
    if group.memberships.filter(user=user).delete()[0]:
        events.record(user.pool, user, events.CHANGE_GROUPS, context=context, detail={"removed_from": group.name})


def of_user(user: User) -> QuerySet[Group]:
    """Best first: the lowest precedence wins, none comes last."""
    return user.groups.order_by(F("precedence").asc(nulls_last=True), "name")
