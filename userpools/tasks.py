"""What user pools do while nobody waits. Tasks take ids and may run twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from cognito_site.celery import app, periodic
from userpools.domain import delivery, housekeeping, keys, log_delivery, notifications

# By the names that ``domain`` sends tasks under.
OUTBOXES = {"message": delivery.OUTBOX, "notification": notifications.OUTBOX}
SWEEP = timedelta(seconds=5)


@app.task(name="userpools.tasks.deliver", ignore_result=True)
def deliver(outbox: str, row_id: str) -> None:
    OUTBOXES[outbox].deliver(UUID(row_id))


@app.task(ignore_result=True)
def drain(outbox: str) -> None:
    OUTBOXES[outbox].drain()


@app.task(name="userpools.tasks.report", ignore_result=True)
def report(message_id: str) -> None:
    """To the log of a pool: a message that was refused before there was an attempt."""
    log_delivery.unsent(UUID(message_id))


@periodic(SWEEP)
def deliver_what_was_left() -> None:
    """Also what waits for another attempt. What no worker has taken up by the next time is sent anew then."""
    for name, outbox in OUTBOXES.items():
        for _ in range(outbox.due_batches()):
            drain.apply_async((name,), expires=SWEEP.total_seconds())


@periodic(timedelta(seconds=5))
def refill_reserve_of_keys() -> None:
    keys.refill_reserve()


@periodic(timedelta(minutes=1))
def sweep() -> None:
    housekeeping.sweep()


@periodic(timedelta(hours=1))
def forget_retired_keys() -> None:
    housekeeping.forget_retired_keys()
