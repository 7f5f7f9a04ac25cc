"""What the clock does for every pool: new keys into the reserve, old ones out, and rows away that nobody can use."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from userpools.domain import domains, keys, lockout
from userpools.models import (
    AttemptWindow,
    AuthorizationCode,
    BrowserSession,
    Code,
    FunctionCall,
    Message,
    Notification,
    RefreshToken,
    ReleasedPrefix,
    SignIn,
    SigningKey,
    TokenFamily,
    UserPool,
)

LONGEST_WINDOW = timedelta(days=1)
KEPT_ROTATED_TOKENS = timedelta(days=30)
KEPT_NOTIFICATIONS = timedelta(days=30)
KEPT_FAILED = timedelta(days=7)
KEPT_FUNCTION_CALLS = timedelta(days=7)
BATCH = 5000


def sweep() -> int:
    """Deletes rows past their life, at most ``BATCH`` of each kind, so that no sweep holds the database for long.
    Returns how many went."""
    now = timezone.now()
    expired = Q(expires_at__lt=now)
    gone = sum(_delete_some(model, expired) for model in (SignIn, AuthorizationCode, BrowserSession, Code, TokenFamily))
    gone += _delete_some(AttemptWindow, Q(started_at__lt=now - LONGEST_WINDOW))
    gone += _delete_some(RefreshToken, Q(rotated_at__lt=now - KEPT_ROTATED_TOKENS))
    gone += _delete_some(Notification, Q(settled_at__lt=now - KEPT_NOTIFICATIONS))
    gone += _delete_some(ReleasedPrefix, Q(released_at__lt=now - domains.QUARANTINE))
    _empty_failed_messages(now)
    gone += _delete_some(FunctionCall, Q(created_at__lt=now - KEPT_FUNCTION_CALLS))
    return gone + lockout.forget_quiet_names()


def _empty_failed_messages(now: datetime) -> None:
    """Nobody can send them again: what they say is of no use but to a thief."""
    failed = Message.objects.filter(status=Message.Status.FAILED, due_at__lt=now)
    failed.filter(Q(expires_at__lt=now) | Q(created_at__lt=now - KEPT_FAILED)).exclude(content=b"").update(content=b"")


def _delete_some(model: type, which: Q) -> int:
    chosen = model.objects.filter(which).order_by().values_list("pk", flat=True)[:BATCH]  # type: ignore[attr-defined]
    deleted: int = model.objects.filter(pk__in=list(chosen)).delete()[0]  # type: ignore[attr-defined]
    return deleted


def forget_retired_keys() -> int:
    """Retired keys that no living token can carry."""
    pools = SigningKey.objects.filter(state=SigningKey.State.RETIRED).values("pool")
    return sum(keys.forget_retired(pool) for pool in UserPool.objects.filter(pk__in=pools))
