"""The timeline of a user: events and messages in one list, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.utils.dateparse import parse_datetime

from cognito_site.console.visits import Visit
from userpools.admin import happenings
from userpools.admin.happenings import CHANGE, MESSAGE, SIGN_IN, Line
from userpools.models import User

PAGE = 30


@dataclass(frozen=True, slots=True)
class Timeline:
    """``older`` is the moment before which the next page begins, or empty; ``clients`` the names of client ids."""

    days: list[tuple[str, list[Line]]]
    only: str
    older: str
    clients: dict[str, str]


def of(visit: Visit) -> Timeline:
    only = visit.request.GET.get("only", "")
    before = _moment(visit.request.GET.get("before", ""))
    lines = list(islice(_lines(visit, only, before), PAGE + 1))
    shown = lines[:PAGE]
    known = {line.client for line in shown if line.client}
    clients = dict(visit.row.pool.clients.filter(pk__in=known).values_list("pk", "name")) if known else {}
    older = shown[-1].at.isoformat() if len(lines) > PAGE else ""
    return Timeline(happenings.by_day(happenings.folded(shown)), only, older, clients)


def _moment(text: str) -> datetime | None:
    """A link's own, or none."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _lines(visit: Visit, only: str, before: datetime | None) -> Iterable[Line]:
    user: User = visit.row
    lines: list[Line] = []
    if only != MESSAGE and visit.may("userpools.view_event"):
        lines += _events(user, only, before)
    if only in ("", MESSAGE) and visit.may("userpools.view_message"):
        lines += _messages(user, before)
    return sorted(lines, key=lambda line: line.at, reverse=True)


def _events(user: User, only: str, before: datetime | None) -> list[Line]:
    found = user.events.order_by("-created_at")
    if before:
        found = found.filter(created_at__lt=before)
    if only in (SIGN_IN, CHANGE):
        found = found.filter(kind__in=[kind for kind, words in happenings.WORDS.items() if words.group == only])
    return [happenings.of_event(event) for event in found[: PAGE + 1]]


def _messages(user: User, before: datetime | None) -> list[Line]:
    found = user.messages.order_by("-created_at")
    if before:
        found = found.filter(created_at__lt=before)
    return [happenings.of_message(message) for message in found[: PAGE + 1]]
