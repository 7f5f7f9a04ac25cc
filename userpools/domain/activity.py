"""What happened in a pool within a day, counted: sign-ins by the hour, and why some failed.

Read through the index of events by time, and no further back than so many events: where more happened, the period is
shorter, and says so.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncHour
from django.utils import timezone

from userpools.domain import events, user_search
from userpools.models import Event, UserPool

MOST_EVENTS = 20_000
MOST_USERS = 100
HOURS = 24


@dataclass(slots=True)
class Hour:
    begins_at: datetime
    signed_in: int = 0
    failed: int = 0


@dataclass(slots=True)
class Activity:
    """``reasons`` by the words of the refusals, most frequent first. ``is_whole``: all of the day was read."""

    since: datetime
    is_whole: bool
    hours: list[Hour]
    signed_up: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def signed_in(self) -> int:
        return sum(hour.signed_in for hour in self.hours)

    @property
    def failed(self) -> int:
        return sum(hour.failed for hour in self.hours)


def of_day(pool: UserPool) -> Activity:
    this_hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    begin = this_hour - timedelta(hours=HOURS - 1)
    edge = _edge(pool, begin)
    hours = {begin + timedelta(hours=number): Hour(begin + timedelta(hours=number)) for number in range(HOURS)}
    found = Activity(edge or begin, edge is None, list(hours.values()))
    counted = pool.events.filter(created_at__gte=found.since, kind__in=(events.SIGN_IN, events.SIGN_UP)).order_by()
    by_hour = counted.annotate(hour=TruncHour("created_at")).values_list("hour", "kind", "passed", "reason")
    for hour, kind, passed, reason, count in by_hour.annotate(count=Count("pk")):
        if kind == events.SIGN_UP:
            found.signed_up += count
        elif passed:
            hours[hour].signed_in += count
        else:
            hours[hour].failed += count
            found.reasons[reason] += count
    return found


def _edge(pool: UserPool, begin: datetime | None = None) -> datetime | None:
    """When the first of the newest ``MOST_EVENTS`` was, if there are more since ``begin``."""
    newest = pool.events.filter(created_at__gte=begin) if begin else pool.events.all()
    moments = newest.order_by("-created_at").values_list("created_at", flat=True)
    return next(iter(moments[MOST_EVENTS : MOST_EVENTS + 1]), None)


def recent(pool: UserPool) -> QuerySet[Event]:
    """The newest events of a pool, which may be asked for what no index leads to. Older ones are found by user."""
    edge = _edge(pool)
    return pool.events.filter(created_at__gte=edge) if edge else pool.events.all()


def lookup(pool: UserPool, rows: QuerySet[Event], typed: str) -> QuerySet[Event]:
    """Among ``rows``: from an IP address, through a client, or of users that ``typed`` leads to."""
    users = list(user_search.lookup(pool.users.all(), typed).order_by().values_list("pk", flat=True)[:MOST_USERS])
    return rows.filter(Q(ip=typed) | Q(client=typed) | Q(user__in=users))
