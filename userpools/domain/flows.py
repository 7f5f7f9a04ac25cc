"""First factors: which AuthFlow a client may begin with, and what each proves at once.

A flow ends in an ``Attempt`` that has proved something, or that notes what a challenge will ask for. What follows is
never decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from cognito_site.contract import errors
from userpools.domain import access, lockout, passwords, srp, triggers
from userpools.domain.challenges.base import Attempt, required
from userpools.models import AppClient, User

PUBLIC, ADMIN = "public", "admin"
SYNONYMS = {"ADMIN_NO_SRP_AUTH": "ADMIN_USER_PASSWORD_AUTH", "REFRESH_TOKEN": "REFRESH_TOKEN_AUTH"}
ADMIN_ONLY = {"ADMIN_USER_PASSWORD_AUTH"}
NOT_PERFORMED = {"CUSTOM_AUTH", "USER_AUTH"}


def canonical(flow: str) -> str:
    return SYNONYMS.get(flow, flow)


def check_allowed(client: AppClient, flow: str, door: str) -> None:
    if flow in ADMIN_ONLY and door != ADMIN:
        raise errors.auth_method_not_supported()
    if f"ALLOW_{flow}" not in client.auth_flows:
        raise errors.flow_not_enabled(flow)
    if flow in NOT_PERFORMED:
        raise errors.flow_not_performed(flow)


def user_of(client: AppClient, name: str) -> User | None:
    """None only where the client hides that nobody has ``name``."""
    user = access.find_user(client.pool, name)
    if user is None and not client.hides_user_existence:
        raise errors.user_not_found()
    return user


def prove_password(attempt: Attempt, parameters: Mapping[str, str]) -> Attempt:
    password = required(parameters, "PASSWORD")
    user = attempt.user
    if user is None:
        lockout.count_guess_at_unknown(attempt.client.pool, attempt.name)
    else:
        lockout.count_guess(user)
        _check_enabled(user)
        triggers.pre_authentication(user, attempt.client, attempt.context)
    if not passwords.matches(user, password):
        raise errors.incorrect_username_or_password()
    return attempt.having_proved("pwd")


def begin_srp(attempt: Attempt, parameters: Mapping[str, str]) -> Attempt:
    public = required(parameters, "SRP_A")
    srp.parse_public(public)
    if attempt.user is not None:
        _check_enabled(attempt.user)
        triggers.pre_authentication(attempt.user, attempt.client, attempt.context)
    return replace(attempt, notes={"srp_a": public})


def _check_enabled(user: User) -> None:
    if not user.enabled:
        raise errors.user_disabled()


FLOWS: dict[str, Callable[[Attempt, Mapping[str, str]], Attempt]] = {
    "USER_PASSWORD_AUTH": prove_password,
    "ADMIN_USER_PASSWORD_AUTH": prove_password,
    "USER_SRP_AUTH": begin_srp,
}
