"""Answers that every page of the console gives."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme

from cognito_site.console import places

# What a page may load: its own style sheets, scripts and images, and a frame of its own for a message. Nothing inline.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
NEXT = "next"


class SeeOther(HttpResponseRedirect):
    """What follows a POST is fetched by GET, whatever the browser thinks of 302."""

    status_code = 303


def see_other(url: str) -> HttpResponse:
    return SeeOther(url)


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    request.current_app = "admin"
    return TemplateResponse(request, template, context, status=status)


def wanted_next(request: HttpRequest) -> str:
    """Where somebody was on the way to, if that is in the console."""
    wanted = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    is_ours = wanted.startswith(places.ROOT) and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else places.ROOT


def on_the_way(step: str, wanted: str) -> str:
    """The address of a step that leads on to ``wanted``."""
    query = f"?{urlencode({NEXT: wanted})}" if wanted != places.ROOT else ""
    return places.outside(step) + query
