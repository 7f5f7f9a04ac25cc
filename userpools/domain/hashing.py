"""Argon2id, in threads of its own.

A hash takes 19 MB, which the C library keeps for the thread that asked for it: hashed wherever a request happens to
run, every thread of a server would hold on to as much. More at once than cores would only make each slower.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password

from cognito_site.contract import errors

WAIT_SECONDS = 5.0

Result = TypeVar("Result")


def hashed(password: str) -> str:
    return _done(lambda: make_password(password))


def matches(password: str, known: str) -> bool:
    return _done(lambda: check_password(password, known))


def _done(work: Callable[[], Result]) -> Result:
    """Raises TooManyRequests when no thread was free in time."""
    future = _threads().submit(work)
    try:
        return future.result(WAIT_SECONDS)
    except TimeoutError:
        if future.cancel():
            raise errors.rate_exceeded() from None
        return future.result()


@cache
def _threads() -> ThreadPoolExecutor:
    cores = os.cpu_count() or 1
    return ThreadPoolExecutor(max(1, cores // settings.POOLHOUSE.workers), thread_name_prefix="hashing")


# Threads are not inherited, but what thinks that it has some is.
os.register_at_fork(after_in_child=_threads.cache_clear)
