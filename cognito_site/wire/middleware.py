"""Hands AWS's calls to their doors before anything of the pages is run: they have no session, no cookie and no page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from cognito_site.wire import views
from cognito_site.wire.parsers import FormParser

Answer = Callable[[HttpRequest], HttpResponseBase]


def aws_first(pages: Answer) -> Answer:
    def answer(request: HttpRequest) -> HttpResponseBase:
        door = door_of(request)
        return door().dispatch(request) if door else pages(request)

    return answer


def door_of(request: HttpRequest) -> type[views.Door] | None:
    """Whoever names a target means this door, also on a wrong path: no page may answer them."""
    if views.TARGET in request.META:
        return views.Preflight if request.method == "OPTIONS" else views.JsonDoor
    if request.path != "/" or request.method == "HEAD":
        return None
    if request.method == "GET":
        return views.QueryDoor if "Action=" in request.META.get("QUERY_STRING", "") else None
    if request.method == "OPTIONS":
        return views.Preflight
    return views.QueryDoor if request.content_type == FormParser.media_type else views.JsonDoor
