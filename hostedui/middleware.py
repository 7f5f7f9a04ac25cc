"""Finds the pool that a request is for, by host or by path, before anything else is run.

A pool's pages and endpoints are one tree, ``hostedui.urls``, which hangs at the root of each of its domains and below
its issuer; views see the same either way. Endpoints for programs are answered at once: sessions, cookies and templates
are nothing to them, and cost as much as a signature.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from hostedui import cookies, csrf, headers, urls, visit
from hostedui.visit import Visit
from userpools.domain import domain_hosts
from userpools.domain.domain_hosts import Site

Answer = Callable[[HttpRequest], HttpResponseBase]
FILES = "/static/"


def pools_first(others: Answer) -> Answer:
    def answer(request: HttpRequest) -> HttpResponseBase:
        site = domain_hosts.of_host(request.META.get("HTTP_HOST", "")) or domain_hosts.of_path(request.path_info)
        if site is None:
            return others(request)
        path = request.path_info[len(site.path) :]
        program = urls.PROGRAMS.get(path)
        if program is not None:
            return program(request, site)
        return others(request) if _is_file(site, path) else _page(others, _hung(request, site, path))

    return answer


def _is_file(site: Site, path: str) -> bool:
    """Style sheets are at the root of every host."""
    return not site.path and path.startswith(FILES)


def _hung(request: HttpRequest, site: Site, path: str) -> Visit:
    """From here on the pool's tree is all there is, its root is where ``path`` begins, and its cookies are all."""
    request.pool_site = site  # type: ignore[attr-defined]
    request.urlconf = "hostedui.urls"
    request.path_info = path or "/"
    request.COOKIES = csrf.at_hand(cookies.of_pool(site, request.COOKIES))
    return cast(Visit, request)


def _page(others: Answer, request: Visit) -> HttpResponseBase:
    response = others(request)
    asked = visit.known(request)
    headers.dress(response, asked, is_popup=asked.get("display") == "popup")
    return response
