"""What else applications ask: who somebody is, that a token be dead, and where everything is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import Stage, set_stage
from tests.hostedui.app import OAUTH, App, open_app
from tests.hostedui.program import Answered, basic, call, token
from tests.hostedui.test_token_endpoint import code_of, confidential, exchange, user_info
from tests.hostedui.visitor import Visitor

pytestmark = pytest.mark.django_db


def tokens_of(app: App, visitor: Visitor, **parameters: str) -> dict[str, Any]:
    return exchange(app, code_of(app, visitor, **parameters)).told


# --- userInfo ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def known(stage: Stage) -> App:
    """alice has told a lot about herself."""
    stage.user(name="Alice", phone_number="+15555550100", phone_number_verified="true")
    return open_app(stage, AllowedOAuthScopes=["openid", "email", "phone", "profile"])


ALL = {"email", "email_verified", "phone_number", "phone_number_verified", "name"}


@pytest.mark.parametrize(
    ("scope", "read", "expected"),
    [
        ("openid", None, ALL),
        ("openid email", None, {"email", "email_verified"}),
        ("openid phone", None, {"phone_number", "phone_number_verified"}),
        ("openid profile", None, {"name"}),
        ("openid email profile", None, {"email", "email_verified", "name"}),
        ("openid", ["name"], {"name"}),
        ("openid email", ["name", "email", "email_verified"], {"email", "email_verified"}),
    ],
)
def test_OAU_12_what_scope_and_client_let_through(
    known: App, visitor: Visitor, scope: str, read: list[str] | None, expected: set[str]
) -> None:
    scopes = ["openid", "email", "phone", "profile"]
    other = known.other(AllowedOAuthScopes=scopes, ReadAttributes=read)
    answer = user_info(other, tokens_of(other, visitor, scope=scope))
    assert answer.status == 200
    assert set(answer.told) == {"sub", "username", *expected}
    assert answer.told["username"] == "alice"
    assert answer.told.get("email_verified", "true") == "true", "text here, a boolean in tokens"


def test_OAU_12_only_a_living_access_token_of_the_pages(app: App, visitor: Visitor) -> None:
    tokens = tokens_of(app, visitor)
    api = app.stage.tokens()
    neighbours = set_stage(app.stage.cognito, app.stage.public)
    neighbours.user()
    neighbour = open_app(neighbours, domain="neighbour")
    foreign = tokens_of(neighbour, Visitor())
    for text in (
        *(tokens["id_token"], tokens["refresh_token"], api["AccessToken"], foreign["access_token"]),
        *(f"{tokens['access_token']}x", tokens["access_token"][:-4], "x", "é", "a.b.c"),
    ):
        answer = user_info(app, {"access_token": text})
        assert answer.error == (401, "invalid_token"), text
        assert answer.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token", error_description="')
    app.stage.cognito.admin_user_global_sign_out(UserPoolId=app.stage.pool_id, Username="alice")
    assert user_info(app, tokens).error == (401, "invalid_token")


@pytest.mark.parametrize("deed", ["admin_disable_user", "admin_delete_user"])
def test_OAU_12_whose_owner_is_gone(app: App, visitor: Visitor, deed: str) -> None:
    tokens = tokens_of(app, visitor)
    getattr(app.stage.cognito, deed)(UserPoolId=app.stage.pool_id, Username="alice")
    assert user_info(app, tokens).error == (401, "invalid_token")


def test_OAU_12_the_token_is_in_the_header(app: App, visitor: Visitor) -> None:
    access_token = tokens_of(app, visitor)["access_token"]
    for answer in (
        call(app, "GET", f"/oauth2/userInfo?access_token={access_token}"),
        call(app, "GET", "/oauth2/userInfo", Authorization=access_token),
        call(app, "GET", "/oauth2/userInfo", Authorization="Bearer "),
        call(app, "GET", "/oauth2/userInfo", Authorization=f"Basic {access_token}"),
    ):
        assert answer.error == (400, "invalid_request")
        assert 'error="invalid_request"' in answer.headers["WWW-Authenticate"]
    assert call(app, "POST", "/oauth2/userInfo", {"access_token": access_token}).status == 405
    assert call(app, "GET", "/oauth2/userInfo", Authorization=f"bearer {access_token}").status == 200


def test_OAU_12_scripts_may_read_the_refusal(app: App) -> None:
    answer = call(app, "GET", "/oauth2/userInfo", Origin="https://app.example.com")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Expose-Headers"] == "WWW-Authenticate"
    assert answer.headers["Cache-Control"] == "no-store"


# --- revocation -------------------------------------------------------------------------------------------------------


def revoke(app: App, token: str, **form: str) -> Answered:
    header = {"Authorization": form.pop("basic")} if "basic" in form else {}
    named = {} if header else {"client_id": app.client_id}
    return call(app, "POST", "/oauth2/revoke", {"token": token, **named, **form}, **header)


def test_TOK_08_a_revoked_family_is_dead_everywhere(app: App, visitor: Visitor) -> None:
    tokens, others = tokens_of(app, visitor), tokens_of(app, visitor)
    answer = revoke(app, tokens["refresh_token"])
    assert (answer.status, answer.body) == (200, b"")
    assert user_info(app, tokens).status == 401
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert token(app, **form).error == (400, "invalid_grant")
    assert user_info(app, others).status == 200, "another sign-in of hers lives on"
    assert revoke(app, tokens["refresh_token"]).status == 200, "twice is as good as once"


def test_what_is_no_refresh_token(app: App, visitor: Visitor) -> None:
    tokens = tokens_of(app, visitor)
    assert revoke(app, tokens["access_token"]).error == (400, "unsupported_token_type")
    assert revoke(app, tokens["id_token"]).error == (400, "unsupported_token_type")
    assert revoke(app, "unknown").status == 200
    assert call(app, "POST", "/oauth2/revoke", {"client_id": app.client_id}).error == (400, "invalid_request")
    assert user_info(app, tokens).status == 200


def test_only_its_own_client_revokes_a_token(app: App, visitor: Visitor) -> None:
    tokens = tokens_of(app, visitor)
    assert revoke(app.other(), tokens["refresh_token"]).status == 200
    assert user_info(app, tokens).status == 200
    for answer in (
        revoke(app, tokens["refresh_token"], client_id="unknown"),
        revoke(app, tokens["refresh_token"], client_secret="made-up"),
        call(app, "POST", "/oauth2/revoke", {"token": tokens["refresh_token"]}),
    ):
        assert answer.error == (401, "invalid_client")
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="oauth2"'
    assert user_info(app, tokens).status == 200


def test_OAU_08_a_confidential_client_shows_its_secret(app: App, visitor: Visitor) -> None:
    client = confidential(app)
    tokens = exchange(client.app, code_of(client.app, visitor), basic=client.basic).told
    assert revoke(client.app, tokens["refresh_token"]).error == (401, "invalid_client")
    wrong = basic(client.app.client_id, "wrong")
    assert revoke(client.app, tokens["refresh_token"], basic=wrong).error == (401, "invalid_client")
    assert revoke(client.app, tokens["refresh_token"], basic=client.basic).status == 200
    assert user_info(client.app, tokens).status == 401


def test_a_client_that_does_not_revoke(app: App, visitor: Visitor) -> None:
    other = app.other(EnableTokenRevocation=False)
    tokens = tokens_of(other, visitor)
    assert revoke(other, tokens["refresh_token"]).error == (400, "invalid_request")


# --- discovery --------------------------------------------------------------------------------------------------------


def configuration(app: App, **headers: str) -> dict[str, Any]:
    return call(app, "GET", "/.well-known/openid-configuration", **headers).told


def test_OAU_14_everything_is_below_the_issuer(anywhere: App) -> None:
    issuer = f"http://localhost:9229/{anywhere.stage.pool_id}"
    found = configuration(anywhere)
    assert found["issuer"] == issuer
    assert {name: found[name] for name in found if name.endswith(("_endpoint", "_uri"))} == {
        "authorization_endpoint": f"{issuer}/oauth2/authorize",
        "end_session_endpoint": f"{issuer}/logout",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "revocation_endpoint": f"{issuer}/oauth2/revoke",
        "token_endpoint": f"{issuer}/oauth2/token",
        "userinfo_endpoint": f"{issuer}/oauth2/userInfo",
    }


def test_OAU_14_a_custom_domain_comes_first(app: App) -> None:
    app.stage.cognito.create_user_pool_domain(
        UserPoolId=app.stage.pool_id,
        Domain="login.harbour.example",
        CustomDomainConfig={"CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/1"},
    )
    found = configuration(app)
    assert found["issuer"] == f"http://localhost:9229/{app.stage.pool_id}"
    assert found["token_endpoint"].startswith("http://login.harbour.example")


def test_OAU_14_no_header_changes_a_byte(app: App) -> None:
    plain = call(app, "GET", "/.well-known/openid-configuration").body
    poisoned = {"X_Forwarded_Host": "evil.example", "Forwarded": "host=evil.example", "X_Forwarded_Proto": "https"}
    assert call(app, "GET", "/.well-known/openid-configuration", **poisoned).body == plain
    assert call(app, "GET", "/.well-known/openid-configuration", Host="evil.example").body == plain


def test_OAU_14_both_documents_may_be_kept_and_read_by_scripts(app: App) -> None:
    for path in ("/.well-known/openid-configuration", "/.well-known/jwks.json"):
        answer = call(app, "GET", path)
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        again = call(app, "GET", path, If_None_Match=answer.headers["ETag"])
        assert (again.status, again.body) == (304, b"")
        assert call(app, "POST", path).status == 405
        assert call(app, "OPTIONS", path).status == 204


def test_OAU_14_keys_have_no_private_part(app: App) -> None:
    keys = call(app, "GET", "/.well-known/jwks.json").told["keys"]
    assert len(keys) == 2
    for key in keys:
        assert not key.keys() & {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
        assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")


def test_a_pool_without_a_domain_still_says_who_it_is(stage: Stage) -> None:
    app = App(stage, stage.client(**OAUTH)["ClientId"], f"http://localhost:9229/{stage.pool_id}")
    assert configuration(app)["issuer"] == f"http://localhost:9229/{stage.pool_id}"
    assert call(app, "GET", "/.well-known/jwks.json").status == 200


def test_a_pool_that_is_not_there(app: App) -> None:
    nobody = App(app.stage, app.client_id, "http://localhost:9229/us-east-1_Nobody000")
    assert call(nobody, "GET", "/.well-known/openid-configuration").status == 404
