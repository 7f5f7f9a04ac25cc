"""What anybody's STS fetches to check our OpenID tokens: read here by a library that is not ours."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from identitypools import discovery, tasks
from identitypools.domain import signing_keys
from identitypools.models import SigningKey
from tests.identitypools.cast import Harbour
from tests.identitypools.tokens import header_of
from tests.refusals import refused

pytestmark = pytest.mark.django_db

ISSUER = "http://localhost:9229/cognito-identity"


@pytest.fixture(autouse=True)
def nothing_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cognito_site.remembered.Remembered.get", lambda *_: None)


def fetched(client: Client, url: str) -> dict[str, Any]:
    answer = client.get(url.removeprefix("http://localhost:9229"))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    found: dict[str, Any] = json.loads(answer.content)
    return found


def key_of(client: Client, token: str) -> dict[str, Any]:
    """As a verifier finds it: by way of the issuer."""
    configuration = fetched(client, f"{ISSUER}/.well-known/openid-configuration")
    assert configuration["issuer"] == ISSUER
    keys = fetched(client, configuration["jwks_uri"])["keys"]
    return next(key for key in keys if key["kid"] == header_of(token)["kid"])


def test_a_token_is_verified_by_what_is_published(harbour: Harbour, client: Client) -> None:
    logins = harbour.login()
    identity_id = harbour.get_id(logins)
    token = harbour.open_id_token(identity_id, logins)
    key = key_of(client, token)
    claims = jwt.decode(token, jwt.PyJWK(key), algorithms=["RS512"], audience=harbour.pool_id, issuer=ISSUER)
    assert claims["sub"] == identity_id
    assert (key["alg"], key["use"]) == ("RS512", "sig")
    assert not {"d", "p", "q"} & key.keys()
    certificate = x509.load_der_x509_certificate(base64.b64decode(key["x5c"][0]))
    of_certificate = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    published = jwt.PyJWK(key).key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert of_certificate == published, "some STS servers look for the key in x5c only"


def test_only_reading(client: Client) -> None:
    assert client.post("/cognito-identity/.well-known/jwks_uri").status_code == 405
    assert client.get("/cognito-identity/.well-known/nothing").status_code == 404
    assert client.get("/cognito-identity/.well-known/jwks_uri")["Access-Control-Allow-Origin"] == "*"


def tokens_work(harbour: Harbour, token: str) -> bool:
    return signing_keys.public_key(header_of(token)["kid"]) is not None and bool(
        harbour.public.get_credentials_for_identity(
            IdentityId=jwt.decode(token, options={"verify_signature": False})["sub"],
            Logins={"cognito-identity.amazonaws.com": token},
        )
    )


def test_KEY_02_rotation_overlaps(harbour: Harbour, client: Client) -> None:
    guest = harbour.get_id()
    old = harbour.open_id_token(guest)
    call_command("rotate_identity_keys", "--prepare")
    published = {key["kid"] for key in fetched(client, f"{ISSUER}/.well-known/jwks_uri")["keys"]}
    assert header_of(harbour.open_id_token(guest))["kid"] == header_of(old)["kid"], "the next key does not sign yet"
    call_command("rotate_identity_keys")
    new = harbour.open_id_token(guest)
    assert header_of(new)["kid"] != header_of(old)["kid"]
    assert header_of(new)["kid"] in published, "and was known before it signed"
    assert tokens_work(harbour, old)
    assert tokens_work(harbour, new)
    tasks.forget_retired_keys_of_identity_pools()
    assert SigningKey.objects.count() == 2, "a token of a day may still be about"
    SigningKey.objects.filter(state="retired").update(state_since=timezone.now() - timedelta(days=2))
    tasks.forget_retired_keys_of_identity_pools()
    assert list(SigningKey.objects.values_list("kid", flat=True)) == [header_of(new)["kid"]]


def test_KEY_02_a_stolen_key_is_taken_away(harbour: Harbour) -> None:
    guest = harbour.get_id()
    token = harbour.open_id_token(guest)
    kid = header_of(token)["kid"]
    call_command("rotate_identity_keys", "--remove", kid)
    assert refused(lambda: tokens_work_at_the_door(harbour, guest, token)) == (
        "NotAuthorizedException",
        "Invalid login token. Not a Cognito token.",
    )
    assert header_of(harbour.open_id_token(guest))["kid"] != kid
    with pytest.raises(CommandError):
        call_command("rotate_identity_keys", "--remove", kid)


def tokens_work_at_the_door(harbour: Harbour, guest: str, token: str) -> None:
    harbour.credentials(guest, {"cognito-identity.amazonaws.com": token})


def test_KEY_01_a_signing_key_is_sealed_for_its_row(harbour: Harbour) -> None:
    harbour.open_id_token(harbour.get_id())
    key = SigningKey.objects.get()
    assert b"PRIVATE" not in bytes(key.private_key)
    other = SigningKey(kid="other", state="retired", private_key=key.private_key, jwk=key.jwk)
    other.created_at = other.state_since = timezone.now()
    other.save(force_insert=True)
    with pytest.raises(Exception, match="sealed for another place"):
        signing_keys.keys.private_key(other)


def test_documents_are_remembered(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    first = client.get(f"/{discovery.open_id_tokens.PATH}/{discovery.KEYS}").content
    SigningKey.objects.all().delete()
    assert client.get(f"/{discovery.open_id_tokens.PATH}/{discovery.KEYS}").content == first
