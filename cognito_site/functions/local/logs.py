"""What functions write: a file for each, ``DATA_DIR/logs/functions/<name>.log``, and the end of it for who called.

Files are bounded: one is set aside when it is full, and the one that was set aside before is gone. Not being able to
write a log fails no call.
"""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from django.conf import settings

log = logging.getLogger("poolhouse.functions")

LARGEST_FILE = 5 * 1024 * 1024
LONGEST_TAIL = 4096
LONGEST_LINE = 16 * 1024
# More than this of one call is counted, not kept.
MOST_OF_A_CALL = 1024 * 1024
CHUNK = 64 * 1024
_turn = Lock()


def path_of(name: str) -> Path:
    path: Path = settings.POOLHOUSE.data_dir / "logs" / "functions" / f"{name}.log"
    return path


def end_of(name: str, size: int) -> str:
    """The last lines of a function's log, of at most ``size`` bytes together."""
    try:
        with path_of(name).open("rb") as file:
            whole = file.seek(0, os.SEEK_END)
            file.seek(max(0, whole - size))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    return text if whole <= size else text.partition("\n")[2]


def write(name: str, stream: str, lines: list[bytes]) -> None:
    """``stream`` tells the processes of one function apart."""
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
    prefix = f"{moment}Z [{stream}] ".encode()
    try:
        _append(path_of(name), b"".join(prefix + line + b"\n" for line in lines))
    except OSError as failure:
        log.warning("the log of function %s cannot be written: %s", name, failure.strerror)


def _append(path: Path, content: bytes) -> None:
    with _turn:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > LARGEST_FILE:
            path.replace(path.with_suffix(".log.1"))
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as file:
            file.write(content)


class Capture:
    """The output of one process: lines to the file, and the tail of the present call."""

    def __init__(self, name: str, stream: str, source: int) -> None:
        os.set_blocking(source, False)
        self._name, self._stream, self._source = name, stream, source
        self._line = b""
        self._tail = b""
        self._kept = self._dropped = 0

    def fileno(self) -> int:
        return self._source

    @property
    def tail(self) -> str:
        return self._tail.decode(errors="replace")

    def begin(self, line: str) -> None:
        """A call starts: what was written before is not its own."""
        self.drain()
        self._tail, self._kept, self._dropped = b"", 0, 0
        self.say(line)

    def say(self, *lines: str) -> None:
        """Of ours, in between."""
        content = [line.encode() for line in lines]
        self._tail = (self._tail + b"".join(line + b"\n" for line in content))[-LONGEST_TAIL:]
        write(self._name, self._stream, content)

    def drain(self) -> bool:
        """Takes what there is, at most a chunk. False at the end."""
        try:
            content = os.read(self._source, CHUNK)
        except BlockingIOError:
            return True
        except OSError:
            content = b""
        self._tail = (self._tail + content)[-LONGEST_TAIL:]
        self._keep(content)
        return bool(content)

    def _keep(self, content: bytes) -> None:
        if self._kept > MOST_OF_A_CALL:
            self._dropped += len(content)
            return
        self._kept += len(content)
        *lines, self._line = (self._line + content).split(b"\n")
        if len(self._line) > LONGEST_LINE:
            lines, self._line = [*lines, self._line], b""
        if lines:
            write(self._name, self._stream, lines)

    def finish(self) -> None:
        """Half a line, and how much was left out."""
        lines = [self._line] if self._line else []
        if self._dropped:
            lines.append(f"({self._dropped} bytes more are left out)".encode())
        self._line, self._dropped = b"", 0
        if lines:
            write(self._name, self._stream, lines)
