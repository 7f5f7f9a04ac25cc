"""The first pages: of a pool, what happened within a day and what needs a hand; outside, which pools there are."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from cognito_site.console import changes, charts, overview
from cognito_site.console.overview import Panel
from userpools.admin import triggers
from userpools.admin.place import USER_POOL, pool_of
from userpools.domain import access, activity, inbox
from userpools.domain.activity import Activity
from userpools.domain.triggers import log
from userpools.models import UserPool

EVENTS, USERS, MESSAGES = "userpools.view_event", "userpools.view_user", "userpools.view_message"
MOST_POOLS = 100


def _list(noun: str, **asked: str) -> str:
    query = f"?{urlencode(asked)}" if asked else ""
    return reverse(f"admin:userpools_{noun}_changelist") + query


def _of_pool(request: HttpRequest) -> dict[str, Any]:
    pool, may = pool_of(request), request.user.has_perm
    day = activity.of_day(pool) if may(EVENTS) else None
    waiting = inbox.counts(pool) if may(MESSAGES) else {}
    numbers = [
        *([("Users", pool.users.count(), _list("user"))] if may(USERS) else []),
        *(_numbers_of_day(day) if day else []),
        *([("Messages waiting", waiting["waiting"], _list("message", state="pending"))] if waiting else []),
    ]
    return {
        "pool": pool,
        "numbers": numbers,
        "day": day,
        "plot": charts.bars([(f"{hour.begins_at:%H:%M}", hour.signed_in, hour.failed) for hour in day.hours])
        if day
        else None,
        "reasons": _reasons(day) if day else [],
        "attention": list(_attention(request, pool, waiting)),
        "changes": changes.told(request, changes.in_place(pool.pk)[:6]) if may("console.view_change") else None,
    }


def _numbers_of_day(day: Activity) -> list[tuple[str, int, str]]:
    return [
        ("Signed in", day.signed_in, _list("event", kind="sign_in", outcome="passed")),
        ("Failed", day.failed, _list("event", kind="sign_in", outcome="failed")),
        ("Signed up", day.signed_up, _list("event", kind="sign_up")),
    ]


def _reasons(day: Activity) -> list[tuple[str, int, int, str]]:
    """With the width of a bar, in percent of the longest."""
    found = day.reasons.most_common(6)
    most = found[0][1] if found else 1
    return [(reason, count, 100 * count // most, _list("event", reason=reason)) for reason, count in found]


def _attention(request: HttpRequest, pool: UserPool, waiting: dict[str, int]) -> Any:
    """Tone, icon, what, why, the name of a link and where it leads."""
    failed = waiting.get("failed", 0)
    if failed:
        why = "handed over and refused, or given up; the reason is with each"
        yield (
            "bad",
            "mail",
            f"{failed} message{'' if failed == 1 else 's'} failed",
            why,
            "Look",
            _list("message", state="failed"),
        )
    yield from _functions_attention(request, pool)
    if request.user.has_perm("userpools.view_appclient"):
        for client in pool.clients.all():
            if len(client.secrets) > 1:
                url = reverse("admin:userpools_appclient_change", args=[client.pk])
                yield (
                    "warn",
                    "key",
                    f"{client.name} has two secrets",
                    "a rotation was begun and not finished",
                    "Open",
                    url,
                )
    if not pool.domains.exists() and request.user.has_perm("userpools.add_domain"):
        why = "people cannot sign in on the web, only by API"
        yield "", "globe", "There are no sign-in pages", why, "Add a domain", reverse("admin:userpools_domain_add")


def _functions_attention(request: HttpRequest, pool: UserPool) -> Any:
    """As ``_attention``."""
    if lost := triggers.leading_nowhere(pool):
        url = f"{reverse('admin:userpools_userpool_change')}?tab=triggers"
        why = f"whoever gets there is refused: {', '.join(lost)}"
        yield "bad", "bolt", "A trigger leads nowhere", why, "Triggers", url
    failed = log.failed_of_day(pool) if request.user.has_perm("userpools.view_functioncall") else 0
    if failed:
        what = f"{failed} call{'' if failed == 1 else 's'} of functions failed"
        yield (
            "warn",
            "bolt",
            what,
            "within a day; what was said is with each",
            "Look",
            _list("functioncall", outcome="failed"),
        )


def _outside(request: HttpRequest) -> dict[str, Any]:
    pools = list(access.pools()[: MOST_POOLS + 1])
    return {
        "pools": [(pool, USER_POOL) for pool in pools[:MOST_POOLS]],
        "has_more": len(pools) > MOST_POOLS,
        "may_add": request.user.has_perm("userpools.add_userpool"),
    }


overview.register(Panel(USER_POOL, 10, "console/userpools/overview.html", _of_pool, "userpools.view_userpool"))
overview.register(Panel(None, 10, "console/userpools/pools.html", _outside, "userpools.view_userpool"))
