"""PreSignUp and PostConfirmation, through SignUp, ConfirmSignUp, AdminConfirmSignUp, AdminCreateUser and
ConfirmForgotPassword."""

from __future__ import annotations

from typing import Any

import pytest

from tests import inbox
from tests.cast import PASSWORD, Stage
from tests.refusals import refused
from tests.triggers.conftest import Functions

pytestmark = pytest.mark.django_db
ADDRESS = "alice@example.com"
METADATA = {"campaign": "spring"}
VALIDATION = "UserLambdaValidationException"
UNRECOGNIZABLE = ("InvalidLambdaResponseException", "Unrecognizable lambda output")


def sign_up(stage: Stage, **more: Any) -> dict[str, Any]:
    given = {"Username": "alice", "Password": PASSWORD, "UserAttributes": [{"Name": "email", "Value": ADDRESS}]}
    answer: dict[str, Any] = stage.public.sign_up(ClientId=stage.client_id, **{**given, **more})
    return answer


def user(stage: Stage) -> dict[str, Any]:
    found = stage.cognito.admin_get_user(UserPoolId=stage.pool_id, Username="alice")
    return {"status": found["UserStatus"], **{each["Name"]: each["Value"] for each in found["UserAttributes"]}}


def is_nobody(stage: Stage) -> bool:
    return refused(user, stage=stage)[0] == "UserNotFoundException"


def test_the_event_of_a_sign_up(functions: Functions, stage: Stage) -> None:
    functions.configure(PreSignUp=functions.install("pre"))
    sign_up(stage, ValidationData=[{"Name": "captcha", "Value": "42"}], ClientMetadata=METADATA)
    assert functions.event("pre") == {
        "version": "1",
        "triggerSource": "PreSignUp_SignUp",
        "region": "us-east-1",
        "userPoolId": stage.pool_id,
        "userName": "alice",
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": stage.client_id},
        "request": {
            "userAttributes": {"email": ADDRESS},
            "validationData": {"captcha": "42"},
            "clientMetadata": METADATA,
        },
        "response": {"autoConfirmUser": False, "autoVerifyEmail": False, "autoVerifyPhone": False},
    }


def test_what_was_not_given_is_null_or_absent(functions: Functions, stage: Stage) -> None:
    functions.configure(PreSignUp=functions.install("pre"))
    sign_up(stage)
    assert functions.event("pre")["request"] == {"userAttributes": {"email": ADDRESS}, "validationData": None}


def test_a_function_confirms_and_verifies(functions: Functions, stage: Stage) -> None:
    pre = functions.install("pre", 'response["autoConfirmUser"] = response["autoVerifyEmail"] = True')
    functions.configure(PreSignUp=pre, PostConfirmation=functions.install("post"))
    answer = sign_up(stage, ClientMetadata=METADATA)
    assert answer["UserConfirmed"] is True
    assert "CodeDeliveryDetails" not in answer
    assert not inbox.to(ADDRESS)
    assert (user(stage)["status"], user(stage)["email_verified"]) == ("CONFIRMED", "true")
    assert stage.tokens()
    event = functions.event("post")
    assert event["triggerSource"] == "PostConfirmation_ConfirmSignUp"
    assert event["request"]["userAttributes"]["cognito:user_status"] == "CONFIRMED"
    assert event["request"]["clientMetadata"] == METADATA


def test_a_function_refuses(functions: Functions, stage: Stage) -> None:
    functions.configure(PreSignUp=functions.install("pre", 'raise Exception("Only for members")'))
    assert refused(sign_up, stage=stage) == (VALIDATION, "PreSignUp failed with error Only for members.")
    assert is_nobody(stage)


def test_what_has_no_value_is_not_verified(functions: Functions, stage: Stage) -> None:
    functions.configure(PreSignUp=functions.install("pre", 'response["autoVerifyPhone"] = True'))
    assert refused(sign_up, stage=stage) == UNRECOGNIZABLE
    assert is_nobody(stage)


@pytest.mark.parametrize(
    "body", ["return [event]", 'return "text"', 'event["response"] = 1', 'response["autoConfirmUser"] = "true"']
)
def test_answers_that_are_none(functions: Functions, stage: Stage, body: str) -> None:
    functions.configure(PreSignUp=functions.install("pre", body))
    assert refused(sign_up, stage=stage) == UNRECOGNIZABLE


@pytest.mark.parametrize("body", ['return {"version": "1"}', 'event["response"] = None', "response.clear()"])
def test_answers_that_change_nothing(functions: Functions, stage: Stage, body: str) -> None:
    functions.configure(PreSignUp=functions.install("pre", body))
    assert sign_up(stage)["UserConfirmed"] is False


def test_a_function_cannot_rename_anybody(functions: Functions, stage: Stage) -> None:
    body = 'event["userName"] = "root"; request["userAttributes"]["email"] = "root@example.com"'
    functions.configure(PreSignUp=functions.install("pre", body))
    sign_up(stage)
    assert user(stage)["email"] == ADDRESS


def test_a_function_that_is_nowhere(functions: Functions, stage: Stage) -> None:
    functions.configure(PreSignUp="arn:aws:lambda:us-east-1:000000000000:function:nowhere")
    error = "PreSignUp invocation failed due to error AccessDeniedException."
    assert refused(sign_up, stage=stage) == ("UnexpectedLambdaException", error)


def test_the_event_of_an_invitation(functions: Functions, stage: Stage) -> None:
    body = 'response["autoConfirmUser"] = response["autoVerifyEmail"] = True'
    functions.configure(PreSignUp=functions.install("pre", body), PostConfirmation=functions.install("post"))
    stage.cognito.admin_create_user(
        UserPoolId=stage.pool_id,
        Username="alice",
        UserAttributes=[{"Name": "email", "Value": ADDRESS}],
        ValidationData=[{"Name": "by", "Value": "carol"}],
        ClientMetadata=METADATA,
    )
    event = functions.event("pre")
    assert event["triggerSource"] == "PreSignUp_AdminCreateUser"
    assert event["callerContext"]["clientId"] == "CLIENT_ID_NOT_APPLICABLE"
    assert event["request"]["validationData"] == {"by": "carol"}
    assert event["request"]["clientMetadata"] == METADATA
    assert user(stage)["status"] == "FORCE_CHANGE_PASSWORD", "an administrator's flags decide, not the function's"
    assert "email_verified" not in user(stage)
    assert not functions.events("post")


def test_an_invitation_that_is_sent_again_asks_nobody(functions: Functions, stage: Stage) -> None:
    functions.configure(PreSignUp=functions.install("pre"))
    given = {"UserPoolId": stage.pool_id, "Username": "alice"}
    stage.cognito.admin_create_user(**given, UserAttributes=[{"Name": "email", "Value": ADDRESS}])
    stage.cognito.admin_create_user(**given, MessageAction="RESEND")
    assert functions.sources("pre") == ["PreSignUp_AdminCreateUser"]


def test_a_function_refuses_an_invitation(functions: Functions, stage: Stage) -> None:
    functions.configure(PreSignUp=functions.install("pre", 'raise Exception("no")'))
    assert refused(stage.user) == (VALIDATION, "PreSignUp failed with error no.")
    assert is_nobody(stage)


# --- PostConfirmation -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_administrator", [False, True])
def test_the_event_of_a_confirmation(functions: Functions, stage: Stage, by_administrator: bool) -> None:
    functions.configure(PostConfirmation=functions.install("post"))
    sign_up(stage)
    if by_administrator:
        stage.cognito.admin_confirm_sign_up(UserPoolId=stage.pool_id, Username="alice", ClientMetadata=METADATA)
    else:
        confirm(stage, ClientMetadata=METADATA)
    event = functions.event("post")
    assert event["triggerSource"] == "PostConfirmation_ConfirmSignUp"
    assert event["userName"] == "alice"
    assert event["callerContext"]["clientId"] == ("CLIENT_ID_NOT_APPLICABLE" if by_administrator else stage.client_id)
    attributes = event["request"]["userAttributes"]
    assert attributes["cognito:user_status"] == "CONFIRMED"
    assert attributes["sub"] == user(stage)["sub"]
    assert attributes.get("email_verified", "false") == ("false" if by_administrator else "true")
    assert event["request"]["clientMetadata"] == METADATA
    assert event["response"] == {}


def confirm(stage: Stage, **more: Any) -> None:
    code = inbox.code(ADDRESS)
    stage.public.confirm_sign_up(ClientId=stage.client_id, Username="alice", ConfirmationCode=code, **more)


def test_a_failure_after_the_confirmation_undoes_nothing(functions: Functions, stage: Stage) -> None:
    functions.configure(PostConfirmation=functions.install("post", 'raise Exception("no room")'))
    sign_up(stage)
    assert refused(confirm, stage=stage) == (VALIDATION, "PostConfirmation failed with error no room.")
    assert user(stage)["status"] == "CONFIRMED"


def test_the_event_of_a_new_password(functions: Functions, stage: Stage) -> None:
    functions.configure(PostConfirmation=functions.install("post"))
    stage.user()
    stage.public.forgot_password(ClientId=stage.client_id, Username="alice")
    stage.public.confirm_forgot_password(
        ClientId=stage.client_id,
        Username="alice",
        ConfirmationCode=inbox.code(ADDRESS),
        Password="Brand-new-8",
        ClientMetadata=METADATA,
    )
    event = functions.event("post")
    assert event["triggerSource"] == "PostConfirmation_ConfirmForgotPassword"
    assert event["request"]["clientMetadata"] == METADATA
    assert stage.tokens(password="Brand-new-8")


def test_a_failure_after_a_new_password_undoes_nothing(functions: Functions, stage: Stage) -> None:
    functions.configure(PostConfirmation=functions.install("post", 'raise Exception("no")'))
    stage.user()
    stage.public.forgot_password(ClientId=stage.client_id, Username="alice")
    given = {"ClientId": stage.client_id, "Username": "alice", "ConfirmationCode": inbox.code(ADDRESS)}
    refusal = refused(stage.public.confirm_forgot_password, **given, Password="Brand-new-8")
    assert refusal == (VALIDATION, "PostConfirmation failed with error no.")
    assert stage.tokens(password="Brand-new-8")
