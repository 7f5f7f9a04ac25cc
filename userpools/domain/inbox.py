"""The messages of a pool, as operators look for them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from userpools.domain import user_search
from userpools.models import Message, UserPool

MOST_RECENT = 5000
MOST_USERS = 100


def lookup(pool: UserPool, rows: QuerySet[Message], typed: str) -> QuerySet[Message]:
    """Those to users that ``typed`` leads to, however old, and recent ones to an address that begins with it: an
    address has no index, and may belong to nobody."""
    users = list(user_search.lookup(pool.users.all(), typed).order_by().values_list("pk", flat=True)[:MOST_USERS])
    recent = _recent(pool).filter(destination__istartswith=typed)
    return rows.filter(Q(user__in=users) | Q(pk__in=recent.values("pk")))


def _recent(pool: UserPool) -> QuerySet[Message]:
    newest = pool.messages.order_by("-created_at").values_list("created_at", flat=True)
    edge = next(iter(newest[MOST_RECENT : MOST_RECENT + 1]), None)
    found = pool.messages.order_by()
    return found.filter(created_at__gt=edge) if edge is not None else found


def of_pool(pool: UserPool, destination: str, since: datetime | None) -> QuerySet[Message]:
    """Recent ones, to ``destination`` unless that is empty, written at ``since`` or later."""
    rows = _recent(pool)
    if destination:
        rows = rows.filter(destination__iexact=destination)
    return rows if since is None else rows.filter(created_at__gte=since)


def counts(pool: UserPool) -> dict[str, int]:
    """By state, of those that need somebody: waiting and failed, read through the index of states."""
    waiting = Message.objects.filter(pool=pool, status=Message.Status.PENDING).order_by()
    failed = Message.objects.filter(pool=pool, status=Message.Status.FAILED).order_by()
    return {"waiting": waiting[:1000].count(), "failed": failed[:1000].count()}
