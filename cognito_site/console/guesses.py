"""Slows down guessing at operators' passwords and codes.

Some guesses are free; each further one locks for twice as long, up to a quarter of an hour; a quiet quarter of an hour
or a right guess forgives. A guess is counted before it is checked, by one statement, so of several at once each counts.

A password is guessed at by somebody from somewhere: few guesses are free for a name from one address, more for an
address and for a name as a whole, so that an outsider who guesses does not lock the operator out from where they work.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from cognito_site import keyring
from cognito_site.console.models import Guesses

LONGEST = timedelta(minutes=15)


class TooManyGuesses(Exception):
    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until

    def __str__(self) -> str:
        seconds = max(1, round((self.until - timezone.now()).total_seconds()))
        wait = f"{seconds} seconds" if seconds < 100 else f"{round(seconds / 60)} minutes"
        return f"Too many wrong guesses. Wait {wait}, then try again."


@dataclass(frozen=True, slots=True)
class Count:
    """``is_shared``: with others, whose guesses a right one of mine does not forgive."""

    key: str
    free: int
    is_shared: bool = False


def at_password(name: str, ip: str) -> tuple[Count, ...]:
    hidden = keyring.fingerprint(name.casefold(), "operator-name").hex()[:32]
    return Count(f"pair:{hidden}:{ip}", 5), Count(f"name:{hidden}", 100), Count(f"address:{ip}", 30, is_shared=True)


def at_second_factor(operator_id: int) -> tuple[Count, ...]:
    return (Count(f"factor:{operator_id}", 5),)


def count(counts: Iterable[Count]) -> None:
    """Raises TooManyGuesses while one of them is locked; then nothing may be checked."""
    for each in counts:
        _count(each)


@transaction.atomic
def _count(each: Count) -> None:
    """The first update holds the row until the lock is written: whoever guesses at the same time waits, and sees it."""
    now = timezone.now()
    Guesses.objects.bulk_create([Guesses(key=each.key, last_failed_at=now)], ignore_conflicts=True)
    rows = Guesses.objects.filter(pk=each.key)
    rows.filter(last_failed_at__lt=now - LONGEST).update(failures=0)
    free = Q(locked_until=None) | Q(locked_until__lte=now)
    if not rows.filter(free).update(failures=F("failures") + 1, last_failed_at=now):
        raise TooManyGuesses(rows.values_list("locked_until", flat=True).get() or now)
    failures = rows.values_list("failures", flat=True).get()
    if failures >= each.free:
        pause = min(timedelta(seconds=2 ** min(failures - each.free, 10)), LONGEST)
        rows.update(locked_until=now + pause)


def forgive(counts: Iterable[Count]) -> None:
    for each in counts:
        rows = Guesses.objects.filter(pk=each.key)
        if each.is_shared:
            rows.filter(failures__gt=0).update(failures=F("failures") - 1)
        else:
            rows.delete()


def forget_quiet() -> int:
    """Periodic."""
    return Guesses.objects.filter(last_failed_at__lt=timezone.now() - LONGEST).delete()[0]
