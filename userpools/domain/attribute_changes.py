"""Changing the attributes of a user, and proving addresses.

A changed e-mail address or phone number is unproved again, and what proved the old one is void; a code goes to the new
one where the pool asks for that. Where the pool wants proof *before* the change, the new value waits in
``pending_attributes`` and the old one stays in force. The sign-in names follow in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy

from django.db import transaction
from django.utils import timezone

from cognito_site.contract import errors
from userpools.domain import access, attributes, codes, events, limits, messages, names, sendable
from userpools.domain.channels import CHANNELS, MEDIUMS, verified
from userpools.models import AppClient, User
from userpools.values import Context, Delivery

Given = Mapping[str, str]


# --- updating -------------------------------------------------------------------------------------------------------


def update_own(user: User, client: AppClient, given: Given, context: Context) -> list[Delivery]:
    """Users change themselves, as far as their client lets them."""
    attributes.check_writable(client, given)
    return update(user, given, context.at(client.pk))


def update(user: User, given: Given, context: Context) -> list[Delivery]:
    """Where codes went. Raises InvalidParameter for what the schema refuses, AliasExists for a name that is taken."""
    changes = attributes.for_change(user.pool, given)
    attributes.check_addresses(changes, {**user.attributes, **changes})
    unproved = [channel for channel in CHANNELS if _asks_for_code(user, changes, channel)]
    if unproved and not context.actor:
        _count_codes(user)
    changed = _with(user, changes, unproved)
    letters = {channel: _letter(changed, "UpdateUserAttribute", channel, context) for channel in unproved}
    # Administrators' operation declares neither refusal, people's own only one.
    declared = () if context.actor else (errors.CodeDeliveryFailure,)
    for channel in unproved:
        sendable.check(user.pool, channel, changes[channel], declared=declared)
    with transaction.atomic():
        locked = access.locked_user(user)
        _put(locked, changes)
        _save(locked)
        sent = [
            codes.send(locked, codes.Purpose.ATTRIBUTE, channel, changes[channel], letter)
            for channel, letter in letters.items()
        ]
        _record(locked, changes, context)
    return sent


def _count_codes(user: User) -> None:
    """As often as somebody may ask for a code without a change."""
    try:
        limits.count(limits.SEND_ATTRIBUTE_CODE, user.pool, user, user.username)
    except errors.LimitExceeded:
        raise errors.rate_exceeded() from None


def _with(user: User, changes: Given, unproved: list[str]) -> User:
    """As functions see the user whose message they write: with what is being changed. Not stored."""
    seen = copy(user)
    given = {**user.attributes, **changes, **{verified(channel): "false" for channel in unproved}}
    seen.attributes = {name: value for name, value in given.items() if value}
    return seen


def _changes_address(user: User, changes: Given, channel: str) -> bool:
    return bool(changes.get(channel)) and changes[channel] != user.attributes.get(channel)


def _is_vouched_for(changes: Given, channel: str) -> bool:
    """By an administrator; nobody else can write this attribute."""
    return changes.get(verified(channel)) == "true"


def _waits(user: User, changes: Given, channel: str) -> bool:
    return (
        channel in user.pool.attributes_verified_before_update
        and _changes_address(user, changes, channel)
        and not _is_vouched_for(changes, channel)
    )


def _asks_for_code(user: User, changes: Given, channel: str) -> bool:
    if not _changes_address(user, changes, channel) or _is_vouched_for(changes, channel):
        return False
    return channel in user.pool.auto_verified_attributes or _waits(user, changes, channel)


def _letter(user: User, kind: str, channel: str, context: Context) -> messages.Letter:
    return messages.compose(user, kind, MEDIUMS[channel], context)


def _put(user: User, changes: Given) -> None:
    """On ``user``, who is locked; not saved."""
    waiting = {channel: changes[channel] for channel in CHANNELS if _waits(user, changes, channel)}
    now = {name: value for name, value in changes.items() if name not in waiting}
    for channel in CHANNELS:
        if channel in changes:
            codes.forget(user, channel)
            user.pending_attributes.pop(channel, None)
        if channel in now and now[channel] != user.attributes.get(channel, ""):
            now.setdefault(verified(channel), "false" if now[channel] else "")
    user.pending_attributes |= waiting
    user.attributes = {name: value for name, value in {**user.attributes, **now}.items() if value}


def _save(user: User) -> None:
    user.modified_at = timezone.now()
    user.save(update_fields=["attributes", "pending_attributes", "modified_at"])
    try:
        names.hold(user)
    except names.Taken as taken:
        raise errors.alias_exists(taken.kind) from None


def _record(user: User, changed: Iterable[str], context: Context) -> None:
    detail = {"attributes": sorted(changed)}
    events.record(user.pool, user, events.CHANGE_ATTRIBUTES, client=context.client, context=context, detail=detail)


# --- deleting -------------------------------------------------------------------------------------------------------


def delete_own(user: User, client: AppClient, unwanted: list[str], context: Context) -> None:
    attributes.check_removable(user.pool, unwanted)
    attributes.check_writable(client, unwanted)
    delete(user, unwanted, context.at(client.pk))


@transaction.atomic
def delete(user: User, unwanted: list[str], context: Context) -> None:
    """Deleting what is not there is no error. An address that is the way to sign in stays, unless there is another."""
    attributes.check_removable(user.pool, unwanted)
    locked = access.locked_user(user)
    _check_name_is_left(locked, unwanted)
    _put(locked, dict.fromkeys(unwanted, ""))
    _save(locked)
    _record(locked, unwanted, context)


def _check_name_is_left(user: User, unwanted: list[str]) -> None:
    named = [channel for channel in user.pool.username_attributes if user.attributes.get(channel)]
    if named and not set(named) - set(unwanted):
        raise errors.invalid_user_attributes(f"user.{channel}: Attribute cannot be deleted." for channel in named)


# --- proving --------------------------------------------------------------------------------------------------------


def send_code(user: User, channel: str, client: AppClient, context: Context) -> Delivery:
    """To the value that waits, else to the one in force."""
    context = context.at(client.pk)
    if channel not in CHANNELS or not _address_to_prove(user, channel):
        raise errors.no_code_for_attribute(channel)
    limits.count(limits.SEND_ATTRIBUTE_CODE, user.pool, user, user.username)
    sendable.check(user.pool, channel, _address_to_prove(user, channel))
    letter = _letter(user, "VerifyUserAttribute", channel, context)
    with transaction.atomic():
        locked = access.locked_user(user)
        address = _address_to_prove(locked, channel)
        if not address:
            raise errors.no_code_for_attribute(channel)
        detail = {"attribute": channel}
        events.record(user.pool, user, events.SEND_ATTRIBUTE_CODE, client=client.pk, context=context, detail=detail)
        return codes.send(locked, codes.Purpose.ATTRIBUTE, channel, address, letter)


def _address_to_prove(user: User, channel: str) -> str:
    return str(user.pending_attributes.get(channel) or user.attributes.get(channel, ""))


def verify(user: User, channel: str, typed: str, client: AppClient, context: Context) -> None:
    """Raises CodeMismatch, ExpiredCode, and AliasExists when the proved address is an alias of somebody else; then the
    code stays good."""
    if channel not in CHANNELS:
        raise errors.no_code_for_attribute(channel)
    limits.count(limits.VERIFY_ATTRIBUTE, user.pool, user, user.username)
    code = codes.check(user, codes.Purpose.ATTRIBUTE, typed, channel)
    with transaction.atomic():
        locked = access.locked_user(user)
        codes.spend(code)
        _prove(locked, channel, code.value)
        _save(locked)
        events.record(
            user.pool,
            user,
            events.VERIFY_ATTRIBUTE,
            True,
            client=client.pk,
            context=context,
            detail={"attribute": channel},
        )


def _prove(user: User, channel: str, address: str) -> None:
    if user.pending_attributes.get(channel) == address:
        codes.forget(user, channel)
        del user.pending_attributes[channel]
        user.attributes[channel] = address
    if user.attributes.get(channel) != address:
        raise errors.code_expired()
    user.attributes[verified(channel)] = "true"


@transaction.atomic
def prove(user: User, channel: str, address: str, context: Context) -> None:
    """A code that came to ``address`` was the right one: the attribute counts as verified (AWS: SMS and e-mail MFA). An
    address that the user did not have becomes theirs."""
    if user.attributes.get(channel) == address and user.has_verified(channel):
        return
    locked = access.locked_user(user)
    if locked.attributes.get(channel, address) != address:
        return
    locked.attributes |= {channel: address, verified(channel): "true"}
    _save(locked)
    _record(locked, [verified(channel)], context)


# --- NEW_PASSWORD_REQUIRED ------------------------------------------------------------------------------------------


def complete(user: User, client: AppClient, given: Given) -> None:
    """What was left out at creation, given along with the first password. Call it in the transaction that sets that.

    Raises NotAuthorized for an attribute that has a value or that the client may not write, InvalidParameter when
    something required is still missing.
    """
    attributes.check_writable(client, given)
    provided = next((name for name in given if user.attributes.get(name)), None)
    if provided:
        raise errors.cannot_modify_provided(provided)
    missing = [name for name in attributes.missing_required(user) if not given.get(name)]
    if missing:
        raise errors.required_attributes_missing(missing)
    if given:
        _put(user, attributes.for_completion(user.pool, given))
        _save(user)
