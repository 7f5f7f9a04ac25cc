"""DefineAuthChallenge, CreateAuthChallenge and VerifyAuthChallengeResponse, through CUSTOM_AUTH."""

from __future__ import annotations

from typing import Any

import pytest
from pycognito.aws_srp import AWSSRP

from tests.cast import PASSWORD, Stage
from tests.refusals import refused
from tests.triggers.conftest import Functions
from userpools.models import SignIn

pytestmark = pytest.mark.django_db
METADATA = {"campaign": "spring"}
# Three answers, as AWS's samples have it.
DEFINE = """
session = request["session"]
if session and session[-1]["challengeName"] == "CUSTOM_CHALLENGE" and session[-1]["challengeResult"]:
    response["issueTokens"] = True
elif [each["challengeName"] for each in session] == ["SRP_A"]:
    response["challengeName"] = "PASSWORD_VERIFIER"
elif sum(each["challengeName"] == "CUSTOM_CHALLENGE" for each in session) >= 3:
    response["failAuthentication"] = True
else:
    response["challengeName"] = "CUSTOM_CHALLENGE"
"""
CREATE = """
response["publicChallengeParameters"] = {"hint": "two and three"}
response["privateChallengeParameters"] = {"answer": "five"}
response["challengeMetadata"] = "ROUND_" + str(len(request["session"]) + 1)
"""
VERIFY = """
response["answerCorrect"] = request["challengeAnswer"] == request["privateChallengeParameters"]["answer"]
"""
NO = ("NotAuthorizedException", "Incorrect username or password.")


@pytest.fixture
def steered(functions: Functions, stage: Stage) -> Functions:
    stage.user()
    steer(functions)
    return functions


def steer(functions: Functions, **more: str) -> None:
    functions.configure(
        DefineAuthChallenge=functions.install("define", DEFINE),
        CreateAuthChallenge=functions.install("create", CREATE),
        VerifyAuthChallengeResponse=functions.install("verify", VERIFY),
        **more,
    )


def begin(stage: Stage, name: str = "alice", **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = stage.public.initiate_auth(
        ClientId=stage.client_id, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": name}, **more
    )
    return answer


def answer(stage: Stage, asked: dict[str, Any], said: str, name: str = "alice", **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = stage.public.respond_to_auth_challenge(
        ClientId=stage.client_id,
        ChallengeName="CUSTOM_CHALLENGE",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": name, "ANSWER": said},
        **more,
    )
    return found


def test_a_right_answer(steered: Functions, stage: Stage) -> None:
    asked = begin(stage, ClientMetadata={"at": "first"})
    assert asked["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert asked["ChallengeParameters"] == {"hint": "two and three", "USERNAME": "alice"}
    assert answer(stage, asked, "five", ClientMetadata=METADATA)["AuthenticationResult"]
    first, second = steered.events("define")
    assert first["triggerSource"] == second["triggerSource"] == "DefineAuthChallenge_Authentication"
    assert first["request"]["session"] == []
    assert first["response"] == {"challengeName": None, "issueTokens": None, "failAuthentication": None}
    round_1 = {"challengeName": "CUSTOM_CHALLENGE", "challengeResult": True, "challengeMetadata": "ROUND_1"}
    assert second["request"]["session"] == [round_1]
    create = steered.event("create")
    assert create["triggerSource"] == "CreateAuthChallenge_Authentication"
    assert create["request"]["challengeName"] == "CUSTOM_CHALLENGE"
    assert create["request"]["session"] == []
    verify = steered.event("verify")
    assert verify["triggerSource"] == "VerifyAuthChallengeResponse_Authentication"
    assert verify["request"]["privateChallengeParameters"] == {"answer": "five"}
    assert verify["request"]["challengeAnswer"] == "five"
    assert verify["response"] == {"answerCorrect": None}


def test_metadata_of_the_answer_reaches_every_function_and_that_of_the_beginning_none(
    steered: Functions, stage: Stage
) -> None:
    asked = begin(stage, ClientMetadata={"at": "first"})
    assert all(
        "clientMetadata" not in event["request"] for name in ("define", "create") for event in steered.events(name)
    )
    answer(stage, asked, "wrong", ClientMetadata=METADATA)
    for name in ("define", "create", "verify"):
        assert steered.events(name)[-1]["request"]["clientMetadata"] == METADATA


def test_a_wrong_answer_is_the_functions_to_judge(steered: Functions, stage: Stage) -> None:
    asked = begin(stage)
    for _ in range(2):
        again = answer(stage, asked, "wrong")
        assert again["ChallengeName"] == "CUSTOM_CHALLENGE"
        assert again["Session"] != asked["Session"]
        asked = again
    assert refused(answer, stage=stage, asked=asked, said="wrong") == NO
    results = [each["challengeResult"] for each in steered.events("define")[-1]["request"]["session"]]
    assert results == [False, False, False]


def test_API_10_a_session_is_answered_once(steered: Functions, stage: Stage) -> None:
    asked = begin(stage)
    answer(stage, asked, "wrong")
    assert refused(answer, stage=stage, asked=asked, said="five")[0] == "NotAuthorizedException"
    assert len(steered.events("verify")) == 1, "nobody is asked about it"


def test_what_is_private_is_nowhere_to_be_read(steered: Functions, stage: Stage) -> None:
    asked = begin(stage)
    assert "five" not in str(asked)
    assert "five" not in str(SignIn.objects.get().state)


def test_behind_a_password(steered: Functions, stage: Stage) -> None:
    """CHALLENGE_NAME=SRP_A: the password is proved by SRP, then the function asks."""
    srp = AWSSRP("alice", PASSWORD, stage.pool_id, stage.client_id, client=stage.public)
    asked = stage.public.initiate_auth(
        ClientId=stage.client_id,
        AuthFlow="CUSTOM_AUTH",
        AuthParameters={**srp.get_auth_params(), "CHALLENGE_NAME": "SRP_A"},
    )
    assert asked["ChallengeName"] == "PASSWORD_VERIFIER"
    proof = srp.process_challenge(asked["ChallengeParameters"], srp.get_auth_params())
    asked = stage.public.respond_to_auth_challenge(
        ClientId=stage.client_id,
        ChallengeName="PASSWORD_VERIFIER",
        Session=asked["Session"],
        ChallengeResponses=proof,
    )
    assert asked["ChallengeName"] == "CUSTOM_CHALLENGE"
    assert answer(stage, asked, "five")["AuthenticationResult"]
    names = [each["challengeName"] for each in steered.events("define")[-1]["request"]["session"]]
    assert names == ["SRP_A", "PASSWORD_VERIFIER", "CUSTOM_CHALLENGE"]


def test_the_functions_before_and_after(functions: Functions, stage: Stage) -> None:
    stage.user()
    steer(
        functions,
        PreAuthentication=functions.install("pre"),
        PostAuthentication=functions.install("post"),
        PreTokenGeneration=functions.install("tokens"),
    )
    answer(stage, begin(stage), "five")
    assert functions.sources("pre", "post", "tokens") == [
        "PreAuthentication_Authentication",
        "PostAuthentication_Authentication",
        "TokenGeneration_Authentication",
    ]


def test_USR_nobody_is_asked_as_somebody_is(steered: Functions, stage: Stage) -> None:
    asked = begin(stage, "nobody")
    assert asked["ChallengeParameters"] == {"hint": "two and three", "USERNAME": "nobody"}
    assert steered.event("define")["request"]["userNotFound"] is True
    assert steered.event("create")["request"]["userAttributes"] == {}
    assert refused(answer, stage=stage, asked=asked, said="five", name="nobody") == NO


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ('response["failAuthentication"] = True', NO),
        ("pass", ("InvalidLambdaResponseException", "Unrecognizable lambda output")),
        ('response["challengeName"] = "NO_SUCH"', ("InvalidLambdaResponseException", "Unrecognizable lambda output")),
        (
            'response["challengeName"] = "PASSWORD_VERIFIER"',
            ("InvalidLambdaResponseException", "Unrecognizable lambda output"),
        ),
        ('raise Exception("no")', ("UserLambdaValidationException", "DefineAuthChallenge failed with error no.")),
    ],
)
def test_where_a_function_leads_nowhere(steered: Functions, stage: Stage, body: str, error: tuple[str, str]) -> None:
    steered.install("define", body)
    assert refused(begin, stage=stage) == error


def test_a_function_that_lets_everybody_in_lets_nobody_in_who_is_not_there(steered: Functions, stage: Stage) -> None:
    steered.install("define", 'response["issueTokens"] = True')
    assert begin(stage)["AuthenticationResult"]
    assert refused(begin, stage=stage, name="nobody") == NO


def test_without_all_three_there_is_no_such_sign_in(functions: Functions, stage: Stage) -> None:
    stage.user()
    functions.configure(DefineAuthChallenge=functions.install("define", 'response["issueTokens"] = True'))
    code, message = refused(begin, stage=stage)
    assert (code, message) == (
        "InvalidParameterException",
        "Custom auth lambda trigger is not configured for the user pool.",
    )


def test_MFA_01_what_the_pool_demands_of_everybody_no_function_leaves_out(steered: Functions, stage: Stage) -> None:
    stage.cognito.set_user_pool_mfa_config(
        UserPoolId=stage.pool_id, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration="ON"
    )
    asked = answer(stage, begin(stage), "five")
    assert asked["ChallengeName"] == "MFA_SETUP"
    assert "AuthenticationResult" not in asked


def test_a_disabled_user_is_not_asked(steered: Functions, stage: Stage) -> None:
    stage.cognito.admin_disable_user(UserPoolId=stage.pool_id, Username="alice")
    assert refused(begin, stage=stage) == ("NotAuthorizedException", "User is disabled.")
    assert not steered.events("define")


def test_an_administrators_door(steered: Functions, stage: Stage) -> None:
    given = {"UserPoolId": stage.pool_id, "ClientId": stage.client_id}
    asked = stage.cognito.admin_initiate_auth(**given, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": "alice"})
    done = stage.cognito.admin_respond_to_auth_challenge(
        **given,
        ChallengeName="CUSTOM_CHALLENGE",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "alice", "ANSWER": "five"},
    )
    assert done["AuthenticationResult"]
