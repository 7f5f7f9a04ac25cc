"""The log of a pool's functions, and calling them again."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from cognito_site.functions import attempts
from tests import inbox
from tests.cast import PASSWORD, Stage
from tests.refusals import refused
from tests.triggers.conftest import Functions
from tests.triggers.test_custom_challenges import answer, begin, steer
from userpools.domain import housekeeping
from userpools.domain.triggers import federation, trials
from userpools.models import FunctionCall, UserPool
from userpools.values import Context

pytestmark = pytest.mark.django_db


def calls() -> list[FunctionCall]:
    return list(FunctionCall.objects.order_by("created_at"))


def test_a_call_is_kept(functions: Functions, stage: Stage) -> None:
    stage.user()
    arn = functions.install("pre", 'print("looking at", event["userName"])')
    functions.configure(PreAuthentication=arn)
    stage.tokens()
    (call,) = calls()
    assert (call.arn, call.source, call.user_name) == (arn, "PreAuthentication_Authentication", "alice")
    assert call.event == functions.event("pre")
    assert call.result == functions.event("pre")
    assert "looking at alice" in call.output
    assert (call.attempts, call.error, call.passed) == (1, "", True)
    assert call.milliseconds < 5000


def test_a_failure_is_kept_with_its_reason(functions: Functions, stage: Stage) -> None:
    stage.user()
    functions.configure(PreAuthentication=functions.install("pre", 'raise ValueError("not today")'))
    refused(stage.sign_in)
    (call,) = calls()
    assert (call.error, call.passed, call.result) == ("not today", False, None)
    assert "ValueError" in call.output


def test_attempts_are_counted(functions: Functions, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "SECONDS", 0.4)
    monkeypatch.setattr(attempts, "PAUSE_SECONDS", 0.01)
    stage.user()
    functions.configure(PreAuthentication=functions.install("pre", "import time; time.sleep(10)"))
    assert refused(stage.sign_in) == (
        "UnexpectedLambdaException",
        "PreAuthentication invocation failed due to error Socket timeout while invoking Lambda function.",
    )
    assert calls()[0].attempts == 3


def test_LOG_no_secret_is_kept(functions: Functions, stage: Stage) -> None:
    """Passwords, answers, and what only a function may know; not where they are in what it echoes either."""
    stage.user()
    migrate = 'response.update(userAttributes={"email": "bob@example.com"}, finalUserStatus="CONFIRMED")'
    steer(functions, UserMigration=functions.install("move", migrate))
    answer(stage, begin(stage), "five")
    stage.sign_in("bob", "Typed-by-bob-7")
    kept = json.dumps([[call.event, call.result] for call in calls()])
    assert "Typed-by-bob-7" not in kept
    assert "five" not in kept
    assert "Typed-by-bob-7" in json.dumps(functions.events("move")), "the function needs it"
    verify = next(call for call in calls() if call.source.startswith("Verify"))
    assert verify.event["request"]["privateChallengeParameters"] == {"answer": "***"}
    assert verify.event["request"]["challengeAnswer"] == "***"


def test_old_calls_are_forgotten(functions: Functions, stage: Stage) -> None:
    stage.user()
    functions.configure(PreAuthentication=functions.install("pre"))
    stage.tokens()
    FunctionCall.objects.update(created_at=timezone.now() - housekeeping.KEPT_FUNCTION_CALLS - timedelta(minutes=1))
    stage.tokens()
    housekeeping.sweep()
    assert len(calls()) == 1


# --- again ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def complete(functions: Functions, stage: Stage) -> Functions:
    """A pool with one function in every slot."""
    functions.fill()
    return functions


def pool_of(stage: Stage) -> UserPool:
    return UserPool.objects.get(pk=stage.pool_id)


def test_every_source_has_a_sample(complete: Functions, stage: Stage) -> None:
    pool = pool_of(stage)
    every = trials.sources(pool)
    assert len(every) == 39
    for source in every:
        event = trials.sample(pool, source)
        call = trials.run(pool, event)
        assert (call.source, call.passed, call.is_trial) == (source, True, True)
        assert complete.events("all")[-1] == event


def test_a_sample_is_made_as_events_are(complete: Functions, stage: Stage) -> None:
    """The members of real events, for those that one sign-in and one sign-up call."""
    stage.public.sign_up(
        ClientId=stage.client_id,
        Username="alice",
        Password=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": "alice@example.com"}],
    )
    stage.cognito.admin_confirm_sign_up(UserPoolId=stage.pool_id, Username="alice")
    stage.tokens()
    real = complete.events("all")
    assert len(real) >= 5
    for event in real:
        sample = trials.sample(pool_of(stage), event["triggerSource"])
        assert sample.keys() == event.keys()
        assert sample["request"].keys() == event["request"].keys(), event["triggerSource"]
        assert sample["response"] == event["response"]


def test_nothing_comes_of_a_trial(functions: Functions, stage: Stage) -> None:
    body = 'response["autoConfirmUser"] = True'
    functions.configure(PreSignUp=functions.install("pre", body))
    pool = pool_of(stage)
    call = trials.run(pool, trials.sample(pool, "PreSignUp_SignUp"))
    assert call.result["response"]["autoConfirmUser"] is True
    assert not pool.users.exists()
    assert not inbox.to("jane@example.com")


def test_an_event_of_the_log_is_sent_again(functions: Functions, stage: Stage) -> None:
    stage.user()
    functions.configure(PreAuthentication=functions.install("pre"))
    stage.tokens()
    trials.run(pool_of(stage), calls()[0].event)
    first, second = functions.events("pre")
    assert first == second
    assert [call.is_trial for call in calls()] == [False, True]


# --- InboundFederation ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "mapped"),
    [
        (
            'response["userAttributesToMap"] = {"sub": "1", "email": "x@example.com"}',
            {"sub": "1", "email": "x@example.com"},
        ),
        ('response["userAttributesToMap"] = {}', None),
        ("pass", None),
    ],
)
def test_what_a_provider_said_is_read_as_the_function_says(
    functions: Functions, stage: Stage, body: str, mapped: dict[str, str] | None
) -> None:
    arn = functions.install("federate", body)
    functions.configure(InboundFederation={"LambdaVersion": "V1_0", "LambdaArn": arn})
    said = {"tokenResponse": {}, "idToken": {"sub": "1"}, "userInfo": {"sub": "1"}}
    found = federation.inbound_federation(pool_of(stage), ("MyOIDC", "OIDC"), "MyOIDC_1", said, Context())
    assert found == mapped
    event = functions.event("federate")
    assert event["triggerSource"] == "InboundFederation_ExternalProvider"
    assert event["request"] == {"providerName": "MyOIDC", "providerType": "OIDC", "attributes": said}
