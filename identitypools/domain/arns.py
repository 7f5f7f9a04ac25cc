"""Ids and names that IAM and STS make."""

from __future__ import annotations

import base64
import secrets

from django.conf import settings

SERVICE = "cognito-identity.amazonaws.com"
RANDOM_LETTERS = 16
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
SECRET_BYTES = 30


def account() -> str:
    return str(settings.POOLHOUSE.account_id)


def root() -> str:
    return f"arn:aws:iam::{account()}:root"


def unique_id(prefix: str, length: int = RANDOM_LETTERS) -> str:
    """``AKIA...``, ``ASIA...``: 16 letters; ``AROA...``, ``AIDA...``: 17."""
    return prefix + "".join(secrets.choice(LETTERS) for _ in range(length))


def secret() -> str:
    """40 characters, as AWS's."""
    return base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def assumed_role(role_name: str, session_name: str) -> str:
    """A role's path is not part of it."""
    return f"arn:aws:sts::{account()}:assumed-role/{role_name}/{session_name}"


def oidc_provider(name: str) -> str:
    return f"arn:aws:iam::{account()}:oidc-provider/{name}"
