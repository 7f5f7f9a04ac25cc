"""Who changed what: an entry for each deed of an operator, in Django's log, with the place and the address.

Written after the deed, in its transaction where the deed is one. Says in a sentence what changed, from what to what,
and never holds a secret. Operators are switched off, not deleted, because their entries would go with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.models import CHANGE
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from cognito_site.console import places, sessions
from cognito_site.console.models import Change

LONGEST = 1000


def record(request: HttpRequest, row: Model, sentence: str, flag: int = CHANGE, named: str = "") -> Change:
    """``named``: what it is called in the log, where its own name must not stay."""
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


def compared(labels: dict[str, str], before: dict[str, Any], after: dict[str, Any]) -> str:
    """One clause for each field that is not as it was."""
    clauses = [
        f"{label}: {_said(before.get(name))} → {_said(after.get(name))}"
        for name, label in labels.items()
        if name in after and before.get(name) != after[name]
    ]
    return "; ".join(clauses)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) or not isinstance(value, Iterable):
        return str(value) if value not in (None, "") else "none"
    return ", ".join(map(str, value)) or "none"
