"""The grants of the token endpoint, and how each turns into tokens."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from oauthlib.oauth2.rfc6749 import errors as oauth
from oauthlib.oauth2.rfc6749.grant_types import (
    AuthorizationCodeGrant,
    ClientCredentialsGrant,
    RefreshTokenGrant,
)
from oauthlib.oauth2.rfc6749.grant_types.base import GrantTypeBase
from oauthlib.oauth2.rfc6749.tokens import TokenBase

from cognito_site.contract import errors
from hostedui.oauth.asked import Asked
from hostedui.oauth.parameters import Parameters
from hostedui.oauth.validator import Validator
from userpools.domain import authorization_codes, tokens
from userpools.domain.tokens import Tokens
from userpools.values import Context

Answer = tuple[int, str]
_CLIENT = ("grant_type", "client_id")
# A refresh gives the scopes of the sign-in: it takes none.
UNDERSTOOD = {
    "client_credentials": (*_CLIENT, "scope"),
    "authorization_code": (*_CLIENT, "code", "redirect_uri", "code_verifier"),
    "refresh_token": (*_CLIENT, "refresh_token"),
}


class Issuer(TokenBase):
    """oauthlib's *token handler*: called when nothing is left to refuse but what the domain refuses."""

    def create_token(self, request: Any, refresh_token: bool = False) -> dict[str, Any]:
        return members(ISSUE[request.grant_type](request))


def _for_machine(request: Asked) -> Tokens:
    return tokens.issue_to_machine(request.client, request.scopes, request.context)


def _for_code(request: Asked) -> Tokens:
    return authorization_codes.exchange(request.spent, request.context.without_metadata())


def _refreshed(request: Asked) -> Tokens:
    return tokens.refresh(request.client, request.refresh_token, request.context.without_metadata())


ISSUE: dict[str, Callable[[Asked], Tokens]] = {
    "client_credentials": _for_machine,
    "authorization_code": _for_code,
    "refresh_token": _refreshed,
}


def members(issued: Tokens) -> dict[str, Any]:
    named = {"id_token": issued.id_token, "access_token": issued.access_token, "refresh_token": issued.refresh_token}
    present: dict[str, Any] = {name: token for name, token in named.items() if token is not None}
    return {**present, "expires_in": issued.expires_in, "token_type": "Bearer"}


# --- checks that oauthlib leaves to its users -------------------------------------------------------------------------


def _names_its_redirect(request: Asked) -> None:
    if request.redirect_uri is None:
        raise oauth.InvalidRequestError("Missing redirect_uri parameter.")


def _may_read_what_it_asked_for(request: Asked) -> None:
    if not authorization_codes.may_read(request.client, request.scopes):
        raise oauth.InvalidGrantError("The client may not read every attribute of its scopes.")


_BEFORE: list[Any] = [_names_its_redirect]
_AFTER: list[Any] = [_may_read_what_it_asked_for]
_validator, _issuer = Validator(), Issuer()
GRANTS: dict[str, GrantTypeBase] = {
    "client_credentials": ClientCredentialsGrant(_validator),
    "authorization_code": AuthorizationCodeGrant(_validator, pre_token=_BEFORE, post_token=_AFTER),
    "refresh_token": RefreshTokenGrant(_validator),
}


def answer(pool_id: str, given: Parameters, authorization: str, context: Context) -> Answer:
    """Status and body of the token endpoint. ``authorization`` is the header of that name."""
    grant_type = given.get("grant_type")
    if grant_type is None:
        return refused(oauth.InvalidRequestError("Missing grant_type parameter."))
    if grant_type not in GRANTS:
        return refused(oauth.UnsupportedGrantTypeError())
    request = Asked(pool_id, given, UNDERSTOOD[grant_type], authorization, context)
    try:
        return _walked(GRANTS[grant_type], request)
    except errors.Refusal as refusal:
        return refused(oauth.InvalidGrantError(refusal.message))
    except authorization_codes.CodeRefused:
        return refused(oauth.InvalidGrantError())


def _walked(grant: GrantTypeBase, request: Asked) -> Answer:
    """Every refusal of this endpoint is a 400, also the one of an unknown client."""
    _, body, status = grant.create_token_response(request, _issuer)
    return status if status == 200 else 400, body or ""


def refused(error: oauth.OAuth2Error) -> Answer:
    told = {"error": error.error, "error_description": error.description}
    return 400, json.dumps({name: value for name, value in told.items() if value})
