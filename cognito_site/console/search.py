"""Finding anything that an operator may have been sent in a ticket: the palette, and the same as a page.

Apps register finders; each says which permission its results need, and looks in one place or in all of its kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from cognito_site.console import answers, places
from cognito_site.console.places import Place

LONGEST = 200
MOST_OF_A_KIND = 6
FRAGMENT = "X-Fragment"


@dataclass(frozen=True, slots=True)
class Found:
    title: str
    detail: str
    url: str


@dataclass(frozen=True, slots=True)
class Finder:
    """``find`` gets the place, or None for all of them, what was typed, and how many are wanted at most."""

    order: int
    label: str
    icon: str
    permission: str
    find: Callable[[Place | None, str, int], Iterable[Found]]


_finders: list[Finder] = []


def register(finder: Finder) -> None:
    _finders.append(finder)


def found(request: HttpRequest, place: Place | None, typed: str) -> list[tuple[Finder, list[Found]]]:
    if not typed:
        return []
    finders = sorted(_finders, key=lambda finder: finder.order)
    allowed = [finder for finder in finders if request.user.has_perm(finder.permission)]
    results = [(finder, list(finder.find(place, typed, MOST_OF_A_KIND))) for finder in allowed]
    return [(finder, rows) for finder, rows in results if rows]


def page(request: HttpRequest, frame: dict[str, Any]) -> HttpResponse:
    """The palette asks for the results alone."""
    typed = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST]
    place = places.of(request)
    template = "console/search_results.html" if request.headers.get(FRAGMENT) else "console/search.html"
    context = {"title": "Search", "typed": typed, "found": found(request, place, typed), "place": place}
    return answers.page(request, template, {**frame, **context})
