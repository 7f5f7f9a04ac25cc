"""The headers of every page, whatever it says.

``form-action`` names schemes, not the application's origin: Chromium and WebKit hold it against every redirect that
follows a form, and applications go on from their callback to wherever they like (docs/decisions/0004).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.http.response import HttpResponseBase

from hostedui.oauth import answers

POLICY = (
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
)
STANDING = {
    "Cache-Control": "no-store",
    "Pragma": "no-cache",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}
OPENER = "Cross-Origin-Opener-Policy"
REFERRER = "Referrer-Policy"
# What opens something, where an address carries it.
CODES = frozenset({"code", "confirmation_code"})
REQUEST_ID = "X-Amz-Cognito-Request-Id"
CONTENT_POLICY = "Content-Security-Policy"


def policy(redirect_uri: str = "") -> str:
    """``redirect_uri``: where the forms of the page may lead in the end."""
    return "; ".join([*POLICY, " ".join(["form-action 'self'", *_targets(redirect_uri)])])


def _targets(redirect_uri: str) -> list[str]:
    parts = urlsplit(redirect_uri)
    if parts.scheme in ("", "https"):
        return ["https:"] if parts.scheme else []
    if parts.scheme == "http":
        return ["http:"] if _is_ipv6(parts.hostname or "") else ["https:", "http://localhost:*", "http://127.0.0.1:*"]
    return ["https:", f"{parts.scheme}:"]


def _is_ipv6(host: str) -> bool:
    """The grammar of the policy has no such hosts."""
    try:
        return ipaddress.ip_address(host).version == 6
    except ValueError:
        return False


def referrer(asked: Iterable[str]) -> str:
    """An address with a code in it is told to nobody, not even to our own style sheets: of it, only the host is. Not
    ``no-referrer``, under which the form of such a page is posted with ``Origin: null`` and refused."""
    return "same-origin" if CODES.isdisjoint(asked) else "strict-origin"


def dress(response: HttpResponseBase, asked: Iterable[str], *, is_popup: bool) -> None:
    """``asked``: the names of the query's parameters. ``is_popup``: the application opened a window and waits for word
    from it (``display=popup``); cut off from its opener, that window could never answer."""
    for name, value in {**answers.standing(), CONTENT_POLICY: policy()}.items():
        response.setdefault(name, value)
    opener = "unsafe-none" if is_popup else "same-origin"
    for name, value in {**STANDING, REFERRER: referrer(asked), OPENER: opener}.items():
        response[name] = value
