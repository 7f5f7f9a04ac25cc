"""What an application asks for when it sends a browser here: the parameters of ``/oauth2/authorize`` and ``/login``.

oauthlib refuses in the order of the specification: first what must stay on our own pages (client and address), then
what goes back to the application. ``read`` is called again by every page of a sign-in, because the parameters travel
along in the query: nothing of a request that was good a minute ago is believed later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from oauthlib.oauth2.rfc6749 import errors
from oauthlib.oauth2.rfc6749.grant_types import AuthorizationCodeGrant, ImplicitGrant

from hostedui.oauth import grants, parameters
from hostedui.oauth.asked import Asked
from hostedui.oauth.parameters import Malformed, Parameters
from hostedui.oauth.validator import RESPONSE_TYPES, Validator
from userpools.domain import authorization_codes
from userpools.domain.authorization_codes import Approval
from userpools.domain.client_rules import LOCAL_PROVIDER
from userpools.models import AppClient, User
from userpools.values import Context

PROMPTS = frozenset({"none", "login", "select_account", "consent"})
SECONDS = re.compile(r"[0-9]{1,9}")
REDIRECTS = (errors.MissingRedirectURIError, errors.MismatchingRedirectURIError, errors.InvalidRedirectURIError)
UNDERSTOOD = (
    *("client_id", "redirect_uri", "response_type", "scope", "state", "nonce"),
    *("code_challenge", "code_challenge_method", "prompt", "max_age", "login_hint"),
)


class Stay(Exception):
    """Refused on our own page: nobody knows yet that the address is the application's. ``code`` is for the page."""

    def __init__(self, code: str, client_id: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.client_id = client_id


class SendBack(Exception):
    """Refused, and the application is told: ``location`` is its address with the error."""

    def __init__(self, location: str) -> None:
        super().__init__("refused")
        self.location = location


@dataclass(frozen=True, slots=True)
class Authorization:
    """A request that is in order. ``query`` is what was sent, to take along to the next page.

    ``may_sign_in_here``: the client lists COGNITO among its identity providers. As in Cognito one that lists none has
    none, and no page to sign in on (hashicorp/terraform-provider-aws#23374).
    """

    client: AppClient
    redirect_uri: str
    response_type: str
    scopes: list[str]
    query: str
    state: str | None = None
    nonce: str = ""
    code_challenge: str = ""
    prompt: frozenset[str] = frozenset()
    max_age: int | None = None
    login_hint: str = ""

    @property
    def wants_tokens_at_once(self) -> bool:
        return self.response_type == "token"

    @property
    def may_sign_in_here(self) -> bool:
        return LOCAL_PROVIDER in self.client.settings.get("supported_identity_providers", ())

    def location(self, **members: object) -> str:
        """The application's address with what it asked for."""
        return _location(self.redirect_uri, self.response_type, self.state, members)

    def refusal(self, error: str, description: str = "") -> SendBack:
        return SendBack(self.location(error=error, error_description=description))

    def fulfilled(self, user: User, methods: tuple[str, ...], authenticated_at: datetime, context: Context) -> str:
        """The application's address with a code, or with tokens. Raises what the domain refuses."""
        approval = Approval(self.client, user, self.scopes, methods, authenticated_at, self.nonce)
        if self.wants_tokens_at_once:
            return self.location(**grants.members(authorization_codes.issue_tokens_at_once(approval, context)))
        return self.location(code=authorization_codes.issue(approval, self.redirect_uri, self.code_challenge))


def _location(address: str, response_type: str | None, state: str | None, members: Mapping[str, object]) -> str:
    told = {name: str(value) for name, value in {**members, "state": state}.items() if value not in (None, "")}
    put = parameters.in_fragment if response_type == "token" else parameters.added
    return put(address, told)


# --- checks, in the order of the reference --------------------------------------------------------------------------


def _offers_oauth(request: Asked) -> dict[str, str]:
    if not request.client.offers_oauth:
        raise errors.InvalidRequestError("Client is not enabled for OAuth2.0 flows.")
    return {}


def _is_well_formed(request: Asked) -> dict[str, str]:
    if request.malformed:
        raise errors.InvalidRequestError(request.malformed)
    if request.response_type is not None and request.response_type not in RESPONSE_TYPES:
        raise errors.InvalidRequestError("response_type must be code or token.")
    return {}


def _has_no_challenge(request: Asked) -> dict[str, str]:
    if request.code_challenge is not None or request.code_challenge_method is not None:
        raise errors.InvalidRequestError("PKCE belongs to response_type=code.")
    return {}


def _may_read_what_it_asks_for(request: Asked) -> dict[str, str]:
    """For a code, the token endpoint asks."""
    if not authorization_codes.may_read(request.client, request.scopes):
        raise errors.InvalidScopeError("The client may not read every attribute of its scopes.")
    return {}


def _is_performed(request: Asked) -> dict[str, str]:
    given: Parameters = request.given
    if "resource" in given:
        raise errors.InvalidRequestError("resource is not performed by this version of Poolhouse.")
    if given.get("acr_values") and request.client.pool.has_authentication_levels:
        raise errors.InvalidRequestError("acr_values is not performed by this version of Poolhouse.")
    if "idp_identifier" in given or given.get("identity_provider", LOCAL_PROVIDER) != LOCAL_PROVIDER:
        raise errors.InvalidRequestError("This identity provider is not enabled for the client.")
    return {}


def _asks_possible_things(request: Asked) -> dict[str, str]:
    prompts = _prompts(request)
    if not prompts <= PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise errors.InvalidRequestError("prompt is none, or some of login, select_account and consent.")
    max_age = request.given.get("max_age")
    if max_age is not None and not SECONDS.fullmatch(max_age):
        raise errors.InvalidRequestError("max_age is a number of seconds.")
    return {}


def _prompts(request: Asked) -> frozenset[str]:
    return frozenset(request.given.get("prompt", "").split())


_BEFORE: list[Any] = [_offers_oauth, _is_well_formed]
_ALONE: list[Any] = [*_BEFORE, _has_no_challenge]
_AFTER: list[Any] = [_is_performed, _asks_possible_things]
_AFTER_ALONE: list[Any] = [*_AFTER, _may_read_what_it_asks_for]
_CODE = AuthorizationCodeGrant(Validator(), pre_auth=_BEFORE, post_auth=_AFTER)
_IMPLICIT = ImplicitGrant(Validator(), pre_auth=_ALONE, post_auth=_AFTER_ALONE)


def read(pool_id: str, query: str) -> Authorization:
    """Raises Stay or SendBack."""
    request = _asked(pool_id, query)
    grant: AuthorizationCodeGrant | ImplicitGrant = _IMPLICIT if request.response_type == "token" else _CODE
    try:
        grant.validate_authorization_request(request)
    except REDIRECTS:
        raise Stay("redirect_mismatch", request.client_id) from None
    except errors.InvalidClientIdError:
        raise Stay("invalid_client", request.client_id) from None
    except errors.FatalClientError:
        raise Stay("invalid_request") from None
    except errors.OAuth2Error as error:
        raise _sent_back(request, error) from None
    return _made(request)


def _asked(pool_id: str, query: str) -> Asked:
    try:
        given, malformed = parameters.read(query), ""
    except Malformed as error:
        given, malformed = error.known, str(error)
    request = Asked(pool_id, given, UNDERSTOOD)
    request.malformed = malformed
    return request


def _sent_back(request: Asked, error: errors.OAuth2Error) -> SendBack:
    told = {"error": error.error, "error_description": error.description}
    return SendBack(_location(request.redirect_uri, request.response_type, request.state, told))


def _made(request: Asked) -> Authorization:
    given: Parameters = request.given
    return Authorization(
        client=request.client,
        redirect_uri=request.redirect_uri,
        response_type=given["response_type"],
        scopes=request.scopes,
        query=parameters.written(given),
        state=given.get("state"),
        nonce=given.get("nonce", ""),
        code_challenge=given.get("code_challenge", ""),
        prompt=_prompts(request),
        max_age=int(given["max_age"]) if "max_age" in given else None,
        login_hint=given.get("login_hint", ""),
    )
