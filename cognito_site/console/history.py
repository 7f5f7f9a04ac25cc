"""All changes of a place, newest first."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from cognito_site.console import answers, changes, places
from cognito_site.console.lists import CountedUpTo

PERMISSION = "console.view_change"
PAGE_SIZE = 50


def page(request: HttpRequest, frame: dict[str, Any]) -> HttpResponse:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied("Your role does not show who changed what.")
    place = places.of(request)
    found = CountedUpTo(changes.in_place(place.id if place else ""), PAGE_SIZE)
    shown = found.get_page(request.GET.get("page"))
    context = {"title": "Changes", "shown": shown, "changes": changes.told(request, shown)}
    return answers.page(request, "console/changes.html", {**frame, **context})
