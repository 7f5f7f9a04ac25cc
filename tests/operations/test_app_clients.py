"""App clients and their secrets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from cognito_site.contract import services
from tests import maximal
from tests.cast import PASSWORD, Stage, set_stage
from tests.operations.test_sign_in import claims_of
from tests.refusals import refused
from userpools.domain import client_secrets
from userpools.models import AppClient

pytestmark = pytest.mark.django_db

COGNITO = services.service("cognito-idp")
CALLBACK = "https://app.example.com/callback"
CODE = {
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthFlows": ["code"],
    "AllowedOAuthScopes": ["openid"],
    "CallbackURLs": [CALLBACK],
}
SAID: dict[str, Any] = {
    "GenerateSecret": True,
    "ClientSecret": None,
    "RefreshTokenValidity": 20,
    "AccessTokenValidity": 10,
    "IdTokenValidity": 10,
    "TokenValidityUnits": {"AccessToken": "hours", "IdToken": "hours", "RefreshToken": "days"},
    "ReadAttributes": ["email", "custom:rank"],
    "WriteAttributes": ["email", "custom:rank"],
    "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"],
    "SupportedIdentityProviders": ["COGNITO"],
    "CallbackURLs": [CALLBACK, "myapp://callback"],
    "DefaultRedirectURI": CALLBACK,
    "AllowedOAuthFlows": ["code", "implicit"],
    "AllowedOAuthScopes": ["openid", "email", "api/read"],
    "AnalyticsConfiguration": None,
    "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 60},
    "PublishSecretsInAWSSecretsManager": None,
}


@pytest.fixture
def harbour(cognito: Any, public: Any) -> Stage:
    schema = [{"Name": "rank", "AttributeDataType": "Number", "Mutable": True}]
    stage = set_stage(cognito, public, Schema=schema)
    scopes = [{"ScopeName": "read", "ScopeDescription": "Read"}]
    cognito.create_resource_server(UserPoolId=stage.pool_id, Identifier="api", Name="api", Scopes=scopes)
    return stage


def described(stage: Stage, client: dict[str, Any]) -> dict[str, Any]:
    answer = stage.cognito.describe_user_pool_client(UserPoolId=stage.pool_id, ClientId=client["ClientId"])
    found: dict[str, Any] = answer["UserPoolClient"]
    return found


# --- without drift --------------------------------------------------------------------------------------------------


@pytest.mark.proves("CreateUserPoolClient", "DescribeUserPoolClient", "ListUserPoolClients", "DeleteUserPoolClient")
def test_a_client_lives_and_goes(stage: Stage) -> None:
    stage.user()
    client = stage.client()
    assert described(stage, client) == client
    tokens = stage.tokens(ClientId=client["ClientId"])
    listed = stage.cognito.list_user_pool_clients(UserPoolId=stage.pool_id, MaxResults=60)["UserPoolClients"]
    assert {entry["ClientId"] for entry in listed} == {client["ClientId"], stage.client_id}
    stage.cognito.delete_user_pool_client(UserPoolId=stage.pool_id, ClientId=client["ClientId"])
    gone = ("ResourceNotFoundException", f"User pool client {client['ClientId']} does not exist.")
    assert refused(described, stage=stage, client=client) == gone
    assert refused(stage.sign_in, ClientId=client["ClientId"]) == gone
    assert refused(stage.public.get_user, AccessToken=tokens["AccessToken"]) == gone


def test_a_client_with_only_a_name_is_described_as_aws_does(stage: Stage) -> None:
    client = stage.cognito.create_user_pool_client(UserPoolId=stage.pool_id, ClientName="web")["UserPoolClient"]
    assert len(client.pop("ClientId")) == 26
    for name in ("UserPoolId", "CreationDate", "LastModifiedDate"):
        assert client.pop(name)
    assert client == {
        "ClientName": "web",
        "RefreshTokenValidity": 30,
        "TokenValidityUnits": {},
        "AllowedOAuthFlowsUserPoolClient": False,
        "EnableTokenRevocation": True,
        "EnablePropagateAdditionalUserContextData": False,
        "AuthSessionValidity": 3,
    }


@pytest.mark.proves("UpdateUserPoolClient")
def test_every_setting_is_described_as_it_was_given_and_an_update_with_it_changes_nothing(harbour: Stage) -> None:
    shape, update = (COGNITO.operations[f"{deed}UserPoolClient"].input for deed in ("Create", "Update"))
    assert shape is not None
    assert update is not None
    given = {**maximal.document(shape, SAID), "UserPoolId": harbour.pool_id}
    client = harbour.cognito.create_user_pool_client(**given)["UserPoolClient"]
    del given["GenerateSecret"]
    assert maximal.lost(given, client) == []
    assert described(harbour, client) == client
    same = {name: value for name, value in client.items() if name in update.members}
    harbour.cognito.update_user_pool_client(**same)
    assert described(harbour, client) | {"LastModifiedDate": 0} == client | {"LastModifiedDate": 0}


def test_an_update_replaces_and_keeps_the_secret(stage: Stage) -> None:
    client = stage.client(GenerateSecret=True, PreventUserExistenceErrors="ENABLED", **CODE)
    stage.cognito.update_user_pool_client(UserPoolId=stage.pool_id, ClientId=client["ClientId"])
    found = described(stage, client)
    assert (found["ClientSecret"], found["ClientName"]) == (client["ClientSecret"], client["ClientName"])
    for name in ("ExplicitAuthFlows", "PreventUserExistenceErrors", "CallbackURLs", "AllowedOAuthFlows"):
        assert name not in found


def test_TEN_01_a_client_belongs_to_its_pool(stage: Stage, cognito: Any, public: Any) -> None:
    other = set_stage(cognito, public)
    who = {"UserPoolId": stage.pool_id, "ClientId": other.client_id}
    gone = ("ResourceNotFoundException", f"User pool client {other.client_id} does not exist.")
    for call in (
        cognito.describe_user_pool_client,
        cognito.update_user_pool_client,
        cognito.delete_user_pool_client,
        cognito.add_user_pool_client_secret,
        cognito.list_user_pool_client_secrets,
    ):
        assert refused(call, **who) == gone
    answer = refused(
        cognito.admin_initiate_auth, **who, AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "x"}
    )
    assert answer == gone


# --- what is refused ------------------------------------------------------------------------------------------------

PARAMETER, FLOW = "InvalidParameterException", "InvalidOAuthFlowException"
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "old and new flows": ({"ExplicitAuthFlows": ["USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"]}, PARAMETER),
    "rotation and the refresh flow": (
        {
            "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"],
            "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
        },
        PARAMETER,
    ),
    "an access token of two days": ({"AccessTokenValidity": 48}, PARAMETER),
    "an ID token of a minute": ({"IdTokenValidity": 1, "TokenValidityUnits": {"IdToken": "minutes"}}, PARAMETER),
    "a refresh token of eleven years": ({"RefreshTokenValidity": 4015}, PARAMETER),
    "a refresh token that dies first": (
        {"RefreshTokenValidity": 1, "TokenValidityUnits": {"RefreshToken": "hours"}, "AccessTokenValidity": 2},
        PARAMETER,
    ),
    "two kinds of secret": ({"GenerateSecret": True, "ClientSecret": "a" * 24}, PARAMETER),
    "OAuth without flows": ({"AllowedOAuthFlowsUserPoolClient": True}, FLOW),
    "a machine without a secret": (
        {**CODE, "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["api/read"]},
        FLOW,
    ),
    "a machine that is also a person": (
        {**CODE, "GenerateSecret": True, "AllowedOAuthFlows": ["client_credentials", "code"]},
        FLOW,
    ),
    "a scope that nobody made": (
        {**CODE, "AllowedOAuthScopes": ["openid", "api/write"]},
        "ScopeDoesNotExistException",
    ),
    "email without openid": ({**CODE, "AllowedOAuthScopes": ["email"]}, PARAMETER),
    "a default that is not registered": ({**CODE, "DefaultRedirectURI": "https://other.example.com/"}, PARAMETER),
    "a provider that nobody made": ({"SupportedIdentityProviders": ["Google"]}, PARAMETER),
    "an attribute that is not in the schema": ({"ReadAttributes": ["custom:ship"]}, PARAMETER),
    "writing what nobody may": ({"WriteAttributes": ["email", "email_verified"]}, PARAMETER),
    "context data without a secret": ({"EnablePropagateAdditionalUserContextData": True}, PARAMETER),
}
ADDRESSES = [
    "http://app.example.com/",
    "https://app.example.com/#fragment",
    "https://user:secret@app.example.com/",
    "/callback",
    "app.example.com/callback",
    "https:app.example.com",
    "https:///callback",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://app.example.com/x",
    "https://app.example.com/\\evil",
    "https://app.example.com\\@evil.example.com/",
    "https://app.example.com/a b",
    "https://app.example.com/\r\nX: y",
    "https://app.example.com:99999/",
    "https://[::1/",
    "http://localhost.evil.example.com/",
    "http://127.0.0.1.evil.example.com/",
]
ACCEPTED = [
    "https://app.example.com/callback?a=b&c=d",
    "https://app.example.com:8443/",
    "http://localhost:3000/callback",
    "http://127.0.0.1/",
    "http://[::1]:8080/",
    "myapp://callback",
    "com.example.app:/oauth",
    "exp+app://x",
]


@pytest.mark.parametrize("what", REFUSED)
def test_settings_that_cannot_be(harbour: Stage, what: str) -> None:
    given, code = REFUSED[what]
    before = AppClient.objects.count()
    create, update = harbour.cognito.create_user_pool_client, harbour.cognito.update_user_pool_client
    assert refused(create, UserPoolId=harbour.pool_id, ClientName="x", **given)[0] == code
    assert AppClient.objects.count() == before
    if not {"GenerateSecret", "ClientSecret"} & given.keys():
        assert refused(update, UserPoolId=harbour.pool_id, ClientId=harbour.client_id, **given)[0] == code


@pytest.mark.parametrize("url", ADDRESSES)
def test_OAU_02_addresses_that_browsers_must_not_be_sent_to(harbour: Stage, url: str) -> None:
    who = {"UserPoolId": harbour.pool_id, "ClientId": harbour.client_id}
    for member in ("CallbackURLs", "LogoutURLs"):
        given = {**CODE, member: [url]}
        assert refused(harbour.client, **given)[0] == PARAMETER
        assert refused(harbour.cognito.update_user_pool_client, **who, **given)[0] == PARAMETER


@pytest.mark.parametrize("url", ACCEPTED)
def test_OAU_02_addresses_that_are_fine(harbour: Stage, url: str) -> None:
    assert harbour.client(**{**CODE, "CallbackURLs": [url]})["CallbackURLs"] == [url]


def test_OAU_02_scopes_of_the_service_are_reserved(harbour: Stage) -> None:
    create = harbour.cognito.create_resource_server
    for identifier in ("aws.cognito", "aws.cognito.signin", "aws.cognito/dcr"):
        answer = refused(create, UserPoolId=harbour.pool_id, Identifier=identifier, Name="x")
        assert answer[0] == PARAMETER


# --- secrets --------------------------------------------------------------------------------------------------------


def sign_in_with(stage: Stage, client_id: str, secret: str) -> dict[str, str]:
    return stage.tokens(ClientId=client_id, SECRET_HASH=client_secrets.secret_hash(secret, "alice", client_id))


@pytest.mark.proves("AddUserPoolClientSecret", "ListUserPoolClientSecrets", "DeleteUserPoolClientSecret")
def test_a_secret_is_replaced_while_the_other_works(stage: Stage) -> None:
    stage.user()
    client = stage.client(GenerateSecret=True)
    who = {"UserPoolId": stage.pool_id, "ClientId": client["ClientId"]}
    with time_machine.travel(timedelta(seconds=1), tick=False):
        added = stage.cognito.add_user_pool_client_secret(**who)["ClientSecretDescriptor"]
    for secret in (client["ClientSecret"], added["ClientSecretValue"]):
        assert sign_in_with(stage, client["ClientId"], secret)
    assert refused(stage.cognito.add_user_pool_client_secret, **who)[0] == "LimitExceededException"
    listed = stage.cognito.list_user_pool_client_secrets(**who)["ClientSecrets"]
    assert len(listed) == 2
    assert all("ClientSecretValue" not in entry for entry in listed)
    stage.cognito.delete_user_pool_client_secret(**who, ClientSecretId=listed[0]["ClientSecretId"])
    wrong = f"Unable to verify secret hash for client {client['ClientId']}"
    old = {"client_id": client["ClientId"], "secret": client["ClientSecret"]}
    assert refused(lambda: sign_in_with(stage, **old))[1] == wrong
    assert sign_in_with(stage, client["ClientId"], added["ClientSecretValue"])
    last = refused(stage.cognito.delete_user_pool_client_secret, **who, ClientSecretId=added["ClientSecretId"])
    assert last[0] == PARAMETER


def test_a_secret_of_ones_own(stage: Stage) -> None:
    stage.user()
    client = stage.client(ClientSecret="my_own_secret_my_own_secret_1")
    assert client["ClientSecret"] == "my_own_secret_my_own_secret_1"
    assert sign_in_with(stage, client["ClientId"], client["ClientSecret"])


def test_KEY_01_secrets_are_sealed_for_their_place(stage: Stage) -> None:
    one, other = stage.client(GenerateSecret=True), stage.client(GenerateSecret=True)
    rows = {row.client_id: row for row in AppClient.objects.all()}
    assert one["ClientSecret"] not in repr(rows[one["ClientId"]].secrets)
    moved = rows[other["ClientId"]]
    moved.secrets = rows[one["ClientId"]].secrets
    with pytest.raises(Exception, match="sealed for another place"):
        client_secrets.matches(moved, one["ClientSecret"])


# --- settings have effects --------------------------------------------------------------------------------------------


def test_the_flows_of_old_names(stage: Stage) -> None:
    stage.user()
    client = stage.client(ExplicitAuthFlows=["USER_PASSWORD_AUTH"])
    tokens = stage.tokens(ClientId=client["ClientId"])
    refreshed = stage.public.initiate_auth(
        ClientId=client["ClientId"],
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]},
    )
    assert claims_of(refreshed["AuthenticationResult"]["AccessToken"])["client_id"] == client["ClientId"]


def test_a_session_lives_as_long_as_the_client_says(stage: Stage) -> None:
    client = stage.client(AuthSessionValidity=10)
    stage.cognito.admin_create_user(
        UserPoolId=stage.pool_id, Username="alice", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    asked = stage.sign_in(ClientId=client["ClientId"])
    answers = {"USERNAME": "alice", "NEW_PASSWORD": "Brand-new-horse-1"}

    def answer() -> Any:
        return stage.public.respond_to_auth_challenge(
            ClientId=client["ClientId"],
            ChallengeName=asked["ChallengeName"],
            Session=asked["Session"],
            ChallengeResponses=answers,
        )

    with time_machine.travel(timedelta(minutes=10, seconds=1), tick=False):
        assert refused(answer) == (
            "NotAuthorizedException",
            "Invalid session for the user, session is expired.",
        )
    with time_machine.travel(timedelta(minutes=9), tick=False):
        assert answer()["AuthenticationResult"]
