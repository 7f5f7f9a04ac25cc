"""A small process-wide memory for what is read at every request and changes rarely.

Bounded in entries and in seconds, so that neither many pools nor a long life make it grow, and every node of an
installation sees a change after ``seconds`` without being told. Never for what decides whether something was revoked.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    def __init__(self, seconds: float, entries: int) -> None:
        self._seconds = seconds
        self._entries = entries
        self._known: OrderedDict[Key, tuple[float, Value]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> Value | None:
        entry = self._known.get(key)
        return entry[1] if entry is not None and entry[0] > monotonic() else None

    def put(self, key: Key, value: Value) -> Value:
        with self._lock:
            self._known[key] = (monotonic() + self._seconds, value)
            self._known.move_to_end(key)
            while len(self._known) > self._entries:
                self._known.popitem(last=False)
        return value

    def forget(self, key: Key) -> None:
        with self._lock:
            self._known.pop(key, None)

    def clear(self) -> None:
        with self._lock:
            self._known.clear()
