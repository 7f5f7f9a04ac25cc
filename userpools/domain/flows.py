"""First factors: which AuthFlow a client may begin with, and what each proves at once.

A flow ends in an ``Attempt`` that has proved something, or that notes what a challenge will ask for. What follows is
never decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from cognito_site.contract import errors
from userpools.domain import access, lockout, migration, passwords, srp
from userpools.domain.challenges import custom
from userpools.domain.challenges.base import Attempt, required
from userpools.domain.triggers import custom_challenges
from userpools.domain.triggers.authentication import migrates, pre_authentication
from userpools.models import AppClient, User
from userpools.values import Context

PUBLIC, ADMIN = "public", "admin"
SYNONYMS = {"ADMIN_NO_SRP_AUTH": "ADMIN_USER_PASSWORD_AUTH", "REFRESH_TOKEN": "REFRESH_TOKEN_AUTH"}
ADMIN_ONLY = {"ADMIN_USER_PASSWORD_AUTH"}
WITH_PASSWORD = {"USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH"}
NOT_PERFORMED = {"USER_AUTH"}


def canonical(flow: str) -> str:
    return SYNONYMS.get(flow, flow)


def check_allowed(client: AppClient, flow: str, door: str) -> None:
    if flow in ADMIN_ONLY and door != ADMIN:
        raise errors.auth_method_not_supported()
    if f"ALLOW_{flow}" not in client.auth_flows:
        raise errors.flow_not_enabled(flow)
    if flow in NOT_PERFORMED:
        raise errors.flow_not_performed(flow)


def find_user(client: AppClient, flow: str, name: str, parameters: Mapping[str, str], context: Context) -> User | None:
    """None only where the client hides that nobody has ``name``. Where a password was sent, another directory may know
    them."""
    user = access.find_user(client.pool, name)
    if user is None and flow in WITH_PASSWORD and parameters.get("PASSWORD"):
        user = _moved(client, name, parameters["PASSWORD"], context)
    if user is None and not client.hides_user_existence:
        raise errors.user_not_found()
    return user


def _moved(client: AppClient, name: str, password: str, context: Context) -> User | None:
    """What another directory is asked is a guess at a password like any other."""
    if not migrates(client.pool):
        return None
    with suppress(errors.UserNotFound), lockout.guess(lockout.counted_for(client.pool, None, name)):
        user = migration.for_sign_in(client, name, password, context)
        if user is None:
            raise errors.user_not_found()
        return user
    return None


def _begin(attempt: Attempt) -> None:
    """Before anything is proved, in every flow."""
    if attempt.user is not None and not attempt.user.enabled:
        raise errors.user_disabled()
    pre_authentication(attempt.client.pool, attempt.user, attempt.name, attempt.context)


def prove_password(attempt: Attempt, parameters: Mapping[str, str]) -> Attempt:
    password = required(parameters, "PASSWORD")
    if attempt.user is None and migrates(attempt.client.pool):
        _begin(attempt)
        # Counted already, when the other directory was asked.
        passwords.matches(None, password)
        raise errors.incorrect_username_or_password()
    counted = lockout.counted_for(attempt.client.pool, attempt.user, attempt.name)
    lockout.check_open(counted)
    _begin(attempt)
    with lockout.guess(counted):
        if not passwords.matches(attempt.user, password):
            raise errors.incorrect_username_or_password()
    return attempt.having_proved("pwd")


def begin_srp(attempt: Attempt, parameters: Mapping[str, str]) -> Attempt:
    public = required(parameters, "SRP_A")
    srp.parse_public(public)
    lockout.check_name_open(attempt.client.pool, attempt.user, attempt.name)
    _begin(attempt)
    return replace(attempt, notes={"srp_a": public})


def begin_custom(attempt: Attempt, parameters: Mapping[str, str]) -> Attempt:
    """With SRP in front, or without."""
    custom_challenges.check_configured(attempt.client.pool)
    if parameters.get("CHALLENGE_NAME") != "SRP_A":
        _begin(attempt)
        return replace(attempt, notes={custom.SESSION: []})
    begun = begin_srp(attempt, parameters)
    return begun.having_proved(**{custom.SESSION: [custom.entry("SRP_A", result=True)]})


FLOWS: dict[str, Callable[[Attempt, Mapping[str, str]], Attempt]] = {
    "USER_PASSWORD_AUTH": prove_password,
    "ADMIN_USER_PASSWORD_AUTH": prove_password,
    "USER_SRP_AUTH": begin_srp,
    "CUSTOM_AUTH": begin_custom,
}
