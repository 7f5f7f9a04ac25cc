"""Somebody whom the pool does not know and another directory does: moved over by the UserMigration trigger, once.

What the function returns is held against the schema, as an administrator's attributes are. The password that was typed
is kept whatever the policy says: it was good enough where they come from.
"""

from __future__ import annotations

import logging
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from cognito_site.contract import errors
from userpools.domain import access, attributes, channels, events, names, passwords, sendable, users
from userpools.domain.triggers import authentication as triggers
from userpools.domain.triggers.authentication import Migrated
from userpools.domain.users import Invitation
from userpools.models import AppClient, User
from userpools.values import Context

# What would tell, where nobody is to learn it, that the pool does not know a name.
TELLING = (errors.UserLambdaValidation, errors.UnexpectedLambda, errors.InvalidLambdaResponse, errors.InvalidParameter)
# In the welcome's place of a temporary password: what people chose themselves is in no message.
UNSAID = "••••••••"

log = logging.getLogger("poolhouse.triggers")


def for_sign_in(client: AppClient, name: str, password: str, context: Context) -> User | None:
    """None: nobody knows ``name``. A function that fails is heard only where the client tells who exists."""
    return _asked(client, "Authentication", name, password, context)


def for_recovery(client: AppClient, name: str, context: Context) -> User | None:
    return _asked(client, "ForgotPassword", name, None, context)


def _asked(client: AppClient, source: str, name: str, password: str | None, context: Context) -> User | None:
    if not triggers.migrates(client.pool):
        return None
    try:
        migrated = triggers.user_migration(client.pool, source, name, password, context)
        return _moved(client, name, password, migrated, context) if migrated.attributes else None
    except TELLING as refusal:
        if not client.hides_user_existence:
            raise
        log.warning("UserMigration of %s moved nobody: %s", client.pool.pk, refusal.message)
        return None


def _moved(client: AppClient, name: str, password: str | None, migrated: Migrated, context: Context) -> User | None:
    """Two sign-ins at once: the second finds who the first moved."""
    user = _new_user(client, name, migrated)
    kept = passwords.made_without_policy(user, password) if password else None
    letters = _welcome(user, migrated, context)
    try:
        with transaction.atomic():
            if kept is not None:
                passwords.keep(user, kept)
            names.insert(user)
            if migrated.takes_aliases:
                names.wrest(user, context)
            else:
                names.hold(user)
            users.send_invitation(letters, UNSAID)
            detail = {"attributes": sorted(user.attributes)}
            events.record(client.pool, user, events.MIGRATE_USER, client=client.pk, context=context, detail=detail)
    except names.Taken as taken:
        if taken.kind == names.Kind.USERNAME:
            return access.find_user(client.pool, name)
        raise errors.trigger_output_unrecognizable() from None
    return user


def _new_user(client: AppClient, name: str, migrated: Migrated) -> User:
    pool, sub, now = client.pool, uuid4(), timezone.now()
    given = {key: value for key, value in migrated.attributes.items() if key not in ("username", "sub")}
    username, named = names.identify(pool, name, attributes.for_new_user(pool, given), str(sub))
    attributes.check_required(pool, named)
    status = User.Status.CONFIRMED if migrated.is_confirmed else User.Status.RESET_REQUIRED
    user = User(pool=pool, sub=sub, username=username, attributes=named, status=status)
    user.created_at = user.modified_at = now
    if migrated.has_sms_mfa:
        _add_sms_mfa(user)
    return user


def _add_sms_mfa(user: User) -> None:
    if User.Mfa.SMS not in user.pool.second_factors or not user.attributes.get(channels.PHONE_NUMBER):
        raise errors.trigger_output_unrecognizable()
    user.enabled_mfa = [User.Mfa.SMS.value]


def _welcome(user: User, migrated: Migrated, context: Context) -> users.Letters:
    reachable = tuple(medium for medium in migrated.mediums if user.attributes.get(channels.ATTRIBUTES.get(medium, "")))
    invitation = Invitation(mediums=reachable, is_sent=migrated.is_told and bool(reachable))
    letters = users.letters(user, invitation, context)
    return {medium: letter for medium, letter in letters.items() if _may_leave(user, channels.ATTRIBUTES[medium])}


def _may_leave(user: User, channel: str) -> bool:
    """Somebody signs in meanwhile, which must not fail for want of a welcome."""
    return sendable.why_not(user.pool, channel, user.attributes[channel]) is None
