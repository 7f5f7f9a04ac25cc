"""``/confirmUser``: where the link in a confirmation mail leads.

In Cognito opening it confirms. Here opening it shows a button, and pressing that confirms: programs that look at mail
before its reader does open every link in it (``docs/decisions/0009``).
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from cognito_site.contract import errors
from hostedui import visit, words
from hostedui.oauth import authorization, credentials
from hostedui.oauth.authorization import SendBack, Stay
from hostedui.presentation import Confirmed, ConfirmLink, LinkFailed
from hostedui.views import failures, pages
from hostedui.visit import Visit
from hostedui.words import Place
from userpools.domain import sign_up
from userpools.models import AppClient

# Whatever is wrong with the link itself is told by the page's own words.
OF_THE_LINK = (errors.CodeMismatch, errors.ExpiredCode, errors.NotAuthorized, errors.UserNotFound)
OF_TRIGGERS = (errors.UserLambdaValidation, errors.UnexpectedLambda, errors.InvalidLambdaResponse)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_user(request: Visit) -> HttpResponse:
    if not request.pool_site.is_open:
        return failures.no_domain(request)
    given = visit.known(request)
    client = credentials.find_client(given.get("client_id", ""), request.pool_site.pool_id)
    name, code = given.get("user_name"), given.get("confirmation_code")
    if client is None or not name or not code:
        return failures.show(request, "invalid_request", 400, client=client)
    if request.method == "POST":
        return _confirm(request, client, name, code)
    return pages.show(request, ConfirmLink(), client)


def _confirm(request: Visit, client: AppClient, name: str, code: str) -> HttpResponse:
    sign_in_url = _sign_in_url(request, client)
    try:
        sign_up.confirm(client, name, code, visit.context(request))
    except OF_TRIGGERS:
        # The account is confirmed nevertheless.
        return failures.show(request, "server_error", 400, client=client)
    except OF_THE_LINK:
        return pages.show(request, LinkFailed(sign_in_url=sign_in_url), client, status=400)
    except errors.Refusal as refusal:
        alert = words.told(refusal, Place(sign_in_url=sign_in_url))
        return pages.show(request, LinkFailed(sign_in_url=sign_in_url, alert=alert), client, status=400)
    return pages.show(request, Confirmed(sign_in_url=sign_in_url), client)


def _sign_in_url(request: Visit, client: AppClient) -> str:
    """To the client's first address. Empty, if it does not sign people in on pages."""
    query = {
        "client_id": client.pk,
        "response_type": "code",
        "redirect_uri": next(iter(client.callback_urls), ""),
    }
    try:
        asked = authorization.read(client.pool_id, urlencode(query))
    except (Stay, SendBack):
        return ""
    return visit.at(request.pool_site, "/login", asked.query) if asked.may_sign_in_here else ""
