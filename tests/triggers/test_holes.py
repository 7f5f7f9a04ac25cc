"""What functions must not open: other people's addresses, uncounted guesses, sign-ins that nobody allowed."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from pycognito.aws_srp import AWSSRP

from tests.cast import PASSWORD, Stage, set_stage
from tests.refusals import refused
from tests.triggers.conftest import KEY_ARN, Functions
from tests.triggers.test_messages import deliver
from userpools.domain.triggers import token_claims
from userpools.models import FunctionCall, Message

pytestmark = pytest.mark.django_db

NOWHERE = "arn:aws:lambda:us-east-1:000000000000:function:nowhere"
BEFORE_UPDATE = {
    "AutoVerifiedAttributes": ["email"],
    "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
}
MOVES = """
if request["password"] == "Right-horse-1":
    response["userAttributes"] = {"email": "a@example.com", "email_verified": "true"}
    response["finalUserStatus"], response["messageAction"] = "CONFIRMED", "SUPPRESS"
"""


def send_by(functions: Functions) -> dict[str, Any]:
    return {
        "CustomEmailSender": {"LambdaVersion": "V1_0", "LambdaArn": functions.install("send")},
        "KMSKeyID": KEY_ARN,
    }


@pytest.fixture
def careful(cognito: Any, public: Any) -> Stage:
    return set_stage(cognito, public, **BEFORE_UPDATE)


def test_MSG_02_a_sender_is_given_the_address_that_the_code_proves(careful: Stage, data_dir: Any) -> None:
    functions = Functions(careful, data_dir)
    careful.user("alice", email="old@example.com")
    careful.cognito.update_user_pool(UserPoolId=careful.pool_id, LambdaConfig=send_by(functions), **BEFORE_UPDATE)
    token = careful.tokens()["AccessToken"]
    change = [{"Name": "email", "Value": "new@example.com"}]
    careful.public.update_user_attributes(AccessToken=token, UserAttributes=change)
    deliver()
    event = functions.event("send")
    given = event["request"]["userAttributes"]
    assert (given["email"], given["email_verified"]) == ("new@example.com", "false")
    assert event["callerContext"]["clientId"] == careful.client_id


def test_a_writer_sees_what_is_being_changed(functions: Functions, stage: Stage) -> None:
    stage.user()
    functions.configure(CustomMessage=functions.install("write"))
    change = [{"Name": "email", "Value": "new@example.com"}, {"Name": "locale", "Value": "pt-BR"}]
    stage.public.update_user_attributes(AccessToken=stage.tokens()["AccessToken"], UserAttributes=change)
    event = functions.event("write")
    given = event["request"]["userAttributes"]
    assert (given["email"], given["email_verified"], given["locale"]) == ("new@example.com", "false", "pt-BR")
    assert event["callerContext"]["clientId"] == stage.client_id


def test_TRG_04_every_attempt_to_deliver_is_the_same_event(functions: Functions, stage: Stage) -> None:
    stage.user()
    functions.configure(**send_by(functions))
    functions.install(
        "send",
        """
        with Path(__file__).with_name(".ids").open("a") as ids:
            ids.write(context.aws_request_id + "\\n")
        raise ValueError("not now")
        """,
    )
    stage.public.forgot_password(ClientId=stage.client_id, Username="alice")
    for _ in range(2):
        Message.objects.update(due_at=timezone.now())
        deliver()
    ids = (functions.directory / "functions" / "send" / ".ids").read_text().split()
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_PWD_06_guesses_at_another_directory_are_counted(functions: Functions, stage: Stage) -> None:
    functions.configure(UserMigration=functions.install("move", MOVES))
    wrong = [refused(stage.sign_in, name="alice", password=f"Wrong-horse-{number}") for number in range(8)]
    assert {code for code, _ in wrong} == {"NotAuthorizedException"}
    assert [said for _, said in wrong[:5]] == ["Incorrect username or password."] * 5
    assert wrong[5][1] == "Password attempts exceeded"
    assert len(functions.events("move")) == 5
    assert refused(stage.sign_in, name="alice", password="Right-horse-1")[1] == "Password attempts exceeded"


def test_who_is_right_moves_in(functions: Functions, stage: Stage) -> None:
    functions.configure(UserMigration=functions.install("move", MOVES))
    refused(stage.sign_in, name="alice", password="Wrong-horse-1")
    assert stage.tokens("alice", "Right-horse-1")


def test_TRG_05_only_the_function_lets_in(functions: Functions, stage: Stage) -> None:
    """It asks for the password again and again, and never says that tokens are due."""
    stage.user()
    functions.configure(
        DefineAuthChallenge=functions.install("define", 'response["challengeName"] = "PASSWORD_VERIFIER"'),
        CreateAuthChallenge=functions.install("create"),
        VerifyAuthChallengeResponse=functions.install("verify"),
    )
    aws = AWSSRP("alice", PASSWORD, stage.pool_id, stage.client_id, client=stage.public)
    asked = stage.public.initiate_auth(
        ClientId=stage.client_id,
        AuthFlow="CUSTOM_AUTH",
        AuthParameters={**aws.get_auth_params(), "CHALLENGE_NAME": "SRP_A"},
    )
    proof = aws.process_challenge(asked["ChallengeParameters"], aws.get_auth_params())
    refusal = refused(
        stage.public.respond_to_auth_challenge,
        ClientId=stage.client_id,
        ChallengeName="PASSWORD_VERIFIER",
        Session=asked["Session"],
        ChallengeResponses=proof,
    )
    assert refusal[0] == "InvalidLambdaResponseException"


def test_LOG_05_what_handlers_keep_between_rounds_is_masked(functions: Functions, stage: Stage) -> None:
    stage.user()
    define = """
    response["challengeName"] = "CUSTOM_CHALLENGE"
    response["issueTokens"] = response["failAuthentication"] = False
    """
    create = 'response["challengeMetadata"] = "CODE-SECRET"\nresponse["privateChallengeParameters"] = {"answer": "x"}'
    functions.configure(
        DefineAuthChallenge=functions.install("define", define),
        CreateAuthChallenge=functions.install("create", create),
        VerifyAuthChallengeResponse=functions.install("verify", 'response["answerCorrect"] = False'),
    )
    asked = stage.public.initiate_auth(
        ClientId=stage.client_id, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": "alice"}
    )
    stage.public.respond_to_auth_challenge(
        ClientId=stage.client_id,
        ChallengeName="CUSTOM_CHALLENGE",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "alice", "ANSWER": "wrong"},
    )
    kept = list(FunctionCall.objects.values_list("event", "result"))
    assert len(kept) == 5
    assert "CODE-SECRET" not in str(kept)


def test_PWD_05_a_directory_that_fails_tells_nothing(functions: Functions, stage: Stage) -> None:
    stage.user()
    functions.configure(UserMigration=NOWHERE)
    wrong = refused(stage.sign_in, password="Wrong-horse-7")
    assert refused(stage.sign_in, name="mallory", password="Wrong-horse-7") == wrong


def test_TOK_08_a_refresh_looks_again_after_its_function(
    functions: Functions, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An administrator disables the user while the function thinks."""
    stage.user()
    refresh_token = stage.tokens()["RefreshToken"]
    functions.configure(PreTokenGeneration=functions.install("claims"))
    asks = token_claims.pre_token_generation

    def slowly(*given: Any) -> Any:
        found = asks(*given)
        stage.cognito.admin_disable_user(UserPoolId=stage.pool_id, Username="alice")
        return found

    monkeypatch.setattr(token_claims, "pre_token_generation", slowly)
    refusal = refused(
        stage.public.initiate_auth,
        ClientId=stage.client_id,
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={"REFRESH_TOKEN": refresh_token},
    )
    assert refusal[0] == "NotAuthorizedException"
    assert functions.events("claims")


def test_a_sender_that_is_not_reached_is_asked_again(functions: Functions, stage: Stage) -> None:
    """Also after as many times as one that refuses is asked."""
    stage.user()
    functions.configure(**send_by(functions) | {"CustomEmailSender": {"LambdaVersion": "V1_0", "LambdaArn": NOWHERE}})
    stage.public.forgot_password(ClientId=stage.client_id, Username="alice")
    Message.objects.update(attempts=9)
    deliver()
    assert Message.objects.get().status == Message.Status.PENDING
