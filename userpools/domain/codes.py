"""Codes that prove an address: six digits, kept as a keyed fingerprint, good once, for one user, purpose and address.

A code is *checked* first, outside any transaction, so that the count of wrong ones survives the refusal; it is *spent*
by one statement in the transaction that uses what it proves. A newer code replaces an older one.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from cognito_site import keyring, lookups
from cognito_site.contract import errors
from userpools.domain import channels, messages
from userpools.domain.messages import Letter
from userpools.models import Code, User
from userpools.values import Delivery

Purpose = Code.Purpose

DIGITS = 6
MOST_FAILURES = 20
LIFETIMES = {
    Purpose.SIGN_UP: timedelta(hours=24),
    Purpose.ATTRIBUTE: timedelta(hours=24),
    Purpose.PASSWORD_RESET: timedelta(hours=1),
}
KINDS = {
    Purpose.SIGN_UP: ("SignUp", "ResendCode"),
    Purpose.ATTRIBUTE: ("UpdateUserAttribute", "VerifyUserAttribute"),
    Purpose.PASSWORD_RESET: ("ForgotPassword",),
}


def generate() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


def _fingerprint(user: User, purpose: str, attribute: str, value: str, code: str) -> bytes:
    return keyring.fingerprint("\0".join((str(user.sub), purpose, attribute, value, code)), "code")


def _expected(user: User, row: Code, typed: str) -> bytes:
    return _fingerprint(user, row.purpose, row.attribute, row.value, typed)


def send(user: User, purpose: Purpose, channel: str, address: str, letter: Letter) -> Delivery:
    """A new code on its way to ``address``. Call it in the transaction that has reason to."""
    code, expires_at = _issue(user, purpose, channel, address)
    messages.supersede(user, KINDS[purpose], channels.MEDIUMS[channel])
    messages.send(letter, address, code, expires_at)
    return channels.delivery(channel, address)


def _issue(user: User, purpose: Purpose, channel: str, address: str) -> tuple[str, datetime]:
    code, now = generate(), timezone.now()
    expires_at = now + LIFETIMES[purpose]
    row = Code(
        user=user,
        purpose=purpose,
        attribute=channel,
        value=address,
        fingerprint=_fingerprint(user, purpose, channel, address, code),
        failures=0,
        created_at=now,
        expires_at=expires_at,
    )
    if purpose != Purpose.ATTRIBUTE:
        user.codes.filter(purpose=purpose).exclude(attribute=channel).delete()
    Code.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["user", "purpose", "attribute"],
        update_fields=["value", "fingerprint", "failures", "created_at", "expires_at"],
    )
    return code, expires_at


def check(user: User, purpose: Purpose, typed: str, channel: str | None = None) -> Code:
    """The row that ``typed`` proves. Raises ExpiredCode when none lives, CodeMismatch for a wrong code."""
    rows = user.codes.filter(purpose=purpose, **({"attribute": channel} if channel else {}))
    row = lookups.one(rows.filter(expires_at__gt=timezone.now(), failures__lt=MOST_FAILURES))
    if row is None:
        raise errors.code_expired()
    if not hmac.compare_digest(bytes(row.fingerprint), _expected(user, row, typed)):
        rows.filter(pk=row.pk).update(failures=F("failures") + 1)
        raise errors.code_mismatch()
    return row


def was_sent(user: User, purpose: Purpose, typed: str) -> bool:
    """Whether ``typed`` is a code of ``user``, dead or alive."""
    rows = user.codes.filter(purpose=purpose)
    return any(hmac.compare_digest(bytes(row.fingerprint), _expected(user, row, typed)) for row in rows)


def spend(row: Code) -> None:
    """Of several at once one succeeds. A newer code replaces the row in place, so the fingerprint is asked."""
    living = Code.objects.filter(pk=row.pk, fingerprint=bytes(row.fingerprint), expires_at__gt=timezone.now())
    if not living.delete()[0]:
        raise errors.code_expired()


def forget(user: User, channel: str) -> None:
    """The address of ``channel`` changed: what proves the old one proves nothing any more."""
    user.codes.filter(attribute=channel).delete()
    for kinds in KINDS.values():
        messages.supersede(user, kinds, channels.MEDIUMS[channel])


def forget_resets(user: User) -> None:
    """A new password was set in another way."""
    _forget_purpose(user, Purpose.PASSWORD_RESET)


def forget_sign_up(user: User) -> None:
    """The user was confirmed in another way."""
    _forget_purpose(user, Purpose.SIGN_UP)


def _forget_purpose(user: User, purpose: Purpose) -> None:
    user.codes.filter(purpose=purpose).delete()
    messages.supersede(user, KINDS[purpose])
