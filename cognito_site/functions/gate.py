"""Places for calls that wait for a function, so that a slow one costs its own callers and nobody else.

A thread that waits for a function serves nobody. Of all threads of a process one always stays free; one pool, and one
function, get half of them at most; and so do all functions together that were slow when they were last called. Who
finds no place waits a moment, for most functions answer within milliseconds, but not behind a call that has been slow
already: then the answer is "too many requests" at once, and the thread is free again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition

from cognito_site.functions.outcomes import THROTTLED, NotAnswered
from cognito_site.remembered import Remembered

SLOW_SECONDS = 1.0
PATIENCE_SECONDS = 0.5
# How long a function is remembered to be slow.
MEMORY_SECONDS = 60


@dataclass(frozen=True, slots=True, eq=False)
class _Visit:
    function: str
    owner: str
    since: float = field(default_factory=time.monotonic)

    @property
    def is_slow(self) -> bool:
        return time.monotonic() - self.since > SLOW_SECONDS


class Gate:
    """``places``: threads of the process that could all be waiting for functions at once."""

    def __init__(self, places: int) -> None:
        self._all = max(1, places - 1)
        self._share = max(1, places // 2)
        self._changed = Condition()
        self._inside: set[_Visit] = set()
        self._slow: Remembered[str, bool] = Remembered(MEMORY_SECONDS, 1000)

    @contextmanager
    def entered(self, function: str, owner: str) -> Iterator[None]:
        """Raises NotAnswered."""
        visit = self._enter(function, owner)
        try:
            yield
        finally:
            self._leave(visit)

    def _enter(self, function: str, owner: str) -> _Visit:
        give_up = time.monotonic() + PATIENCE_SECONDS
        with self._changed:
            while blocking := self._in_the_way(function, owner):
                left = give_up - time.monotonic()
                if left <= 0 or any(visit.is_slow for visit in blocking):
                    raise NotAnswered(THROTTLED, f"{len(blocking)} calls are waiting for an answer", is_final=True)
                self._changed.wait(left)
            visit = _Visit(function, owner)
            self._inside.add(visit)
        return visit

    def _in_the_way(self, function: str, owner: str) -> list[_Visit]:
        inside = list(self._inside)
        if len(inside) >= self._all:
            return inside
        groups = [
            [visit for visit in inside if visit.function == function],
            [visit for visit in inside if visit.owner == owner],
            [visit for visit in inside if self._slow.get(visit.function)] if self._slow.get(function) else [],
        ]
        return next((group for group in groups if len(group) >= self._share), [])

    def _leave(self, visit: _Visit) -> None:
        if visit.is_slow:
            self._slow.put(visit.function, True)
        else:
            self._slow.forget(visit.function)
        with self._changed:
            self._inside.discard(visit)
            self._changed.notify_all()
