"""PreSignUp and PostConfirmation."""

from __future__ import annotations

from dataclasses import dataclass

from cognito_site.contract import errors
from userpools.domain import channels
from userpools.domain.triggers.calls import POST_CONFIRMATION, PRE_SIGN_UP, Moment, ask, attributes, flag, metadata
from userpools.models import User, UserPool
from userpools.values import Context


@dataclass(frozen=True, slots=True)
class Admission:
    """What PreSignUp decided for somebody new. ``verified``: channels whose address counts as proved."""

    is_confirmed: bool = False
    verified: tuple[str, ...] = ()


def pre_sign_up(pool: UserPool, source: str, user: User, context: Context) -> Admission:
    """Before anything of ``user`` is stored. ``source``: ``SignUp``, ``AdminCreateUser`` (whose flags nobody reads) or
    ``ExternalProvider``. Raises what the function raises."""
    if not PRE_SIGN_UP.is_configured(pool):
        return Admission()
    request = {
        "userAttributes": dict(user.attributes),
        "validationData": context.validation_data,
        **metadata(context),
    }
    response = ask(Moment(pool, PRE_SIGN_UP, f"PreSignUp_{source}", user.username, context), request)
    flags = {name: flag(response, name) for name in PRE_SIGN_UP.response}
    if source == "AdminCreateUser":
        return Admission()
    asked = {channels.EMAIL: flags["autoVerifyEmail"], channels.PHONE_NUMBER: flags["autoVerifyPhone"]}
    verified = tuple(channel for channel, is_verified in asked.items() if is_verified)
    if not all(user.attributes.get(channel) for channel in verified):
        raise errors.trigger_output_unrecognizable()
    return Admission(flags["autoConfirmUser"], verified)


def post_confirmation(user: User, source: str, context: Context) -> None:
    """After the commit: a failure reaches the caller and undoes nothing. ``source``: ``ConfirmSignUp`` or
    ``ConfirmForgotPassword``."""
    if POST_CONFIRMATION.is_configured(user.pool):
        moment = Moment(user.pool, POST_CONFIRMATION, f"PostConfirmation_{source}", user.username, context)
        ask(moment, {"userAttributes": attributes(user), **metadata(context)})
