"""Sign-in names: which ones lead to a user, and that each leads to one user only.

A user has a row of ``SignInName`` for the username and for each name that is *active*: a verified e-mail address or
phone number in pools that use them as aliases, a preferred username at once, and in pools whose users are named by
their address that address from sign-up on, verified or not. The unique constraint over these rows decides who has a
name: nothing looks first. Everything here runs in the transaction that changes the user.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction

from cognito_site.contract import errors
from userpools.domain import access, channels, events
from userpools.models import SignInName, User, UserPool
from userpools.values import Context

Kind = SignInName.Kind

SHOULD_BE = {
    ("email",): "an email",
    ("phone_number",): "a phone number",
    ("email", "phone_number"): "either an email or a phone number",
}
# The contract's, of a Username: nobody can sign in with a longer one.
LONGEST_NAME = 128
ALIAS_FORMATS = {channels.EMAIL: "email", channels.PHONE_NUMBER: "phone number"}


class Taken(Exception):
    """Somebody else has the name of this ``kind``. Flows turn it into the refusal of their operation."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


def identify(pool: UserPool, typed: str, attributes: dict[str, str], sub: str) -> tuple[str, dict[str, str]]:
    """Username and attributes of a new user who typed ``typed`` as username. Raises InvalidParameter for a name of the
    wrong form.

    Where users are named by an address, that becomes the attribute, and the username is ``sub``.
    """
    if not pool.username_attributes:
        _check_no_alias_format(pool, typed)
        return typed, attributes
    channel = channels.channel_of(typed)
    if channel is None or channel not in pool.username_attributes:
        raise errors.username_should_be(SHOULD_BE[tuple(sorted(pool.username_attributes))])
    if pool.fold(attributes.get(channel) or typed) != pool.fold(typed):
        raise errors.username_contradicts(channel)
    return sub, {**attributes, channel: attributes.get(channel) or typed}


def _check_no_alias_format(pool: UserPool, username: str) -> None:
    channel = channels.channel_of(username)
    if channel is not None and channel in pool.alias_attributes:
        raise errors.username_looks_like_alias(ALIAS_FORMATS[channel])


def shown_name(user: User) -> str:
    """What a user is told that their username is: the address where that is how they sign in."""
    return next(
        (user.attributes[name] for name in user.pool.username_attributes if user.attributes.get(name)), user.username
    )


# --- which names a user has -----------------------------------------------------------------------------------------


def _due(user: User) -> dict[str, str]:
    """The rows that ``user`` should have, kind to folded name."""
    pool, attributes = user.pool, user.attributes
    due = {Kind.USERNAME.value: user.username}
    for channel in channels.CHANNELS:
        is_alias = channel in pool.alias_attributes and user.has_verified(channel)
        if attributes.get(channel) and (is_alias or channel in pool.username_attributes):
            due[channel] = attributes[channel]
    preferred = attributes.get("preferred_username", "")
    if Kind.PREFERRED_USERNAME in pool.alias_attributes and 0 < len(preferred) <= LONGEST_NAME:
        due[Kind.PREFERRED_USERNAME.value] = preferred
    return {kind: pool.fold(name) for kind, name in due.items()}


def insert(user: User) -> None:
    """A new user. Raises Taken, as ``hold`` does, which is called next."""
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise Taken(Kind.USERNAME) from None


def hold(user: User) -> None:
    """Brings the rows in line with the user's attributes. Raises Taken, and then the transaction must not be kept."""
    due = _due(user)
    for row in user.sign_in_names.all():
        if due.get(row.kind) == row.name:
            del due[row.kind]
        else:
            row.delete()
    # Always in the same order: two users who want each other's names wait for one another at most once.
    for kind, name in sorted(due.items(), key=lambda item: item[1]):
        _insert(user, kind, name)


def _insert(user: User, kind: str, name: str) -> None:
    try:
        with transaction.atomic():
            SignInName.objects.create(pool=user.pool, user=user, kind=kind, name=name)
    except IntegrityError:
        raise Taken(kind) from None


def wrest(user: User, context: Context) -> None:
    """As ``hold``, but a verified address that is an alias of somebody else is taken from them (ForceAliasCreation):
    they keep the value, unverified."""
    for channel in set(_due(user)) & set(channels.CHANNELS) & set(user.pool.alias_attributes):
        _dispossess(user, channel, context)
    hold(user)


def _dispossess(winner: User, channel: str, context: Context) -> None:
    name = winner.pool.fold(winner.attributes[channel])
    row = winner.pool.sign_in_names.filter(kind=channel, name=name).exclude(user=winner).select_related("user").first()
    if row is None:
        return
    row.user.pool = winner.pool
    loser = access.locked_user(row.user)
    loser.attributes[channels.verified(channel)] = "false"
    loser.save(update_fields=["attributes"])
    row.delete()
    events.record(winner.pool, loser, events.LOSE_ALIAS, context=context, detail={"attribute": channel})
