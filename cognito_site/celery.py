"""Work that nobody waits for: tasks, and tasks that come back by the clock.

With ``REDIS_URL``: a broker, any number of workers (``make worker``), one clock (``make beat``). Without: messages in
memory, a worker and a clock in threads of the web process (``cognito_site.background``). A message may be lost in both,
so it is never the truth: the row that it speaks of is, and a periodic task finds rows that were left behind. Tasks
therefore take ids, and may run twice.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import Celery, Signature, Task
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cognito_site.settings")

app = Celery("poolhouse", set_as_current=True)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class _Broker:
    """One that is down, or hangs, is left alone for a moment: nobody who waits for an answer shall wait for it, too."""

    REST_SECONDS = 5.0
    rests_until = 0.0


def after_commit(task: Task[..., Any] | Signature[Any], *arguments: Any) -> None:
    """Tell a worker once the transaction is in. A broker that is down is logged, not raised: the change is made."""

    def tell() -> None:
        if time.monotonic() < _Broker.rests_until:
            return
        try:
            task.delay(*arguments)
        except OperationalError:
            _Broker.rests_until = time.monotonic() + _Broker.REST_SECONDS
            raise

    transaction.on_commit(tell, robust=True)


def periodic(every: timedelta) -> Callable[[Callable[[], Any]], Task[[], Any]]:
    """A task that comes back by the clock, on every process that has one: it must be content to find nothing to do."""

    def register(function: Callable[[], Any]) -> Task[[], Any]:
        task = app.task(ignore_result=True)(function)
        # What the clock sent and nobody took before the next time is not worth doing twice.
        options = {"expires": every.total_seconds()}
        app.conf.beat_schedule[task.name] = {"task": task.name, "schedule": every, "options": options}
        return task

    return register


def has_broker() -> bool:
    return settings.POOLHOUSE.redis_url is not None
