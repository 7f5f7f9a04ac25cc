"""A pool's own tree, at the root of its domains and below its issuer."""

from __future__ import annotations

from typing import Any

from hostedui.oauth import discovery, endpoints

PROGRAMS: dict[str, endpoints.Endpoint] = {
    "/oauth2/token": endpoints.token,
    "/oauth2/userInfo": endpoints.user_info,
    "/oauth2/revoke": endpoints.revoke,
    "/.well-known/openid-configuration": discovery.openid_configuration,
    "/.well-known/jwks.json": discovery.jwks,
}

urlpatterns: list[Any] = []
