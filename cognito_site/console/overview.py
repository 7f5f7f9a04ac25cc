"""The first page of each place, made of panels that apps register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from cognito_site.console import places
from cognito_site.console.places import Kind


@dataclass(frozen=True, slots=True)
class Panel:
    """``context`` makes what ``template`` shows as ``panel``; ``permission`` may be empty: for all."""

    kind: Kind | None
    order: int
    template: str
    context: Callable[[HttpRequest], dict[str, Any]]
    permission: str = ""


_panels: list[Panel] = []


def register(panel: Panel) -> None:
    _panels.append(panel)


def of(request: HttpRequest) -> list[dict[str, Any]]:
    place = places.of(request)
    kind = place.kind if place else None
    here = sorted((panel for panel in _panels if panel.kind is kind), key=lambda panel: panel.order)
    return [
        {"template": panel.template, **panel.context(request)}
        for panel in here
        if not panel.permission or request.user.has_perm(panel.permission)
    ]
