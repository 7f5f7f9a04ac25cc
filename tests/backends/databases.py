"""Which of Redis's databases: processes that run tests side by side, and each server that one of them starts, hear
nothing of one another."""

from __future__ import annotations

import os
from itertools import count

PROCESSES, EACH = 8, 200
_numbers = count(1)


def of_this_process(url: str) -> str:
    return _numbered(url, 0)


def fresh(url: str) -> str:
    """One that nobody had before."""
    return _numbered(url, next(_numbers))


def _numbered(url: str, number: int) -> str:
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    if process >= PROCESSES or number >= EACH:
        raise RuntimeError("Redis was started with too few databases for so many tests.")
    return f"{url.rpartition('/')[0]}/{process * EACH + number}"
