"""JavaScript clients that we did not write, under Node, against a real server."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browsing import sign_in
from tests.cast import PASSWORD, Stage
from tests.clients.conftest import Mailbox
from tests.server import Server
from userpools.domain import factors

HERE = Path(__file__).parent / "node"
NEW = "Brand-new-horse-1"
CALLBACK = "http://localhost:3000/callback"

pytestmark = [
    pytest.mark.node,
    pytest.mark.server,
    pytest.mark.skipif(
        not shutil.which("node") or not (HERE / "node_modules").exists(), reason="needs Node and `npm ci` (make test)"
    ),
]


def node(program: str, step: str = "", **given: Any) -> Any:
    """The result. A refusal of the client is ``{"error": {"code", "message"}}``."""
    done = subprocess.run(
        ["node", f"{program}.mjs", step],
        input=json.dumps(given),
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    return answer.get("result", answer)


# --- amazon-cognito-identity-js -------------------------------------------------------------------------------------


class Person:
    """Somebody with an app that is made with amazon-cognito-identity-js."""

    def __init__(self, stage: Stage, url: str, name: str) -> None:
        self.given = {"poolId": stage.pool_id, "clientId": stage.client_id, "endpoint": url, "username": name}

    def __call__(self, step: str, **more: Any) -> Any:
        return node("identity", step, **self.given, **more)


def test_amazon_cognito_identity_js(harbour: Stage, poolhouse: Server, mailbox: Mailbox) -> None:
    alice = Person(harbour, poolhouse.url, "alice")
    address = "alice.js@example.com"
    assert alice("signUp", password=PASSWORD, email=address)["confirmed"] is False
    assert alice("confirm", code="000000")["error"]["code"] == "CodeMismatchException"
    first = mailbox.code(address)
    alice("resend")
    assert alice("confirm", code=mailbox.code(address)) == "SUCCESS", first
    assert alice("authenticate", password="Wrong-horse-7")["error"]["code"] == "NotAuthorizedException"
    tokens = alice("authenticate", password=PASSWORD)["tokens"]
    assert alice("attributes", tokens=tokens)["email"] == address
    secret = alice("associate", tokens=tokens)["secret"]
    assert alice("verify", tokens=tokens, code="000000")["error"]["code"] == "EnableSoftwareTokenMFAException"
    alice("verify", tokens=tokens, code=factors.code_at(secret, drift=-1))
    assert alice("preferTotp", tokens=tokens) == "SUCCESS"
    answer = alice("authenticate", password=PASSWORD, code=factors.code_at(secret))
    assert answer["totp"] is True
    tokens = answer["tokens"]
    assert alice("changePassword", tokens=tokens, password=PASSWORD, newPassword=NEW) == "SUCCESS"
    refreshed = alice("refresh", tokens=tokens)["tokens"]
    assert refreshed["access"] != tokens["access"]
    assert refreshed["refresh"] == tokens["refresh"]
    alice("globalSignOut", tokens=refreshed)
    assert alice("attributes", tokens=refreshed)["error"]["message"] == "Access Token has been revoked"
    assert alice("refresh", tokens=tokens)["error"]["code"] == "NotAuthorizedException"
    assert alice("forgot")["Destination"] == "a***@e***"
    alice("reset", code=mailbox.code(address), newPassword=PASSWORD)
    assert alice("authenticate", password=PASSWORD, code="000000")["error"]["code"] == "CodeMismatchException"


def test_amazon_cognito_identity_js_with_a_temporary_password(harbour: Stage, poolhouse: Server) -> None:
    harbour.cognito.admin_create_user(
        UserPoolId=harbour.pool_id, Username="bob", MessageAction="SUPPRESS", TemporaryPassword="Temporary-1"
    )
    bob = Person(harbour, poolhouse.url, "bob")
    assert bob("authenticate", password="Temporary-1", newPassword=NEW)["tokens"]
    assert bob("authenticate", password=NEW)["tokens"]


# --- aws-jwt-verify -------------------------------------------------------------------------------------------------


def test_aws_jwt_verify(harbour: Stage, poolhouse: Server) -> None:
    harbour.user()
    tokens = harbour.tokens()
    token = tokens["IdToken"]
    head, body, signature = token.split(".")
    tampered = ".".join([head, body[:-2] + ("AA" if body[-2:] != "AA" else "BB"), signature])
    checks = [
        {"token": token, "audience": harbour.client_id},
        {"token": tokens["AccessToken"], "audience": None},
        {"token": token, "audience": "somebody-else"},
        {"token": tampered, "audience": harbour.client_id},
    ]
    found = node("verify", issuer=f"{poolhouse.url}/{harbour.pool_id}", checks=checks)
    assert found[0]["claims"]["email"] == "alice@example.com"
    assert found[1]["claims"]["token_use"] == "access"
    assert found[2]["error"] == "JwtInvalidAudienceError"
    assert found[3]["error"] in ("JwtInvalidSignatureError", "JwtParseError")


# --- openid-client --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("confidential", [False, True], ids=["public client", "client with a secret"])
def test_openid_client(harbour: Stage, poolhouse: Server, confidential: bool) -> None:
    cognito, name = harbour.cognito, f"harbour-{harbour.pool_id[-9:].lower()}"
    cognito.create_user_pool_domain(UserPoolId=harbour.pool_id, Domain=name)
    client = harbour.client(
        GenerateSecret=confidential,
        SupportedIdentityProviders=["COGNITO"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid", "email"],
        CallbackURLs=[CALLBACK],
    )
    harbour.user()
    who = {
        "issuer": f"{poolhouse.url}/{harbour.pool_id}",
        "clientId": client["ClientId"],
        "clientSecret": client.get("ClientSecret"),
    }
    begun = node("openid", "begin", **who, redirectUri=CALLBACK)
    landed = sign_in(begun["url"], "alice", PASSWORD)
    assert parse_qs(urlsplit(landed).query)["state"] == [begun["state"]]
    again = {name: begun[name] for name in ("verifier", "state", "nonce")}
    found = node("openid", "exchange", **who, **again, landed=landed)
    assert found["claims"]["email_verified"] is True
    assert found["claims"]["nonce"] == begun["nonce"]
    assert found["user"]["email"] == "alice@example.com"
    assert node("openid", "exchange", **who, **again, landed=landed)["error"]["code"] == "invalid_grant"
    refresh_token = found["tokens"]["refresh_token"]
    assert node("openid", "refresh", **who, refreshToken=refresh_token)["error"]["code"] == "invalid_grant", (
        "the second use of the code ended what the first one gave"
    )
    begun = node("openid", "begin", **who, redirectUri=CALLBACK)
    again = {name: begun[name] for name in ("verifier", "state", "nonce")}
    landed = sign_in(begun["url"], "alice", PASSWORD)
    refresh_token = node("openid", "exchange", **who, **again, landed=landed)["tokens"]["refresh_token"]
    assert node("openid", "refresh", **who, refreshToken=refresh_token)["access_token"]
    node("openid", "revoke", **who, refreshToken=refresh_token)
    assert node("openid", "refresh", **who, refreshToken=refresh_token)["error"]["code"] == "invalid_grant"


def test_openid_client_for_a_machine(harbour: Stage, poolhouse: Server) -> None:
    cognito, name = harbour.cognito, f"machine-{harbour.pool_id[-9:].lower()}"
    cognito.create_user_pool_domain(UserPoolId=harbour.pool_id, Domain=name)
    cognito.create_resource_server(
        UserPoolId=harbour.pool_id,
        Identifier="api",
        Name="api",
        Scopes=[{"ScopeName": "read", "ScopeDescription": "Read"}],
    )
    client = harbour.client(
        GenerateSecret=True,
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=["api/read"],
    )
    who = {
        "issuer": f"{poolhouse.url}/{harbour.pool_id}",
        "clientId": client["ClientId"],
        "clientSecret": client["ClientSecret"],
    }
    found = node("openid", "machine", **who, scope="api/read")
    assert found["token_type"].lower() == "bearer"
    assert found["access_token"]
    assert node("openid", "machine", **who, scope="api/write")["error"]["code"] == "invalid_scope"
