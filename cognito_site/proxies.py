"""Who is really at the other end: the client's address, and the scheme it used, behind proxies that are trusted.

Runs once for each request, before Django: everything after it may believe ``REMOTE_ADDR`` and ``wsgi.url_scheme``, and
nothing after it sees ``X-Forwarded-For``. The scheme is PUBLIC_URL's: whoever terminates TLS in front, browsers are
told the same everywhere.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from typing import Any

from cognito_site.variables import TrustedProxies

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
MAPPED = "::ffff:"


def behind(application: Application, trusted: TrustedProxies, scheme: str) -> Application:
    def entered(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["wsgi.url_scheme"] = scheme
        forwarded_for = environ.pop("HTTP_X_FORWARDED_FOR", "")
        environ["REMOTE_ADDR"] = client_address(environ.get("REMOTE_ADDR", ""), forwarded_for, trusted)
        return application(environ, start_response)

    return entered


def client_address(peer: str, forwarded_for: str, trusted: TrustedProxies) -> str:
    """The nearest address that no trusted proxy vouches for. What stands left of it anybody may have written."""
    path = [_plain(address) for address in [*forwarded_for.split(","), peer] if address.strip()]
    if trusted.hops:
        return _valid_or(path[max(0, len(path) - 1 - trusted.hops)], path[-1]) if path else peer
    while len(path) > 1 and _is_within(path[-1], trusted):
        if not _is_address(path[-2]):
            break
        path.pop()
    return path[-1] if path else peer


def _plain(address: str) -> str:
    """Without port, brackets and the IPv6 spelling of an IPv4 address."""
    address = address.strip()
    if address.startswith("["):
        address = address[1:].partition("]")[0]
    elif address.count(":") == 1:
        address = address.partition(":")[0]
    return address[len(MAPPED) :] if address.lower().startswith(MAPPED) else address


def _is_within(address: str, trusted: TrustedProxies) -> bool:
    return _is_address(address) and any(ipaddress.ip_address(address) in network for network in trusted.networks)


def _valid_or(address: str, otherwise: str) -> str:
    return address if _is_address(address) else otherwise


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
