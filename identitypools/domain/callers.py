"""Who an access key belongs to."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from cognito_site import keyring
from cognito_site.contract import errors


@dataclass(frozen=True, slots=True)
class Caller:
    """``context`` holds the condition keys of the principal."""

    arn: str
    account: str
    user_id: str
    access_key_id: str
    secret: str = field(repr=False)
    principal_kind: str = "root"
    policies: tuple[Mapping[str, Any], ...] = ()
    context: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_root(self) -> bool:
        return self.principal_kind == "root"


def first_key() -> tuple[str, str]:
    """Id and secret of the first operator's key pair: from the environment, else made of the key ring."""
    place = settings.POOLHOUSE
    if place.access_key_id and place.secret_access_key:
        return place.access_key_id, place.secret_access_key
    letters = base64.b32encode(keyring.derive("first-access-key-id")[:10]).decode()
    return f"AKIA{letters}", base64.b64encode(keyring.derive("first-secret-access-key")[:30]).decode()


def find(access_key_id: str, session_token: str | None) -> Caller:
    known, secret = first_key()
    if access_key_id != known or session_token:
        raise errors.unrecognized_client()
    account = settings.POOLHOUSE.account_id
    return Caller(f"arn:aws:iam::{account}:root", account, account, known, secret)
