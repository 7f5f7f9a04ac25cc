"""How often somebody may try, per hour: counted in the database, by single statements, before the transaction of the
deed begins, so that neither a race, nor the rollback of a refusal, nor the loss of a cache forgives an attempt.

Names that nobody has are counted as well: a limit must not tell who exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from cognito_site import keyring
from cognito_site.contract import errors
from userpools.models import AttemptWindow, User, UserPool

WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limit:
    action: str
    count: int
    window: timedelta = WINDOW


# AWS: "Quotas in Amazon Cognito", operations limited per user. It lets between 5 and 20 password resets pass, by risk.
RESEND_CODE = Limit("resend-code", 5)
CONFIRM_SIGN_UP = Limit("confirm-sign-up", 15)
FORGOT_PASSWORD = Limit("forgot-password", 10)
RESET_PASSWORD = Limit("reset-password", 20)
SEND_ATTRIBUTE_CODE = Limit("send-attribute-code", 5)
VERIFY_ATTRIBUTE = Limit("verify-attribute", 15)
CHANGE_PASSWORD = Limit("change-password", 5)
# Of our own: whoever signs up a thousand users with one victim's address does not reach it a thousand times.
SEND_TO_DESTINATION = Limit("send-to-destination", 20)


def count(limit: Limit, pool: UserPool, user: User | None, name: str) -> None:
    """Raises LimitExceeded when ``user``, or whoever ``name`` would lead to, had all attempts of this hour."""
    who = str(user.sub) if user is not None else pool.fold(name)
    _count_or_refuse(limit, _key(limit, pool, who))


def count_destination(pool: UserPool, destination: str) -> None:
    _count_or_refuse(SEND_TO_DESTINATION, _key(SEND_TO_DESTINATION, pool, destination.casefold()))


def has_passed(limit: Limit, pool: UserPool, who: str) -> bool:
    """Counts once more, unless that is too often."""
    return _passed(limit, _key(limit, pool, who))


def counted(limit: Limit, pool: UserPool, who: str) -> int:
    """In the window that goes on."""
    begun = timezone.now() - limit.window
    living = AttemptWindow.objects.filter(pk=_key(limit, pool, who), started_at__gt=begun)
    return living.values_list("count", flat=True).first() or 0


def has_tried(limit: Limit, pool: UserPool, name: str) -> bool:
    """Whether ``name``, which nobody has, was counted within the hour."""
    begun = timezone.now() - WINDOW
    key = _key(limit, pool, pool.fold(name))
    return AttemptWindow.objects.filter(pk=key, started_at__gt=begun, count__gt=0).exists()


def _key(limit: Limit, pool: UserPool, who: str) -> str:
    fingerprint = keyring.fingerprint(f"{pool.pk}\0{who}", "attempts")
    return f"{limit.action}:{fingerprint.hex()}"


def _count_or_refuse(limit: Limit, key: str) -> None:
    if not _passed(limit, key):
        raise errors.attempt_limit_exceeded()


def _passed(limit: Limit, key: str) -> bool:
    if _counted(limit, key):
        return True
    AttemptWindow.objects.bulk_create([AttemptWindow(key=key, started_at=timezone.now())], ignore_conflicts=True)
    return _counted(limit, key)


def _counted(limit: Limit, key: str) -> bool:
    now = timezone.now()
    window, begun = AttemptWindow.objects.filter(pk=key), now - limit.window
    return bool(
        window.filter(started_at__gt=begun, count__lt=limit.count).update(count=F("count") + 1)
        or (limit.count and window.filter(started_at__lte=begun).update(count=1, started_at=now))
    )
