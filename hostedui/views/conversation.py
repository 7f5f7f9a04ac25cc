"""A sign-in after its first answer: from one page to the next, and what a finished one leaves.

The ``Session`` string lives in a cookie for as long as the domain keeps it good, in no address. The domain says which
challenge it waits for; whoever comes to the page of another one is led to the right one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil

from django.http import HttpResponse
from django.utils import timezone

from cognito_site.contract import errors
from hostedui import cookies, visit, words
from hostedui.forms import PageForm
from hostedui.oauth.authorization import Authorization
from hostedui.views import links, pages, steps
from hostedui.views.authorized import authorized
from hostedui.views.steps import Around, Step
from hostedui.visit import Visit
from userpools.domain import browser_sessions, sessions, sign_in, totp_setup
from userpools.domain.challenges.factors import MfaSetup
from userpools.domain.sessions import Held
from userpools.domain.sign_in import Asked, Result, SignedIn

AGAIN, CHOOSE = "/mfa/again", "/mfa/choose"


# --- from one step to the next ----------------------------------------------------------------------------------------


def go_on(request: Visit, asked: Authorization, result: Result) -> HttpResponse:
    if isinstance(result, SignedIn):
        return _finished(request, asked, result)
    way, session = _next_page(request, asked, result)
    response = pages.go_on(visit.at(request.pool_site, way.path, asked.query))
    _keep(response, request, asked, session)
    return response


def _next_page(request: Visit, asked: Authorization, result: Asked) -> tuple[Step, str]:
    """With the session under which the page already has what it shows: it may be loaded twice, or broken off, and is
    the same page again."""
    if result.challenge != MfaSetup.name:
        return steps.STEPS[result.challenge][0], result.session
    held = sessions.hold(asked.client, result.session, visit.context(request))
    way = steps.ways(held)[0]
    if way is not steps.SET_UP_APP:
        return way, result.session
    try:
        return way, totp_setup.offer_on_page(held, result.session).session
    except errors.ConcurrentModification:
        return way, result.session


def _keep(response: HttpResponse, request: Visit, asked: Authorization, session: str) -> None:
    seconds = int(asked.client.session_lifetime.total_seconds())
    cookies.put(response, request.pool_site, cookies.SIGNING_IN, session, seconds)


def _finished(request: Visit, asked: Authorization, result: SignedIn) -> HttpResponse:
    assert result.user is not None
    site, context, now = request.pool_site, visit.context(request), timezone.now()
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


@dataclass(frozen=True, slots=True)
class Here:
    """A visitor at one of the ways to answer what a sign-in asks."""

    request: Visit
    asked: Authorization
    held: Held
    session: str
    way: Step

    def show(self, form: PageForm, alert: words.Told | None) -> HttpResponse:
        """Where two requests ask for the same page at once and both would change what it shows, one asks again."""
        try:
            page, kept = self.way.page(self.held, self.session, form, self._around(alert))
        except (errors.NotAuthorized, errors.ConcurrentModification):
            return pages.go_on(self.request.get_full_path())
        response = pages.ask(self.request, page, self.asked)
        if kept != self.session:
            _keep(response, self.request, self.asked, kept)
        return response

    def _around(self, alert: words.Told | None) -> Around:
        shared = {
            "account": self.held.attempt.name,
            "leave_url": links.sign_in(self.request.pool_site, self.asked),
            "alert": alert,
            "minutes": _minutes_left(self.held),
        }
        others = [way.path for way in steps.ways(self.held) if way is not self.way]
        return Around(shared, self.url(AGAIN), self.url(CHOOSE), self.url(others[0]) if others else "")

    def url(self, path: str) -> str:
        return visit.at(self.request.pool_site, path, self.asked.query)

    def attempt(self, deed: Callable[[], HttpResponse], form: PageForm) -> HttpResponse:
        """``deed``, or this page with what was refused."""
        try:
            return deed()
        except errors.Refusal as refusal:
            place = links.place(self.request.pool_site, self.asked, frozenset())
            told = words.told(refusal, replace(place, sent_code=self.held.row.challenge in sign_in.MESSAGE_CODES))
            if told is words.WAITED_TOO_LONG:
                return _begin_again(self.request, self.asked)
            return self.show(form, form.tell(told))

    def answer(self) -> HttpResponse:
        form = self.way.form(self.held, self.request.POST)
        if not form.is_valid():
            return self.show(form, None)
        return self.attempt(lambda: go_on(self.request, self.asked, self.way.answer(self.held, form)), form)

    def do(self, path: str) -> HttpResponse:
        return self.attempt(lambda: DEEDS[path](self), self.way.form(self.held, None))


@authorized("GET", "POST")
def step(request: Visit, asked: Authorization) -> HttpResponse:
    session, path = request.COOKIES.get(cookies.SIGNING_IN, ""), request.path_info.lower()
    try:
        held = sessions.hold(asked.client, session, visit.context(request))
    except errors.NotAuthorized:
        return _begin_again(request, asked)
    ways = steps.ways(held)
    here = Here(request, asked, held, session, next((way for way in ways if way.path.lower() == path), ways[0]))
    if request.method == "POST" and path in DEEDS:
        return here.do(path)
    if here.way.path.lower() != path:
        return pages.go_on(here.url(here.way.path))
    return here.answer() if request.method == "POST" else here.show(here.way.form(held, None), pages.notice(request))


def _send_again(here: Here) -> HttpResponse:
    response = go_on(here.request, here.asked, sign_in.send_again(here.held))
    return pages.leave_notice(response, here.request, "sent")


def _choose_again(here: Here) -> HttpResponse:
    return go_on(here.request, here.asked, sign_in.choose_again(here.held))


DEEDS: dict[str, Callable[[Here], HttpResponse]] = {AGAIN: _send_again, CHOOSE: _choose_again}


def _minutes_left(held: Held) -> int:
    return max(1, ceil((held.row.expires_at - timezone.now()).total_seconds() / 60))
