"""Users, as the API shows them, and their attributes in both directions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from userpools.models import User


def attribute_list(attributes: Mapping[str, str], wanted: Collection[str] | None = None) -> list[dict[str, str]]:
    """``wanted`` None: all."""
    return [{"Name": name, "Value": value} for name, value in attributes.items() if wanted is None or name in wanted]


def attributes(document: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """As the domain keeps them. Of a name that stands in the list twice the last value counts; a missing value is an
    empty one."""
    return {entry["Name"]: entry.get("Value", "") for entry in document or ()}


def _facts(user: User) -> dict[str, Any]:
    return {
        "Username": user.username,
        "UserCreateDate": user.created_at,
        "UserLastModifiedDate": user.modified_at,
        "Enabled": user.enabled,
        "UserStatus": user.status,
    }


def _factors(user: User) -> dict[str, Any]:
    return {
        "PreferredMfaSetting": user.preferred_mfa or None,
        "UserMFASettingList": user.enabled_mfa or None,
    }


def listed(user: User, wanted: Collection[str] | None = None) -> dict[str, Any]:
    """``UserType``, of lists and of AdminCreateUser."""
    return {**_facts(user), "Attributes": attribute_list(user.all_attributes, wanted)}


def described(user: User) -> dict[str, Any]:
    """What AdminGetUser answers."""
    return {**_facts(user), **_factors(user), "UserAttributes": attribute_list(user.all_attributes)}


def own(user: User, readable: Mapping[str, str]) -> dict[str, Any]:
    """What GetUser answers."""
    shown = {"sub": str(user.sub), **readable}
    return {"Username": user.username, **_factors(user), "UserAttributes": attribute_list(shown)}
