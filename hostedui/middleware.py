"""Finds the pool that a request is for, by host or by path, before anything else is run.

A pool's pages and endpoints are one tree, ``hostedui.urls``, which hangs at the root of each of its domains and below
its issuer; views see the same either way. Endpoints for programs are answered at once: sessions, cookies and templates
are nothing to them, and cost as much as a signature.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from hostedui import urls
from userpools.domain import domain_hosts
from userpools.domain.domain_hosts import Site

Answer = Callable[[HttpRequest], HttpResponseBase]


class Visit(HttpRequest):
    """A request that is for a pool, as the views of this app see it."""

    pool_site: Site


def pools_first(others: Answer) -> Answer:
    def answer(request: HttpRequest) -> HttpResponseBase:
        site = domain_hosts.of_host(request.META.get("HTTP_HOST", "")) or domain_hosts.of_path(request.path_info)
        if site is None:
            return others(request)
        path = request.path_info[len(site.path) :]
        program = urls.PROGRAMS.get(path)
        if program is not None:
            return program(request, site)
        _hang(request, site, path)
        return others(request)

    return answer


def _hang(request: HttpRequest, site: Site, path: str) -> None:
    """From here on the pool's tree is all there is, and its root is where ``path`` begins."""
    request.pool_site = site  # type: ignore[attr-defined]
    request.urlconf = "hostedui.urls"
    request.path_info = path or "/"
