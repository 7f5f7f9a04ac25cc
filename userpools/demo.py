"""A pool to look at in the first minute of a Poolhouse on somebody's own machine: an app, a domain, and a person who
can sign in. Made through the domain as anybody would make it, once; whoever deletes it is rid of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings

from cognito_site import operators
from cognito_site.first_start import Part, Place, register
from userpools.domain import access, app_clients, domains, user_pools, users
from userpools.domain.domains import Wish
from userpools.domain.users import Invitation
from userpools.values import Context

NAME = "Demo"
PREFIX = "demo"
APP = "Demo app"
EMAIL = "demo@example.com"
SCOPES = ["openid", "email", "profile"]
POOL = {
    "username_attributes": ["email"],
    "username_configuration": {"case_sensitive": False},
    "auto_verified_attributes": ["email"],
    "policies": {"password_policy": {"minimum_length": 8}},
    "mfa_configuration": "OPTIONAL",
    "software_token_mfa_configuration": {"enabled": True},
}


def callback() -> str:
    """Where the demo's sign-in ends: a page of ours that shows the code (``hostedui.views.demo``)."""
    return f"{settings.POOLHOUSE.public_url}/demo/callback"


def _introduce() -> None:
    if not settings.POOLHOUSE.is_loopback:
        return
    pool = user_pools.create(NAME, POOL)
    domains.create(pool, PREFIX, Wish(takes_released=True))
    app_clients.create(
        pool,
        APP,
        {
            "supported_identity_providers": ["COGNITO"],
            "prevent_user_existence_errors": "ENABLED",
            "callback_urls": [callback()],
            "logout_urls": [callback()],
            "allowed_o_auth_flows_user_pool_client": True,
            "allowed_o_auth_flows": ["code"],
            "allowed_o_auth_scopes": SCOPES,
        },
    )
    given = {"email": EMAIL, "email_verified": "true", "name": "Demo"}
    user = users.create(pool, EMAIL, given, Invitation(is_sent=False), Context())
    users.set_password(user, _password(), Context())


def _password() -> str:
    return operators.readable_secret("demo-user")


@dataclass(frozen=True, slots=True)
class Demo:
    issuer: str
    client_id: str

    @property
    def sign_in_url(self) -> str:
        """Below the issuer: not every browser knows names below ``localhost``."""
        scopes = " ".join(SCOPES)
        query = {"client_id": self.client_id, "response_type": "code", "scope": scopes, "redirect_uri": callback()}
        return f"{self.issuer}/login?{urlencode(query, safe=':/')}"

    @property
    def sign_out_url(self) -> str:
        return f"{self.issuer}/logout?{urlencode({'client_id': self.client_id, 'logout_uri': callback()})}"


def find() -> Demo | None:
    """None: somebody deleted it, or there never was one."""
    pool = access.pools().filter(name=NAME, domains__name=PREFIX).first()
    client = pool.clients.filter(name=APP).first() if pool else None
    return Demo(pool.issuer, client.pk) if pool and client else None


def _tell() -> Iterator[str]:
    found = find()
    if found is not None:
        yield found.sign_in_url
        yield f"login {EMAIL}   password {_password()}"


register(Part(Place.DEMO, "Hosted sign-in page of a demo pool", _tell, introduce=_introduce))
