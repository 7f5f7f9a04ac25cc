"""The pages of a sign-in after its first answer: what each shows, and what its form answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.http import QueryDict

from cognito_site.contract import errors
from hostedui import pool_forms
from hostedui.forms import CodeForm, EmailSetupForm, FactorForm, NewPasswordForm, PageForm, TotpSetupForm
from hostedui.presentation import (
    ChooseMfa,
    Destination,
    EmailSetup,
    MessageCode,
    NewPassword,
    Option,
    Page,
    Totp,
    TotpSetup,
)
from userpools.domain import channels, factors, names, sign_in, totp_setup
from userpools.domain.challenges.factors import MfaSetup, SelectMfaType, SoftwareToken
from userpools.domain.challenges.message_codes import EmailOtp, SmsMfa
from userpools.domain.challenges.passwords import NewPasswordRequired
from userpools.domain.sessions import Held
from userpools.domain.sign_in import Result
from userpools.models import User

Data = QueryDict | None


@dataclass(frozen=True, slots=True)
class Around:
    """What surrounds the form of a step. ``resend_url`` and ``choose_url`` are posted to; ``other_url``: another way to
    answer the same challenge."""

    shared: Mapping[str, Any]
    resend_url: str
    choose_url: str
    other_url: str


@dataclass(frozen=True, slots=True)
class Step:
    """One way to answer a challenge. ``page`` may get a new session for what it shows, in place of ``session``."""

    path: str
    form: Callable[[Held, Data], PageForm]
    page: Callable[[Held, str, PageForm, Around], tuple[Page, str]]
    answer: Callable[[Held, PageForm], Result]
    factor: str | None = None

    def is_for(self, user: User) -> bool:
        return self.factor is None or self.factor in factors.can_be_set_up(user)


def ways(held: Held) -> list[Step]:
    """Everybody comes to the first. Raises InvalidUserPoolConfiguration where no page can set up what is due."""
    found = [way for way in STEPS[held.row.challenge] if way.is_for(held.attempt.known_user)]
    if not found:
        raise errors.no_second_factor_possible()
    return found


def _choose_url(held: Held, around: Around) -> str:
    return around.choose_url if len(factors.in_force(held.attempt.known_user)) > 1 else ""


# --- SOFTWARE_TOKEN_MFA -----------------------------------------------------------------------------------------------


def _code_form(held: Held, data: Data) -> PageForm:
    return CodeForm(data)


def _totp_page(held: Held, session: str, form: PageForm, around: Around) -> tuple[Page, str]:
    token = factors.totp_of(held.attempt.known_user)
    device_name = token.friendly_name if token else ""
    choose_url = _choose_url(held, around)
    return Totp(form=cast(CodeForm, form), device_name=device_name, choose_url=choose_url, **around.shared), session


def _code_answer(member: str) -> Callable[[Held, PageForm], Result]:
    def answer(held: Held, form: PageForm) -> Result:
        return sign_in.answer_held(held, held.row.challenge, {member: form.cleaned_data["code"]})

    return answer


# --- SMS_MFA, EMAIL_OTP -----------------------------------------------------------------------------------------------


def _message_page(channel: str) -> Callable[[Held, str, PageForm, Around], tuple[Page, str]]:
    def page(held: Held, session: str, form: PageForm, around: Around) -> tuple[Page, str]:
        delivery = channels.delivery(channel, held.row.state["question"]["address"])
        shown = MessageCode(
            form=cast(CodeForm, form),
            sent=Destination(delivery.medium, delivery.destination),
            resend_url=around.resend_url,
            choose_url=_choose_url(held, around),
            **around.shared,
        )
        return shown, session

    return page


# --- SELECT_MFA_TYPE --------------------------------------------------------------------------------------------------


def _factor_form(held: Held, data: Data) -> PageForm:
    return FactorForm(data, offered=factors.in_force(held.attempt.known_user))


def _choice_page(held: Held, session: str, form: PageForm, around: Around) -> tuple[Page, str]:
    user = held.attempt.known_user
    options = [Option(factor, _address(user, factor)) for factor in factors.in_force(user)]
    return ChooseMfa(form=cast(FactorForm, form), options=options, **around.shared), session


def _address(user: User, factor: str) -> str:
    channel = factors.ADDRESS_OF.get(factor)
    return channels.mask(channel, user.attributes[channel]) if channel else ""


def _choice_answer(held: Held, form: PageForm) -> Result:
    return sign_in.answer_held(held, held.row.challenge, {"ANSWER": form.cleaned_data["factor"]})


# --- MFA_SETUP --------------------------------------------------------------------------------------------------------


def _setup_form(held: Held, data: Data) -> PageForm:
    return TotpSetupForm(data)


def _setup_page(held: Held, session: str, form: PageForm, around: Around) -> tuple[Page, str]:
    user, client = held.attempt.known_user, held.attempt.client
    offer = totp_setup.offer_on_page(held, session)
    uri = factors.provisioning_uri(client.name, names.shown_name(user), offer.key)
    told = {"key": offer.key, "uri": uri, "other_url": around.other_url, **around.shared}
    return TotpSetup(form=cast(TotpSetupForm, form), **told), offer.session


def _setup_answer(held: Held, form: PageForm) -> Result:
    return totp_setup.prove_on_page(held, form.cleaned_data["code"], form.cleaned_data["device_name"])


def _email_form(held: Held, data: Data) -> PageForm:
    return EmailSetupForm(data)


def _email_page(held: Held, session: str, form: PageForm, around: Around) -> tuple[Page, str]:
    return EmailSetup(form=cast(EmailSetupForm, form), other_url=around.other_url, **around.shared), session


def _email_answer(held: Held, form: PageForm) -> Result:
    return sign_in.answer_held(held, held.row.challenge, {"EMAIL": form.cleaned_data["email"]})


# --- NEW_PASSWORD_REQUIRED --------------------------------------------------------------------------------------------


def _password_form(held: Held, data: Data) -> PageForm:
    return pool_forms.new_password(held.attempt.known_user, data)


def _password_page(held: Held, session: str, form: PageForm, around: Around) -> tuple[Page, str]:
    return NewPassword(form=cast(NewPasswordForm, form), **around.shared), session


def _password_answer(held: Held, form: PageForm) -> Result:
    given = cast(NewPasswordForm, form).attributes()
    named = {f"{NewPasswordRequired.PREFIX}{name}": value for name, value in given.items()}
    return sign_in.answer_held(held, held.row.challenge, {"NEW_PASSWORD": form.cleaned_data["new_password"], **named})


SET_UP_APP = Step("/mfa/setup", _setup_form, _setup_page, _setup_answer, factors.TOTP_MFA)
SET_UP_EMAIL = Step("/mfa/email", _email_form, _email_page, _email_answer, factors.EMAIL_MFA)
STEPS: Mapping[str, tuple[Step, ...]] = {
    SoftwareToken.name: (Step("/mfa", _code_form, _totp_page, _code_answer(SoftwareToken.answer)),),
    SmsMfa.name: (Step("/mfa", _code_form, _message_page(SmsMfa.channel), _code_answer(SmsMfa.answer)),),
    EmailOtp.name: (Step("/mfa", _code_form, _message_page(EmailOtp.channel), _code_answer(EmailOtp.answer)),),
    SelectMfaType.name: (Step("/mfa", _factor_form, _choice_page, _choice_answer),),
    MfaSetup.name: (SET_UP_APP, SET_UP_EMAIL),
    NewPasswordRequired.name: (Step("/changePassword", _password_form, _password_page, _password_answer),),
}
