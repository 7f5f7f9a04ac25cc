"""Every HTTP request that Poolhouse itself sends: webhooks, and whatever else leads to an address that somebody typed.

An address is resolved once, each of its results is held against the networks that are nobody's business (unless the
installation allows private ones), and the connection goes to exactly what was checked, so that a name which changes its
mind leads nowhere else. Redirects are answers, not instructions. Time and size have an end.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

LARGEST_ANSWER = 1024 * 1024
CHUNK = 64 * 1024
PORTS = {"http": 80, "https": 443}
# The space that carriers share (RFC 6598), which ipaddress does not call private.
SHARED = ipaddress.ip_network("100.64.0.0/10")
TUNNELS = ("ipv4_mapped", "sixtofour")


class Forbidden(Exception):
    """An address that requests of ours do not go to. ``str()`` says why, in words that an operator may read."""


class Failed(Exception):
    """No answer: nobody there, no trust, too slow, too large."""

    is_late = False


class Late(Failed):
    is_late = True


class TooLarge(Failed):
    def __init__(self, host: str, size: int, largest: int) -> None:
        super().__init__(f"{host} answered more than {largest} bytes.")
        self.size = size


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


def post(url: str, body: bytes, headers: Mapping[str, str], seconds: float, largest: int = LARGEST_ANSWER) -> Answer:
    """``seconds``: for all of it. Raises Forbidden and Failed."""
    return _request("POST", url, body, headers, time.monotonic() + seconds, largest)


def get(url: str, headers: Mapping[str, str], seconds: float, largest: int = LARGEST_ANSWER) -> Answer:
    """As ``post``."""
    return _request("GET", url, None, headers, time.monotonic() + seconds, largest)


def check(url: str) -> None:
    """What can be said of an address when it is saved, without looking it up. Raises Forbidden."""
    parts = _split(url)
    if _is_address(parts.hostname or ""):
        _check_address(parts.hostname or "")


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        has_port = parts.port != 0
    except ValueError:
        raise Forbidden("This is not an address.") from None
    if parts.scheme not in PORTS or not parts.hostname or not has_port:
        raise Forbidden("Only http:// and https:// with a host are asked.")
    if parts.username is not None or parts.password is not None:
        raise Forbidden("An address must not carry a password.")
    return parts


# --- where to -------------------------------------------------------------------------------------------------------


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _check_address(text: str) -> None:
    if not settings.POOLHOUSE.allow_private_network and not _is_public(text):
        raise Forbidden(f"{text} is a private address; POOLHOUSE_ALLOW_PRIVATE_NETWORK=1 allows those.")


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    inner = next(filter(None, (getattr(address, name, None) for name in TUNNELS)), None)
    if inner is not None:
        return _is_public(str(inner))
    return address.is_global and not address.is_multicast and address not in SHARED


def _resolved(host: str, port: int) -> list[Any]:
    """One stranger among the results spoils all of them."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Failed(f"{host} is not known.") from None
    for *_, where in found:
        _check_address(str(where[0]))
    return found


# --- the exchange ---------------------------------------------------------------------------------------------------


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


class _Connection(http.client.HTTPConnection):
    """To an address that was checked, under the name that was asked for."""

    def __init__(self, parts: SplitResult, deadline: float) -> None:
        super().__init__(parts.hostname or "", parts.port or PORTS[parts.scheme])
        self._is_secure = parts.scheme == "https"
        self._deadline = deadline

    def connect(self) -> None:
        plain = _connected(_resolved(self.host, self.port), self._deadline)
        self.sock = _trust().wrap_socket(plain, server_hostname=self.host) if self._is_secure else plain


def _connected(places: list[Any], deadline: float) -> socket.socket:
    problem: OSError = ConnectionError("no address")
    for family, kind, protocol, _, where in places:
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(_left(deadline))
            connection.connect(where)
        except OSError as failure:
            connection.close()
            problem = failure
        else:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
    raise problem


def _left(deadline: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def _request(
    method: str, url: str, body: bytes | None, headers: Mapping[str, str], deadline: float, largest: int
) -> Answer:
    check(url)
    parts = urlsplit(url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    connection = _Connection(parts, deadline)
    try:
        connection.request(method, target, body, {"User-Agent": "Poolhouse", **headers})
        return _read(connection, deadline, largest)
    except TimeoutError:
        raise Late(f"{parts.hostname} did not answer in time.") from None
    except (OSError, http.client.HTTPException, ValueError) as failure:
        raise Failed(f"{parts.hostname}: {type(failure).__name__}.") from None
    finally:
        connection.close()


def _read(connection: _Connection, deadline: float, largest: int) -> Answer:
    # Its own name for the socket: http.client drops it when the other side will not keep the connection.
    channel = connection.sock
    channel.settimeout(_left(deadline))
    response = connection.getresponse()
    chunks, size = [], 0
    while chunk := response.read1(CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size > largest:
            raise TooLarge(connection.host, size, largest)
        channel.settimeout(_left(deadline))
    return Answer(response.status, b"".join(chunks), dict(response.headers))
