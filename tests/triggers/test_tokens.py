"""PreTokenGeneration in its three versions, through every way to get tokens."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.cast import PASSWORD, Stage
from tests.hostedui.app import App, open_app
from tests.hostedui.program import token
from tests.hostedui.visitor import Visitor
from tests.refusals import refused
from tests.triggers.conftest import Functions
from userpools.domain.triggers import token_claims

pytestmark = pytest.mark.django_db
METADATA = {"campaign": "spring"}
UNRECOGNIZABLE = ("InvalidLambdaResponseException", "Unrecognizable lambda output")
ROLE = "arn:aws:iam::000000000000:role/sailor"


@pytest.fixture(autouse=True)
def alice(stage: Stage) -> None:
    stage.user()
    stage.cognito.create_group(UserPoolId=stage.pool_id, GroupName="crew", RoleArn=ROLE, Precedence=1)
    stage.cognito.admin_add_user_to_group(UserPoolId=stage.pool_id, Username="alice", GroupName="crew")


def claims(jwt: str) -> dict[str, Any]:
    body = jwt.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


def configure(functions: Functions, body: str, version: str = "V1_0") -> None:
    arn = functions.install("tokens", body)
    functions.configure(PreTokenGenerationConfig={"LambdaVersion": version, "LambdaArn": arn})


def issued(stage: Stage) -> tuple[dict[str, Any], dict[str, Any]]:
    """The claims of the ID token and of the access token."""
    tokens = stage.tokens()
    return claims(tokens["IdToken"]), claims(tokens["AccessToken"])


# --- version 1 --------------------------------------------------------------------------------------------------------


def test_the_first_version(functions: Functions, stage: Stage) -> None:
    body = """
    response["claimsOverrideDetails"] = {
        "claimsToAddOrOverride": {"boat": "yes", "email": "hidden@example.com", "sub": "me", "cognito:groups": "all"},
        "claimsToSuppress": ["email_verified", "sub", "exp", "nowhere"],
    }
    """
    functions.configure(PreTokenGeneration=functions.install("tokens", body))
    plain = claims(stage.tokens()["IdToken"])
    identity, access = issued(stage)
    assert (identity["boat"], identity["email"]) == ("yes", "hidden@example.com")
    assert "email_verified" not in identity
    assert identity["sub"] == plain["sub"] == access["sub"]
    assert identity["exp"]
    assert identity["cognito:groups"] == ["crew"]
    assert "boat" not in access, "the first version leaves access tokens alone"
    event = functions.events("tokens")[0]
    assert (event["version"], event["triggerSource"]) == ("1", "TokenGeneration_Authentication")
    assert event["request"]["userAttributes"]["email"] == "alice@example.com"
    assert event["request"]["groupConfiguration"] == {
        "groupsToOverride": ["crew"],
        "iamRolesToOverride": [ROLE],
        "preferredRole": ROLE,
    }
    assert "scopes" not in event["request"]
    assert event["response"] == {"claimsOverrideDetails": None}


def test_groups_are_replaced_in_both_tokens(functions: Functions, stage: Stage) -> None:
    body = """
    response["claimsOverrideDetails"] = {"groupOverrideDetails": {
        "groupsToOverride": ["x", "y"], "iamRolesToOverride": ["arn:x"], "preferredRole": "arn:x"}}
    """
    configure(functions, body)
    identity, access = issued(stage)
    assert identity["cognito:groups"] == access["cognito:groups"] == ["x", "y"]
    assert (identity["cognito:roles"], identity["cognito:preferred_role"]) == (["arn:x"], "arn:x")


def test_groups_are_removed(functions: Functions, stage: Stage) -> None:
    configure(functions, 'response["claimsOverrideDetails"] = {"groupOverrideDetails": {"groupsToOverride": []}}')
    for found in issued(stage):
        assert not {"cognito:groups", "cognito:roles", "cognito:preferred_role"} & found.keys()


def test_what_is_added_and_suppressed_is_gone(functions: Functions, stage: Stage) -> None:
    configure(
        functions,
        'response["claimsOverrideDetails"] = {"claimsToAddOrOverride": {"a": "1"}, "claimsToSuppress": ["a"]}',
    )
    assert "a" not in issued(stage)[0]


@pytest.mark.parametrize("value", ["{}", "1", "None", "[]", "True"])
def test_the_first_version_takes_text_only(functions: Functions, stage: Stage, value: str) -> None:
    body = f'response["claimsOverrideDetails"] = {{"claimsToAddOrOverride": {{"a": {value}}}}}'
    configure(functions, body)
    if value == "None":
        assert "a" not in issued(stage)[0]
    else:
        assert refused(issued, stage=stage) == UNRECOGNIZABLE


def test_a_failure_gives_no_tokens(functions: Functions, stage: Stage) -> None:
    configure(functions, 'raise Exception("no")')
    assert refused(issued, stage=stage) == (
        "UserLambdaValidationException",
        "PreTokenGeneration failed with error no.",
    )


# --- versions 2 and 3 -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["V2_0", "V3_0"])
def test_the_later_versions(functions: Functions, stage: Stage, version: str) -> None:
    body = """
    response["claimsAndScopeOverrideDetails"] = {
        "idTokenGeneration": {
            "claimsToAddOrOverride": {"boat": {"sails": 2}, "aud": "x"},
            "claimsToSuppress": ["email"],
        },
        "accessTokenGeneration": {
            "claimsToAddOrOverride": {"plan": ["gold", 1, True], "client_id": "x", "username": "root", "scope": "all"},
            "claimsToSuppress": ["username"],
            "scopesToAdd": ["harbour/read", "two words"],
            "scopesToSuppress": ["aws.cognito.signin.user.admin"],
        },
        "groupOverrideDetails": {"groupsToOverride": ["x"]},
    }
    """
    configure(functions, body, version)
    identity, access = issued(stage)
    assert identity["boat"] == {"sails": 2}
    assert identity["aud"] == access["client_id"] == stage.client_id
    assert "email" not in identity
    assert access["plan"] == ["gold", 1, True]
    assert (access["username"], access["scope"]) == ("alice", "harbour/read")
    assert identity["cognito:groups"] == access["cognito:groups"] == ["x"]
    assert "cognito:roles" not in identity
    event = functions.event("tokens")
    assert event["version"] == version[1]
    assert event["request"]["scopes"] == ["aws.cognito.signin.user.admin"]
    assert event["response"] == {"claimsAndScopeOverrideDetails": None}


def test_a_token_without_its_scope_is_no_key_to_the_account(functions: Functions, stage: Stage) -> None:
    body = """
    response["claimsAndScopeOverrideDetails"] = {
        "accessTokenGeneration": {"scopesToSuppress": ["aws.cognito.signin.user.admin"]}}
    """
    configure(functions, body, "V2_0")
    code, _ = refused(stage.public.get_user, AccessToken=stage.tokens()["AccessToken"])
    assert code == "NotAuthorizedException"


@pytest.mark.parametrize("name", sorted(token_claims.IN_ID_TOKENS | {"cognito:roles", "dev:custom"}))
def test_TOK_no_function_changes_what_identity_rests_on(functions: Functions, stage: Stage, name: str) -> None:
    plain, _ = issued(stage)
    change = f'{{"claimsToAddOrOverride": {{"{name}": "forged"}}, "claimsToSuppress": []}}'
    body = f'response["claimsAndScopeOverrideDetails"] = {{"idTokenGeneration": {change}}}'
    configure(functions, body, "V2_0")
    identity, _ = issued(stage)
    assert identity.get(name) != "forged"
    assert (name in identity) == (name in plain)


@pytest.mark.parametrize("name", sorted(token_claims.IN_ACCESS_TOKENS))
def test_TOK_no_function_suppresses_what_access_rests_on(functions: Functions, stage: Stage, name: str) -> None:
    _, plain = issued(stage)
    change = f'{{"claimsToAddOrOverride": {{}}, "claimsToSuppress": ["{name}"]}}'
    body = f'response["claimsAndScopeOverrideDetails"] = {{"accessTokenGeneration": {change}}}'
    configure(functions, body, "V2_0")
    _, access = issued(stage)
    assert (name in access) == (name in plain)


def test_an_answer_in_another_versions_words_changes_nothing(functions: Functions, stage: Stage) -> None:
    configure(functions, 'response["claimsOverrideDetails"] = {"claimsToAddOrOverride": {"a": "1"}}', "V2_0")
    identity, access = issued(stage)
    assert "a" not in {**identity, **access}


@pytest.mark.parametrize(
    "details",
    [
        '{"idTokenGeneration": []}',
        '{"accessTokenGeneration": {"scopesToAdd": "one"}}',
        '{"idTokenGeneration": {"claimsToSuppress": {"a": 1}}}',
        '{"idTokenGeneration": {"claimsToAddOrOverride": {"a": "x" * 70000}}}',
        '{"accessTokenGeneration": {"scopesToAdd": ["s"] * 5001}}',
    ],
)
def test_answers_that_are_none(functions: Functions, stage: Stage, details: str) -> None:
    configure(functions, f'response["claimsAndScopeOverrideDetails"] = {details}', "V2_0")
    assert refused(issued, stage=stage) == UNRECOGNIZABLE


# --- every way to get tokens ------------------------------------------------------------------------------------------

TELL = """
if "claimsAndScopeOverrideDetails" in response:
    response["claimsAndScopeOverrideDetails"] = {
        "accessTokenGeneration": {"claimsToAddOrOverride": {"source": event["triggerSource"]}}}
"""


def told(token: str) -> Any:
    return claims(token).get("source")


def test_a_new_password(functions: Functions, stage: Stage) -> None:
    configure(functions, TELL, "V2_0")
    stage.cognito.admin_set_user_password(
        UserPoolId=stage.pool_id, Username="alice", Password=PASSWORD, Permanent=False
    )
    done = stage.public.respond_to_auth_challenge(
        ClientId=stage.client_id,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=stage.sign_in()["Session"],
        ChallengeResponses={"USERNAME": "alice", "NEW_PASSWORD": "Brand-new-8"},
        ClientMetadata=METADATA,
    )
    assert told(done["AuthenticationResult"]["AccessToken"]) == "TokenGeneration_NewPasswordChallenge"
    assert functions.event("tokens")["request"]["clientMetadata"] == METADATA


def test_a_refresh(functions: Functions, stage: Stage) -> None:
    configure(functions, TELL, "V2_0")
    refresh = stage.tokens()["RefreshToken"]
    source = "TokenGeneration_RefreshTokens"
    by_flow = stage.public.initiate_auth(
        ClientId=stage.client_id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": refresh},
        ClientMetadata=METADATA,
    )
    assert told(by_flow["AuthenticationResult"]["AccessToken"]) == source
    assert "clientMetadata" not in functions.events("tokens")[-1]["request"]
    by_operation = stage.public.get_tokens_from_refresh_token(
        ClientId=stage.client_id, RefreshToken=refresh, ClientMetadata=METADATA
    )
    assert told(by_operation["AuthenticationResult"]["AccessToken"]) == source
    assert functions.events("tokens")[-1]["request"]["clientMetadata"] == METADATA


def test_the_pages(functions: Functions, stage: Stage) -> None:
    configure(functions, TELL, "V2_0")
    app = open_app(stage)
    tokens = app.exchange(app.sign_in(Visitor()).told["code"])
    assert told(tokens["access_token"]) == "TokenGeneration_HostedAuth"
    event = functions.event("tokens")
    assert sorted(event["request"]["scopes"]) == ["email", "openid"]
    again = token(app, grant_type="refresh_token", refresh_token=tokens["refresh_token"]).told
    assert told(again["access_token"]) == "TokenGeneration_RefreshTokens"
    at_once = app.sign_in(Visitor(), response_type="token").told
    assert told(at_once["access_token"]) == "TokenGeneration_HostedAuth"


def test_a_code_whose_function_fails_gives_nothing(functions: Functions, stage: Stage) -> None:
    app = open_app(stage)
    code = app.sign_in(Visitor()).told["code"]
    configure(functions, 'raise Exception("no")')
    refusal = {"error": "invalid_grant", "error_description": "PreTokenGeneration failed with error no."}
    assert app.exchange(code) == refusal


# --- machines ---------------------------------------------------------------------------------------------------------


def machine(stage: Stage) -> tuple[App, dict[str, Any]]:
    stage.cognito.create_resource_server(
        UserPoolId=stage.pool_id,
        Identifier="harbour",
        Name="harbour",
        Scopes=[{"ScopeName": "read", "ScopeDescription": "x"}, {"ScopeName": "write", "ScopeDescription": "x"}],
    )
    app = open_app(stage)
    client = stage.client(
        GenerateSecret=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=["harbour/read", "harbour/write"],
        AllowedOAuthFlowsUserPoolClient=True,
    )
    return app, client


def granted(app: App, client: dict[str, Any], **more: str) -> dict[str, Any]:
    answer = token(
        App(app.stage, client["ClientId"], app.home),
        grant_type="client_credentials",
        client_id=client["ClientId"],
        client_secret=client["ClientSecret"],
        **more,
    )
    return answer.told


def test_machines_are_the_third_versions_business(functions: Functions, stage: Stage) -> None:
    app, client = machine(stage)
    body = """
    response["claimsAndScopeOverrideDetails"] = {"accessTokenGeneration": {
        "claimsToAddOrOverride": {"tenant": "north"},
        "scopesToAdd": ["harbour/moor"], "scopesToSuppress": ["harbour/write"]}}
    """
    configure(functions, body, "V2_0")
    assert "tenant" not in claims(granted(app, client)["access_token"])
    assert not functions.events("tokens")
    configure(functions, body, "V3_0")
    access = claims(granted(app, client)["access_token"])
    assert access["tenant"] == "north"
    assert sorted(access["scope"].split()) == ["harbour/moor", "harbour/read"]
    event = functions.event("tokens")
    assert (event["version"], event["triggerSource"]) == ("3", "TokenGeneration_ClientCredentials")
    assert event["userName"] == client["ClientId"]
    assert event["request"]["userAttributes"] == {}
    assert sorted(event["request"]["scopes"]) == ["harbour/read", "harbour/write"]
    assert "clientMetadata" not in event["request"]
    granted(app, client, aws_client_metadata='{"berth": "7"}')
    assert functions.events("tokens")[-1]["request"]["clientMetadata"] == {"berth": "7"}
