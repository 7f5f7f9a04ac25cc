"""The first operator, so that somebody can log in to the console of a new Poolhouse."""

from __future__ import annotations

import base64

from django.conf import settings
from django.contrib.auth import get_user_model

from cognito_site import keyring

FIRST = "admin"


def anybody() -> bool:
    return get_user_model()._default_manager.exists()


def ensure_first() -> None:
    if not anybody():
        get_user_model()._default_manager.create_superuser(FIRST, password=_first_password())


def first_password() -> str | None:
    """As long as it is still the one that was set at the first start."""
    operator = get_user_model()._default_manager.filter(username=FIRST).first()
    password = _first_password()
    return password if operator is not None and operator.check_password(password) else None


def _first_password() -> str:
    return settings.POOLHOUSE.admin_password or readable_secret("first-operator")


def readable_secret(purpose: str) -> str:
    """80 bits that people can type, stored nowhere: whoever holds the key ring can show them again."""
    letters = base64.b32encode(keyring.derive(f"readable:{purpose}")[:10]).decode().lower()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
