"""From an outbox into the world: each row at least once, until it is taken, refused for good, or too old to be of use.

::

    pending --lease--> being sent --+--> sent      (content is forgotten: nobody needs it any more)
       ^                            +--> failed    (refused, given up, or expired; an operator may try again)
       +----- back-off -------------+

A lease is taken by one statement, so that of several workers one sends; it ends by itself, so that a worker that died
keeps nothing. The row is the truth: a task that was lost is found by ``drain`` within seconds.
"""

from __future__ import annotations

import logging
import random
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from cognito_site.transports.letters import Undelivered
from userpools.models import Outgoing

LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)
GIVE_UP_AFTER = timedelta(hours=24)
BATCH = 50
# What has just come in waits behind drains for a free worker: not many at once, and none longer than until the next.
MOST_DRAINS = 4
DRAIN_SECONDS = 5.0
NOTED_WITHIN_SECONDS = 0.05
LONGEST_ANSWER = 1000

Status = Outgoing.Status

log = logging.getLogger("poolhouse.outbox")


@dataclass(frozen=True)
class Outbox:
    """``carry`` sends one row and returns what the other side said, or raises Undelivered. ``on_failure`` hears of
    every attempt that failed, and why; after the last one the row's status says so. ``related``: what ``carry`` reads
    beside the row."""

    rows: type[Outgoing]
    related: tuple[str, ...]
    carry: Callable[[Any], str]
    on_failure: Callable[[Any, str], None]

    # --- one, or whatever is due ------------------------------------------------------------------------------------

    def deliver(self, row_id: UUID) -> None:
        """One row, if nobody else has it and its time has come."""
        now = timezone.now()
        if self._free(now).filter(pk=row_id).update(leased_until=now + LEASE, attempts=F("attempts") + 1):
            self._carry_all(self._read([row_id]), now)

    def drain(self) -> None:
        """What is due, oldest first, for some seconds."""
        end = time.monotonic() + DRAIN_SECONDS
        while time.monotonic() < end:
            now = timezone.now()
            leased = self._leased(now)
            self._carry_all(self._read(leased), now)
            if len(leased) < BATCH:
                return

    def due_batches(self) -> int:
        """How many drains the rows that are due now are worth."""
        waiting = self._free(timezone.now()).order_by()[: BATCH * MOST_DRAINS].count()
        return -(-waiting // BATCH)

    def _free(self, now: datetime) -> QuerySet[Any]:
        is_free = Q(leased_until=None) | Q(leased_until__lt=now)
        found: QuerySet[Any] = self.rows._default_manager.filter(is_free, status=Status.PENDING, due_at__lte=now)
        return found

    def _leased(self, now: datetime) -> list[UUID]:
        with transaction.atomic():
            free = self._free(now).order_by("due_at").select_for_update(skip_locked=True)
            chosen = list(free.values_list("pk", flat=True)[:BATCH])
            if chosen:
                leased = self.rows._default_manager.filter(pk__in=chosen)
                leased.update(leased_until=now + LEASE, attempts=F("attempts") + 1)
        return chosen

    def _read(self, ids: Sequence[UUID]) -> list[Any]:
        found = self.rows._default_manager.select_related(*self.related)
        return list(found.filter(pk__in=ids).order_by("due_at")) if ids else []

    # --- one attempt ------------------------------------------------------------------------------------------------

    def _carry_all(self, rows: list[Any], leased_at: datetime) -> None:
        """What the other side leaves no time for is given back before the lease ends. What it takes is noted at once,
        or, where it takes many in a moment, after that moment: a worker that dies meanwhile has sent those in vain."""
        taken: list[tuple[UUID, str]] = []
        noted_at = time.monotonic()
        try:
            for number, row in enumerate(rows):
                if timezone.now() - leased_at > LEASE / 2:
                    self._give_back(rows[number:])
                    return
                said = self._carry(row)
                if said is not None:
                    taken.append((row.pk, said))
                if time.monotonic() - noted_at > NOTED_WITHIN_SECONDS:
                    self._note(taken)
                    taken, noted_at = [], time.monotonic()
        finally:
            self._note(taken)

    def _carry(self, row: Any) -> str | None:
        """What the other side said when it took the row; None: it did not."""
        if row.expires_at is not None and row.expires_at <= timezone.now():
            self._fail(row, "What it says expired before it could be sent.")
            return None
        try:
            return self.carry(row)
        except Undelivered as failure:
            self._put_back(row, failure)
        except Exception as failure:
            # A row that breaks us must not stand in front of all others. Its text stays out of the log.
            frames = "".join(traceback.format_tb(failure.__traceback__))
            log.error("%s could not be sent: %s\n%s", row.pk, type(failure).__name__, frames)
            self._put_back(row, Undelivered(f"Something went wrong here: {type(failure).__name__}.", is_final=False))
        return None

    def _note(self, taken: list[tuple[UUID, str]]) -> None:
        said = {answer for _, answer in taken}
        for answer in said:
            ids = [row_id for row_id, each in taken if each == answer]
            self._settle(ids, status=Status.SENT, answer=answer[:LONGEST_ANSWER], content=b"")

    def _settle(self, ids: list[UUID], **outcome: Any) -> None:
        """Unless a newer message took its place meanwhile."""
        mine = self.rows._default_manager.filter(pk__in=ids, status=Status.PENDING)
        mine.update(settled_at=timezone.now(), leased_until=None, **outcome)

    def _fail(self, row: Any, why: str) -> None:
        self._settle([row.pk], status=Status.FAILED, answer=why[:LONGEST_ANSWER])
        row.status = Status.FAILED
        self.on_failure(row, why)

    def _put_back(self, row: Any, failure: Undelivered) -> None:
        now = timezone.now()
        if failure.is_final or now - row.created_at >= GIVE_UP_AFTER:
            self._fail(row, str(failure))
            return
        waiting = self.rows._default_manager.filter(pk=row.pk, status=Status.PENDING)
        waiting.update(answer=str(failure)[:LONGEST_ANSWER], due_at=now + _pause(row.attempts), leased_until=None)
        self.on_failure(row, str(failure))

    def _give_back(self, rows: list[Any]) -> None:
        untouched = self.rows._default_manager.filter(pk__in=[row.pk for row in rows], status=Status.PENDING)
        untouched.update(leased_until=None, attempts=F("attempts") - 1)


def _pause(attempts: int) -> timedelta:
    """Twice as long each time. Some earlier, some later: what failed together must not come back together."""
    doubled = FIRST_PAUSE * 2 ** min(attempts - 1, 20)
    spread = random.uniform(0.75, 1.25)  # noqa: S311
    return timedelta(seconds=min(doubled, LONGEST_PAUSE).total_seconds() * spread)


# --- operators ------------------------------------------------------------------------------------------------------


def can_be_tried_again(row: Outgoing) -> bool:
    """A row that waits, or one that failed and still has something to say."""
    is_alive = row.expires_at is None or row.expires_at > timezone.now()
    return row.status == Status.PENDING or (row.status == Status.FAILED and bool(row.content) and is_alive)


def try_again(row: Outgoing) -> bool:
    """Once, at once; for longer, if it is younger than a day."""
    now = timezone.now()
    if not can_be_tried_again(row):
        return False
    same = type(row)._default_manager.filter(pk=row.pk, status=row.status)
    return bool(same.update(status=Status.PENDING, due_at=now, leased_until=None, settled_at=None))
