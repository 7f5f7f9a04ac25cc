"""Users, as the API shows them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from userpools.models import User


def attribute_list(attributes: Mapping[str, str], wanted: Collection[str] | None = None) -> list[dict[str, str]]:
    """``wanted`` None: all."""
    return [{"Name": name, "Value": value} for name, value in attributes.items() if wanted is None or name in wanted]


def _facts(user: User) -> dict[str, Any]:
    return {
        "Username": user.username,
        "UserCreateDate": user.created_at,
        "UserLastModifiedDate": user.modified_at,
        "Enabled": user.enabled,
        "UserStatus": user.status,
    }


def listed(user: User, wanted: Collection[str] | None = None) -> dict[str, Any]:
    """``UserType``, of lists and of AdminCreateUser."""
    return {**_facts(user), "Attributes": attribute_list(user.all_attributes, wanted)}


def described(user: User) -> dict[str, Any]:
    """What AdminGetUser answers."""
    return {
        **_facts(user),
        "UserAttributes": attribute_list(user.all_attributes),
        "PreferredMfaSetting": user.preferred_mfa or None,
        "UserMFASettingList": user.enabled_mfa or None,
    }
