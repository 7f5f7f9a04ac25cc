"""What happened to a user, for the timeline in the console: written in the transaction of the deed, never changed.

A refusal worth remembering (a wrong password, a wrong code) is recorded outside the transaction that it ends. No secret
and no code is ever part of an event.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from userpools.domain import notifications
from userpools.models import Event, User, UserPool
from userpools.values import Context

SIGN_IN = "sign_in"
SIGN_OUT = "sign_out"
SIGN_UP = "sign_up"
CONFIRM_SIGN_UP = "confirm_sign_up"
RESEND_CODE = "resend_code"
FORGOT_PASSWORD = "forgot_password"
RESET_PASSWORD = "reset_password"
CHANGE_PASSWORD = "change_password"
CHANGE_ATTRIBUTES = "change_attributes"
SEND_ATTRIBUTE_CODE = "send_attribute_code"
VERIFY_ATTRIBUTE = "verify_attribute"
LOSE_ALIAS = "lose_alias"
CHANGE_FACTORS = "change_factors"
CREATE_USER = "create_user"
MIGRATE_USER = "migrate_user"
RESEND_INVITATION = "resend_invitation"
SET_PASSWORD = "set_password"
REQUIRE_RESET = "require_reset"
ENABLE_USER = "enable_user"
DISABLE_USER = "disable_user"
DELETE_USER = "delete_user"
UNLOCK_USER = "unlock_user"
REVOKE_TOKENS = "revoke_tokens"
CHANGE_GROUPS = "change_groups"
CHANGE_SETTINGS = "change_settings"
SMS_NEARLY_USED = "sms_nearly_used"
KINDS = frozenset(value for name, value in tuple(globals().items()) if name.isupper() and isinstance(value, str))


def record(
    pool: UserPool,
    user: User | None,
    kind: str,
    passed: bool | None = None,
    reason: str = "",
    client: str = "",
    context: Context = Context(),  # noqa: B008  (frozen)
    detail: dict[str, Any] | None = None,
    event_id: UUID | None = None,
) -> Event:
    """``kind`` is a word of this module, ``client`` a client id. ``passed`` is None where nothing could fail;
    ``reason`` says in a few words why something did."""
    event = Event(
        id=event_id or uuid4(),
        pool=pool,
        user=user,
        kind=kind,
        passed=passed,
        reason=reason[:200],
        client=client,
        actor=context.actor[:400],
        ip=context.ip[:45],
        user_agent=context.user_agent[:400],
        detail=detail or {},
        created_at=timezone.now(),
    )
    if not pool.event_webhooks:
        event.save(force_insert=True)
        return event
    with transaction.atomic():
        event.save(force_insert=True)
        notifications.queue(event)
    return event
