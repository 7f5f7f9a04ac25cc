"""The two documents by which anybody's STS checks our OpenID tokens: discovery, and the keys.

They are fetched often and all at once, so the bytes are remembered: an answer while they are fresh asks nobody.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from cognito_site.remembered import Remembered
from identitypools.domain import open_id_tokens, signing_keys

SECONDS_REMEMBERED = 10
KEYS = ".well-known/jwks_uri"
# A key is published long before it signs (``signing_keys.prepare_rotation``), so verifiers may keep what they fetched.
CACHE_CONTROL = "public, max-age=3600"


def configuration() -> dict[str, Any]:
    """Nothing in it comes from the request. There is no authorization endpoint: nobody signs in here."""
    issuer = open_id_tokens.issuer()
    return {
        "issuer": issuer,
        "jwks_uri": f"{issuer}/{KEYS}",
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [signing_keys.ALGORITHM],
        "claims_supported": ["sub", "aud", "amr", "iss", "iat", "exp"],
    }


def key_set() -> dict[str, Any]:
    return {"keys": signing_keys.published()}


def _served(make: Callable[[], dict[str, Any]]) -> Callable[[HttpRequest], HttpResponse]:
    memory: Remembered[str, bytes] = Remembered(SECONDS_REMEMBERED, 1)

    @require_safe
    def serve(request: HttpRequest) -> HttpResponse:
        body = memory.get("") or memory.put("", json.dumps(make(), separators=(",", ":")).encode())
        response = HttpResponse(body, content_type="application/json")
        response["Cache-Control"] = CACHE_CONTROL
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return serve


urlpatterns = [
    path(f"{open_id_tokens.PATH}/.well-known/openid-configuration", _served(configuration)),
    path(f"{open_id_tokens.PATH}/{KEYS}", _served(key_set)),
]
