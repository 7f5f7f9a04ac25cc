"""Where in the console somebody is: in a user pool, in an identity pool, or outside of both.

A place is a segment of the path, ``/admin/<id>/...``, and the whole console seen through it. It moves into the script
prefix before URLs are resolved, so every address that Django's admin reverses stays inside, and admin never learns that
places exist. Outside is the place without a segment. Apps register their kinds of places.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import get_script_prefix, get_urlconf, reverse, set_script_prefix, set_urlconf

ROOT = "/admin/"
URLS = "cognito_site.console.urls"
MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Kind:
    """``find`` and ``listed`` give rows with ``pk`` and ``name``, the latter so many at most, in the order of a menu;
    ``permission`` is what an operator needs to enter. ``ids`` matches no word of the console's own paths."""

    noun: str
    nouns: str
    ids: re.Pattern[str]
    permission: str
    find: Callable[[str], Any | None]
    listed: Callable[[int], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Place:
    kind: Kind
    row: Any

    @property
    def id(self) -> str:
        return str(self.row.pk)

    @property
    def name(self) -> str:
        return str(self.row.name)

    @property
    def url(self) -> str:
        return f"{ROOT}{self.id}/"


_kinds: list[Kind] = []


def register(kind: Kind) -> Kind:
    _kinds.append(kind)
    return kind


def visible_kinds(request: HttpRequest) -> list[Kind]:
    return [kind for kind in _kinds if request.user.has_perm(kind.permission)]


def menu(request: HttpRequest) -> list[tuple[Kind, list[Place]]]:
    """What the switcher offers: the first of each kind."""
    return [(kind, [Place(kind, row) for row in kind.listed(MOST_LISTED)]) for kind in visible_kinds(request)]


# --- going in -------------------------------------------------------------------------------------------------------


def of(request: HttpRequest) -> Place | None:
    """None: outside."""
    return getattr(request, "place", None)


def enter(request: HttpRequest) -> None:
    """Finds the place that the path names, by the one door at which the operator's role is asked. Raises Http404 for
    one that is not there, or not theirs: which of the two is not told."""
    segment = request.path_info[len(ROOT) :].partition("/")[0]
    kind = next((kind for kind in _kinds if kind.ids.fullmatch(segment)), None)
    place = _found(request, kind, segment) if kind else None
    request.place = place  # type: ignore[attr-defined]
    request.urlconf = URLS
    request.path_info = "/" + request.path_info[len(place.url if place else ROOT) :]


def _found(request: HttpRequest, kind: Kind, segment: str) -> Place:
    row = kind.find(segment) if request.user.has_perm(kind.permission) else None
    if row is None:
        raise Http404(f"There is no {kind.noun} {segment}, or your role does not show it.")
    return Place(kind, row)


@contextmanager
def prefix(url: str) -> Iterator[None]:
    """Addresses are reversed below ``url``. Prefix and tree are globals of the thread: whatever happens, they are put
    back."""
    before, tree = get_script_prefix(), get_urlconf()
    set_script_prefix(url)
    set_urlconf(URLS)
    try:
        yield
    finally:
        set_script_prefix(before)
        set_urlconf(tree)


# --- addresses ------------------------------------------------------------------------------------------------------


def inside(place_id: object, view: str, *arguments: object) -> str:
    """The address of a view in a place, wherever it is asked from."""
    with prefix(f"{ROOT}{place_id}/"):
        return reverse(f"admin:{view}", args=arguments)


def outside(view: str, *arguments: object) -> str:
    with prefix(ROOT):
        return reverse(f"admin:{view}", args=arguments)
