"""An application that sends people to a pool's pages, and what it does with what comes back."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from tests.cast import PASSWORD, Stage
from tests.hostedui.visitor import HOME, Answer, Visitor

CALLBACK = "https://app.example.com/callback?from=poolhouse"
OTHER_CALLBACK = "http://localhost:3000/callback"
APP_CALLBACK = "com.example.harbour://signed-in"
LOGOUT = "https://app.example.com/bye"
CALLBACKS = [CALLBACK, OTHER_CALLBACK, APP_CALLBACK, "http://[::1]:3000/"]
OAUTH: dict[str, Any] = {
    "ClientName": "Lido",
    "SupportedIdentityProviders": ["COGNITO"],
    "CallbackURLs": CALLBACKS,
    "LogoutURLs": [LOGOUT, "http://localhost:3000/"],
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthFlows": ["code", "implicit"],
    "AllowedOAuthScopes": ["openid", "email", "profile"],
    "PreventUserExistenceErrors": "ENABLED",
}
VERIFIER = "the-verifier-of-a-test-has-at-least-43-characters"
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
DOMAIN = "harbour"
DOMAIN_HOME = f"http://{DOMAIN}.auth.localhost:9229"


@dataclass
class App:
    """``home`` is where the pool's tree hangs: below the issuer, or at the domain."""

    stage: Stage
    client_id: str
    home: str
    callback: str = CALLBACK

    def url(self, path: str, **changes: str | None) -> str:
        """``changes``: of the parameters of a request that is in order; None leaves one out."""
        return f"{self.home}{path}?{urlencode(self.parameters(**changes))}"

    def parameters(self, **changes: str | None) -> dict[str, str]:
        given: dict[str, str | None] = {
            "client_id": self.client_id,
            "response_type": "code",
            "scope": "openid email",
            "redirect_uri": self.callback,
            "state": "opaque",
            **changes,
        }
        return {name: value for name, value in given.items() if value is not None}

    def authorize(self, **changes: str | None) -> str:
        return self.url("/oauth2/authorize", **changes)

    def sign_in(self, visitor: Visitor, name: str = "alice", password: str = PASSWORD, **changes: str | None) -> Answer:
        """The last answer: in the end the redirect to the application."""
        return visitor.open(self.authorize(**changes)).fill(username=name, password=password)

    def exchange(self, code: str, **more: str) -> dict[str, Any]:
        """What the token endpoint answers."""
        form = {"grant_type": "authorization_code", "client_id": self.client_id, "redirect_uri": self.callback}
        answer = Client().post(
            f"/{self.stage.pool_id}/oauth2/token",
            urlencode({**form, "code": code, **more}),
            content_type="application/x-www-form-urlencoded",
        )
        found: dict[str, Any] = answer.json()
        return found

    def other(self, **settings: Any) -> App:
        """Another client of the same pool. A setting that is None is not given."""
        given = {name: value for name, value in {**OAUTH, **settings}.items() if value is not None}
        return App(self.stage, self.stage.client(**given)["ClientId"], self.home)


def open_app(stage: Stage, home: str = "", domain: str = DOMAIN, **settings: Any) -> App:
    """Gives the pool of ``stage`` a domain, and a client that may send people there."""
    stage.cognito.create_user_pool_domain(UserPoolId=stage.pool_id, Domain=domain)
    client_id = stage.client(**{**OAUTH, **settings})["ClientId"]
    return App(stage, client_id, home or f"{HOME}/{stage.pool_id}")
