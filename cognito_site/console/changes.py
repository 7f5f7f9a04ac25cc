"""Who changed what: an entry for each deed of an operator, in Django's log, with the place and the address.

Written after the deed, in its transaction where the deed is one. Says in a sentence what changed, from what to what,
and never holds a secret. People are in it by a pseudonym alone, in which pages put the name of who is still there: so
nothing of somebody who was deleted stays (KEY-05). Operators are switched off, not deleted, because their entries would
go with them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import CHANGE
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from cognito_site.console import places, sessions
from cognito_site.console.models import Change

LONGEST = 1000
PSEUDONYM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def record(request: HttpRequest, row: Model, sentence: str, flag: int = CHANGE, named: str = "") -> Change:
    """``named``: the pseudonym of whom it is about."""
    place = places.of(request)
    return Change.objects.create(
        user=sessions.operator(request),
        content_type=ContentType.objects.get_for_model(row),
        object_id=str(row.pk),
        object_repr=(named or str(row))[:200],
        action_flag=flag,
        change_message=sentence[:LONGEST],
        place=place.id if place else "",
        ip=str(request.META.get("REMOTE_ADDR", ""))[:45],
    )


def of(row: Model) -> QuerySet[Change]:
    """Newest first."""
    kind = ContentType.objects.get_for_model(row)
    return _shown(Change.objects.filter(content_type=kind, object_id=str(row.pk)))


def by(operator: User) -> QuerySet[Change]:
    return _shown(Change.objects.filter(user=operator))


def in_place(place_id: str) -> QuerySet[Change]:
    """Empty: outside."""
    return _shown(Change.objects.filter(place=place_id))


def _shown(found: QuerySet[Change]) -> QuerySet[Change]:
    return found.select_related("user", "content_type")


# --- names of people ------------------------------------------------------------------------------------------------

Names = Callable[[set[str], set[str]], Mapping[str, str]]
_known_by: list[tuple[str, Names]] = []


@dataclass(frozen=True, slots=True)
class Told:
    """A change as a page tells it."""

    change: Change
    sentence: str
    about: str


def name_people(permission: str, names: Names) -> None:
    """Apps say who is behind a pseudonym: ``names`` gets places and pseudonyms. For operators with the permission."""
    _known_by.append((permission, names))


def told(request: HttpRequest, found: Iterable[Change]) -> list[Told]:
    changes = list(found)
    texts = [text for change in changes for text in (change.object_repr, change.change_message)]
    pseudonyms = {match for text in texts for match in PSEUDONYM.findall(text)}
    names = _names(request, {change.place for change in changes}, pseudonyms) if pseudonyms else {}

    def by_name(text: str) -> str:
        return PSEUDONYM.sub(lambda match: names.get(match[0], match[0]), text)

    return [Told(change, by_name(change.change_message), by_name(change.object_repr)) for change in changes]


def _names(request: HttpRequest, inside: set[str], pseudonyms: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for permission, names in _known_by:
        if request.user.has_perm(permission):
            found |= names(inside, pseudonyms)
    return found


# --- sentences ------------------------------------------------------------------------------------------------------


def compared(labels: dict[str, str], before: dict[str, Any], after: dict[str, Any]) -> str:
    """One clause for each field that is not as it was."""
    clauses = [
        f"{label}: {_said(before.get(name))} → {_said(after.get(name))}"
        for name, label in labels.items()
        if name in after and before.get(name) != after[name]
    ]
    return "; ".join(clauses)


def named(labels: dict[str, str], before: dict[str, Any], after: dict[str, Any]) -> str:
    """The fields that are not as they were, where values must not be kept."""
    names = [label for name, label in labels.items() if name in after and before.get(name) != after[name]]
    return f"Changed {', '.join(names)}" if names else ""


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) or not isinstance(value, Iterable):
        return str(value) if value not in (None, "") else "none"
    return ", ".join(map(str, value)) or "none"
