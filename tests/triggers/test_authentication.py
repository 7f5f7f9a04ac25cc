"""PreAuthentication and PostAuthentication: through every way to sign in, at the API and on the pages."""

from __future__ import annotations

from typing import Any

import pytest
from pycognito.aws_srp import AWSSRP

from tests.cast import PASSWORD, Stage
from tests.hostedui.app import open_app
from tests.hostedui.visitor import Visitor
from tests.refusals import refused
from tests.triggers.conftest import Functions
from userpools.domain import events, factors
from userpools.models import Event

pytestmark = pytest.mark.django_db
METADATA = {"campaign": "spring"}
VALIDATION = "UserLambdaValidationException"


@pytest.fixture
def watched(functions: Functions, stage: Stage) -> Functions:
    """alice, and functions before and after."""
    stage.user()
    functions.configure(PreAuthentication=functions.install("pre"), PostAuthentication=functions.install("post"))
    return functions


def sign_in(stage: Stage, password: str = PASSWORD, name: str = "alice", **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = stage.public.initiate_auth(
        ClientId=stage.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": password},
        **more,
    )
    return answer


def test_the_events_of_a_sign_in(watched: Functions, stage: Stage) -> None:
    """What InitiateAuth is given reaches PreAuthentication as ``validationData``, and PostAuthentication not at all."""
    assert sign_in(stage, ClientMetadata=METADATA)["AuthenticationResult"]
    pre, post = watched.event("pre"), watched.event("post")
    sub = stage.cognito.admin_get_user(UserPoolId=stage.pool_id, Username="alice")["UserAttributes"]
    attributes = {
        **{each["Name"]: each["Value"] for each in sub},
        "cognito:user_status": "CONFIRMED",
    }
    assert pre["request"] == {"userAttributes": attributes, "validationData": METADATA}
    assert post["request"] == {"userAttributes": attributes, "newDeviceUsed": False}
    assert (pre["triggerSource"], pre["response"]) == ("PreAuthentication_Authentication", {})
    assert (post["triggerSource"], post["response"]) == ("PostAuthentication_Authentication", {})
    assert pre["callerContext"]["clientId"] == post["callerContext"]["clientId"] == stage.client_id


def test_a_wrong_password_is_asked_about_too(watched: Functions, stage: Stage) -> None:
    assert refused(sign_in, stage=stage, password="wrong")[0] == "NotAuthorizedException"
    assert watched.sources("pre", "post") == ["PreAuthentication_Authentication"]


def test_a_function_refuses_before_the_password_is_looked_at(functions: Functions, stage: Stage) -> None:
    stage.user()
    functions.configure(PreAuthentication=functions.install("pre", 'raise Exception("Not from here.")'))
    refusal = (VALIDATION, "PreAuthentication failed with error Not from here..")
    assert refused(sign_in, stage=stage) == refusal
    assert refused(sign_in, stage=stage, password="wrong") == refusal
    for _ in range(6):
        refused(sign_in, stage=stage, password="wrong")
    functions.configure()
    assert sign_in(stage)["AuthenticationResult"], "none of these was a guess"


def test_a_function_refuses_after_all(functions: Functions, stage: Stage) -> None:
    stage.user()
    functions.configure(PostAuthentication=functions.install("post", 'raise Exception("no")'))
    assert refused(sign_in, stage=stage) == (VALIDATION, "PostAuthentication failed with error no.")
    assert Event.objects.filter(kind=events.SIGN_IN).values_list("passed", flat=True).get() is False


@pytest.mark.parametrize(("hides", "is_asked"), [("ENABLED", True), ("LEGACY", False)])
def test_USR_nobody_is_asked_about_where_the_client_hides_it(
    watched: Functions, stage: Stage, hides: str, is_asked: bool
) -> None:
    client = stage.client(PreventUserExistenceErrors=hides)["ClientId"]
    with pytest.raises(stage.public.exceptions.ClientError):
        stage.public.initiate_auth(
            ClientId=client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "nobody", "PASSWORD": "x"},
        )
    if not is_asked:
        assert not watched.events("pre")
        return
    event = watched.event("pre")
    assert event["userName"] == "nobody"
    assert event["request"] == {"userAttributes": {}, "validationData": {}, "userNotFound": True}


def test_the_other_ways_to_sign_in(watched: Functions, stage: Stage) -> None:
    both = ["PreAuthentication_Authentication", "PostAuthentication_Authentication"]
    stage.cognito.admin_initiate_auth(
        UserPoolId=stage.pool_id,
        ClientId=stage.client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "alice", "PASSWORD": PASSWORD},
    )
    assert watched.sources("pre", "post") == both
    AWSSRP("alice", PASSWORD, stage.pool_id, stage.client_id, client=stage.public).authenticate_user()
    assert watched.sources("pre", "post") == [both[0]] * 2 + [both[1]] * 2
    app = open_app(stage)
    assert app.sign_in(Visitor()).told["code"]
    assert watched.sources("pre", "post") == [both[0]] * 3 + [both[1]] * 3


def test_a_refresh_asks_neither(watched: Functions, stage: Stage) -> None:
    token = sign_in(stage)["AuthenticationResult"]["RefreshToken"]
    parameters = {"REFRESH_TOKEN": token}
    stage.public.initiate_auth(
        ClientId=stage.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters, ClientMetadata=METADATA
    )
    assert len(watched.sources("pre", "post")) == 2


def test_what_the_last_answer_is_given_reaches_the_function_after(watched: Functions, stage: Stage) -> None:
    stage.cognito.set_user_pool_mfa_config(
        UserPoolId=stage.pool_id,
        SoftwareTokenMfaConfiguration={"Enabled": True},
        MfaConfiguration="OPTIONAL",
    )
    access = sign_in(stage)["AuthenticationResult"]["AccessToken"]
    key = stage.public.associate_software_token(AccessToken=access)["SecretCode"]
    stage.public.verify_software_token(AccessToken=access, UserCode=factors.code_at(key))
    stage.public.set_user_mfa_preference(
        AccessToken=access, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
    )
    session = sign_in(stage, ClientMetadata={"at": "first"})["Session"]
    assert len(watched.events("post")) == 1, "not before the code"
    stage.public.respond_to_auth_challenge(
        ClientId=stage.client_id,
        ChallengeName="SOFTWARE_TOKEN_MFA",
        Session=session,
        ChallengeResponses={"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": factors.code_at(key, drift=1)},
        ClientMetadata=METADATA,
    )
    assert watched.events("post")[1]["request"]["clientMetadata"] == METADATA


def test_the_page_says_what_the_function_says(functions: Functions, stage: Stage) -> None:
    stage.user()
    app = open_app(stage)
    functions.configure(PreAuthentication=functions.install("pre", 'raise Exception("Come back <b>tomorrow</b>.")'))
    page = app.sign_in(Visitor())
    assert page.alert == "That isn’t possible here. Come back <b>tomorrow</b>."
    assert not page.find("//b[text()='tomorrow']"), "as words, not as markup"
