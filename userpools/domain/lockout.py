"""Slows down guessing: five wrong guesses are free, the fifth locks for 1 s, each further one for twice as long, up to
15 minutes; a quiet quarter of an hour or a right guess forgives.

A guess is counted *before* it is checked, by one statement that only one of several parallel guesses wins, and outside
the transaction of the request, so that neither a race nor the rollback of the refusal it causes forgives it. While a
row is locked nothing is checked and nothing counted.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError
from django.utils import timezone

from cognito_site import keyring
from cognito_site.contract import errors
from userpools.models import UnknownName, User, UserPool
from userpools.models.lockable import Lockable

FREE_GUESSES = 5
LONGEST = timedelta(minutes=15)
RACES = 20


def check_open(row: Lockable) -> None:
    """Raises while ``row`` is locked."""
    if row.locked_until is not None and row.locked_until > timezone.now():
        raise errors.password_attempts_exceeded()


def count_guess(row: Lockable) -> None:
    """Raises while ``row`` is locked, and when so many guess at once that this one cannot be counted."""
    for _ in range(RACES):
        check_open(row)
        if _counted(row, timezone.now()):
            return
        row.refresh_from_db(fields=["failed_attempts", "last_failed_at", "locked_until"])
    raise errors.password_attempts_exceeded()


def _counted(row: Lockable, now: datetime) -> bool:
    quiet = row.last_failed_at is None or row.last_failed_at < now - LONGEST
    count = 1 if quiet else row.failed_attempts + 1
    lock = min(timedelta(seconds=2 ** min(count - FREE_GUESSES, 10)), LONGEST) if count >= FREE_GUESSES else None
    won = (
        type(row)
        ._default_manager.filter(pk=row.pk, failed_attempts=row.failed_attempts)
        .update(failed_attempts=count, last_failed_at=now, locked_until=now + lock if lock else None)
    )
    if won:
        row.failed_attempts = count
    return bool(won)


def forgive(row: Lockable) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(failed_attempts=0, last_failed_at=None, locked_until=None)


def counted_for(pool: UserPool, user: User | None, name: str) -> Lockable:
    """What counts guesses at the password of ``user``, or at a name that leads to nobody."""
    if user is not None:
        return user
    fingerprint = keyring.fingerprint(f"{pool.pk}\0{pool.fold(name)}", "unknown-name")
    try:
        row, _ = UnknownName.objects.get_or_create(pool=pool, fingerprint=fingerprint)
    except IntegrityError:
        row = UnknownName.objects.get(pool=pool, fingerprint=fingerprint)
    return row


def forget_quiet_names() -> int:
    """Periodic: drops names that nobody tried lately."""
    return UnknownName.objects.filter(last_failed_at__lt=timezone.now() - LONGEST).delete()[0]
