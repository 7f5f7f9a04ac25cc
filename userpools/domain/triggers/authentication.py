"""PreAuthentication, PostAuthentication and UserMigration."""

from __future__ import annotations

from dataclasses import dataclass

from userpools.domain.triggers.calls import (
    POST_AUTHENTICATION,
    PRE_AUTHENTICATION,
    USER_MIGRATION,
    Moment,
    ask,
    attributes,
    flag,
    listed,
    metadata,
    text,
    texts,
)
from userpools.models import User, UserPool
from userpools.values import Context


def pre_authentication(pool: UserPool, user: User | None, name: str, context: Context) -> None:
    """Before the password is looked at. ``user`` None: nobody has ``name``, and the client hides that."""
    if not PRE_AUTHENTICATION.is_configured(pool):
        return
    request = {
        "userAttributes": attributes(user) if user is not None else {},
        "validationData": context.validation_data or {},
        **({"userNotFound": True} if user is None else {}),
    }
    named = user.username if user is not None else name
    ask(Moment(pool, PRE_AUTHENTICATION, "PreAuthentication_Authentication", named, context), request)


def post_authentication(user: User, context: Context) -> None:
    """After every challenge, before tokens."""
    if not POST_AUTHENTICATION.is_configured(user.pool):
        return
    request = {"userAttributes": attributes(user), "newDeviceUsed": False, **metadata(context)}
    source = "PostAuthentication_Authentication"
    ask(Moment(user.pool, POST_AUTHENTICATION, source, user.username, context), request)


# --- migration --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Migrated:
    """Somebody whom another directory knows. ``attributes`` empty: it does not."""

    attributes: dict[str, str]
    is_confirmed: bool
    is_told: bool
    mediums: tuple[str, ...]
    takes_aliases: bool
    has_sms_mfa: bool


def migrates(pool: UserPool) -> bool:
    return USER_MIGRATION.is_configured(pool)


def user_migration(pool: UserPool, source: str, name: str, password: str | None, context: Context) -> Migrated:
    """``source``: ``Authentication``, where a password is at hand, or ``ForgotPassword``."""
    request = {
        **({"password": password} if password is not None else {}),
        "validationData": context.validation_data,
        **metadata(context),
    }
    response = ask(Moment(pool, USER_MIGRATION, f"UserMigration_{source}", name, context), request)
    return Migrated(
        attributes=texts(response, "userAttributes"),
        is_confirmed=text(response, "finalUserStatus") == User.Status.CONFIRMED,
        is_told=text(response, "messageAction") != "SUPPRESS",
        mediums=tuple(listed(response, "desiredDeliveryMediums")) or ("SMS",),
        takes_aliases=flag(response, "forceAliasCreation"),
        has_sms_mfa=flag(response, "enableSMSMFA"),
    )
