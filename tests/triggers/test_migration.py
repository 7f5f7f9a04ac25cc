"""UserMigration: through sign-in at the API and on the pages, and through ForgotPassword."""

from __future__ import annotations

from typing import Any

import pytest
from pycognito.aws_srp import AWSSRP

from tests import inbox
from tests.cast import ALL_FLOWS, PASSWORD, Stage
from tests.hostedui.app import open_app
from tests.hostedui.visitor import Visitor
from tests.refusals import refused
from tests.triggers.conftest import Functions

pytestmark = pytest.mark.django_db
ADDRESS = "alice@example.com"
OLD_PASSWORD = "old-and-weak"
WRONG = ("NotAuthorizedException", "Incorrect username or password.")
KNOWS_ALICE = f"""
if event["userName"] == "alice" and request.get("password", "{OLD_PASSWORD}") == "{OLD_PASSWORD}":
    response["userAttributes"] = {{"email": "{ADDRESS}", "email_verified": "true", "name": "Alice"}}
    response["finalUserStatus"] = "CONFIRMED"
    response["messageAction"] = "SUPPRESS"
"""


@pytest.fixture
def moving(functions: Functions) -> Functions:
    functions.configure(UserMigration=functions.install("move", KNOWS_ALICE))
    return functions


def sign_in(stage: Stage, password: str = OLD_PASSWORD, name: str = "alice", **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = stage.public.initiate_auth(
        ClientId=stage.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": password},
        **more,
    )
    return answer


def user(stage: Stage) -> dict[str, Any]:
    found = stage.cognito.admin_get_user(UserPoolId=stage.pool_id, Username="alice")
    return {"status": found["UserStatus"], **{each["Name"]: each["Value"] for each in found["UserAttributes"]}}


def is_nobody(stage: Stage) -> bool:
    return refused(user, stage=stage)[0] == "UserNotFoundException"


def test_somebody_moves_in_while_signing_in(moving: Functions, stage: Stage) -> None:
    pre = moving.install("pre")
    moving.configure(UserMigration=moving.install("move", KNOWS_ALICE), PreAuthentication=pre, PreSignUp=pre)
    assert sign_in(stage, ClientMetadata={"from": "old"})["AuthenticationResult"]
    event = moving.event("move")
    assert event["triggerSource"] == "UserMigration_Authentication"
    assert event["userName"] == "alice"
    assert event["request"] == {"password": OLD_PASSWORD, "validationData": {"from": "old"}}
    assert set(event["response"].values()) == {None}
    found = user(stage)
    assert (found["status"], found["email"], found["email_verified"], found["name"]) == (
        "CONFIRMED",
        ADDRESS,
        "true",
        "Alice",
    )
    assert moving.sources("pre") == ["PreAuthentication_Authentication"]
    assert not inbox.to(ADDRESS)


def test_who_moved_in_is_not_asked_about_again(moving: Functions, stage: Stage) -> None:
    sign_in(stage)
    moving.configure()
    assert sign_in(stage)["AuthenticationResult"]
    assert refused(sign_in, stage=stage, password="wrong")[0] == "NotAuthorizedException"
    assert len(moving.events("move")) == 1


def test_who_the_function_does_not_know_is_nobody(moving: Functions, stage: Stage) -> None:
    assert refused(sign_in, stage=stage, password="wrong") == (
        "NotAuthorizedException",
        "Incorrect username or password.",
    )
    assert is_nobody(stage)


@pytest.mark.parametrize(
    ("hides", "error"),
    [
        ("ENABLED", ("NotAuthorizedException", "Incorrect username or password.")),
        ("LEGACY", ("UserLambdaValidationException", "UserMigration failed with error Bad password.")),
    ],
)
def test_a_function_that_raises(functions: Functions, stage: Stage, hides: str, error: tuple[str, str]) -> None:
    functions.configure(UserMigration=functions.install("move", 'raise Exception("Bad password")'))
    client = stage.client(PreventUserExistenceErrors=hides)["ClientId"]
    refusal = refused(
        stage.public.initiate_auth,
        ClientId=client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "alice", "PASSWORD": PASSWORD},
    )
    assert refusal == error
    assert is_nobody(stage)


def test_without_a_final_status_the_password_is_reset(functions: Functions, stage: Stage) -> None:
    body = f'response["userAttributes"] = {{"email": "{ADDRESS}", "email_verified": "true"}}'
    functions.configure(UserMigration=functions.install("move", body))
    assert refused(sign_in, stage=stage)[0] == "PasswordResetRequiredException"
    assert user(stage)["status"] == "RESET_REQUIRED"


def test_the_welcome_never_says_the_password(functions: Functions, stage: Stage) -> None:
    body = KNOWS_ALICE.replace('"SUPPRESS"', "None") + '\nresponse["desiredDeliveryMediums"] = ["EMAIL"]'
    functions.configure(UserMigration=functions.install("move", body))
    sign_in(stage)
    letter = inbox.newest(ADDRESS)
    assert "alice" in letter.text
    assert OLD_PASSWORD not in letter.text + letter.html


def tell(stage: Stage) -> None:
    """By a client that tells who exists."""
    flows = [*ALL_FLOWS, "ALLOW_CUSTOM_AUTH"]
    stage.client_id = stage.client(ExplicitAuthFlows=flows, PreventUserExistenceErrors="LEGACY")["ClientId"]


@pytest.mark.parametrize(
    "attributes",
    ['{"email": "no address"}', '{"unheard_of": "x"}', '{"sub": 1}', '["email"]'],
)
def test_what_the_schema_refuses_moves_nobody(functions: Functions, stage: Stage, attributes: str) -> None:
    functions.configure(UserMigration=functions.install("move", f'response["userAttributes"] = {attributes}'))
    assert refused(sign_in, stage=stage) == WRONG, "where nobody is to learn who exists"
    tell(stage)
    code, _ = refused(sign_in, stage=stage)
    assert code in ("InvalidParameterException", "InvalidLambdaResponseException")
    assert is_nobody(stage)


@pytest.mark.parametrize("takes", [True, False])
def test_an_address_that_somebody_has(functions: Functions, cognito: Any, public: Any, takes: bool) -> None:
    from tests.cast import set_stage

    stage = set_stage(cognito, public, AliasAttributes=["email"])
    functions.stage = stage
    stage.user("carol", email=ADDRESS)
    body = KNOWS_ALICE + f'\nresponse["forceAliasCreation"] = {takes}'
    functions.configure(UserMigration=functions.install("move", body))
    if takes:
        assert sign_in(stage)["AuthenticationResult"]
        found = stage.cognito.admin_get_user(UserPoolId=stage.pool_id, Username=ADDRESS)
        assert found["Username"] == "alice"
    else:
        assert refused(sign_in, stage=stage)[0] == "InvalidLambdaResponseException"
        assert is_nobody(stage)


def test_sms_is_the_second_factor_where_the_pool_has_it(functions: Functions, stage: Stage) -> None:
    body = KNOWS_ALICE + '\nresponse["enableSMSMFA"] = True'
    functions.configure(UserMigration=functions.install("move", body))
    tell(stage)
    assert refused(sign_in, stage=stage)[0] == "InvalidLambdaResponseException"
    assert is_nobody(stage)
    stage.cognito.set_user_pool_mfa_config(
        UserPoolId=stage.pool_id,
        SmsMfaConfiguration={"SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"}},
        MfaConfiguration="OPTIONAL",
    )
    body += '\nresponse["userAttributes"]["phone_number"] = "+351912345678"'
    functions.install("move", body)
    assert sign_in(stage)["ChallengeName"] == "SMS_MFA"


def test_only_who_types_a_password_moves(moving: Functions, stage: Stage) -> None:
    with pytest.raises(stage.public.exceptions.NotAuthorizedException):
        AWSSRP("alice", OLD_PASSWORD, stage.pool_id, stage.client_id, client=stage.public).authenticate_user()
    assert not moving.events("move")


def test_somebody_moves_in_on_the_page(moving: Functions, stage: Stage) -> None:
    app = open_app(stage)
    assert app.sign_in(Visitor(), password=OLD_PASSWORD).told["code"]
    assert user(stage)["status"] == "CONFIRMED"


def test_somebody_moves_in_by_an_administrators_door(moving: Functions, stage: Stage) -> None:
    answer = stage.cognito.admin_initiate_auth(
        UserPoolId=stage.pool_id,
        ClientId=stage.client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "alice", "PASSWORD": OLD_PASSWORD},
    )
    assert answer["AuthenticationResult"]


def test_somebody_moves_in_who_forgot_the_password(moving: Functions, stage: Stage) -> None:
    stage.public.forgot_password(ClientId=stage.client_id, Username="alice", ClientMetadata={"from": "old"})
    event = moving.event("move")
    assert event["triggerSource"] == "UserMigration_ForgotPassword"
    assert "password" not in event["request"]
    assert event["request"]["clientMetadata"] == {"from": "old"}
    stage.public.confirm_forgot_password(
        ClientId=stage.client_id, Username="alice", ConfirmationCode=inbox.code(ADDRESS), Password=PASSWORD
    )
    assert stage.tokens()
