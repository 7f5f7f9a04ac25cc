"""A new account: ``/signup``, the code that confirms it at ``/confirm``, another one from ``/resendcode``."""

from __future__ import annotations

from django.http import HttpResponse

from cognito_site.contract import errors
from hostedui import cookies, pool_forms, visit, words
from hostedui.forms import CodeForm, SignUpForm
from hostedui.oauth.authorization import Authorization
from hostedui.presentation import Confirm, SignUp
from hostedui.views import links, pages, pending
from hostedui.views.authorized import authorized
from hostedui.views.pending import Pending
from hostedui.visit import Visit
from hostedui.words import Told
from userpools.domain import sign_up
from userpools.models import UserPool

# --- the account ------------------------------------------------------------------------------------------------------


@authorized("GET", "POST")
def signup(request: Visit, asked: Authorization) -> HttpResponse:
    pool = asked.client.pool
    if not (asked.may_sign_in_here and sign_up.is_open(pool)):
        return pages.go_on(links.sign_in(request.pool_site, asked))
    if request.method == "POST":
        return _create(request, asked, pool_forms.sign_up(pool, request.POST))
    return _ask(request, asked, pool_forms.sign_up(pool, None))


def _ask(request: Visit, asked: Authorization, form: SignUpForm, alert: Told | None = None) -> HttpResponse:
    sign_in_url = links.sign_in(request.pool_site, asked)
    return pages.ask(request, SignUp(form=form, alert=alert, sign_in_url=sign_in_url), asked)


def _create(request: Visit, asked: Authorization, form: SignUpForm) -> HttpResponse:
    if not form.is_valid():
        return _ask(request, asked, form)
    name, password = form.username(), form.cleaned_data["password"]
    try:
        signed_up = sign_up.sign_up(asked.client, name, password, form.attributes(), visit.context(request))
    except errors.Refusal as refusal:
        place = links.place(request.pool_site, asked, frozenset())
        return _ask(request, asked, form, form.tell(words.told(refusal, place)))
    if signed_up.delivery is None:
        return _to_sign_in(request, asked, "created", name)
    return pending.confirm(request, asked, name, signed_up.delivery)


def _to_sign_in(request: Visit, asked: Authorization, notice: str, account: str) -> HttpResponse:
    response = pages.go_on(links.sign_in(request.pool_site, asked))
    if cookies.CONFIRMING in request.COOKIES:
        cookies.drop(response, request.pool_site, cookies.CONFIRMING)
    return pages.leave_notice(response, request, notice, account)


# --- its confirmation -------------------------------------------------------------------------------------------------


@authorized("GET", "POST")
def confirm(request: Visit, asked: Authorization) -> HttpResponse:
    of = pending.of(request, asked, cookies.CONFIRMING)
    if of is None:
        return pages.go_on(links.sign_in(request.pool_site, asked))
    if request.method == "POST":
        return _confirm(request, asked, of, CodeForm(request.POST))
    return _ask_for_code(request, asked, of, CodeForm(), pages.notice(request))


def _ask_for_code(
    request: Visit, asked: Authorization, of: Pending, form: CodeForm, alert: Told | None = None
) -> HttpResponse:
    site = request.pool_site
    page = Confirm(
        form=None if _confirms_by_link(asked.client.pool, of) else form,
        sent=of.sent,
        account=of.name,
        leave_url=links.sign_in(site, asked),
        resend_url=visit.at(site, "/resendcode", asked.query),
        alert=alert,
    )
    return pages.ask(request, page, asked)


def _confirms_by_link(pool: UserPool, of: Pending) -> bool:
    is_mail = of.sent.medium == "EMAIL" if of.sent else "phone_number" not in pool.auto_verified_attributes
    return pool.confirms_by_link and is_mail


def _confirm(request: Visit, asked: Authorization, of: Pending, form: CodeForm) -> HttpResponse:
    if not form.is_valid():
        return _ask_for_code(request, asked, of, form)
    try:
        sign_up.confirm(asked.client, of.name, form.cleaned_data["code"], visit.context(request))
    except errors.Refusal as refusal:
        place = links.place(request.pool_site, asked, frozenset())
        return _ask_for_code(request, asked, of, form, form.tell(words.told(refusal, place)))
    return _to_sign_in(request, asked, "confirmed", of.name)


@authorized("GET", "POST")
def resend(request: Visit, asked: Authorization) -> HttpResponse:
    of = pending.of(request, asked, cookies.CONFIRMING)
    if of is None or request.method == "GET":
        return pages.go_on(visit.at(request.pool_site, "/confirm", asked.query))
    try:
        delivery = sign_up.resend(asked.client, of.name, visit.context(request))
    except errors.Refusal as refusal:
        told = words.told(refusal, links.place(request.pool_site, asked, frozenset()))
        return _ask_for_code(request, asked, of, CodeForm(), told)
    sent = "link_sent" if _confirms_by_link(asked.client.pool, of) else "sent"
    return pages.leave_notice(pending.confirm(request, asked, of.name, delivery), request, sent)
