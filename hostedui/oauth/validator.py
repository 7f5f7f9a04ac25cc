"""What oauthlib asks while it walks through a grant, answered from the domain.

Only the questions that our grants lead to are answered; the tables that django-oauth-toolkit would keep tokens in do
not exist.
"""

from __future__ import annotations

import re
from typing import Any

from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.oauth2.rfc6749 import errors

from hostedui.oauth import credentials
from hostedui.oauth.asked import Asked
from userpools.domain import authorization_codes, scopes
from userpools.models import AppClient

VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
RESPONSE_TYPES = {"code": "code", "token": "implicit"}


class Validator(OAuth2Validator):  # type: ignore[misc]
    # --- clients ----------------------------------------------------------------------------------------------------

    def client_authentication_required(self, request: Asked, *args: Any, **kwargs: Any) -> bool:
        client = self._client(request)
        return client.has_secret or bool(request.credentials.secrets)

    def _client(self, request: Asked) -> AppClient:
        if request.client is None:
            request.credentials = credentials.read(request.headers["Authorization"], request.given)
            request.client = credentials.find_client(request.credentials.client_id, request.pool_id)
        if request.client is None:
            raise errors.InvalidClientError
        client: AppClient = request.client
        return client

    def authenticate_client(self, request: Asked, *args: Any, **kwargs: Any) -> bool:
        """A secret that a public client sends is wrong, and so is none from a confidential one."""
        if not credentials.prove(self._client(request), request.credentials):
            raise errors.InvalidClientError("invalid_client_secret")
        return True

    def authenticate_client_id(self, client_id: str, request: Asked, *args: Any, **kwargs: Any) -> bool:
        """Public clients name themselves, no more."""
        return not self._client(request).has_secret

    def validate_client_id(self, client_id: str, request: Asked, *args: Any, **kwargs: Any) -> bool:
        request.client = credentials.find_client(client_id, request.pool_id)
        return request.client is not None

    # --- what a client may ask for ----------------------------------------------------------------------------------

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: AppClient, request: Asked, *args: Any, **kwargs: Any
    ) -> bool:
        if grant_type == "refresh_token":
            return client.offers_oauth and "client_credentials" not in client.oauth_flows
        if grant_type == "client_credentials" and not client.has_secret:
            return False
        return {"authorization_code": "code"}.get(grant_type, grant_type) in client.oauth_flows

    def validate_response_type(
        self, client_id: str, response_type: str, client: AppClient, request: Asked, *args: Any, **kwargs: Any
    ) -> bool:
        return RESPONSE_TYPES[response_type] in client.oauth_flows

    def get_default_scopes(self, client_id: str, request: Asked, *args: Any, **kwargs: Any) -> list[str]:
        return []

    def validate_scopes(
        self, client_id: str, asked: list[str], client: AppClient, request: Asked, *args: Any, **kwargs: Any
    ) -> bool:
        """Also settles which scopes are granted."""
        granted = scopes.for_machine if request.grant_type == "client_credentials" else scopes.for_user
        try:
            request.scopes = granted(client, filter(None, asked) if asked else None)
        except scopes.ScopesRefused:
            return False
        return True

    # --- where to go ------------------------------------------------------------------------------------------------

    def validate_redirect_uri(
        self, client_id: str, redirect_uri: str, request: Asked, *args: Any, **kwargs: Any
    ) -> bool:
        client: AppClient = request.client
        return client.redirect_uri_allowed(redirect_uri)

    def get_default_redirect_uri(self, client_id: str, request: Asked, *args: Any, **kwargs: Any) -> str | None:
        """Where the operator wrote one down, and there is one way to sign in."""
        settings = request.client.settings
        one_way = len(settings.get("supported_identity_providers", ())) == 1
        default: str | None = settings.get("default_redirect_uri")
        return default if one_way else None

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: AppClient, request: Asked, *args: Any, **kw: Any
    ) -> bool:
        if request.spent.redirect_uri != redirect_uri:
            raise errors.UnauthorizedClientError("invalid_redirect")
        return True

    # --- PKCE: S256, or none ----------------------------------------------------------------------------------------

    def is_pkce_required(self, client_id: str, request: Asked) -> bool:
        """Asked before oauthlib looks at a challenge, or at the lack of a stored one."""
        if request.response_type is not None:
            check_challenge(request)
        elif request.code_verifier is not None:
            raise errors.InvalidGrantError("A code_verifier was sent for a code without a code_challenge.")
        return False

    def get_code_challenge(self, code: str, request: Asked) -> str | None:
        challenge: str = request.spent.code_challenge
        if challenge and not VERIFIER.fullmatch(request.code_verifier or ""):
            raise errors.InvalidGrantError
        return challenge or None

    def get_code_challenge_method(self, code: str, request: Asked) -> str:
        return "S256"

    # --- codes and tokens -------------------------------------------------------------------------------------------

    def validate_code(
        self, client_id: str, code: str, client: AppClient, request: Asked, *args: Any, **kwargs: Any
    ) -> bool:
        try:
            request.spent = authorization_codes.spend(client, code, request.context)
        except authorization_codes.CodeRefused:
            return False
        request.user, request.scopes = request.spent.user, request.spent.scopes
        return True

    def invalidate_authorization_code(
        self, client_id: str, code: str, request: Asked, *args: Any, **kwargs: Any
    ) -> None:
        """``validate_code`` did, before anything else was looked at."""

    def validate_refresh_token(
        self, refresh_token: str, client: AppClient, request: Asked, *args: Any, **kwargs: Any
    ) -> bool:
        """``tokens.refresh`` finds, checks and spends it in one go."""
        return True

    def get_original_scopes(self, refresh_token: str, request: Asked, *args: Any, **kwargs: Any) -> list[str]:
        """Nothing narrows them and nothing widens them: a refresh gives what the sign-in gave."""
        return []

    def save_token(self, token: dict[str, Any], request: Asked, *args: Any, **kwargs: Any) -> None:
        """``userpools.domain.tokens`` keeps what must be kept."""


def check_challenge(request: Asked) -> None:
    challenge, method = request.code_challenge, request.code_challenge_method
    if challenge is None and method is None:
        return
    if method != "S256":
        raise errors.InvalidRequestError("code_challenge_method must be S256.")
    if not CHALLENGE.fullmatch(challenge or ""):
        raise errors.InvalidRequestError("code_challenge must be the base64url of a SHA-256, without padding.")
