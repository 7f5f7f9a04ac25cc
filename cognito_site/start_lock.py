"""One process at a time prepares the database, however many start."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection

ADVISORY_LOCK = 0x706F6F6C
FILE_NAME = ".start.lock"


@contextmanager
def alone() -> Iterator[None]:
    """Both locks end with their holder, also when it is killed. Leaves no connection behind: a server may fork now."""
    with _advisory_lock(connection) if connection.vendor == "postgresql" else _file_lock():
        yield
    connection.close()


@contextmanager
def _advisory_lock(connection: Any) -> Iterator[None]:
    with connection.cursor() as cursor:
        # Another node's migrations may take longer than a request may wait.
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
    yield
    # The pool's sessions end with it, and with them the lock.
    connection.close()
    connection.close_pool()


@contextmanager
def _file_lock() -> Iterator[None]:
    settings.POOLHOUSE.data_dir.mkdir(parents=True, exist_ok=True)
    with (settings.POOLHOUSE.data_dir / FILE_NAME).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
