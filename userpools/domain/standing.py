"""How an account stands: everything that a sign-in asks of it, in the order it is asked, and what is in the way.

For whoever has to tell a person why they cannot sign in. The predicates are those of the flows themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils import timezone

from userpools.domain import factors, lockout, recovery
from userpools.models import User


class Matter(StrEnum):
    ENABLED = "enabled"
    LOCK = "lock"
    PASSWORD = "password"
    CONFIRMATION = "confirmation"
    SECOND_FACTOR = "second_factor"
    RECOVERY = "recovery"


class Verdict(StrEnum):
    """``ASKS``: signing in works, but asks for something first. ``LIMITS``: it works, but something else does not."""

    FINE = "fine"
    ASKS = "asks"
    LIMITS = "limits"
    STOPS = "stops"


class Reason(StrEnum):
    DISABLED = "disabled"
    LOCKED = "locked"
    FACTOR_LOCKED = "factor_locked"
    NO_PASSWORD = "no_password"
    TEMPORARY_PASSWORD = "temporary_password"
    TEMPORARY_PASSWORD_EXPIRED = "temporary_password_expired"
    RESET_REQUIRED = "reset_required"
    UNCONFIRMED = "unconfirmed"
    FACTOR_MISSING = "factor_missing"
    FACTOR_NOT_OFFERED = "factor_not_offered"
    NO_RECOVERY_CHANNEL = "no_recovery_channel"
    NO_SELF_SERVICE = "no_self_service"


@dataclass(frozen=True, slots=True)
class Finding:
    """``until``: when a reason ends by itself, or ended."""

    matter: Matter
    verdict: Verdict = Verdict.FINE
    reason: Reason | None = None
    until: datetime | None = None


def of(user: User) -> list[Finding]:
    return [_enabled(user), _lock(user), _password(user), _confirmation(user), _second_factor(user), _recovery(user)]


def obstacle(findings: list[Finding]) -> Finding | None:
    """The first that stops a sign-in."""
    return next((finding for finding in findings if finding.verdict == Verdict.STOPS), None)


def _enabled(user: User) -> Finding:
    return Finding(Matter.ENABLED) if user.enabled else Finding(Matter.ENABLED, Verdict.STOPS, Reason.DISABLED)


def _lock(user: User) -> Finding:
    now = timezone.now()
    for row in lockout.rows_of(user):
        if row.locked_until is not None and row.locked_until > now:
            reason = Reason.LOCKED if row is user else Reason.FACTOR_LOCKED
            return Finding(Matter.LOCK, Verdict.STOPS, reason, row.locked_until)
    return Finding(Matter.LOCK)


def _password(user: User) -> Finding:
    expires_at = user.temporary_password_expires_at
    if user.must_reset_password:
        return Finding(Matter.PASSWORD, Verdict.STOPS, Reason.RESET_REQUIRED)
    if not user.has_password:
        is_local = user.status != User.Status.EXTERNAL_PROVIDER
        return Finding(Matter.PASSWORD, Verdict.STOPS, Reason.NO_PASSWORD) if is_local else Finding(Matter.PASSWORD)
    if user.must_change_password and expires_at is not None and expires_at <= timezone.now():
        return Finding(Matter.PASSWORD, Verdict.STOPS, Reason.TEMPORARY_PASSWORD_EXPIRED, expires_at)
    if user.must_change_password:
        return Finding(Matter.PASSWORD, Verdict.ASKS, Reason.TEMPORARY_PASSWORD, expires_at)
    return Finding(Matter.PASSWORD)


def _confirmation(user: User) -> Finding:
    is_open = user.is_unconfirmed
    return Finding(Matter.CONFIRMATION, Verdict.STOPS, Reason.UNCONFIRMED) if is_open else Finding(Matter.CONFIRMATION)


def _second_factor(user: User) -> Finding:
    if not factors.is_owed(user) or factors.in_force(user):
        return Finding(Matter.SECOND_FACTOR)
    if factors.can_be_set_up(user):
        return Finding(Matter.SECOND_FACTOR, Verdict.ASKS, Reason.FACTOR_MISSING)
    return Finding(Matter.SECOND_FACTOR, Verdict.STOPS, Reason.FACTOR_NOT_OFFERED)


def _recovery(user: User) -> Finding:
    if not recovery.is_open(user.pool):
        return Finding(Matter.RECOVERY, Verdict.LIMITS, Reason.NO_SELF_SERVICE)
    if recovery.channel_for(user) is None:
        return Finding(Matter.RECOVERY, Verdict.LIMITS, Reason.NO_RECOVERY_CHANNEL)
    return Finding(Matter.RECOVERY)
