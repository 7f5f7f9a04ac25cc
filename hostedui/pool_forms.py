"""The forms of a pool: which names its people sign in with, which attributes it asks for, how its passwords must be."""

from __future__ import annotations

from django.http import QueryDict

from hostedui.attributes import Wanted
from hostedui.fields import EMAIL, LONGEST_NAME, PHONE_NUMBER, USERNAME
from hostedui.forms import (
    ForgotPasswordForm,
    NewPasswordForm,
    ResetPasswordForm,
    SignInForm,
    SignUpForm,
)
from userpools.domain import attributes, channels, schema
from userpools.models import User, UserPool

Data = QueryDict | None


def _names(pool: UserPool) -> frozenset[str]:
    """What people may type to say who they are."""
    if pool.username_attributes:
        return frozenset(pool.username_attributes)
    return frozenset({USERNAME, *({EMAIL, PHONE_NUMBER} & set(pool.alias_attributes))})


def sign_in(pool: UserPool, data: Data, hint: str = "") -> SignInForm:
    """``hint``: what the application thinks the name is; shown, never believed."""
    return SignInForm(data, names=_names(pool), initial={"username": hint if _can_be_typed(hint) else ""})


def _can_be_typed(hint: str) -> bool:
    return len(hint) <= LONGEST_NAME and hint.isprintable()


def forgot_password(pool: UserPool, data: Data) -> ForgotPasswordForm:
    return ForgotPasswordForm(data, names=_names(pool))


def reset_password(pool: UserPool, data: Data) -> ResetPasswordForm:
    return ResetPasswordForm(data, policy=pool.password_policy)


def new_password(user: User, data: Data) -> NewPasswordForm:
    missing = [_wanted(user.pool, name) for name in attributes.missing_required(user)]
    return NewPasswordForm(data, policy=user.pool.password_policy, missing=missing)


def sign_up(pool: UserPool, data: Data) -> SignUpForm:
    names = pool.username_attributes or [USERNAME]
    wanted = [_wanted(pool, name) for name in _asked_at_sign_up(pool)]
    return SignUpForm(data, names=names, wanted=wanted, policy=pool.password_policy)


def _asked_at_sign_up(pool: UserPool) -> list[str]:
    """What is required; and where codes confirm accounts, an address that one can go to."""
    required = [name for name, each in schema.definitions(pool).items() if each.required and name != attributes.SUB]
    verified = pool.auto_verified_attributes
    reachable = {*required, *pool.username_attributes} & set(verified)
    return required if reachable or not verified else [*required, min(verified, key=channels.CHANNELS.index)]


def _wanted(pool: UserPool, name: str) -> Wanted:
    defined = schema.definitions(pool)[name]
    bounds = (defined.minimum, defined.maximum) if defined.type == "String" else (None, None)
    return Wanted(name, *bounds, is_verified=name in pool.auto_verified_attributes)
