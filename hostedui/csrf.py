"""Django's protection against forged posts, with a cookie for each pool.

Django knows one cookie for all of a host. Below the issuer many pools share a host with one another and with the
console, and a token of one must be worth nothing at another. Signing in is protected like everything else: a form that
another site made would sign somebody in as the attacker.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware

from hostedui import cookies
from hostedui.views import failures
from userpools.domain.domain_hosts import Site


def at_hand(kept: dict[str, str]) -> dict[str, str]:
    """A pool's cookies, with its token where Django looks for it."""
    token = kept.get(cookies.CSRF)
    return kept if token is None else {**kept, settings.CSRF_COOKIE_NAME: token}


class Csrf(CsrfViewMiddleware):
    def _set_csrf_cookie(self, request: HttpRequest, response: HttpResponseBase) -> None:
        site: Site | None = getattr(request, "pool_site", None)
        if site is None or not isinstance(response, HttpResponse):
            super()._set_csrf_cookie(request, response)  # type: ignore[misc]
        else:
            cookies.put(response, site, cookies.CSRF, request.META["CSRF_COOKIE"], None)

    def _origin_verified(self, request: HttpRequest) -> bool:
        """The site's own origin is right also where a proxy in front rewrites the Host header."""
        site: Site | None = getattr(request, "pool_site", None)
        known = site is not None and request.META["HTTP_ORIGIN"] == site.origin
        return known or bool(super()._origin_verified(request))  # type: ignore[misc]

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponseBase:
        if hasattr(request, "pool_site"):
            return failures.stale_form(request)  # type: ignore[arg-type]
        refused: HttpResponseBase = super()._reject(request, reason)  # type: ignore[misc]
        return refused
