"""What the console says instead of a page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from cognito_site.console import sessions
from cognito_site.console.site import console


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _said(request, 403, "Your role does not do this", str(exception or ""))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    reason = str(exception) if exception is not None and type(exception.args[0] if exception.args else 0) is str else ""
    return _said(request, 404, "There is no such page", reason)


def failed(request: HttpRequest) -> HttpResponse:
    """Renders nothing that could fail again."""
    return HttpResponse(
        "<!doctype html><title>Poolhouse</title><h1>Something went wrong</h1><p>It is in the log of the server.</p>",
        status=500,
    )


def _said(request: HttpRequest, status: int, title: str, reason: str) -> HttpResponse:
    is_in = sessions.is_in(request)
    frame = console.each_context(request) if is_in else {"site_title": "Poolhouse", "site_header": "Poolhouse"}
    context = {**frame, "has_permission": is_in, "title": title, "reason": reason}
    return HttpResponse(render_to_string("console/refused.html", context, request), status=status)
