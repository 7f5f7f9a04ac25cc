"""Slows down guessing: five wrong guesses are free, the fifth locks for 1 s, each further one for twice as long, up to
15 minutes; a quiet quarter of an hour or a right guess forgives.

A guess is counted *before* it is checked, by one statement that only one of several parallel guesses wins, and outside
the transaction of the request, so that neither a race nor the rollback of the refusal it causes forgives it. While a
row is locked nothing is checked and nothing counted.

A guess that is being checked may turn out right. Where as many are being checked as would lock if all were wrong, the
next one waits until they are through: many sign-ins of one user at once succeed, many guesses at once are five.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.utils import timezone

from cognito_site import keyring
from cognito_site.contract import errors
from cognito_site.prepared import Prepared
from userpools.models import UnknownName, User, UserPool
from userpools.models.lockable import Lockable

FREE_GUESSES = 5
LONGEST = timedelta(minutes=15)
# Checking takes a fraction of it; beyond, whoever checked is gone.
LONGEST_CHECK = timedelta(seconds=10)
PATIENCE_SECONDS = 3.0
PAUSE_SECONDS = 0.02
_unknown = Prepared(lambda: UnknownName.objects.filter(pool="a pool id", fingerprint=b"a fingerprint"))


@contextmanager
def guess(row: Lockable) -> Iterator[None]:
    """Counts a guess and lets it be checked inside, where a wrong one is refused. Raises while ``row`` is locked, and
    when so many guess at once that this one cannot be counted."""
    _count(row)
    try:
        yield
    except errors.Refusal:
        _lock(row)
        raise
    if row.failed_attempts > 1:
        forgive(row)


def check_open(row: Lockable) -> None:
    """Raises while ``row`` is locked."""
    if row.locked_until is not None and row.locked_until > timezone.now():
        raise errors.password_attempts_exceeded()


def check_name_open(pool: UserPool, user: User | None, name: str) -> None:
    """As ``check_open`` of ``counted_for``, where nothing is guessed yet and no row need be. Names of users are looked
    up as well: a query more would tell that nobody has a name."""
    unknown = _unknown.one(pool=pool.pk, fingerprint=_fingerprint(pool, name))
    row = user or unknown
    if row is not None:
        check_open(row)


def _count(row: Lockable) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up:
        check_open(row)
        now = timezone.now()
        if _is_undecided(row, now):
            time.sleep(PAUSE_SECONDS)
        elif _counted(row, now):
            return
        row.refresh_from_db(fields=["failed_attempts", "last_failed_at", "locked_until"])
    raise errors.password_attempts_exceeded()


def _is_undecided(row: Lockable, now: datetime) -> bool:
    """The last guess before the next lock is still being checked."""
    if row.failed_attempts < FREE_GUESSES or row.last_failed_at is None:
        return False
    is_decided = row.locked_until is not None and row.locked_until > row.last_failed_at
    return not is_decided and row.last_failed_at > now - LONGEST_CHECK


def _counted(row: Lockable, now: datetime) -> bool:
    quiet = row.last_failed_at is None or row.last_failed_at < now - LONGEST
    count = 1 if quiet else row.failed_attempts + 1
    won = (
        type(row)
        ._default_manager.filter(pk=row.pk, failed_attempts=row.failed_attempts, last_failed_at=row.last_failed_at)
        .update(failed_attempts=count, last_failed_at=now)
    )
    if won:
        row.failed_attempts, row.last_failed_at = count, now
    return bool(won)


def _lock(row: Lockable) -> None:
    if row.failed_attempts >= FREE_GUESSES:
        lock = min(timedelta(seconds=2 ** min(row.failed_attempts - FREE_GUESSES, 10)), LONGEST)
        type(row)._default_manager.filter(pk=row.pk).update(locked_until=timezone.now() + lock)


def forgive(row: Lockable) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(failed_attempts=0, last_failed_at=None, locked_until=None)
    row.failed_attempts = 0


def counted_for(pool: UserPool, user: User | None, name: str) -> Lockable:
    """The row for guesses at the password of ``user``, or at a name that leads to nobody."""
    if user is not None:
        return user
    fingerprint = _fingerprint(pool, name)
    try:
        row, _ = UnknownName.objects.get_or_create(pool=pool, fingerprint=fingerprint)
    except IntegrityError:
        row = UnknownName.objects.get(pool=pool, fingerprint=fingerprint)
    return row


def _fingerprint(pool: UserPool, name: str) -> bytes:
    return keyring.fingerprint(f"{pool.pk}\0{pool.fold(name)}", "unknown-name")


def rows_of(user: User) -> list[Lockable]:
    """Everything about ``user`` that is guessed at, the password first."""
    return [user, *user.totp_tokens.all(), *user.code_guesses.all()]


def forget_quiet_names() -> int:
    """Periodic: drops names that nobody tried lately."""
    return UnknownName.objects.filter(last_failed_at__lt=timezone.now() - LONGEST).delete()[0]
