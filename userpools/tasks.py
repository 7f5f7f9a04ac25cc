"""What user pools do while nobody waits. Tasks take ids and may run twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from cognito_site.celery import app, periodic
from userpools.domain import delivery, housekeeping, keys


@app.task(name="userpools.tasks.deliver", ignore_result=True)
def deliver(message_id: str) -> None:
    delivery.deliver(UUID(message_id))


@periodic(timedelta(seconds=5))
def deliver_what_was_left() -> None:
    """Also what waits for another attempt."""
    for message_id in delivery.due():
        deliver.delay(str(message_id))


@periodic(timedelta(seconds=5))
def refill_reserve_of_keys() -> None:
    keys.refill_reserve()


@periodic(timedelta(minutes=1))
def sweep() -> None:
    housekeeping.sweep()


@periodic(timedelta(hours=1))
def forget_retired_keys() -> None:
    housekeeping.forget_retired_keys()
