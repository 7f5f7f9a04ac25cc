"""A forgotten password: a code is asked for at ``/forgotPassword`` and answered at ``/confirmForgotPassword``."""

from __future__ import annotations

from django.http import HttpResponse

from cognito_site.contract import errors
from hostedui import cookies, pool_forms, visit, words
from hostedui.forms import ForgotPasswordForm, ResetPasswordForm
from hostedui.oauth.authorization import Authorization
from hostedui.presentation import ForgotPassword, ResetPassword
from hostedui.views import links, pages, pending
from hostedui.views.authorized import authorized
from hostedui.views.pending import Pending
from hostedui.visit import Visit
from hostedui.words import Told
from userpools.domain import recovery

# --- asking for a code ------------------------------------------------------------------------------------------------


@authorized("GET", "POST")
def forgot(request: Visit, asked: Authorization) -> HttpResponse:
    pool = asked.client.pool
    if not (asked.may_sign_in_here and recovery.is_open(pool)):
        return pages.go_on(links.sign_in(request.pool_site, asked))
    if request.method == "POST":
        return _send(request, asked, pool_forms.forgot_password(pool, request.POST))
    return _ask(request, asked, pool_forms.forgot_password(pool, None))


def _ask(request: Visit, asked: Authorization, form: ForgotPasswordForm, alert: Told | None = None) -> HttpResponse:
    sign_in_url = links.sign_in(request.pool_site, asked)
    return pages.ask(request, ForgotPassword(form=form, alert=alert, sign_in_url=sign_in_url), asked)


def _send(request: Visit, asked: Authorization, form: ForgotPasswordForm) -> HttpResponse:
    if not form.is_valid():
        return _ask(request, asked, form)
    name = form.cleaned_data["username"]
    try:
        delivery = recovery.forgot(asked.client, name, visit.context(request))
    except errors.Refusal as refusal:
        place = links.place(request.pool_site, asked, form.kinds)
        return _ask(request, asked, form, form.tell(words.told(refusal, place)))
    return pending.reset(request, asked, name, delivery)


# --- the new password -------------------------------------------------------------------------------------------------


@authorized("GET", "POST")
def reset(request: Visit, asked: Authorization) -> HttpResponse:
    of, pool = pending.of(request, asked, cookies.RESETTING), asked.client.pool
    if of is None:
        return pages.go_on(visit.at(request.pool_site, "/forgotPassword", asked.query))
    if request.method == "POST":
        return _reset(request, asked, of, pool_forms.reset_password(pool, request.POST))
    return _ask_for_code(request, asked, of, pool_forms.reset_password(pool, None), pages.notice(request))


def _ask_for_code(
    request: Visit, asked: Authorization, of: Pending, form: ResetPasswordForm, alert: Told | None = None
) -> HttpResponse:
    site = request.pool_site
    may_ask_again = recovery.is_open(asked.client.pool)
    page = ResetPassword(
        form=form,
        sent=of.sent,
        account=of.name,
        leave_url=links.sign_in(site, asked),
        resend_url=visit.at(site, "/forgotPassword/resend", asked.query) if may_ask_again else "",
        alert=alert,
    )
    return pages.ask(request, page, asked)


def _reset(request: Visit, asked: Authorization, of: Pending, form: ResetPasswordForm) -> HttpResponse:
    if not form.is_valid():
        return _ask_for_code(request, asked, of, form)
    code, password = form.cleaned_data["code"], form.cleaned_data["new_password"]
    try:
        recovery.reset(asked.client, of.name, code, password, visit.context(request))
    except errors.Refusal as refusal:
        place = links.place(request.pool_site, asked, frozenset())
        return _ask_for_code(request, asked, of, form, form.tell(words.told(refusal, place)))
    response = pages.go_on(links.sign_in(request.pool_site, asked))
    cookies.drop(response, request.pool_site, cookies.RESETTING)
    return pages.leave_notice(response, request, "saved", of.name)


@authorized("GET", "POST")
def resend(request: Visit, asked: Authorization) -> HttpResponse:
    of = pending.of(request, asked, cookies.RESETTING)
    if of is None or request.method == "GET":
        return pages.go_on(visit.at(request.pool_site, pending.PATHS[cookies.RESETTING], asked.query))
    try:
        delivery = recovery.forgot(asked.client, of.name, visit.context(request))
    except errors.Refusal as refusal:
        told = words.told(refusal, links.place(request.pool_site, asked, frozenset()))
        return _ask_for_code(request, asked, of, pool_forms.reset_password(asked.client.pool, None), told)
    return pages.leave_notice(pending.reset(request, asked, of.name, delivery), request, "sent")
