"""Key pairs of operators and of back ends, each a principal with policies of its own.

A secret is shown once, by ``create``; afterwards it leaves its seal only to check a signature.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from cognito_site import keyring
from cognito_site.contract import errors
from identitypools.domain import access, arns, managed_policies
from identitypools.domain.policies import documents
from identitypools.models import AccessKey

FULL_ACCESS = {"AdministratorAccess": managed_policies.ADMINISTRATOR}
_KEY_ID = re.compile(r"A[KS]IA[A-Z2-7]{16}")
# Coarse on purpose: no write at most calls.
REMEMBER_USE_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class NewKey:
    key: AccessKey
    secret: str = field(repr=False)


def create(name: str, policies: Mapping[str, str] = FULL_ACCESS) -> NewKey:
    """``policies``: documents by name; none at all may do nothing. Raises MalformedPolicyDocument,
    EntityAlreadyExists."""
    secret, key_id = arns.secret(), arns.unique_id("AKIA")
    key = AccessKey(
        key_id=key_id,
        user_id=arns.unique_id("AIDA", 17),
        name=name,
        secret=keyring.seal(secret.encode(), _context(key_id)),
        policies=_checked(policies),
        created_at=timezone.now(),
    )
    try:
        with transaction.atomic():
            key.save(force_insert=True)
    except IntegrityError:
        raise errors.access_key_name_taken(name) from None
    return NewKey(key, secret)


def secret_of(key: AccessKey) -> str:
    return keyring.unseal(bytes(key.secret), _context(key.key_id)).decode()


def rename(key: AccessKey, name: str) -> None:
    """The principal's ARN changes with it."""
    try:
        with transaction.atomic():
            access.access_keys().filter(pk=key.pk).update(name=name)
    except IntegrityError:
        raise errors.access_key_name_taken(name) from None
    key.name = name


def set_policies(key: AccessKey, policies: Mapping[str, str]) -> None:
    key.policies = _checked(policies)
    access.access_keys().filter(pk=key.pk).update(policies=key.policies)


def enable(key: AccessKey) -> None:
    access.access_keys().filter(pk=key.pk).update(enabled=True)


def disable(key: AccessKey) -> None:
    """At once, with all credentials that were got with it."""
    access.access_keys().filter(pk=key.pk).update(enabled=False)


def delete(key: AccessKey) -> None:
    access.access_keys().filter(pk=key.pk).delete()


def remember_use(key_id: str) -> None:
    now = timezone.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - REMEMBER_USE_AFTER)
    access.access_keys().filter(stale, pk=key_id).update(last_used_at=now)


def account_of(key_id: str) -> str:
    """Whose key it is; not whether there is one, which is nobody's business. There is one account."""
    if not _KEY_ID.fullmatch(key_id):
        raise errors.not_an_access_key_id()
    return arns.account()


def is_remembered(key: AccessKey) -> bool:
    """Whether its last use was written down lately."""
    return key.last_used_at is not None and key.last_used_at >= timezone.now() - REMEMBER_USE_AFTER


def _checked(policies: Mapping[str, str]) -> dict[str, str]:
    for text in policies.values():
        documents.permissions(text)
    return dict(policies)


def _context(key_id: str) -> str:
    return f"access-key:{key_id}"
