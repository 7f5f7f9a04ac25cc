"""A request that is for a pool, as the views of this app see it: below ``pool_site`` they need not know whether they
are at a domain or below the issuer."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from django.http import HttpRequest

from cognito_site.languages import Language
from hostedui import languages
from hostedui.oauth import answers, parameters
from hostedui.oauth.parameters import Parameters
from userpools.domain.domain_hosts import Site
from userpools.values import Context


class Visit(HttpRequest):
    """``COOKIES`` holds this pool's only, under their plain names (``hostedui.cookies``); ``path_info`` begins at the
    root of the pool's tree."""

    pool_site: Site


def query(request: HttpRequest) -> str:
    """As it was sent; bytes that are no UTF-8 survive."""
    sent: str = request.META.get("QUERY_STRING", "")
    return sent.encode("latin-1", "surrogateescape").decode("utf-8", "surrogateescape")


def known(request: HttpRequest) -> Parameters:
    """Of the query, whatever can be read: for pages that are shown also when it is malformed."""
    return parameters.known(query(request))


def at(site: Site, path: str, text: str = "") -> str:
    """The address of a page of the pool, for a link or a redirect."""
    return f"{site.path}{path}?{text}" if text else f"{site.path}{path}"


def error_page(site: Site, code: str, client_id: str = "") -> str:
    told = {"error": code, "client_id": client_id}
    return at(site, "/error", urlencode({name: value for name, value in told.items() if value}))


def language(request: Visit) -> Language:
    asked, kept = known(request).get(languages.PARAMETER), request.COOKIES.get(languages.COOKIE)
    return languages.choose(asked, kept, request.META.get("HTTP_ACCEPT_LANGUAGE"))


def context(request: Visit) -> Context:
    """Whatever is written to a visitor is written in the language of the page."""
    return replace(answers.context_of(request), language=language(request).code)
