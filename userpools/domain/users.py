"""Users, as administrators make, change and remove them. What people do to their own account is in ``accounts``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from cognito_site.contract import errors
from userpools.domain import (
    access,
    attributes,
    channels,
    codes,
    drafts,
    events,
    lockout,
    messages,
    names,
    passwords,
    sendable,
    tokens,
)
from userpools.domain.triggers import log
from userpools.domain.triggers.sign_up import pre_sign_up
from userpools.models import User, UserPool
from userpools.values import Context

Given = dict[str, str]
# By medium.
Letters = dict[str, messages.Letter]


# --- inviting ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Invitation:
    """How a new user gets the temporary password. ``mediums``: ``EMAIL``, ``SMS``, or none for whichever of a phone
    number and an e-mail address there is, in this order. Without ``is_sent`` somebody else tells them.

    AWS documents SMS as the default; a user who only has an e-mail address would then hear nothing.
    """

    password: str | None = None
    mediums: Sequence[str] = ()
    is_sent: bool = True


def create(
    pool: UserPool,
    typed: str,
    given: Given,
    invitation: Invitation,
    context: Context,
    *,
    force_alias_creation: bool = False,
) -> User:
    """AdminCreateUser. Raises UsernameExists, InvalidPassword, InvalidParameter for what the schema refuses."""
    user = _new_user(pool, typed, given)
    pre_sign_up(pool, "AdminCreateUser", user, context)
    password = invitation.password or passwords.generate(pool.password_policy)
    written = letters(user, invitation, context)
    _check_sendable(user, written)
    kept = passwords.made(user, password)
    with transaction.atomic():
        passwords.keep_temporarily(user, kept)
        _store(user, context, force=force_alias_creation)
        send_invitation(written, password, user.temporary_password_expires_at)
        events.record(pool, user, events.CREATE_USER, context=context, detail={"sent_by": list(written)})
    return user


def _new_user(pool: UserPool, typed: str, given: Given) -> User:
    """Not stored."""
    sub, now = uuid4(), timezone.now()
    username, named = names.identify(pool, typed, attributes.for_new_user(pool, given), str(sub))
    user = User(pool=pool, sub=sub, username=username, attributes=named, status=User.Status.FORCE_CHANGE_PASSWORD)
    user.created_at = user.modified_at = now
    return user


def _store(user: User, context: Context, *, force: bool) -> None:
    try:
        names.insert(user)
        if force:
            names.wrest(user, context)
        else:
            names.hold(user)
    except names.Taken as taken:
        # The operation declares no AliasExists.
        is_address = taken.kind in channels.CHANNELS
        raise (
            errors.account_with_given_exists(taken.kind) if is_address else errors.user_account_already_exists()
        ) from None


def letters(user: User, invitation: Invitation, context: Context) -> Letters:
    """What an invitation says, ready but for the password."""
    if not invitation.is_sent:
        return {}
    mediums = invitation.mediums or _reachable(user)[:1]
    for medium in mediums:
        if not user.attributes.get(channels.ATTRIBUTES[medium]):
            raise errors.no_address_for_medium(medium, channels.ATTRIBUTES[medium])
    return {medium: messages.compose(user, drafts.INVITATION, medium, context) for medium in mediums}


def _reachable(user: User) -> list[str]:
    preferred = (channels.PHONE_NUMBER, channels.EMAIL)
    return [channels.MEDIUMS[channel] for channel in preferred if user.attributes.get(channel)]


def send_invitation(letters: Letters, password: str, expires_at: datetime | None = None) -> None:
    for medium, letter in letters.items():
        messages.send(letter, letter.user.attributes[channels.ATTRIBUTES[medium]], password, expires_at)


def resend_invitation(user: User, invitation: Invitation, context: Context) -> User:
    """A new temporary password, good for the policy's days from now. Raises UnsupportedUserState for a user who has
    one of their own."""
    if not user.must_change_password:
        raise errors.resend_not_possible(user.username)
    password = invitation.password or passwords.generate(user.pool.password_policy)
    written = letters(user, invitation, context)
    _check_sendable(user, written)
    kept = passwords.made(user, password)
    with transaction.atomic():
        locked = access.locked_user(user)
        if not locked.must_change_password:
            raise errors.resend_not_possible(user.username)
        passwords.keep_temporarily(locked, kept)
        _save(locked, *passwords.COLUMNS)
        for medium in written:
            messages.supersede(locked, (drafts.INVITATION,), medium)
        send_invitation(written, password, locked.temporary_password_expires_at)
        events.record(user.pool, user, events.RESEND_INVITATION, context=context, detail={"sent_by": list(written)})
    return locked


def _check_sendable(user: User, letters: Letters) -> None:
    """AdminCreateUser declares no LimitExceeded."""
    for medium in letters:
        channel = channels.ATTRIBUTES[medium]
        sendable.check(user.pool, channel, user.attributes[channel], declared=(errors.CodeDeliveryFailure,))


# --- passwords --------------------------------------------------------------------------------------------------------


def set_password(user: User, password: str, context: Context) -> None:
    """The user keeps it. Ends a lock, and makes codes for a reset void."""
    _set_password(user, password, User.Status.CONFIRMED, context)


def set_temporary_password(user: User, password: str, context: Context) -> None:
    """The user must replace it at the next sign-in, within the policy's days."""
    _set_password(user, password, User.Status.FORCE_CHANGE_PASSWORD, context)


def _set_password(user: User, password: str, status: User.Status, context: Context) -> None:
    keep = passwords.keep if status == User.Status.CONFIRMED else passwords.keep_temporarily
    kept = passwords.made(user, password)
    with transaction.atomic():
        locked = access.locked_user(user)
        keep(locked, kept)
        locked.status = status
        _save(locked, *passwords.COLUMNS, "status")
        codes.forget_resets(locked)
        events.record(user.pool, user, events.SET_PASSWORD, context=context, detail={"status": status.value})
    lockout.forgive(user)


# --- the account ------------------------------------------------------------------------------------------------------


@transaction.atomic
def enable(user: User, context: Context) -> None:
    """Tokens from before stay dead."""
    _switch(user, context, enabled=True)


@transaction.atomic
def disable(user: User, context: Context) -> None:
    """Nobody signs in any more, and every token dies, also those of a sign-in that is on its way: it waits for this
    row, or this waits for it."""
    _switch(user, context, enabled=False)
    tokens.revoke_all(user)


def _switch(user: User, context: Context, *, enabled: bool) -> None:
    locked = access.locked_user(user)
    if locked.enabled == enabled:
        return
    locked.enabled = enabled
    _save(locked, "enabled")
    events.record(user.pool, user, events.ENABLE_USER if enabled else events.DISABLE_USER, context=context)


@transaction.atomic
def delete(user: User, context: Context, client: str = "") -> None:
    """With everything that is theirs; the pool remembers that it happened, under an id that leads to nobody."""
    locked = access.locked_user(user)
    events.record(user.pool, None, events.DELETE_USER, client=client, context=context, detail={"sub": str(user.sub)})
    log.about(user.pool, user.username).delete()
    locked.delete()


def unlock(user: User, context: Context) -> None:
    """Wrong guesses are forgotten. An extension: at AWS a lock ends by itself, or with a new password."""
    for row in lockout.rows_of(user):
        lockout.forgive(row)
    events.record(user.pool, user, events.UNLOCK_USER, context=context)


def _save(user: User, *fields: str) -> None:
    user.modified_at = timezone.now()
    user.save(update_fields=[*fields, "modified_at"])
