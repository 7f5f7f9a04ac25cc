"""How users are called on pages, and how one is named in a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cognito_site.console import changes
from cognito_site.console.forms import ConsoleForm
from cognito_site.console.marks import avatar, named
from userpools.admin.place import pool_of
from userpools.domain import access
from userpools.models import User


def name_of(user: User) -> str:
    """What colleagues would call them."""
    parts = " ".join(filter(None, (user.attributes.get("given_name"), user.attributes.get("family_name"))))
    return str(user.attributes.get("name") or parts or _short(user))


def _short(user: User) -> str:
    """Where users are named by an address, the username is a random number."""
    is_number = user.username == str(user.sub)
    address = user.attributes.get("email") or user.attributes.get("phone_number")
    return str(address) if is_number and address else user.username


def _names(pool_ids: set[str], subs: set[str]) -> dict[str, str]:
    found = access.users_of(access.pools().filter(pk__in=pool_ids)).filter(sub__in=subs)
    return {str(user.sub): name_of(user) for user in found}


changes.name_people("userpools.view_user", _names)


def address_of(user: User) -> str:
    return str(user.attributes.get("email") or user.attributes.get("phone_number") or user.username)


def face_of(user: User) -> SafeString:
    name, address = name_of(user), address_of(user)
    return named(name, address if address != name else "", seed=user.pk)


def linked_face(user: User) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("admin:userpools_user_change", args=[user.pk]), face_of(user))


def avatar_of(user: User) -> SafeString:
    return avatar(name_of(user), user.pk, "big")


class UserNameForm(ConsoleForm):
    username = forms.CharField(
        label="User",
        max_length=2048,
        help_text="Username, sub, or an address that they sign in with.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def user_named(request: HttpRequest, typed: Any) -> User:
    """Raises UserNotFound."""
    return access.user(pool_of(request), str(typed))
