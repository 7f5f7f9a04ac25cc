"""How a view ends: with a page, or somewhere else."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.utils.encoding import iri_to_uri

from cognito_site.languages import named
from hostedui import cookies, headers, languages, notes, presentation, visit, words
from hostedui.oauth.authorization import Authorization
from hostedui.presentation import Frame, Page
from hostedui.visit import Visit
from hostedui.words import Told
from userpools.models import AppClient

# What a page may say about the page before it.
NOTICES = {
    "confirmed": words.CONFIRMED,
    "created": words.CREATED,
    "saved": words.PASSWORD_SAVED,
    "sent": words.CODE_SENT,
    "link_sent": words.LINK_SENT,
    "waited": words.WAITED_TOO_LONG,
}
NOTICE_LIFETIME = timedelta(minutes=1)
NO_APP = ""


def show(
    request: Visit, page: Page, client: AppClient | None = None, *, status: int = 200, redirect_uri: str = ""
) -> HttpResponse:
    language = visit.language(request)
    frame = Frame(
        app_name=client.name if client else NO_APP,
        language=language,
        address=request.get_full_path(),
    )
    response = HttpResponse(presentation.render(page, frame, request), status=status)
    response[headers.CONTENT_POLICY] = headers.policy(redirect_uri)
    response["Content-Language"] = language.code
    _remember_language(request, response)
    if cookies.NOTICE in request.COOKIES:
        cookies.drop(response, request.pool_site, cookies.NOTICE)
    return response


def ask(request: Visit, page: Page, asked: Authorization) -> HttpResponse:
    """A page on the way to what the application ``asked`` for."""
    return show(request, page, asked.client, redirect_uri=asked.redirect_uri)


def _remember_language(request: Visit, response: HttpResponse) -> None:
    chosen = named(visit.known(request).get(languages.PARAMETER))
    if chosen is not None and request.COOKIES.get(cookies.LANGUAGE) != chosen.code:
        cookies.put(response, request.pool_site, cookies.LANGUAGE, chosen.code, cookies.YEAR)


def go(location: str, status: int = 302) -> HttpResponse:
    """Django's own class knows no schemes of apps. An address stays as it was registered, character by character."""
    return HttpResponse(status=status, headers={"Location": location if location.isascii() else iri_to_uri(location)})


def go_on(location: str) -> HttpResponse:
    """After a form: the next request is a GET, whatever this one was."""
    return go(location, 303)


def leave_notice(response: HttpResponse, request: Visit, notice: str, account: str = "") -> HttpResponse:
    """For the next page. ``account``: the name to sign in with, where it is known."""
    notes.leave(response, request, cookies.NOTICE, {"notice": notice, "account": account}, NOTICE_LIFETIME)
    return response


def notice(request: Visit) -> Told | None:
    return NOTICES.get(notes.find(request, cookies.NOTICE).get("notice", ""))


def noticed_account(request: Visit) -> str:
    return str(notes.find(request, cookies.NOTICE).get("account", ""))
