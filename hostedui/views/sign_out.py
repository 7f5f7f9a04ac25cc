"""``/logout``: ends the hour of single sign-on in this browser, then goes where the client has registered.

AWS's own, not OpenID's: ``id_token_hint`` and ``post_logout_redirect_uri`` mean nothing, and any site may send somebody
here. Whoever names no target at all reads that they are signed out.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from hostedui import cookies, visit
from hostedui.oauth import authorization, credentials, parameters
from hostedui.oauth.answers import context_of
from hostedui.oauth.authorization import SendBack, Stay
from hostedui.oauth.parameters import Malformed, Parameters
from hostedui.presentation import SignedOut
from hostedui.views import failures, pages
from hostedui.views.authorized import stay_here
from hostedui.visit import Visit
from userpools.domain import browser_sessions
from userpools.models import AppClient


@require_http_methods(["GET"])
def logout(request: Visit) -> HttpResponse:
    if not request.pool_site.is_open:
        return failures.no_domain(request)
    try:
        given = parameters.read(visit.query(request))
        client = _client(request, given)
    except Malformed:
        return failures.show(request, "invalid_request", 400)
    except Stay as stay:
        return stay_here(request, stay)
    browser_sessions.sign_out(client.pool, request.COOKIES.get(cookies.SIGNED_IN), context_of(request))
    return _forgotten(request, _left(request, client, given))


def _client(request: Visit, given: Parameters) -> AppClient:
    client_id = given.get("client_id", "")
    client = credentials.find_client(client_id, request.pool_site.pool_id)
    if client is None:
        raise Stay("invalid_client" if client_id else "invalid_request", client_id)
    return client


def _forgotten(request: Visit, response: HttpResponse) -> HttpResponse:
    for kind in cookies.OF_PEOPLE:
        if kind in request.COOKIES:
            cookies.drop(response, request.pool_site, kind)
    return response


def _left(request: Visit, client: AppClient, given: Parameters) -> HttpResponse:
    try:
        if "logout_uri" in given:
            return _to_application(client, given["logout_uri"])
        if "redirect_uri" in given or "response_type" in given:
            return _to_sign_in(request, client, given)
    except Stay as stay:
        return stay_here(request, stay)
    except SendBack as refused:
        return pages.go(refused.location)
    return pages.show(request, SignedOut(app_url=_only_way_back(client)), client)


def _to_application(client: AppClient, address: str) -> HttpResponse:
    if address not in client.logout_urls:
        raise Stay("redirect_mismatch", client.pk)
    return pages.go(address)


def _to_sign_in(request: Visit, client: AppClient, given: Parameters) -> HttpResponse:
    if "response_type" not in given or "redirect_uri" not in given:
        return failures.show(request, "invalid_request", 400, client=client)
    asked = authorization.read(client.pool_id, visit.query(request))
    return pages.go(visit.at(request.pool_site, "/login", asked.query))


def _only_way_back(client: AppClient) -> str:
    """Of several nobody could say which is meant."""
    urls = [url for url in client.logout_urls if url.startswith(("https://", "http://"))]
    return urls[0] if len(urls) == 1 else ""
