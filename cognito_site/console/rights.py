"""What a role may let an operator do, in a sentence each, and that nobody gives away more than they have.

Apps register the rights of their nouns; a permission that nobody registered cannot be granted here. Whoever is not a
superuser grants only what is theirs, and lays no hand on an operator or a role with more (at creation as at change).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

VIEW = "view"


@dataclass(frozen=True, slots=True)
class Right:
    """``permission`` is ``app.verb_model``."""

    permission: str
    sentence: str

    @property
    def to_view(self) -> str:
        """The right that this one is no use without."""
        app, _, codename = self.permission.partition(".")
        return f"{app}.{VIEW}_{codename.partition('_')[2]}"


_rights: dict[str, list[Right]] = {}


def register(noun: str, rights: dict[str, str]) -> None:
    """``noun`` heads them on the page of a role."""
    _rights.setdefault(noun, []).extend(Right(permission, sentence) for permission, sentence in rights.items())


def by_noun() -> dict[str, list[Right]]:
    return _rights


def known() -> dict[str, Right]:
    return {right.permission: right for rights in _rights.values() for right in rights}


def sentences(permissions: Iterable[str]) -> list[str]:
    held = set(permissions)
    return [right.sentence for right in known().values() if right.permission in held]


# --- what somebody has ----------------------------------------------------------------------------------------------


def held_by(operator: User) -> set[str]:
    return set(known()) if operator.is_superuser else set(operator.get_all_permissions())


def of_role(role: Group) -> set[str]:
    rows = role.permissions.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in rows}


def grantable_roles(actor: User) -> list[Group]:
    roles = Group.objects.order_by("name")
    return [role for role in roles if actor.is_superuser or of_role(role) <= held_by(actor)]


def exceeds(other: User, actor: User) -> bool:
    if actor.is_superuser:
        return False
    return other.is_superuser or not set(other.get_all_permissions()) <= set(actor.get_all_permissions())


def check_operator(actor: User, other: User) -> None:
    if exceeds(other, actor):
        raise PermissionDenied(
            "This operator may do more than you, so only somebody with these rights may change them."
        )


def check_role(actor: User, role: Group) -> None:
    if not actor.is_superuser and not of_role(role) <= held_by(actor):
        raise PermissionDenied("This role may do more than you, so only somebody with these rights may change it.")


# --- giving ---------------------------------------------------------------------------------------------------------


def with_views(permissions: Iterable[str]) -> set[str]:
    """Changing what one cannot see is no use."""
    chosen = [known()[permission] for permission in permissions]
    return {right.permission for right in chosen} | {right.to_view for right in chosen if right.to_view in known()}


def set_rights(actor: User, role: Group, permissions: Iterable[str]) -> None:
    wanted = with_views(permissions)
    if not wanted <= held_by(actor):
        raise PermissionDenied("A role can be given only what you may do yourself.")
    role.permissions.set(_rows(wanted))


def _rows(permissions: set[str]) -> QuerySet[Permission]:
    pairs = [permission.partition(".")[::2] for permission in permissions]
    found = Permission.objects.none()
    for app in {app for app, _ in pairs}:
        names = [codename for of_app, codename in pairs if of_app == app]
        found |= Permission.objects.filter(content_type__app_label=app, codename__in=names)
    return found
