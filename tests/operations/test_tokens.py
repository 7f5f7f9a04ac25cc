"""The life of tokens: refreshed, rotated, revoked, refused."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError
from django.db import connection
from django.utils import timezone

from tests.cast import PASSWORD, Stage
from tests.operations.test_sign_in import claims_of
from tests.refusals import refused
from userpools.models import RefreshToken, TokenFamily, User, UserPool

pytestmark = pytest.mark.django_db

ROTATING: dict[str, Any] = {"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]}


def refresh(stage: Stage, token: str, flow: str = "REFRESH_TOKEN_AUTH", **more: str) -> dict[str, Any]:
    answer: dict[str, Any] = stage.public.initiate_auth(
        ClientId=more.pop("client_id", stage.client_id), AuthFlow=flow, AuthParameters={"REFRESH_TOKEN": token, **more}
    )["AuthenticationResult"]
    return answer


def exchange(stage: Stage, client_id: str, token: str) -> dict[str, Any]:
    answer: dict[str, Any] = stage.public.get_tokens_from_refresh_token(ClientId=client_id, RefreshToken=token)
    return answer["AuthenticationResult"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("flow", ["REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"])
def test_a_refresh_keeps_the_sign_in_and_reads_the_user_anew(stage: Stage, flow: str) -> None:
    stage.user()
    first = stage.tokens()
    stage.cognito.admin_update_user_attributes(
        UserPoolId=stage.pool_id, Username="alice", UserAttributes=[{"Name": "name", "Value": "Alice"}]
    )
    second = refresh(stage, first["RefreshToken"], flow)
    assert "RefreshToken" not in second
    before, after = claims_of(first["IdToken"]), claims_of(second["IdToken"])
    assert after["name"] == "Alice"
    assert {after[name] == before[name] for name in ("origin_jti", "auth_time", "event_id", "sub")} == {True}
    assert after["jti"] != before["jti"]


def test_what_is_not_a_living_refresh_token_of_this_client(stage: Stage) -> None:
    stage.user()
    token = stage.tokens()["RefreshToken"]
    invalid = ("NotAuthorizedException", "Invalid Refresh Token")
    other = stage.client()["ClientId"]
    assert refused(lambda: refresh(stage, token, client_id=other)) == invalid
    for spelling in (token[:-1], token + "A", token.swapcase(), token + "=", token + "%3D"):
        assert refused(lambda text=spelling: refresh(stage, text)) == invalid
    TokenFamily.objects.update(expires_at=timezone.now())
    assert refused(lambda: refresh(stage, token)) == ("NotAuthorizedException", "Refresh Token has expired")


@pytest.mark.proves("GetTokensFromRefreshToken")
def test_tokens_from_a_refresh_token(stage: Stage) -> None:
    stage.user()
    token = stage.tokens()["RefreshToken"]
    assert exchange(stage, stage.client_id, token).keys() == {"AccessToken", "IdToken", "ExpiresIn", "TokenType"}


def rotating(stage: Stage, grace: int) -> str:
    client = stage.client(**ROTATING, RefreshTokenRotation={"Feature": "ENABLED", "RetryGracePeriodSeconds": grace})
    client_id: str = client["ClientId"]
    return client_id


def test_rotation_gives_one_child_and_notices_reuse(stage: Stage) -> None:
    stage.user()
    client_id = rotating(stage, grace=0)
    first = stage.tokens(ClientId=client_id)["RefreshToken"]
    second = exchange(stage, client_id, first)["RefreshToken"]
    assert second != first
    assert refused(lambda: exchange(stage, client_id, first))[0] == "RefreshTokenReuseException"
    assert exchange(stage, client_id, second)["RefreshToken"]
    assert refused(lambda: refresh(stage, second, client_id=client_id))[0] == "InvalidParameterException"


def test_a_reuse_long_after_the_rotation_ends_the_family(stage: Stage) -> None:
    stage.user()
    client_id = rotating(stage, grace=0)
    first = stage.tokens(ClientId=client_id)["RefreshToken"]
    second = exchange(stage, client_id, first)["RefreshToken"]
    RefreshToken.objects.exclude(rotated_at=None).update(rotated_at=timezone.now() - timedelta(minutes=1))
    assert refused(lambda: exchange(stage, client_id, first))[0] == "RefreshTokenReuseException"
    assert refused(lambda: exchange(stage, client_id, second))[1] == "Refresh Token has been revoked"


def test_rotation_grace_and_the_life_of_the_first_token(stage: Stage) -> None:
    stage.user()
    client_id = rotating(stage, grace=60)
    first = stage.tokens(ClientId=client_id)["RefreshToken"]
    children = {exchange(stage, client_id, first)["RefreshToken"] for _ in range(3)}
    assert len(children) == 3
    assert all(exchange(stage, client_id, child) for child in children)
    assert TokenFamily.objects.count() == 1, "the expiry of the family is that of the first token"


def test_TOK_06_without_grace_no_clock_makes_a_second_child(stage: Stage) -> None:
    """Whoever waited for the first, or whose clock is behind, sees a token that was exchanged in the future."""
    stage.user()
    client_id = rotating(stage, grace=0)
    first = stage.tokens(ClientId=client_id)["RefreshToken"]
    with time_machine.travel(timedelta(seconds=2), tick=False):
        exchange(stage, client_id, first)
    answer = refused(exchange, stage=stage, client_id=client_id, token=first)
    assert answer[0] == "RefreshTokenReuseException"


@pytest.mark.django_db(transaction=True)
def test_parallel_rotation_gives_exactly_one_child(stage: Stage) -> None:
    stage.user()
    client_id = rotating(stage, grace=0)
    first = stage.tokens(ClientId=client_id)["RefreshToken"]
    children: list[str] = []

    def once() -> None:
        try:
            children.append(exchange(stage, client_id, first)["RefreshToken"])
        except ClientError as error:
            children.append(error.response["Error"]["Code"])
        finally:
            connection.close()

    threads = [threading.Thread(target=once) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (
        sorted(children)[:11] == ["RefreshTokenReuseException"] * 11
        or children.count("RefreshTokenReuseException") == 11
    )


# --- sign-out and revocation ----------------------------------------------------------------------------------------


def alive(stage: Stage, tokens: dict[str, str]) -> list[str]:
    """What still works of ``tokens``."""
    found = []
    for name, call in {
        "access": lambda: stage.public.get_user(AccessToken=tokens["AccessToken"]),
        "refresh": lambda: refresh(stage, tokens["RefreshToken"]),
    }.items():
        try:
            call()
            found.append(name)
        except ClientError:
            pass
    return found


@pytest.mark.proves("GlobalSignOut")
def test_global_sign_out_ends_everything_and_the_next_sign_in_lives(stage: Stage) -> None:
    stage.user()
    here, there = stage.tokens(), stage.tokens()
    stage.public.global_sign_out(AccessToken=here["AccessToken"])
    after = stage.tokens()
    assert [alive(stage, tokens) for tokens in (here, there, after)] == [[], [], ["access", "refresh"]]
    assert refused(stage.public.get_user, AccessToken=there["AccessToken"]) == (
        "NotAuthorizedException",
        "Access Token has been revoked",
    )
    assert refused(lambda: refresh(stage, there["RefreshToken"]))[1] == "Refresh Token has been revoked"


@pytest.mark.proves("AdminUserGlobalSignOut")
def test_an_administrator_signs_out_everywhere(stage: Stage) -> None:
    stage.user()
    tokens = stage.tokens()
    stage.cognito.admin_user_global_sign_out(UserPoolId=stage.pool_id, Username="alice")
    assert alive(stage, tokens) == []


@pytest.mark.proves("RevokeToken")
def test_revoking_a_refresh_token_ends_its_family_only(stage: Stage) -> None:
    stage.user()
    here, there = stage.tokens(), stage.tokens()
    revoke = stage.public.revoke_token
    for _ in range(2):
        revoke(ClientId=stage.client_id, Token=here["RefreshToken"])
    assert [alive(stage, tokens) for tokens in (here, there)] == [[], ["access", "refresh"]]
    revoke(ClientId=stage.client_id, Token="nobody-knows-this-token")
    assert refused(revoke, ClientId=stage.client_id, Token=there["AccessToken"])[0] == "UnsupportedTokenTypeException"
    assert refused(revoke, ClientId="a" * 26, Token=there["RefreshToken"])[0] == "UnauthorizedException"
    off = stage.client(EnableTokenRevocation=False)["ClientId"]
    assert refused(revoke, ClientId=off, Token=there["RefreshToken"])[0] == "UnsupportedOperationException"


def test_a_client_without_revocation_still_obeys_global_sign_out(stage: Stage) -> None:
    stage.user()
    off = stage.client(EnableTokenRevocation=False)["ClientId"]
    tokens = stage.tokens(ClientId=off)
    assert "origin_jti" not in claims_of(tokens["AccessToken"])
    assert stage.public.get_user(AccessToken=tokens["AccessToken"])
    stage.cognito.admin_user_global_sign_out(UserPoolId=stage.pool_id, Username="alice")
    assert refused(stage.public.get_user, AccessToken=tokens["AccessToken"])[1] == "Access Token has been revoked"


def test_disabling_and_deleting_end_tokens(stage: Stage) -> None:
    stage.user()
    tokens = stage.tokens()
    stage.cognito.admin_disable_user(UserPoolId=stage.pool_id, Username="alice")
    assert alive(stage, tokens) == []
    stage.cognito.admin_enable_user(UserPoolId=stage.pool_id, Username="alice")
    assert alive(stage, tokens) == [], "enabling again does not revive them"
    tokens = stage.tokens()
    stage.cognito.admin_delete_user(UserPoolId=stage.pool_id, Username="alice")
    assert refused(stage.public.get_user, AccessToken=tokens["AccessToken"])[0] == "UserNotFoundException"


def test_lifetimes_follow_the_client(stage: Stage) -> None:
    stage.user()
    client = stage.client(
        AccessTokenValidity=5,
        IdTokenValidity=7,
        RefreshTokenValidity=2,
        TokenValidityUnits={"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "hours"},
    )
    tokens = stage.tokens(ClientId=client["ClientId"])
    assert tokens["ExpiresIn"] == 300
    for name, seconds in {"AccessToken": 300, "IdToken": 420}.items():
        claims = claims_of(tokens[name])
        assert claims["exp"] - claims["iat"] == seconds
    family = TokenFamily.objects.get()
    assert family.expires_at - family.created_at == timedelta(hours=2)


def test_an_expired_access_token(stage: Stage) -> None:
    stage.user()
    access = stage.tokens()["AccessToken"]
    with time_machine.travel(timedelta(seconds=3601), tick=False):
        assert refused(stage.public.get_user, AccessToken=access) == (
            "NotAuthorizedException",
            "Access Token has expired",
        )


def test_groups_and_roles_are_in_the_tokens(stage: Stage) -> None:
    stage.user()
    for name, precedence in (("crew", 5), ("captains", 1)):
        role = f"arn:aws:iam::123456789012:role/{name}"
        stage.cognito.create_group(UserPoolId=stage.pool_id, GroupName=name, Precedence=precedence, RoleArn=role)
        stage.cognito.admin_add_user_to_group(UserPoolId=stage.pool_id, GroupName=name, Username="alice")
    tokens = stage.tokens()
    identity = claims_of(tokens["IdToken"])
    assert identity["cognito:groups"] == ["captains", "crew"] == claims_of(tokens["AccessToken"])["cognito:groups"]
    assert identity["cognito:preferred_role"].endswith("/captains")
    assert len(identity["cognito:roles"]) == 2


def test_read_attributes_limit_the_id_token(stage: Stage) -> None:
    stage.user(given_name="Alice")
    client = stage.client(ReadAttributes=["given_name"])
    claims = claims_of(stage.tokens(ClientId=client["ClientId"])["IdToken"])
    assert claims["given_name"] == "Alice"
    assert "email" not in claims


def test_no_secret_stands_in_the_tables(stage: Stage) -> None:
    """A dump must sign nobody in."""
    stage.user()
    tokens = stage.tokens()
    user = User.objects.get()
    dump = repr([list(model.objects.values()) for model in (User, TokenFamily, RefreshToken, UserPool)])
    assert not any(
        secret in dump for secret in (PASSWORD, *tokens.values()) if isinstance(secret, str) and len(secret) > 8
    )
    assert user.password.startswith("argon2")
