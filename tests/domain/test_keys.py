"""Signing keys: rotated by the command under living tokens, published without private parts, sealed at rest."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import timedelta
from io import StringIO
from typing import Any

import jwt
import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import CommandError, call_command
from django.test import Client

from cognito_site import jose, keyring
from hostedui.oauth import discovery
from tests.cast import Stage, set_stage
from tests.refusals import refused
from userpools.domain import access, housekeeping, keys
from userpools.models import SigningKey

pytestmark = pytest.mark.django_db


def jwks(stage: Stage) -> dict[str, Any]:
    answer = Client().get(f"/{stage.pool_id}/.well-known/jwks.json")
    found: dict[str, Any] = {key["kid"]: key for key in json.loads(answer.content)["keys"]}
    return found


def forget() -> None:
    """As if the seconds had passed for which a process remembers."""
    for memory in (keys._current, keys._public, *discovery.MEMORIES):
        memory.clear()


def verify(stage: Stage, token: str) -> dict[str, Any]:
    """As an application does it, with PyJWT and the published keys."""
    published = jwks(stage)[jwt.get_unverified_header(token)["kid"]]
    key = jwt.PyJWK(published)
    claims: dict[str, Any] = jwt.decode(token, key, algorithms=["RS256"], options={"verify_aud": False})
    return claims


def test_KEY_02_a_rotation_lets_living_tokens_live(stage: Stage) -> None:
    stage.user()
    before = stage.tokens()
    first = set(jwks(stage))
    call_command("rotate_signing_keys", stage.pool_id, "--prepare", stdout=StringIO())
    forget()
    assert len(jwks(stage)) == 4, "the next keys are known before they sign"
    assert jwt.get_unverified_header(stage.tokens()["IdToken"])["kid"] in first
    call_command("rotate_signing_keys", stage.pool_id, stdout=StringIO())
    forget()
    after = stage.tokens()
    assert jwt.get_unverified_header(after["IdToken"])["kid"] not in first
    for tokens in (before, after):
        assert verify(stage, tokens["IdToken"])["token_use"] == "id"
        assert stage.public.get_user(AccessToken=tokens["AccessToken"])
    with time_machine.travel(timedelta(hours=25), tick=False):
        assert housekeeping.forget_retired_keys() == 2
    forget()
    assert not first & set(jwks(stage))


def test_KEY_02_a_stolen_key_is_taken_away(stage: Stage) -> None:
    stage.user()
    tokens = stage.tokens()
    kid = jwt.get_unverified_header(tokens["AccessToken"])["kid"]
    call_command("rotate_signing_keys", "--remove", kid, stdout=StringIO())
    forget()
    assert kid not in jwks(stage)
    assert refused(stage.public.get_user, AccessToken=tokens["AccessToken"]) == (
        "NotAuthorizedException",
        "Could not verify signature for Access Token",
    )
    assert stage.public.get_user(AccessToken=stage.tokens()["AccessToken"])
    with pytest.raises(CommandError, match="No pool has a key"):
        call_command("rotate_signing_keys", "--remove", kid)


def test_OAU_14_only_public_members_are_published(stage: Stage) -> None:
    for key in jwks(stage).values():
        assert key.keys() == {"kty", "use", "alg", "kid", "e", "n", "x5c"}
        certificate = x509.load_der_x509_certificate(base64.b64decode(key["x5c"][0]))
        spelled = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        assert spelled == jwt.PyJWK(key).key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        assert key["kid"].endswith("=")


def test_TOK_03_each_kind_of_token_has_a_key_of_its_own(stage: Stage, cognito: Any, public: Any) -> None:
    """And each pool: nothing that one signed is believed as another's."""
    stage.user()
    other = set_stage(cognito, public)
    tokens = stage.tokens()
    kids = {jwt.get_unverified_header(tokens[name])["kid"] for name in ("AccessToken", "IdToken")}
    assert len(kids) == 2
    assert kids == set(jwks(stage))
    assert not kids & set(jwks(other))


def test_KEY_01_a_private_key_opens_at_its_place_only(stage: Stage) -> None:
    one, other = SigningKey.objects.filter(pool=stage.pool_id)
    one.private_key = other.private_key
    keys._opened.clear()
    with pytest.raises(keyring.CannotUnseal):
        keys.private_key(one)


# --- tokens that nobody should believe --------------------------------------------------------------------------------


def forged(stage: Stage, token: str) -> dict[str, str]:
    """Everything that a header or a body could try."""
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    kid = jwt.get_unverified_header(token)["kid"]
    public_pem = jwt.PyJWK(jwks(stage)[kid]).key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def headed(header: dict[str, Any], signed: str = signature) -> str:
        return f"{jose.base64url(json.dumps(header).encode())}.{body}.{signed}"

    def with_header(**members: Any) -> str:
        return headed({"kid": kid, "alg": "RS256", **members})

    def hmac_signed() -> str:
        text = headed({"kid": kid, "alg": "HS256"}, "").removesuffix(".")
        return f"{text}.{jose.base64url(hmac.digest(public_pem, text.encode(), 'sha256'))}"

    other_body = jose.base64url(json.dumps({**claims, "username": "root"}).encode())
    twice = f'{{"sub":"x",{json.dumps(claims)[1:]}'
    return {
        "none": with_header(alg="none"),
        "none without a signature": headed({"kid": kid, "alg": "none"}, ""),
        "HMAC with the public key": hmac_signed(),
        "RS512": with_header(alg="RS512"),
        "jwk": with_header(jwk=jwks(stage)[kid]),
        "jku": with_header(jku="https://evil.example.com/jwks.json"),
        "x5u": with_header(x5u="https://evil.example.com/"),
        "crit": with_header(crit=["exp"]),
        "kid of nobody": with_header(kid="nobody"),
        "kid that is no text": with_header(kid=1),
        "no kid": headed({"alg": "RS256"}),
        "empty signature": f"{head}.{body}.",
        "another body": f"{head}.{other_body}.{signature}",
        "a member twice": f"{head}.{jose.base64url(twice.encode())}.{signature}",
        "padding": f"{head}.{body}.{signature}==",
        "five parts": f"{token}.a.b",
        "huge": f"{head}.{'a' * 200_000}.{signature}",
        "spare bits": f"{head}.{body}.{signature[:-1]}{chr(ord(signature[-1]) + 1)}",
    }


def test_TOK_02_nothing_but_our_own_signature_counts(stage: Stage) -> None:
    stage.user()
    token = stage.tokens()["AccessToken"]
    for what, text in forged(stage, token).items():
        code, message = refused(stage.public.get_user, AccessToken=text)
        assert code in ("NotAuthorizedException", "InvalidParameterException"), f"{what}: {message}"
        answer = Client().get(f"/{stage.pool_id}/oauth2/userInfo", HTTP_AUTHORIZATION=f"Bearer {text}")
        assert answer.status_code in (400, 401), what
    assert stage.public.get_user(AccessToken=token)


def test_keys_are_assigned_from_the_reserve_once(stage: Stage) -> None:
    pool = access.pool(stage.pool_id)
    assert keys.current(pool).keys() == {"id", "access"}
    assert SigningKey.objects.filter(pool=pool).count() == 2
