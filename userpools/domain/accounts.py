"""What people do to their own account, with an access token in hand. Attributes are in ``attribute_changes``, second
factors in ``factors``."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from cognito_site.contract import errors
from userpools.domain import access, codes, events, limits, lockout, passwords, users
from userpools.models import AppClient, User
from userpools.values import Context


def change_password(user: User, former: str | None, wanted: str, client: AppClient, context: Context) -> None:
    """Whoever found an unlocked screen does not know ``former``. Tokens live on, as in Cognito."""
    limits.count(limits.CHANGE_PASSWORD, user.pool, user, user.username)
    if user.has_password:
        _check_former(user, former, client, context)
    kept = passwords.made(user, wanted)
    with transaction.atomic():
        locked = access.locked_user(user)
        if locked.password != user.password:
            raise errors.incorrect_username_or_password()
        passwords.keep(locked, kept)
        locked.modified_at = timezone.now()
        locked.save(update_fields=[*passwords.COLUMNS, "modified_at"])
        codes.forget_resets(locked)
        events.record(user.pool, user, events.CHANGE_PASSWORD, True, client=client.pk, context=context)


def _check_former(user: User, former: str | None, client: AppClient, context: Context) -> None:
    with lockout.guess(user):
        if not former or not passwords.matches(user, former):
            refusal = errors.incorrect_username_or_password()
            events.record(user.pool, user, events.CHANGE_PASSWORD, False, refusal.message, client.pk, context)
            raise refusal
    lockout.forgive(user)


def delete(user: User, client: AppClient, context: Context) -> None:
    """Immutable attributes and deletion protection do not stand in the way, as in Cognito."""
    users.delete(user, context, client.pk)
