"""The two documents by which everybody checks a pool's tokens without asking us again: discovery, and the keys.

Verifiers fetch them often and all at once, so the bytes are remembered: an answer while they are fresh asks nobody.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from cognito_site.remembered import Remembered
from hostedui.oauth import answers
from userpools.domain import access, domain_hosts, keys
from userpools.domain.domain_hosts import Site
from userpools.models import UserPool

SECONDS_REMEMBERED = 10
# A key is published long before it signs (``keys.prepare_rotation``), so verifiers may keep what they fetched.
CACHE_CONTROL = "public, max-age=3600"


@dataclass(frozen=True, slots=True)
class Document:
    body: bytes
    etag: str


def configuration(pool: UserPool) -> dict[str, Any]:
    """OpenID Connect Discovery; nothing in it comes from the request."""
    at = domain_hosts.public_address(pool)
    return {
        "authorization_endpoint": f"{at}/oauth2/authorize",
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "email", "email_verified"],
        "code_challenge_methods_supported": ["S256"],
        "end_session_endpoint": f"{at}/logout",
        "grant_types_supported": ["authorization_code", "implicit", "refresh_token", "client_credentials"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": pool.issuer,
        "jwks_uri": f"{pool.issuer}/.well-known/jwks.json",
        "response_types_supported": ["code", "token"],
        "revocation_endpoint": f"{at}/oauth2/revoke",
        "scopes_supported": ["openid", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
        "token_endpoint": f"{at}/oauth2/token",
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "userinfo_endpoint": f"{at}/oauth2/userInfo",
    }


def key_set(pool: UserPool) -> dict[str, Any]:
    return {"keys": keys.published(pool)}


def _served(
    make: Callable[[UserPool], dict[str, Any]], memory: Remembered[str, Document]
) -> Callable[[HttpRequest, Site], HttpResponse]:
    def serve(request: HttpRequest, site: Site) -> HttpResponse:
        if request.method == "OPTIONS":
            return answers.preflight("GET")
        if request.method not in ("GET", "HEAD"):
            return answers.refused("invalid_request", "Only GET is answered here.", 405, Allow="GET, HEAD")
        known = memory.get(site.pool_id)
        return _answer(request, known or memory.put(site.pool_id, _document(make(access.pool(site.pool_id)))))

    return serve


def _document(members: dict[str, Any]) -> Document:
    body = json.dumps(members, separators=(",", ":")).encode()
    return Document(body, f'"{sha256(body).hexdigest()[:32]}"')


def _answer(request: HttpRequest, document: Document) -> HttpResponse:
    known = request.META.get("HTTP_IF_NONE_MATCH", "")
    response = HttpResponse(content_type="application/json", status=304 if document.etag in known else 200)
    if response.status_code == 200:
        response.content = document.body
    response["ETag"] = document.etag
    response["Cache-Control"] = CACHE_CONTROL
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Content-Type-Options"] = "nosniff"
    if settings.POOLHOUSE.is_secure:
        response["Strict-Transport-Security"] = answers.STRICT_TRANSPORT["Strict-Transport-Security"]
    return response


MEMORIES: tuple[Remembered[str, Document], ...] = (
    Remembered(SECONDS_REMEMBERED, 2000),
    Remembered(SECONDS_REMEMBERED, 2000),
)
openid_configuration = _served(configuration, MEMORIES[0])
jwks = _served(key_set, MEMORIES[1])
