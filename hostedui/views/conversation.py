"""A sign-in after its first answer: one page for each challenge that pages can ask, and what a finished one leaves.

The ``Session`` string lives in a cookie for as long as the domain keeps it good, in no address. The domain says which
challenge it waits for; whoever comes to the page of another one is led to the right one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, cast

from django.http import HttpResponse, QueryDict
from django.utils import timezone

from cognito_site.contract import errors
from hostedui import cookies, pool_forms, visit, words
from hostedui.forms import CodeForm, NewPasswordForm, PageForm, TotpSetupForm
from hostedui.oauth.answers import context_of
from hostedui.oauth.authorization import Authorization
from hostedui.presentation import NewPassword, Page, Totp, TotpSetup
from hostedui.views import links, pages
from hostedui.views.authorized import authorized
from hostedui.visit import Visit
from userpools.domain import browser_sessions, factors, names, sign_in, totp_setup
from userpools.domain.challenges.factors import MfaSetup, SoftwareToken
from userpools.domain.challenges.passwords import NewPasswordRequired
from userpools.domain.sign_in import Asked, Held, Result, SignedIn

Data = QueryDict | None
# What every page of a step shows beside its form: account, leave_url, alert, minutes.
Around = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """``page`` may get a new session for what it shows, in place of ``session``."""

    path: str
    form: Callable[[Held, Data], PageForm]
    page: Callable[[Held, str, PageForm, Around], tuple[Page, str]]
    answer: Callable[[Held, PageForm], Result]


# --- from one step to the next ----------------------------------------------------------------------------------------


def go_on(request: Visit, asked: Authorization, result: Result) -> HttpResponse:
    if isinstance(result, SignedIn):
        return _finished(request, asked, result)
    response = pages.go_on(visit.at(request.pool_site, STEPS[result.challenge].path, asked.query))
    _keep(response, request, asked, _prepared(request, asked, result))
    return response


def _prepared(request: Visit, asked: Authorization, result: Asked) -> str:
    """The session under which the page already has what it shows: it may be loaded twice, or broken off, and is the
    same page again."""
    if result.challenge != MfaSetup.name:
        return result.session
    try:
        return totp_setup.offer(sign_in.hold(asked.client, result.session, context_of(request)), result.session).session
    except errors.ConcurrentModification:
        return result.session


def _keep(response: HttpResponse, request: Visit, asked: Authorization, session: str) -> None:
    seconds = int(asked.client.session_lifetime.total_seconds())
    cookies.put(response, request.pool_site, cookies.SIGNING_IN, session, seconds)


def _finished(request: Visit, asked: Authorization, result: SignedIn) -> HttpResponse:
    assert result.user is not None
    site, context, now = request.pool_site, context_of(request), timezone.now()
    former = request.COOKIES.get(cookies.SIGNED_IN)
    handle = browser_sessions.start(result.user, result.methods, former, context)
    response = pages.go_on(asked.fulfilled(result.user, result.methods, now, context))
    for kind in cookies.OF_PEOPLE:
        if kind in request.COOKIES:
            cookies.drop(response, site, kind)
    seconds = int(browser_sessions.LIFETIME.total_seconds())
    cookies.put(response, site, cookies.SIGNED_IN, handle, seconds)
    return response


def _begin_again(request: Visit, asked: Authorization) -> HttpResponse:
    response = pages.go_on(links.sign_in(request.pool_site, asked))
    cookies.drop(response, request.pool_site, cookies.SIGNING_IN)
    return pages.leave_notice(response, request, "waited")


# --- the page of a step -----------------------------------------------------------------------------------------------


@authorized("GET", "POST")
def step(request: Visit, asked: Authorization) -> HttpResponse:
    session = request.COOKIES.get(cookies.SIGNING_IN, "")
    try:
        held = sign_in.hold(asked.client, session, context_of(request))
    except errors.NotAuthorized:
        return _begin_again(request, asked)
    waits = STEPS[held.row.challenge]
    if request.path_info.lower() != waits.path.lower():
        return pages.go_on(visit.at(request.pool_site, waits.path, asked.query))
    if request.method == "POST":
        return _answer(request, asked, held, session)
    return _show(request, asked, held, session, waits.form(held, None))


def _answer(request: Visit, asked: Authorization, held: Held, session: str) -> HttpResponse:
    waits = STEPS[held.row.challenge]
    form, alert = waits.form(held, request.POST), None
    if form.is_valid():
        try:
            return go_on(request, asked, waits.answer(held, form))
        except errors.Refusal as refusal:
            told = words.told(refusal, links.place(request.pool_site, asked, frozenset()))
            if told is words.WAITED_TOO_LONG:
                return _begin_again(request, asked)
            alert = form.tell(told)
    return _show(request, asked, held, session, form, alert)


def _show(
    request: Visit, asked: Authorization, held: Held, session: str, form: PageForm, alert: words.Told | None = None
) -> HttpResponse:
    """Where two requests ask for the same page at once and both would change what it shows, one asks again."""
    leave_url = links.sign_in(request.pool_site, asked)
    around = {"account": held.attempt.name, "leave_url": leave_url, "alert": alert, "minutes": _minutes_left(held)}
    try:
        page, kept = STEPS[held.row.challenge].page(held, session, form, around)
    except (errors.NotAuthorized, errors.ConcurrentModification):
        return pages.go_on(request.get_full_path())
    response = pages.ask(request, page, asked)
    if kept != session:
        _keep(response, request, asked, kept)
    return response


def _minutes_left(held: Held) -> int:
    return max(1, ceil((held.row.expires_at - timezone.now()).total_seconds() / 60))


# --- SOFTWARE_TOKEN_MFA -----------------------------------------------------------------------------------------------


def _code_form(held: Held, data: Data) -> PageForm:
    return CodeForm(data)


def _totp_page(held: Held, session: str, form: PageForm, around: Around) -> tuple[Page, str]:
    token = factors.totp_of(held.attempt.known_user)
    device_name = token.friendly_name if token else ""
    return Totp(form=cast(CodeForm, form), device_name=device_name, **around), session


def _totp_answer(held: Held, form: PageForm) -> Result:
    return sign_in.answer_held(held, held.row.challenge, {"SOFTWARE_TOKEN_MFA_CODE": form.cleaned_data["code"]})


# --- MFA_SETUP --------------------------------------------------------------------------------------------------------


def _setup_form(held: Held, data: Data) -> PageForm:
    return TotpSetupForm(data)


def _setup_page(held: Held, session: str, form: PageForm, around: Around) -> tuple[Page, str]:
    user, client = held.attempt.known_user, held.attempt.client
    offer = totp_setup.offer(held, session)
    uri = factors.provisioning_uri(client.name, names.shown_name(user), offer.key)
    return TotpSetup(form=cast(TotpSetupForm, form), key=offer.key, uri=uri, **around), offer.session


def _setup_answer(held: Held, form: PageForm) -> Result:
    return totp_setup.prove(held, form.cleaned_data["code"], form.cleaned_data["device_name"])


# --- NEW_PASSWORD_REQUIRED --------------------------------------------------------------------------------------------


def _password_form(held: Held, data: Data) -> PageForm:
    return pool_forms.new_password(held.attempt.known_user, data)


def _password_page(held: Held, session: str, form: PageForm, around: Around) -> tuple[Page, str]:
    return NewPassword(form=cast(NewPasswordForm, form), **around), session


def _password_answer(held: Held, form: PageForm) -> Result:
    given = cast(NewPasswordForm, form).attributes()
    named = {f"{NewPasswordRequired.PREFIX}{name}": value for name, value in given.items()}
    return sign_in.answer_held(held, held.row.challenge, {"NEW_PASSWORD": form.cleaned_data["new_password"], **named})


STEPS: Mapping[str, Step] = {
    SoftwareToken.name: Step("/mfa", _code_form, _totp_page, _totp_answer),
    MfaSetup.name: Step("/mfa/setup", _setup_form, _setup_page, _setup_answer),
    NewPasswordRequired.name: Step("/changePassword", _password_form, _password_page, _password_answer),
}
