"""Stops asking a function that does not answer.

::

    closed --FAILURES calls unanswered, one after the other--> open --pause over--> one call may try
       ^                                                        ^                      |
       |                                                        +---- unanswered ------+  (a longer pause)
       +------------------------------- answered --------------------------------------+

An answer is an answer, also one that says no. State is of this process only, and may be lost.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from cognito_site.functions.outcomes import SERVICE, Failure, NotAnswered
from cognito_site.remembered import Remembered

log = logging.getLogger("poolhouse.functions")

FAILURES = 3
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 60.0
# A function that nobody called for so long begins anew.
MEMORY_SECONDS = 600


@dataclass(slots=True)
class _Circuit:
    failures: int = 0
    pause: float = 0.0
    closed_again_at: float = 0.0
    lock: Lock = field(default_factory=Lock)

    def admits(self) -> bool:
        """Also takes the one try of an open circuit: whoever comes meanwhile waits for the next pause."""
        with self.lock:
            if not self.pause:
                return True
            if time.monotonic() < self.closed_again_at:
                return False
            self.closed_again_at = time.monotonic() + self.pause
            return True

    def answered(self) -> None:
        with self.lock:
            self.failures, self.pause = 0, 0.0

    def unanswered(self) -> bool:
        """Whether it is open now."""
        with self.lock:
            self.failures += 1
            if self.failures >= FAILURES:
                self.pause = min(max(self.pause * 2, FIRST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)
                self.closed_again_at = time.monotonic() + self.pause
            return bool(self.pause)


class Breaker:
    def __init__(self) -> None:
        self._circuits: Remembered[str, _Circuit] = Remembered(MEMORY_SECONDS, 1000)

    @contextmanager
    def watching(self, function: str) -> Iterator[None]:
        """Raises NotAnswered."""
        circuit = self._circuits.get(function)
        if circuit is not None and not circuit.admits():
            raise NotAnswered(SERVICE, "it did not answer several times and is left alone for a while", is_final=True)
        try:
            yield
        except NotAnswered as failure:
            # What is not configured, or not allowed, answers at once: nothing is saved by not asking.
            if not failure.is_final:
                self._count(function, circuit or _Circuit())
            raise
        except Failure:
            self._forgive(circuit)
            raise
        self._forgive(circuit)

    def _forgive(self, circuit: _Circuit | None) -> None:
        if circuit is not None:
            circuit.answered()

    def _count(self, function: str, circuit: _Circuit) -> None:
        self._circuits.put(function, circuit)
        if circuit.unanswered():
            log.warning("function %s does not answer: not asked for %.0f s", function, circuit.pause)
