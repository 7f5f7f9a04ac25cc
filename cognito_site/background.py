"""The worker and the clock of a Poolhouse without a broker: daemon threads of the process that serves."""

from __future__ import annotations

import logging
from threading import Thread

from celery.beat import Scheduler, Service
from celery.worker import WorkController

from cognito_site.celery import app, has_broker

WORKER_THREADS = 4
CLOCK_TICK_SECONDS = 1


def start() -> None:
    """Once for each serving process, after it was forked; does nothing where real workers do the work."""
    if has_broker():
        return
    logging.getLogger("celery").setLevel(logging.WARNING)
    app.finalize()
    for name, run in (("worker", _work), ("clock", _keep_time)):
        Thread(target=run, name=f"poolhouse-{name}", daemon=True).start()


def _work() -> None:
    # Not app.Worker: that one installs signal handlers, which belong to the server here.
    controller = WorkController(
        app=app,
        pool_cls="threads",
        concurrency=WORKER_THREADS,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    controller.start()


def _keep_time() -> None:
    Service(app, max_interval=CLOCK_TICK_SECONDS, scheduler_cls=Scheduler).start()
