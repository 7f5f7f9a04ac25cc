"""``/oauth2/authorize`` and ``/login``: who comes from an application is sent back at once, or asked who they are."""

from __future__ import annotations

from django.http import HttpResponse

from cognito_site.contract import errors
from hostedui import cookies, pool_forms, visit, words
from hostedui.forms import SignInForm
from hostedui.oauth.authorization import Authorization, Stay
from hostedui.presentation import SignIn
from hostedui.views import conversation, links, pages, pending
from hostedui.views.authorized import authorized
from hostedui.visit import Visit
from hostedui.words import Told
from userpools.domain import browser_sessions, sign_in
from userpools.models import BrowserSession


@authorized("GET")
def authorize(request: Visit, asked: Authorization) -> HttpResponse:
    return _short_cut(request, asked) or pages.go(visit.at(request.pool_site, "/login", asked.query))


@authorized("GET", "POST")
def login(request: Visit, asked: Authorization) -> HttpResponse:
    if request.method == "POST":
        return _sign_in(request, asked)
    return _short_cut(request, asked) or _begun_anew(request, asked)


def _short_cut(request: Visit, asked: Authorization) -> HttpResponse | None:
    """Back to the application without a page: for who signed in lately, and for who must not be asked."""
    _check_offered(asked)
    session = _lately_signed_in(request, asked)
    if session is not None:
        methods = tuple(session.methods)
        return pages.go(asked.fulfilled(session.user, methods, session.authenticated_at, visit.context(request)))
    if "none" in asked.prompt:
        raise asked.refusal("login_required")
    return None


def _check_offered(asked: Authorization) -> None:
    if asked.may_sign_in_here:
        return
    if "none" in asked.prompt:
        raise asked.refusal("login_required")
    raise Stay("login_unavailable", asked.client.pk)


def _lately_signed_in(request: Visit, asked: Authorization) -> BrowserSession | None:
    if "login" in asked.prompt:
        return None
    session = browser_sessions.find(asked.client.pool, request.COOKIES.get(cookies.SIGNED_IN))
    return session if session is not None and browser_sessions.is_fresh(session, asked.max_age) else None


def _begun_anew(request: Visit, asked: Authorization) -> HttpResponse:
    """Also where "Not you?" leads: whoever sits down next does not go on with what somebody else began."""
    form = pool_forms.sign_in(asked.client.pool, None, pages.noticed_account(request) or asked.login_hint)
    response = _shown(request, asked, form, pages.notice(request))
    if cookies.SIGNING_IN in request.COOKIES:
        cookies.drop(response, request.pool_site, cookies.SIGNING_IN)
    return response


def _shown(request: Visit, asked: Authorization, form: SignInForm, alert: Told | None) -> HttpResponse:
    site, pool = request.pool_site, asked.client.pool
    forgot_url, sign_up_url = links.forgot(site, pool, asked), links.sign_up(site, pool, asked)
    return pages.ask(request, SignIn(form=form, alert=alert, forgot_url=forgot_url, sign_up_url=sign_up_url), asked)


def _sign_in(request: Visit, asked: Authorization) -> HttpResponse:
    _check_offered(asked)
    form, alert = pool_forms.sign_in(asked.client.pool, request.POST), None
    if form.is_valid():
        try:
            return _begin(request, asked, form.cleaned_data["username"], form.cleaned_data["password"])
        except errors.Refusal as refusal:
            alert = form.tell(words.told(refusal, links.place(request.pool_site, asked, form.kinds)))
    return _shown(request, asked, form, alert)


def _begin(request: Visit, asked: Authorization, name: str, password: str) -> HttpResponse:
    try:
        result = sign_in.begin_on_page(asked.client, name, password, visit.context(request))
    except errors.UserNotConfirmed:
        if not asked.client.pool.auto_verified_attributes:
            raise
        return pending.confirm(request, asked, name)
    except errors.PasswordResetRequired:
        return pending.reset(request, asked, name)
    return conversation.go_on(request, asked, result)
