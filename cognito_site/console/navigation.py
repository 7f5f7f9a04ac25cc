"""What stands at the side: sections of entries, for outside and for each kind of place. Apps register them.

An operator sees the entries whose permission they have, in the shape that admin's templates expect of applications and
models.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from cognito_site.console import places
from cognito_site.console.places import Kind


@dataclass(frozen=True, slots=True)
class Entry:
    """``view`` is the name of an address in the console; ``permission`` may be empty: for all."""

    label: str
    view: str
    icon: str
    permission: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    kind: Kind | None
    order: int
    title: str
    entries: tuple[Entry, ...]


_sections: list[Section] = []


def register(kind: Kind | None, order: int, title: str, *entries: Entry) -> None:
    _sections.append(Section(kind, order, title, entries))


def of(request: HttpRequest) -> list[dict[str, Any]]:
    place = places.of(request)
    kind = place.kind if place else None
    here = sorted((section for section in _sections if section.kind is kind), key=lambda section: section.order)
    shown = [_shown(section, request) for section in here]
    return [section for section in shown if section["models"]]


def _shown(section: Section, request: HttpRequest) -> dict[str, Any]:
    entries = [entry for entry in section.entries if not entry.permission or request.user.has_perm(entry.permission)]
    return {
        "name": section.title,
        "app_label": f"section-{section.order}",
        "models": [_link(entry, request) for entry in entries],
    }


def _link(entry: Entry, request: HttpRequest) -> dict[str, Any]:
    url = reverse(f"admin:{entry.view}")
    is_here = request.path == url if entry.view == "index" else request.path.startswith(url)
    return {"name": entry.label, "admin_url": url, "icon": entry.icon, "is_here": is_here}
