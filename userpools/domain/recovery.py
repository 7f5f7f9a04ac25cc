"""A forgotten password: a code to an address that the user proved, and with it a new password.

Where the client hides who exists, whoever asks is told that a code is on its way: the same masked address at every
request, whether or not somebody has the name and may reset a password.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from cognito_site.contract import errors
from userpools.domain import (
    access,
    channels,
    codes,
    events,
    limits,
    lockout,
    messages,
    migration,
    names,
    passwords,
    sendable,
    steady,
    tokens,
)
from userpools.domain.triggers.sign_up import post_confirmation
from userpools.models import AppClient, Code, User, UserPool
from userpools.values import Context, Delivery

KIND = "ForgotPassword"
RECOVERED_BY = {"verified_email": channels.EMAIL, "verified_phone_number": channels.PHONE_NUMBER}
MFA_OF = {channels.EMAIL: User.Mfa.EMAIL.value, channels.PHONE_NUMBER: User.Mfa.SMS.value}
MAY_RESET = frozenset({User.Status.CONFIRMED, User.Status.RESET_REQUIRED, User.Status.UNCONFIRMED})
MAY_BE_RESET = frozenset({User.Status.CONFIRMED, User.Status.RESET_REQUIRED})


# --- which way --------------------------------------------------------------------------------------------------------


def is_open(pool: UserPool) -> bool:
    """Whether people may reset their passwords by themselves."""
    return pool.recovery_channels != ["admin_only"]


def _check_self_service(pool: UserPool) -> None:
    if not is_open(pool):
        raise errors.contact_administrator()


def _channels_of(pool: UserPool) -> list[str]:
    """Best first."""
    return [RECOVERED_BY[way] for way in pool.recovery_channels if way in RECOVERED_BY]


def _usable(user: User) -> Iterator[str]:
    """What confirms a sign-in must not also undo the need for it (AWS: "Recovery and MFA")."""
    for channel in _channels_of(user.pool):
        if user.has_verified(channel) and MFA_OF[channel] not in user.enabled_mfa:
            yield channel


def channel_for(user: User) -> str | None:
    """Where a reset code would go now."""
    return next(_usable(user), None)


def _check_may_reset(user: User) -> str:
    """The channel. Raises what stands in the way."""
    if not user.enabled:
        raise errors.user_disabled()
    if user.status not in MAY_RESET:
        raise errors.password_cannot_be_reset()
    return _channel_or_refuse(user)


def _channel_or_refuse(user: User) -> str:
    channel = channel_for(user)
    if channel is None:
        raise errors.no_recovery_channel()
    return channel


# --- asking for a code ------------------------------------------------------------------------------------------------


def forgot(client: AppClient, name: str, context: Context) -> Delivery:
    """Raises UserNotFound only where the client tells who exists."""
    with steady.where_hidden(client):
        return _forgot(client, name, context)


def _forgot(client: AppClient, name: str, context: Context) -> Delivery:
    pool, context = client.pool, context.at(client.pk)
    user = access.find_user(pool, name)
    limits.count(limits.FORGOT_PASSWORD, pool, user, name)
    _check_self_service(pool)
    user = user or migration.for_recovery(client, name, context)
    if user is None:
        if not client.hides_user_existence:
            raise errors.username_client_combination_not_found()
        return channels.simulated_delivery(pool, name, _channels_of(pool))
    try:
        channel = _check_may_reset(user)
    except (errors.NotAuthorized, errors.InvalidParameter):
        if client.hides_user_existence:
            return channels.simulated_delivery(pool, name, _channels_of(pool))
        raise
    return sendable.pretended(client, user, channel, user.attributes[channel], KIND) or _send(user, channel, context)


def _send(user: User, channel: str, context: Context) -> Delivery:
    letter = messages.compose(user, KIND, channels.MEDIUMS[channel], context)
    with transaction.atomic():
        events.record(user.pool, user, events.FORGOT_PASSWORD, client=context.client, context=context)
        return codes.send(user, codes.Purpose.PASSWORD_RESET, channel, user.attributes[channel], letter)


def require_reset(user: User, context: Context) -> Delivery:
    """AdminResetUserPassword: the password stops working at once, and a code is on its way."""
    _check_self_service(user.pool)
    if user.status not in MAY_BE_RESET:
        raise errors.password_cannot_be_reset()
    channel = _channel_or_refuse(user)
    sendable.check(user.pool, channel, user.attributes[channel], declared=(errors.LimitExceeded,))
    letter = messages.compose(user, KIND, channels.MEDIUMS[channel], context)
    with transaction.atomic():
        locked = access.locked_user(user)
        if locked.status not in MAY_BE_RESET:
            raise errors.password_cannot_be_reset()
        locked.status, locked.modified_at = User.Status.RESET_REQUIRED, timezone.now()
        locked.save(update_fields=["status", "modified_at"])
        tokens.forget_codes(locked)
        events.record(user.pool, user, events.REQUIRE_RESET, context=context)
        return codes.send(locked, codes.Purpose.PASSWORD_RESET, channel, locked.attributes[channel], letter)


# --- the new password -------------------------------------------------------------------------------------------------


def reset(client: AppClient, name: str, code: str, password: str, context: Context) -> User:
    """Raises CodeMismatch, ExpiredCode, InvalidPassword, PasswordHistoryPolicyViolation. Ends a lock; tokens live on,
    as in Cognito."""
    pool, context = client.pool, context.at(client.pk)
    with steady.where_hidden(client):
        user, row = _checked(client, name, code)
    kept = passwords.made(user, password)
    with transaction.atomic():
        locked = access.locked_user(user)
        codes.spend(row)
        _store(locked, kept, row.attribute, row.value)
        events.record(pool, user, events.RESET_PASSWORD, True, client=client.pk, context=context)
    lockout.forgive(user)
    post_confirmation(locked, "ConfirmForgotPassword", context)
    return locked


def _checked(client: AppClient, name: str, code: str) -> tuple[User, Code]:
    user = access.find_user(client.pool, name)
    limits.count(limits.RESET_PASSWORD, client.pool, user, name)
    if user is None or not user.enabled:
        raise _nothing_to_reset(client, name, user)
    return user, _proof(client, name, user, code)


def _proof(client: AppClient, name: str, user: User, code: str) -> Code:
    """Where nobody is to learn who exists, a refusal depends on what was asked for, and not on which codes there are:
    none, a dead one, one that an administrator sent."""
    try:
        return codes.check(user, codes.Purpose.PASSWORD_RESET, code)
    except (errors.ExpiredCode, errors.CodeMismatch):
        if client.hides_user_existence:
            raise _nothing_to_reset(client, name, user) from None
        raise


def _nothing_to_reset(client: AppClient, name: str, user: User | None) -> errors.Refusal:
    """As if the code were wrong, or as if none had been asked for, whichever fits what was asked before."""
    if not client.hides_user_existence:
        return errors.username_client_combination_not_found() if user is None else errors.user_disabled()
    who = name if user is None else str(user.sub)
    was_asked = limits.has_tried(limits.FORGOT_PASSWORD, client.pool, who)
    return errors.code_mismatch() if was_asked else errors.code_expired()


def _store(user: User, kept: passwords.Kept, channel: str, address: str) -> None:
    """The code came to ``address``: that much is proved once more."""
    passwords.keep(user, kept)
    user.status, user.modified_at = User.Status.CONFIRMED, timezone.now()
    if user.attributes.get(channel) == address:
        user.attributes[channels.verified(channel)] = "true"
    user.save(update_fields=[*passwords.COLUMNS, "status", "attributes", "modified_at"])
    try:
        names.hold(user)
    except names.Taken:
        raise errors.code_expired() from None
