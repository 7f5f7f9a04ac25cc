"""The headers of every page, whatever it says.

``form-action`` names schemes, not the application's origin: Chromium and WebKit hold it against every redirect that
follows a form, and applications go on from their callback to wherever they like (docs/decisions/0004).
"""

from __future__ import annotations

import ipaddress
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
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}
OPENER = "Cross-Origin-Opener-Policy"
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


def dress(response: HttpResponseBase, *, is_popup: bool) -> None:
    """``is_popup``: the application opened a window and waits for word from it (``display=popup``); cut off from its
    opener, that window could never answer."""
    for name, value in {**answers.standing(), CONTENT_POLICY: policy()}.items():
        response.setdefault(name, value)
    for name, value in {**STANDING, OPENER: "unsafe-none" if is_popup else "same-origin"}.items():
        response[name] = value
