"""What the C library took for work that is done, and keeps, goes back to the system."""

from __future__ import annotations

import ctypes
import gc
import time
from contextlib import suppress
from threading import Thread

from django.urls import get_resolver

PAUSE_SECONDS = 10
# Of <malloc.h>. Eight heaps for each core, each with holes of its own, are for threads that never wait for each other.
M_ARENA_MAX, ARENAS = -8, 2


def settle() -> None:
    """Before workers are forked: they share what is loaded now. What was only needed for the start goes, and what stays
    is never looked at by a worker's garbage collector, which would make copies of it."""
    get_resolver().url_patterns  # noqa: B018  (a lazy property: the views and all they import)
    gc.collect()
    _ask_of_the_c_library("mallopt", M_ARENA_MAX, ARENAS)
    _give_back()
    gc.freeze()


def keep_small() -> None:
    """A thread of a serving process: a burst of sign-ins, 19 MB for each hash, leaves nothing behind."""
    Thread(target=_keep_giving_back, name="poolhouse-memory", daemon=True).start()


def _keep_giving_back() -> None:
    while True:
        time.sleep(PAUSE_SECONDS)
        _give_back()


def _give_back() -> None:
    _ask_of_the_c_library("malloc_trim", 0)


def _ask_of_the_c_library(function: str, *arguments: int) -> None:
    """Only GNU's has these; others keep less."""
    with suppress(OSError, AttributeError):
        getattr(ctypes.CDLL(None), function)(*arguments)
