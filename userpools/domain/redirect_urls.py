"""Which addresses a browser may be sent back to. One validator for every way in which a client gets one: creation,
update, and dynamic registration.

An address is compared character by character at sign-in, so this is about what a *registered* address can do: run as a
script in our pages, be read differently by a browser and by us, or carry a code in the clear.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from cognito_site.contract import errors

LOOPBACK = ("localhost", "127.0.0.1", "::1")
# Schemes that browsers give a meaning of their own; any other is taken for an app's.
REFUSED_SCHEMES = frozenset(
    {"javascript", "data", "vbscript", "file", "about", "blob", "filesystem", "view-source", "resource", "jar"}
    | {"chrome", "chrome-extension", "moz-extension", "mailto", "tel", "sms", "ftp", "ws", "wss"}
)
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# Browsers drop tabs and line breaks, and read a backslash as a slash.
UNSAFE = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\\<>\"`{}|^]")


def check(url: str) -> None:
    parts = _split(url)
    scheme = parts.scheme.lower()
    if "#" in url:
        raise errors.redirect_url_refused(url, "it must not have a fragment")
    if scheme in REFUSED_SCHEMES:
        raise errors.redirect_url_refused(url, f"the scheme {scheme} is not allowed")
    if "@" in parts.netloc:
        raise errors.redirect_url_refused(url, "it must not name a user")
    if scheme in ("http", "https"):
        _check_web(url, parts)


def _split(url: str) -> SplitResult:
    """The ports are read, too: that raises for what is no number."""
    if UNSAFE.search(url):
        raise errors.redirect_url_refused(url, "it contains a character that addresses do not have")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise errors.redirect_url_refused(url, "it is not an address") from None
    if not SCHEME.match(url) or len(url) == len(parts.scheme) + 1:
        raise errors.redirect_url_refused(url, "it must be absolute")
    return parts


def _check_web(url: str, parts: SplitResult) -> None:
    if not parts.hostname or not url[len(parts.scheme) :].startswith("://"):
        raise errors.redirect_url_refused(url, "it must name a host")
    if parts.scheme.lower() == "http" and parts.hostname not in LOOPBACK:
        raise errors.redirect_url_in_the_clear(url)
