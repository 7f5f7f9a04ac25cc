"""``/oauth2/token``, ``/oauth2/revoke`` and ``/oauth2/userInfo``: called by applications, from any origin, without
cookies."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from oauthlib.oauth2.rfc6749 import errors as oauth
from oauthlib.oauth2.rfc6749.endpoints.revocation import RevocationEndpoint

from cognito_site.contract import errors
from cognito_site.functions import payloads
from cognito_site.functions.outcomes import Garbled
from hostedui.oauth import answers, grants, parameters
from hostedui.oauth.asked import Asked
from hostedui.oauth.parameters import Malformed, Parameters
from hostedui.oauth.validator import Validator
from userpools.domain import claims, presented, tokens
from userpools.domain.domain_hosts import Site

FORM = "application/x-www-form-urlencoded"
NO_DOMAIN = "This user pool has no domain, and without one no OAuth endpoints. CreateUserPoolDomain makes it one."
BAD_USER_INFO_REQUEST = "Bad OAuth2 request at UserInfo Endpoint"
DEAD_TOKEN = "Access token is expired, disabled, or deleted, or the user has globally signed out."

Endpoint = Callable[[HttpRequest, Site], HttpResponse]


def _endpoint(method: str) -> Callable[[Endpoint], Endpoint]:
    """One method, its preflight, and an honest word where the pool has no domain."""

    def wrap(perform: Endpoint) -> Endpoint:
        def entered(request: HttpRequest, site: Site) -> HttpResponse:
            if request.method == "OPTIONS":
                return answers.preflight(method)
            if request.method != method:
                return answers.refused("invalid_request", f"Only {method} is answered here.", 405, Allow=method)
            if not site.is_open:
                return answers.refused("invalid_request", NO_DOMAIN)
            return perform(request, site)

        return entered

    return wrap


def _form(request: HttpRequest) -> Parameters:
    """Raises Malformed. A query is refused: what is in one ends up in logs."""
    if request.META.get("QUERY_STRING"):
        raise Malformed("Send parameters in the body.")
    if request.content_type != FORM:
        raise Malformed(f"The content type must be {FORM}.")
    try:
        return parameters.read(request.body.decode("ascii"))
    except (UnicodeDecodeError, UnreadablePostError, RequestDataTooBig):
        raise Malformed("The body is not a form.") from None


@_endpoint("POST")
def token(request: HttpRequest, site: Site) -> HttpResponse:
    try:
        given = _form(request)
        metadata = _metadata(given.get("aws_client_metadata"))
    except Malformed as error:
        return answers.refused("invalid_request", str(error))
    authorization = request.META.get("HTTP_AUTHORIZATION", "")
    context = replace(answers.context_of(request), client_metadata=metadata)
    status, body = grants.answer(site.pool_id, given, authorization, context)
    return answers.answer(body, status)


def _metadata(text: str | None) -> dict[str, str] | None:
    """For the trigger of machines' tokens; every grant takes it."""
    if text is None:
        return None
    try:
        found = payloads.read(text.encode())
    except (Garbled, UnicodeEncodeError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise Malformed("aws_client_metadata must be a JSON object of texts.")
    return found


_revocation = RevocationEndpoint(Validator())


@_endpoint("POST")
def revoke(request: HttpRequest, site: Site) -> HttpResponse:
    try:
        given = _form(request)
    except Malformed as error:
        return answers.refused("invalid_request", str(error))
    asked = Asked(site.pool_id, given, ("token", "client_id"), request.META.get("HTTP_AUTHORIZATION", ""))
    try:
        _revocation.validate_revocation_request(asked)
        tokens.revoke_refresh_token(asked.client, asked.token, answers.context_of(request))
    except oauth.InvalidClientError as error:
        return answers.refused("invalid_client", error.description, 401, WWW_Authenticate='Basic realm="oauth2"')
    except oauth.OAuth2Error as error:
        return answers.refused(error.error or "invalid_request", error.description)
    except errors.UnsupportedTokenType as refusal:
        return answers.refused("unsupported_token_type", refusal.message)
    except errors.Refusal as refusal:
        return answers.refused("invalid_request", refusal.message)
    return answers.answer(b"")


@_endpoint("GET")
def user_info(request: HttpRequest, site: Site) -> HttpResponse:
    scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        return _challenged("invalid_request", BAD_USER_INFO_REQUEST, 400)
    try:
        bearer = presented.bearer_at_user_info(text.strip())
    except errors.Refusal:
        return _challenged("invalid_token", DEAD_TOKEN, 401)
    if bearer.pool.pk != site.pool_id:
        return _challenged("invalid_token", DEAD_TOKEN, 401)
    shown = claims.visible(bearer.client, bearer.user, bearer.scopes)
    return answers.answer(json.dumps({"sub": str(bearer.user.sub), **shown, "username": bearer.user.username}))


def _challenged(error: str, description: str, status: int) -> HttpResponse:
    challenge = f'Bearer error="{error}", error_description="{description}"'
    exposed = {"Access_Control_Expose_Headers": "WWW-Authenticate"}
    return answers.refused(error, description, status, WWW_Authenticate=challenge, **exposed)
