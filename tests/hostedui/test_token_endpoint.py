"""``/oauth2/token``: what a code, a refresh token and a secret are good for, and for whom."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from tests.cast import Stage, set_stage
from tests.hostedui.app import APP_CALLBACK, CALLBACK, CHALLENGE, OAUTH, VERIFIER, App, open_app
from tests.hostedui.program import Answered, basic, call, token
from tests.hostedui.visitor import Visitor
from tests.operations.test_sign_in import claims_of
from userpools.domain import claims
from userpools.models import AuthorizationCode, TokenFamily, User

pytestmark = pytest.mark.django_db

PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


def code_of(app: App, visitor: Visitor, **parameters: str) -> str:
    """Of alice, who signs in, or signed in a moment ago."""
    answer = visitor.open(app.authorize(**parameters))
    landed = answer if answer.location else answer.fill(username="alice", password="Correct-horse-7")
    return landed.told["code"]


def exchange(app: App, code: str, **form: str) -> Answered:
    return token(app, **{"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code": code, **form})


@dataclass
class Confidential:
    """A client that has a secret."""

    app: App
    secret: str

    @property
    def basic(self) -> str:
        return basic(self.app.client_id, self.secret)


def confidential(app: App, **settings: Any) -> Confidential:
    created = app.stage.client(**{**OAUTH, "GenerateSecret": True, **settings})
    return Confidential(App(app.stage, created["ClientId"], app.home), created["ClientSecret"])


def machine(app: App, *scopes: str) -> Confidential:
    scoped = [{"ScopeName": name, "ScopeDescription": name} for name in ("read", "write")]
    app.stage.cognito.create_resource_server(
        UserPoolId=app.stage.pool_id, Identifier="boats", Name="boats", Scopes=scoped
    )
    only = {"AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": list(scopes)}
    return confidential(app, **only)


# --- codes ------------------------------------------------------------------------------------------------------------


def test_a_code_becomes_tokens(anywhere: App, visitor: Visitor) -> None:
    answer = exchange(anywhere, code_of(anywhere, visitor))
    assert answer.status == 200
    assert set(answer.told) == {"access_token", "id_token", "refresh_token", "expires_in", "token_type"}
    assert (answer.told["expires_in"], answer.told["token_type"]) == (3600, "Bearer")
    claims = claims_of(answer.told["access_token"])
    assert (claims["scope"], claims["client_id"], claims["version"]) == ("openid email", anywhere.client_id, 2)


def test_OAU_05_a_code_is_bound_to_what_asked_for_it(app: App, visitor: Visitor) -> None:
    other, neighbours = app.other(), set_stage(app.stage.cognito, app.stage.public)
    neighbour = open_app(neighbours, domain="neighbour")
    foreign = App(app.stage, app.client_id, neighbour.home)
    refusals = {
        "another address": (exchange, app, {"redirect_uri": APP_CALLBACK}, "unauthorized_client"),
        "no address": (token, app, {"grant_type": "authorization_code"}, "invalid_request"),
        "another client": (exchange, other, {}, "invalid_grant"),
        "another pool": (exchange, foreign, {}, "invalid_client"),
    }
    for name, (send, at, form, error) in refusals.items():
        code = code_of(app, visitor)
        answer = send(at, **{"code": code, **form})
        assert answer.error == (400, error), name
        is_alive = exchange(app, code).status == 200
        assert is_alive is (name in ("another client", "another pool", "no address")), name


def test_OAU_06_whoever_fails_burns_the_code(app: App, visitor: Visitor) -> None:
    code = code_of(app, visitor, **PKCE)
    assert exchange(app, code, code_verifier="x" * 43).error == (400, "invalid_grant")
    assert exchange(app, code, code_verifier=VERIFIER).error == (400, "invalid_grant")
    assert not TokenFamily.objects.exists()


def test_OAU_06_a_replay_by_its_client_ends_what_came_of_it(app: App, visitor: Visitor) -> None:
    code = code_of(app, visitor)
    tokens = exchange(app, code).told
    assert exchange(app.other(), code).error == (400, "invalid_grant")
    assert user_info(app, tokens).status == 200, "another client's attempt harms nobody"
    assert exchange(app, code).error == (400, "invalid_grant")
    assert user_info(app, tokens).status == 401
    assert token(app, grant_type="refresh_token", refresh_token=tokens["refresh_token"]).error[1] == "invalid_grant"


def user_info(app: App, tokens: dict[str, Any]) -> Answered:
    return call(app, "GET", "/oauth2/userInfo", Authorization=f"Bearer {tokens['access_token']}")


@pytest.mark.parametrize(
    ("challenge", "verifier", "status"),
    [
        (PKCE, {"code_verifier": VERIFIER}, 200),
        ({}, {}, 200),
        (PKCE, {}, 400),
        ({}, {"code_verifier": VERIFIER}, 400),
        (PKCE, {"code_verifier": CHALLENGE}, 400),
        (PKCE, {"code_verifier": VERIFIER[:42]}, 400),
        (PKCE, {"code_verifier": f"{VERIFIER} "}, 400),
        (PKCE, {"code_verifier": "ü" * 43}, 400),
        (PKCE, {"code_verifier": "x" * 129}, 400),
    ],
)
def test_OAU_07_no_downgrade(
    app: App, visitor: Visitor, challenge: dict[str, str], verifier: dict[str, str], status: int
) -> None:
    answer = exchange(app, code_of(app, visitor, **challenge), **verifier)
    assert answer.status == status
    assert status == 200 or answer.error == (400, "invalid_grant")


@pytest.mark.parametrize("spelling", ["{}A", "{}=", "x{}", "", "{}\n", "%s"])
def test_TOK_04_a_code_is_compared_whole(app: App, visitor: Visitor, spelling: str) -> None:
    code = code_of(app, visitor)
    wrong = exchange(app, spelling.format(code)) if spelling else exchange(app, code[:-1])
    assert wrong.error == (400, "invalid_grant")
    assert exchange(app, code).status == 200
    assert code.encode() not in b"".join(bytes(row.digest) for row in AuthorizationCode.objects.all())


@pytest.mark.parametrize(
    ("deed", "more"),
    [("admin_disable_user", {}), ("admin_delete_user", {})],
)
def test_TOK_01_who_is_gone_gets_no_tokens(app: App, visitor: Visitor, deed: str, more: dict[str, Any]) -> None:
    code = code_of(app, visitor)
    getattr(app.stage.cognito, deed)(UserPoolId=app.stage.pool_id, Username="alice", **more)
    assert exchange(app, code).error == (400, "invalid_grant")


def test_a_client_that_may_not_read_what_it_asked_for(app: App, visitor: Visitor) -> None:
    other = app.other(ReadAttributes=["email"])
    answer = exchange(other, code_of(other, visitor))
    assert answer.error == (400, "invalid_grant")
    assert exchange(other, code_of(other, visitor, scope="openid")).status == 200


@pytest.mark.django_db(transaction=True)
def test_OAU_05_of_many_exchanges_at_once_one_succeeds_and_none_lives(stage: Stage, visitor: Visitor) -> None:
    """A second use ends what the code gave, also when it comes before there are tokens."""
    stage.user()
    app = open_app(stage)
    code, answers = code_of(app, visitor), []

    def once() -> None:
        try:
            answers.append(exchange(app, code))
        finally:
            connection.close()

    threads = [threading.Thread(target=once) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    successes = [answer for answer in answers if answer.status == 200]
    assert len(answers) == 12
    assert len(successes) == 1
    assert all(answer.error == (400, "invalid_grant") for answer in answers if answer not in successes)
    assert all(user_info(app, answer.told).status == 401 for answer in successes)
    assert not TokenFamily.objects.filter(revoked_at=None).exists()


# --- clients ----------------------------------------------------------------------------------------------------------


def test_OAU_08_who_has_a_secret_must_show_it(app: App, visitor: Visitor) -> None:
    client = confidential(app)
    in_body = {"client_id": client.app.client_id}
    ways: list[tuple[dict[str, str], int]] = [
        ({"basic": client.basic}, 200),
        ({**in_body, "client_secret": client.secret}, 200),
        ({"basic": basic(client.app.client_id, quote(client.secret, safe=""))}, 200),
        ({"basic": client.basic, **in_body}, 200),
        (in_body, 400),
        ({**in_body, "client_secret": f"{client.secret}x"}, 400),
        ({**in_body, "client_secret": client.secret[:-1]}, 400),
        ({"basic": basic(client.app.client_id, "")}, 400),
        ({"basic": basic(app.client_id, client.secret)}, 400),
        ({"basic": "Basic nonsense"}, 400),
        ({"basic": f"Bearer {client.secret}"}, 400),
    ]
    for way, status in ways:
        answer = exchange(client.app, code_of(client.app, visitor), **way)
        assert answer.status == status, way
        assert status == 200 or answer.error == (400, "invalid_client"), way


def test_OAU_08_in_one_place_only(app: App, visitor: Visitor) -> None:
    client = confidential(app)
    code = code_of(client.app, visitor)
    twice = exchange(client.app, code, basic=client.basic, client_secret=client.secret)
    assert twice.error == (400, "invalid_request")
    contradicting = exchange(client.app, code, basic=client.basic, client_id=app.client_id)
    assert contradicting.error == (400, "invalid_client")
    assert exchange(client.app, code, basic=client.basic).status == 200


def test_OAU_08_a_public_client_proves_nothing_by_a_secret(app: App, visitor: Visitor) -> None:
    code = code_of(app, visitor)
    assert exchange(app, code, client_secret="made-up").error == (400, "invalid_client")
    assert exchange(app, code, basic=basic(app.client_id, "made-up")).error == (400, "invalid_client")
    assert exchange(app, code).status == 200


def test_OAU_08_either_secret_is_good_until_it_is_deleted(app: App, visitor: Visitor) -> None:
    client = confidential(app)
    who = {"UserPoolId": app.stage.pool_id, "ClientId": client.app.client_id}
    added = app.stage.cognito.add_user_pool_client_secret(**who)["ClientSecretDescriptor"]
    second = basic(client.app.client_id, added["ClientSecretValue"])
    assert exchange(client.app, code_of(client.app, visitor), basic=second).status == 200
    first = next(
        each["ClientSecretId"]
        for each in app.stage.cognito.list_user_pool_client_secrets(**who)["ClientSecrets"]
        if each["ClientSecretId"] != added["ClientSecretId"]
    )
    app.stage.cognito.delete_user_pool_client_secret(**who, ClientSecretId=first)
    assert exchange(client.app, code_of(client.app, visitor), basic=client.basic).error == (400, "invalid_client")


def test_OAU_08_only_the_grants_of_the_client(app: App, visitor: Visitor) -> None:
    code = code_of(app, visitor)
    tokens_only = {"AllowedOAuthFlows": ["implicit"]}
    app.stage.cognito.update_user_pool_client(
        UserPoolId=app.stage.pool_id, ClientId=app.client_id, **{**OAUTH, **tokens_only}
    )
    assert exchange(app, code).error == (400, "unauthorized_client")
    assert token(app, grant_type="client_credentials").error == (400, "unauthorized_client")


# --- refreshing -------------------------------------------------------------------------------------------------------


def test_a_refresh_gives_the_scopes_of_the_sign_in(app: App, visitor: Visitor) -> None:
    first = exchange(app, code_of(app, visitor, scope="openid")).told
    answer = token(app, grant_type="refresh_token", refresh_token=first["refresh_token"], scope="openid email profile")
    assert set(answer.told) == {"access_token", "id_token", "expires_in", "token_type"}
    assert claims_of(answer.told["access_token"])["scope"] == "openid"


def test_TOK_05_a_refresh_token_is_its_clients(app: App, visitor: Visitor) -> None:
    refresh_token = exchange(app, code_of(app, visitor)).told["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    client = confidential(app)
    assert token(app.other(), **form).error == (400, "invalid_grant")
    assert token(client.app, **form, basic=client.basic).error == (400, "invalid_grant")
    assert token(app, grant_type="refresh_token").error == (400, "invalid_request")
    assert token(app, **form).status == 200


def test_TOK_06_rotation(app: App, visitor: Visitor) -> None:
    rotating = {"RefreshTokenRotation": {"Feature": "ENABLED"}, "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]}
    other = app.other(**rotating)
    first = exchange(other, code_of(other, visitor)).told["refresh_token"]
    second = token(other, grant_type="refresh_token", refresh_token=first).told["refresh_token"]
    assert second != first
    assert token(other, grant_type="refresh_token", refresh_token=first).error == (400, "invalid_grant")


# --- machines ---------------------------------------------------------------------------------------------------------


def test_OAU_09_a_machine_gets_its_own_scopes_and_nothing_else(app: App) -> None:
    client = machine(app, "boats/read", "boats/write")
    answer = token(client.app, grant_type="client_credentials", basic=client.basic)
    assert set(answer.told) == {"access_token", "expires_in", "token_type"}
    claims = claims_of(answer.told["access_token"])
    assert (claims["sub"], claims["scope"]) == (client.app.client_id, "boats/read boats/write")
    assert "username" not in claims
    narrow = token(client.app, grant_type="client_credentials", basic=client.basic, scope="boats/read boats/read")
    assert claims_of(narrow.told["access_token"])["scope"] == "boats/read"


@pytest.mark.parametrize("scope", ["openid", "boats/write", "boats/read openid", "aws.cognito.signin.user.admin", "*"])
def test_OAU_09_no_scope_is_gained(app: App, scope: str) -> None:
    client = machine(app, "boats/read")
    answer = token(client.app, grant_type="client_credentials", basic=client.basic, scope=scope)
    assert answer.error == (400, "invalid_scope")


def test_OAU_09_a_long_list_costs_nothing(app: App) -> None:
    client = machine(app, "boats/read")
    began = time.process_time()
    for scope in ("boats/read " * 300, " ".join(f"s{number}" for number in range(900)), "x" * 100_000):
        form = {"grant_type": "client_credentials", "basic": client.basic, "scope": scope}
        assert token(client.app, **form).status in (200, 400)
    assert time.process_time() - began < 1


# --- the endpoint -----------------------------------------------------------------------------------------------------

NOT_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache", "Access-Control-Allow-Origin": "*"}


def test_OAU_11_nothing_of_an_answer_is_kept(app: App, visitor: Visitor) -> None:
    for answer in (exchange(app, code_of(app, visitor)), exchange(app, "nonsense"), call(app, "GET", "/oauth2/token")):
        assert {name: answer.headers[name] for name in NOT_KEPT} == NOT_KEPT
        assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_OAU_11_only_a_form_is_read(app: App, visitor: Visitor) -> None:
    code = code_of(app, visitor)
    form = {"grant_type": "authorization_code", "client_id": app.client_id, "redirect_uri": CALLBACK, "code": code}
    in_query = "&".join(f"{name}={quote(value, safe='')}" for name, value in form.items())
    refusals = [
        call(app, "POST", f"/oauth2/token?{in_query}"),
        call(app, "POST", "/oauth2/token?x=1", form),
        call(app, "POST", "/oauth2/token", str(form), "application/json"),
        call(app, "POST", "/oauth2/token", in_query, "multipart/form-data; boundary=x"),
        call(app, "POST", "/oauth2/token", f"{in_query}&code={code}"),
        call(app, "POST", "/oauth2/token", f"{in_query}&x={'y' * 20_000}"),
        call(app, "POST", "/oauth2/token", in_query.replace("authorization_code", "")),
    ]
    assert [answer.error for answer in refusals] == [(400, "invalid_request")] * len(refusals)
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        assert call(app, method, "/oauth2/token", form).status == 405
    assert exchange(app, code).status == 200


def test_OAU_11_browsers_of_any_origin_may_ask(app: App) -> None:
    asked = {"Origin": "https://app.example.com", "Access_Control_Request_Method": "POST"}
    answer = call(app, "OPTIONS", "/oauth2/token", **asked)
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (204, "*")
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"]
    assert answer.headers["Access-Control-Allow-Methods"] == "POST"


@pytest.mark.parametrize("grant", ["password", "urn:ietf:params:oauth:grant-type:device_code", "implicit", "x"])
def test_other_grants(app: App, grant: str) -> None:
    assert token(app, grant_type=grant, username="alice", password="x").error == (400, "unsupported_grant_type")


@pytest.mark.parametrize("metadata", ["[]", "x", '"text"', '{"a": 1}', '{"a": {}}', "[" * 5_000])
def test_metadata_is_an_object(app: App, visitor: Visitor, metadata: str) -> None:
    answer = exchange(app, code_of(app, visitor), aws_client_metadata=metadata[:4000])
    assert answer.error == (400, "invalid_request")
    assert exchange(app, code_of(app, visitor), aws_client_metadata='{"a": "b"}').status == 200


def test_a_pool_without_a_domain_has_no_endpoint(stage: Stage) -> None:
    app = App(stage, stage.client(**OAUTH)["ClientId"], f"http://localhost:9229/{stage.pool_id}")
    answer = exchange(app, "x")
    assert answer.error == (400, "invalid_request")
    assert "no domain" in answer.told["error_description"]


END_SIGN_INS = pytest.mark.parametrize(
    "deeds",
    [
        ["admin_user_global_sign_out"],
        ["admin_disable_user", "admin_enable_user"],
        ["admin_reset_user_password"],
    ],
)


@END_SIGN_INS
def test_TOK_01_a_code_does_not_outlive_what_ends_sign_ins(app: App, visitor: Visitor, deeds: list[str]) -> None:
    code = code_of(app, visitor)
    for deed in deeds:
        getattr(app.stage.cognito, deed)(UserPoolId=app.stage.pool_id, Username="alice")
    assert exchange(app, code).error == (400, "invalid_grant")
    assert not TokenFamily.objects.exists()


@END_SIGN_INS
def test_TOK_08_what_ends_sign_ins_ends_an_exchange_that_is_on_its_way(
    app: App, visitor: Visitor, monkeypatch: pytest.MonkeyPatch, deeds: list[str]
) -> None:
    """The code is spent, and there are no tokens yet."""
    code, groups_of = code_of(app, visitor), claims.groups_of

    def meanwhile(user: User) -> claims.Groups:
        for deed in deeds:
            getattr(app.stage.cognito, deed)(UserPoolId=app.stage.pool_id, Username="alice")
        return groups_of(user)

    monkeypatch.setattr(claims, "groups_of", meanwhile)
    assert exchange(app, code).error == (400, "invalid_grant")
    assert not TokenFamily.objects.exists()


@pytest.mark.parametrize(
    ("scopes", "has_email"), [("openid", True), ("openid api/read", True), ("openid profile api/read", False)]
)
def test_scopes_that_mean_no_attribute_leave_none_out(app: App, visitor: Visitor, scopes: str, has_email: bool) -> None:
    app.stage.cognito.create_resource_server(
        UserPoolId=app.stage.pool_id,
        Identifier="api",
        Name="api",
        Scopes=[{"ScopeName": "read", "ScopeDescription": "Reads"}],
    )
    other = app.other(AllowedOAuthScopes=["openid", "profile", "api/read"])
    code = code_of(other, visitor, scope=scopes)
    assert ("email" in claims_of(exchange(other, code).told["id_token"])) == has_email
