"""Whether the code of a function changed: a stamp over its files, cheap enough to be taken before each call."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path

# Beyond so many nobody edits by hand: touch the handler to start a function anew.
MOST_FILES = 500
PASSED_BY = frozenset({"__pycache__", "node_modules"})


def stamp(directory: Path) -> int:
    """Another number for other code. 0 where there is none."""
    return hash(tuple(_states(str(directory))))


def _states(directory: str) -> Iterator[tuple[str, int, int]]:
    """The folder's own files before those further down."""
    count = 0
    waiting = deque([directory])
    while waiting:
        for entry in _entries(waiting.popleft()):
            if entry.name in PASSED_BY or entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            elif count < MOST_FILES:
                count += 1
                state = entry.stat()
                yield entry.path, state.st_mtime_ns, state.st_size
        if count >= MOST_FILES:
            return


def _entries(directory: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError:
        return []
