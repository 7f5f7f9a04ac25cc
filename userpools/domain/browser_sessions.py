"""Browsers that signed in on a pool's pages: for one hour any client of the pool gets its people without asking.

The hour is fixed: neither use nor a refresh of tokens makes it longer, and changes of the account do not end it, as in
Cognito. What does: signing out, signing in anew, and an account that may not sign in any more.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from cognito_site import keyring, lookups
from userpools.domain import events
from userpools.models import BrowserSession, User, UserPool
from userpools.values import Context

LIFETIME = timedelta(hours=1)
HANDLE_BYTES = 32
LONGEST_HANDLE = 100


@transaction.atomic
def start(user: User, methods: tuple[str, ...], former: str | None, context: Context) -> str:
    """The handle for the cookie. ``former``: the handle that the browser had, which dies: whoever planted or copied it
    holds nothing."""
    end(user.pool, former)
    handle, now = secrets.token_urlsafe(HANDLE_BYTES), timezone.now()
    BrowserSession.objects.create(
        digest=keyring.digest(handle),
        pool=user.pool,
        user=user,
        methods=list(methods),
        authenticated_at=now,
        expires_at=now + LIFETIME,
        ip=context.ip[:45],
        user_agent=context.user_agent[:400],
    )
    return handle


def find(pool: UserPool, handle: str | None) -> BrowserSession | None:
    """The living session of a browser whose user may still sign in."""
    if not handle or len(handle) > LONGEST_HANDLE:
        return None
    rows = pool.browser_sessions.select_related("user")
    found = lookups.one(rows.filter(digest=keyring.digest(handle), expires_at__gt=timezone.now()))
    if found is None or not _may_sign_in(found.user):
        return None
    found.user.pool = pool
    return found


def _may_sign_in(user: User) -> bool:
    return user.enabled and not user.must_reset_password


def is_fresh(session: BrowserSession, max_age: int | None) -> bool:
    """``max_age``: the seconds since the person signed in that the application puts up with."""
    return max_age is None or session.authenticated_at + timedelta(seconds=max_age) > timezone.now()


def end(pool: UserPool, handle: str | None) -> None:
    if handle and len(handle) <= LONGEST_HANDLE:
        pool.browser_sessions.filter(digest=keyring.digest(handle)).delete()


@transaction.atomic
def sign_out(pool: UserPool, handle: str | None, context: Context) -> None:
    """``/logout``. Tokens that applications hold live on."""
    session = find(pool, handle)
    if session is not None:
        events.record(pool, session.user, events.SIGN_OUT, context=context, detail={"source": "hosted"})
    end(pool, handle)
