"""Signing up: a new user by their own hand, and the code that proves their address.

What a caller learns about others is what Cognito tells: that a name is taken, always; and where the client hides who
exists, nothing else. An unknown name, a confirmed user and a wrong code are then answered alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from cognito_site.contract import errors
from userpools.domain import (
    access,
    attributes,
    channels,
    codes,
    events,
    limits,
    messages,
    names,
    passwords,
    sendable,
    steady,
)
from userpools.domain.triggers.sign_up import Admission, post_confirmation, pre_sign_up
from userpools.models import AppClient, Code, User, UserPool
from userpools.values import Context, Delivery

Given = dict[str, str]


@dataclass(frozen=True, slots=True)
class SignedUp:
    """``delivery`` is None where no address of the new user is verified by a code."""

    user: User
    delivery: Delivery | None


# --- a new user -----------------------------------------------------------------------------------------------------


def sign_up(client: AppClient, typed: str, password: str | None, given: Given, context: Context) -> SignedUp:
    """Raises UsernameExists for a name that is taken, InvalidPassword, InvalidParameter for what the schema refuses.
    Raises CodeDeliveryFailure when the user is there but no code can be sent, as in Cognito."""
    context = context.at(client.pk)
    user = _new_user(client, typed, given)
    if password is None:
        raise errors.password_missing()
    passwords.check_policy(user.pool, password)
    _admit(user, pre_sign_up(user.pool, "SignUp", user, context))
    channel = None if user.is_confirmed else _verified_channel(user)
    letter = messages.compose(user, "SignUp", channels.MEDIUMS[channel], context) if channel else None
    kept = passwords.made(user, password)
    unsendable = _why_not_sent(user, channel)
    with transaction.atomic():
        passwords.keep(user, kept)
        _store(user, context)
        events.record(user.pool, user, events.SIGN_UP, True, client=client.pk, context=context)
        delivery = _send_code(user, channel, letter, unsendable)
    if unsendable is not None:
        raise unsendable
    if user.is_confirmed:
        post_confirmation(user, "ConfirmSignUp", context)
    return SignedUp(user, delivery)


def _admit(user: User, admission: Admission) -> None:
    """As the pool's function decided; not stored."""
    if admission.is_confirmed:
        user.status = User.Status.CONFIRMED
    for channel in admission.verified:
        user.attributes[channels.verified(channel)] = "true"


def _new_user(client: AppClient, typed: str, given: Given) -> User:
    """Not stored."""
    pool, sub, now = client.pool, uuid4(), timezone.now()
    if pool.admins_only_create_users:
        raise errors.sign_up_not_permitted()
    username, named = names.identify(pool, typed, attributes.for_sign_up(client, given), str(sub))
    attributes.check_required(pool, named)
    user = User(pool=pool, sub=sub, username=username, attributes=named, status=User.Status.UNCONFIRMED)
    user.created_at = user.modified_at = now
    return user


def _store(user: User, context: Context) -> None:
    """An address that a function vouches for is taken from whoever had it as an alias (AWS: autoVerifyEmail)."""
    try:
        names.insert(user)
        names.wrest(user, context)
    except names.Taken as taken:
        is_address = taken.kind in channels.CHANNELS
        raise errors.account_with_given_exists(taken.kind) if is_address else errors.user_already_exists() from None


def _verified_channel(user: User) -> str | None:
    """Where the code goes. A phone number comes first (AWS: AutoVerifiedAttributes with both)."""
    due = [channel for channel in user.pool.auto_verified_attributes if user.attributes.get(channel)]
    return max(due, key=channels.CHANNELS.index, default=None)


def _why_not_sent(user: User, channel: str | None) -> errors.Refusal | None:
    if channel is None:
        return None
    limits.count_destination(user.pool, user.attributes[channel])
    return sendable.why_not(user.pool, channel, user.attributes[channel])


def _send_code(
    user: User, channel: str | None, letter: messages.Letter | None, unsendable: errors.Refusal | None
) -> Delivery | None:
    if channel is None or letter is None:
        return None
    address = user.attributes[channel]
    if unsendable is not None:
        messages.note_unsent(user, letter.kind, letter.medium, address, unsendable.message)
        return None
    return codes.send(user, codes.Purpose.SIGN_UP, channel, address, letter)


# --- another code ---------------------------------------------------------------------------------------------------


def resend(client: AppClient, name: str, context: Context) -> Delivery:
    """Raises InvalidParameter for a user who is confirmed, or whose pool verifies nothing, and CodeDeliveryFailure
    where that does not tell who exists."""
    with steady.where_hidden(client):
        return _resend(client, name, context)


def _resend(client: AppClient, name: str, context: Context) -> Delivery:
    pool, context = client.pool, context.at(client.pk)
    user = access.find_user(pool, name)
    limits.count(limits.RESEND_CODE, pool, user, name)
    if not pool.auto_verified_attributes:
        raise errors.auto_verification_off()
    if user is None or not user.is_unconfirmed:
        return _pretended(client, name, user)
    channel = _verified_channel(user)
    if channel is None:
        if client.hides_user_existence:
            return _pretended(client, name, user)
        raise errors.auto_verification_off()
    address = user.attributes[channel]
    if delivery := sendable.pretended(client, user, channel, address, "ResendCode"):
        return delivery
    letter = messages.compose(user, "ResendCode", channels.MEDIUMS[channel], context)
    with transaction.atomic():
        events.record(pool, user, events.RESEND_CODE, client=client.pk, context=context)
        return codes.send(user, codes.Purpose.SIGN_UP, channel, address, letter)


def _pretended(client: AppClient, name: str, user: User | None) -> Delivery:
    if not client.hides_user_existence:
        raise errors.username_client_combination_not_found() if user is None else errors.user_already_confirmed()
    return channels.simulated_delivery(client.pool, name, client.pool.auto_verified_attributes)


# --- confirming -----------------------------------------------------------------------------------------------------


def confirm(client: AppClient, name: str, code: str, context: Context, *, force_alias_creation: bool = False) -> User:
    """Raises CodeMismatch, ExpiredCode, NotAuthorized for a user who is confirmed already, and AliasExists when the
    address that the code proves is somebody else's alias; then the code stays good. ``force_alias_creation`` takes the
    alias from them instead."""
    context = context.at(client.pk)
    with steady.where_hidden(client):
        user, row = _checked(client, name, code)
    with transaction.atomic():
        locked = access.locked_user(user)
        codes.spend(row)
        _confirm(locked)
        _prove(locked, row.attribute, row.value)
        _rename(locked, context, force=force_alias_creation)
        events.record(client.pool, user, events.CONFIRM_SIGN_UP, True, client=client.pk, context=context)
    post_confirmation(locked, "ConfirmSignUp", context)
    return locked


def _checked(client: AppClient, name: str, code: str) -> tuple[User, Code]:
    user = access.find_user(client.pool, name)
    limits.count(limits.CONFIRM_SIGN_UP, client.pool, user, name)
    if user is None or not user.is_unconfirmed:
        raise _nothing_to_confirm(client, user)
    return user, _proof(client, user, code)


def _proof(client: AppClient, user: User, code: str) -> Code:
    """Where nobody is to learn who exists, only whoever has a code learns that it died."""
    try:
        return codes.check(user, codes.Purpose.SIGN_UP, code)
    except errors.ExpiredCode:
        if client.hides_user_existence and not codes.was_sent(user, codes.Purpose.SIGN_UP, code):
            raise _nothing_to_confirm(client, user) from None
        raise


def _nothing_to_confirm(client: AppClient, user: User | None) -> errors.Refusal:
    if client.hides_user_existence:
        return errors.code_mismatch()
    return errors.username_client_combination_not_found() if user is None else errors.cannot_confirm(user.status)


def _confirm(user: User) -> None:
    """On ``user``, who is locked; not saved."""
    if not user.is_unconfirmed:
        raise errors.cannot_confirm(user.status)
    user.status, user.modified_at = User.Status.CONFIRMED, timezone.now()


def _prove(user: User, channel: str, address: str) -> None:
    """A code proves the address that it was sent to, not one that came later."""
    if user.attributes.get(channel) == address:
        user.attributes[channels.verified(channel)] = "true"
    user.save(update_fields=["status", "attributes", "modified_at"])


def _rename(user: User, context: Context, *, force: bool) -> None:
    try:
        if force:
            names.wrest(user, context)
        else:
            names.hold(user)
    except names.Taken as taken:
        raise errors.alias_exists_at_confirmation(taken.kind) from None


def confirm_for(user: User, context: Context) -> None:
    """AdminConfirmSignUp: proves no address."""
    with transaction.atomic():
        locked = access.locked_user(user)
        _confirm(locked)
        locked.save(update_fields=["status", "modified_at"])
        codes.forget_sign_up(locked)
        events.record(user.pool, user, events.CONFIRM_SIGN_UP, True, context=context)
    post_confirmation(locked, "ConfirmSignUp", context)


def is_open(pool: UserPool) -> bool:
    """Whether people may sign up by themselves."""
    return not pool.admins_only_create_users
