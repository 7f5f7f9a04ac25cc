"""The Lambda Runtime API as a runtime sees it: HTTP/1.1 on a port of its own, for one process.

Only the instance's own processes are spoken to: another program of this machine that finds the port gets nothing. Each
answer leaves in one write, with TCP_NODELAY: in two it would wait 40 ms for an acknowledgement.
"""

from __future__ import annotations

import contextlib
import re
import select
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cognito_site.functions import payloads
from cognito_site.functions.local.launcher import descendants

VERSION = "/2018-06-01/runtime/"
INVOCATION = re.compile(r"invocation/(?P<id>[0-9a-zA-Z-]{1,64})/(?P<what>response|error)")
LONGEST_HEAD = 256 * 1024  # error types and X-Ray causes are headers
CHUNK = 256 * 1024
BACKLOG = 8
_ESTABLISHED = "01"
_REASONS = {200: "OK", 202: "Accepted", 403: "Forbidden", 404: "Not Found", 411: "Length Required", 413: "Too Large"}


class Gone(Exception):
    """The other side closed, or said something that is no HTTP."""


@dataclass(frozen=True, slots=True)
class Request:
    """``path`` is below the API's version, or empty. ``body`` is missing where it was too large."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None
    size: int


class Channel:
    """One connection of a runtime."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(1)
        self._connection = connection
        self._buffer = bytearray()

    def fileno(self) -> int:
        return self._connection.fileno()

    def close(self) -> None:
        self._connection.close()

    def is_closed(self) -> bool:
        """By the other side, with nothing left to read."""
        poll = select.poll()
        poll.register(self._connection, select.POLLIN)
        try:
            return bool(poll.poll(0)) and not self._connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    def receive(self) -> Request | None:
        """What has come, if it is a whole request by now. Call when there is something to read. Raises Gone."""
        try:
            chunk = self._connection.recv(CHUNK)
        except OSError:
            chunk = b""
        if not chunk:
            raise Gone
        self._buffer += chunk
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > LONGEST_HEAD:
                raise Gone
            return None
        return self._request(end)

    def _request(self, end: int) -> Request | None:
        method, path, headers = _head(bytes(self._buffer[:end]))
        size = _length(headers)
        if size > payloads.LARGEST_ANSWER:
            self.answer(413)
            return Request(method, path, headers, None, size)
        if len(self._buffer) < end + 4 + size:
            self._encourage(headers)
            return None
        body = bytes(self._buffer[end + 4 : end + 4 + size])
        del self._buffer[: end + 4 + size]
        return Request(method, path, headers, body, size)

    def _encourage(self, headers: Mapping[str, str]) -> None:
        if "expect" in headers and self._buffer.endswith(b"\r\n\r\n"):
            self._send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def answer(self, status: int, headers: Mapping[str, str] | None = None, body: bytes = b'{"status":"OK"}') -> None:
        given = {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
        lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
        self._send(f"HTTP/1.1 {status} {_REASONS[status]}\r\n{lines}\r\n".encode() + body)

    def _send(self, content: bytes) -> None:
        try:
            self._connection.sendall(content)
        except OSError:
            raise Gone from None


def _head(head: bytes) -> tuple[str, str, Mapping[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, _, rest = first.partition(" ")
    target, _, version = rest.partition(" ")
    if not version.startswith("HTTP/1."):
        raise Gone
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return method, target.removeprefix(VERSION) if target.startswith(VERSION) else "", headers


def _length(headers: Mapping[str, str]) -> int:
    length = headers.get("content-length", "0")
    if not re.fullmatch(r"[0-9]{1,12}", length) or "transfer-encoding" in headers:
        raise Gone
    return int(length)


# --- the port -------------------------------------------------------------------------------------------------------


def listen() -> socket.socket:
    listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
    listener.settimeout(1)
    return listener


def accept(listener: socket.socket, launcher: int) -> Channel | None:
    """Whoever waits at the door, if it is a process below the launcher."""
    try:
        connection, peer = listener.accept()
    except OSError:
        return None
    if _is_below(launcher, peer[1], listener.getsockname()[1]):
        return Channel(connection)
    connection.close()
    return None


def _is_below(launcher: int, its_port: int, our_port: int) -> bool:
    table, below = Path("/proc/net/tcp"), descendants(launcher)
    if not table.exists() or not below:
        # A system that does not tell.
        return True
    socket_name = f"socket:[{_inode(table.read_text(), its_port, our_port)}]"
    return any(_has_open(pid, socket_name) for pid in below)


def _inode(table: str, its_port: int, our_port: int) -> str:
    loopback = "0100007F"
    for line in table.splitlines()[1:]:
        _, local, remote, state, *_, _uid, _timeout, inode = line.split()[:10]
        if (local, remote) == (f"{loopback}:{its_port:04X}", f"{loopback}:{our_port:04X}") and state == _ESTABLISHED:
            return inode
    return "none"


def _has_open(pid: int, name: str) -> bool:
    with contextlib.suppress(OSError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                if str(descriptor.readlink()) == name:
                    return True
    return False
