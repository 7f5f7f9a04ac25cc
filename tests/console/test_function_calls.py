"""The log of a pool's functions, and calling them again: real handlers, asked by the API and by the console."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cognito_site.console.models import Change
from tests.cast import PASSWORD, Stage
from tests.console.desk import Desk, hire, sit_down
from tests.refusals import refused
from tests.triggers.conftest import KEY_ARN, Functions
from userpools.admin import call_differences
from userpools.domain.triggers import log, trials
from userpools.models import FunctionCall, User, UserPool

pytestmark = pytest.mark.usefixtures("functions")

LOOK = ("userpools.view_userpool", "userpools.view_functioncall")
MIGRATE = 'response.update(userAttributes={"email": "bob@example.com"}, finalUserStatus="CONFIRMED"); print(request)'


@pytest.fixture
def calls(pool_url: str) -> str:
    return f"{pool_url}calls/"


def pool_of(stage: Stage) -> UserPool:
    return UserPool.objects.get(pk=stage.pool_id)


def newest() -> FunctionCall:
    return FunctionCall.objects.latest("created_at")


def page_of(calls: str, call: FunctionCall) -> str:
    return f"{calls}{call.pk}/"


# --- the list -------------------------------------------------------------------------------------------------------


@pytest.fixture
def busy(functions: Functions, stage: Stage) -> Functions:
    """alice signed in, bea was refused, and an operator tried one out."""
    stage.user()
    stage.user("bea")
    arn = functions.install("pre", 'if event["userName"] == "bea": raise ValueError("not today")')
    functions.configure(PreAuthentication=arn, PostAuthentication=functions.install("post"))
    stage.tokens()
    refused(stage.sign_in, name="bea")
    pool = pool_of(stage)
    trials.run(pool, trials.sample(pool, "PostAuthentication_Authentication"))
    return functions


def test_calls_are_listed_newest_first(dana: Desk, busy: Functions, calls: str) -> None:
    text = dana.get(calls).text
    assert text.index("jane") < text.index("bea") < text.index("alice")
    assert "PreAuthentication_Authentication pre not today bea" in text
    assert "PostAuthentication_Authentication post Answered Trial jane" in text
    assert " ms " in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"outcome": "failed"}, ["bea"]),
        ({"outcome": "answered"}, ["alice", "jane"]),
        ({"trigger": "PreAuthentication"}, ["alice", "bea"]),
        ({"source": "PostAuthentication_Authentication"}, ["alice", "jane"]),
        ({"by": "operator"}, ["jane"]),
        ({"by": "pool", "outcome": "failed"}, ["bea"]),
        ({"q": "alice"}, ["alice"]),
        ({"q": "alice@example.com"}, []),
        ({"q": "alice", "outcome": "failed"}, []),
        ({"trigger": "PreSignUp"}, []),
    ],
)
def test_calls_are_chosen(dana: Desk, busy: Functions, calls: str, query: dict[str, str], shown: list[str]) -> None:
    page = dana.get(calls, **query)
    assert set(re.findall(r'field-about_linked"><a href="[^"]*">([^<]*)', page.html)) == set(shown)
    assert ("Nothing matches" in page.text) is not bool(shown)


def test_a_sub_finds_whom_it_is_of(dana: Desk, busy: Functions, calls: str) -> None:
    alice = User.objects.get(username="alice")
    assert "PreAuthentication_Authentication" in dana.get(calls, q=str(alice.sub)).text


def test_old_calls_are_found_by_name(dana: Desk, busy: Functions, calls: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list is of the newest; an index leads to a name, however old."""
    monkeypatch.setattr(log, "MOST_RECENT", 1)
    FunctionCall.objects.filter(user_name="alice").update(created_at=timezone.now() - timedelta(days=3))
    assert " alice " not in dana.get(calls).text
    assert "3 days ago" in dana.get(calls, q="alice").text
    old = FunctionCall.objects.filter(user_name="alice").earliest("created_at")
    assert dana.status(page_of(calls, old)) == 200


def test_the_list_costs_the_same_however_long_it_is(dana: Desk, busy: Functions, stage: Stage, calls: str) -> None:
    costs = []
    for _ in range(3):
        stage.tokens()
        with CaptureQueriesContext(connection) as queries:
            dana.get(calls)
        costs.append(len(queries))
        assert not [each for each in queries.captured_queries if '"userpools_functioncall"."event"' in each["sql"]]
    assert len(set(costs)) == 1, costs


def test_a_pool_without_functions_says_what_they_are(dana: Desk, calls: str) -> None:
    assert "Your code, asked at thirteen moments of a sign-in" in dana.get(calls).text


def test_failures_of_the_day_need_a_hand(dana: Desk, busy: Functions, pool_url: str) -> None:
    page = dana.get(pool_url)
    assert "1 call of functions failed" in page.text
    assert f"{pool_url}calls/?outcome=failed" in page.links
    FunctionCall.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert "of functions failed" not in dana.get(pool_url).text


# --- one of them ----------------------------------------------------------------------------------------------------


def test_a_call_says_what_the_function_changed(dana: Desk, functions: Functions, stage: Stage, calls: str) -> None:
    stage.user(given_name="Alice", family_name="Moreau")
    body = """
        response["claimsAndScopeOverrideDetails"] = {
            "idTokenGeneration": {"claimsToAddOrOverride": {"ship": "Argo <i>"}},
            "accessTokenGeneration": {"scopesToAdd": ["ships/read"]},
        }
        event["userName"] = "somebody else"
        print("deciding about", event["request"]["userAttributes"]["email"])
    """
    arn = functions.install("claims", body)
    functions.configure(PreTokenGenerationConfig={"LambdaVersion": "V2_0", "LambdaArn": arn})
    stage.tokens()
    page = dana.get(page_of(calls, newest()))
    details = "claimsAndScopeOverrideDetails"
    assert f'{details}. idTokenGeneration. claimsToAddOrOverride. ship not there "Argo <i>"' in page.text
    assert f'{details}. accessTokenGeneration. scopesToAdd not there ["ships/read"]' in page.text
    assert "<i>" not in page.html
    assert "It also changed what nobody reads: userName ." in page.text
    assert "deciding about alice@example.com" in page.text
    assert '"triggerSource": "TokenGeneration_Authentication"' in page.text
    assert "May add, replace and suppress claims" in page.text
    alice = User.objects.get(username="alice")
    assert "Alice Moreau" in page.text
    for link in (
        f"/admin/{stage.pool_id}/users/{alice.pk}/",
        f"/admin/{stage.pool_id}/app-clients/{stage.client_id}/",
        f"/admin/functions/{arn}/",
    ):
        assert link in page.links, link


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("pass", "The answer asks for nothing"),
        ('event["response"] = None', "The answer asks for nothing"),
        ('event["response"] = "yes"', "The response in the answer is no object"),
        ("event = [1]", "The answer is no event"),
        ('response["autoConfirmUser"] = True', "autoConfirmUser false true"),
        ('del response["autoConfirmUser"]', "autoConfirmUser false left out"),
    ],
)
def test_what_an_answer_is_worth(
    dana: Desk, functions: Functions, stage: Stage, calls: str, body: str, said: str
) -> None:
    functions.configure(PreSignUp=functions.install("pre", body))
    pool = pool_of(stage)
    call = trials.run(pool, trials.sample(pool, "PreSignUp_SignUp"))
    assert said in dana.get(page_of(calls, call)).text


def test_a_custom_senders_answer_is_not_read(dana: Desk, functions: Functions, stage: Stage, calls: str) -> None:
    versioned = {"LambdaVersion": "V1_0", "LambdaArn": functions.install("send", 'response["x"] = 1')}
    functions.configure(CustomEmailSender=versioned, KMSKeyID=KEY_ARN)
    pool = pool_of(stage)
    call = trials.run(pool, trials.sample(pool, "CustomEmailSender_SignUp"))
    page = dana.get(page_of(calls, call))
    assert "Nobody reads the answer of a custom sender." in page.text
    assert '"code": "***"' in page.text


def test_a_failure_says_why(dana: Desk, busy: Functions, calls: str) -> None:
    page = dana.get(page_of(calls, FunctionCall.objects.get(user_name="bea")))
    assert "not today Asked 1 time, without an answer" in page.text
    assert "ValueError" in page.text
    assert "What came back" not in page.text


def test_LOG_no_secret_is_on_the_page_of_a_call(dana: Desk, functions: Functions, stage: Stage, calls: str) -> None:
    """What the function itself prints is its own business, and for few eyes."""
    functions.configure(UserMigration=functions.install("move", MIGRATE))
    stage.sign_in("bob", "Typed-by-bob-7")
    call = FunctionCall.objects.get()
    viewer = sit_down(hire("vic", *LOOK))
    page = viewer.get(page_of(calls, call))
    assert '"password": "***"' in page.text
    assert "userAttributes. email" in page.text
    assert "Typed-by-bob-7" not in page.html
    assert "Your role does not show it" in page.text
    assert "Typed-by-bob-7" in dana.get(page_of(calls, call)).text, "the handler prints what it gets"


def test_ADM_02_links_are_for_who_may_follow_them(busy: Functions, calls: str) -> None:
    page = sit_down(hire("vic", *LOOK)).get(page_of(calls, FunctionCall.objects.filter(user_name="alice")[0]))
    assert page.status == 200
    assert not [link for link in page.links if "/users/" in link or "/app-clients/" in link or "/functions/" in link]
    assert not [link for link in page.links if "send-again" in link]
    listed = sit_down(hire("val", *LOOK)).get(calls)
    assert not [link for link in listed.links if "?q=" in link]


def test_KEY_05_calls_about_somebody_go_with_them(dana: Desk, busy: Functions, stage: Stage, pool_url: str) -> None:
    alice = User.objects.get(username="alice")
    assert FunctionCall.objects.filter(user_name="alice").exists()
    dana.do(f"{pool_url}users/{alice.pk}/delete/")
    assert [call.user_name for call in FunctionCall.objects.all() if "alice" in json.dumps(call.event)] == []
    assert FunctionCall.objects.filter(user_name="bea").exists()


def test_the_page_of_a_user_has_the_calls_about_them(dana: Desk, busy: Functions, stage: Stage, pool_url: str) -> None:
    alice = User.objects.get(username="alice")
    url = f"{pool_url}users/{alice.pk}/"
    page = dana.get(f"{url}?tab=calls")
    assert page.text.count("PreAuthentication_Authentication") == 1
    about = FunctionCall.objects.filter(user_name="alice")
    assert {f"{pool_url}calls/{call.pk}/" for call in about} <= set(page.links)
    assert f"{pool_url}calls/?q=alice" in page.links
    bare = sit_down(hire("bare", "userpools.view_userpool", "userpools.view_user")).get(f"{url}?tab=calls")
    assert "?tab=calls" not in bare.links
    assert "PreAuthentication" not in bare.text


# --- testing --------------------------------------------------------------------------------------------------------


@pytest.fixture
def everything(functions: Functions) -> Functions:
    """A pool with one function in every slot."""
    functions.fill()
    return functions


def test_every_source_is_tested(dana: Desk, everything: Functions, stage: Stage, calls: str) -> None:
    sources = list(trials.sources(pool_of(stage)))
    assert len(sources) == 39
    for source in sources:
        page = dana.do(f"{calls}new/?source={source}")
        assert source in page.text, source
        assert "Answered Trial" in page.text, source
    assert everything.sources("all") == sources


def test_a_test_runs_the_function_and_nothing_comes_of_it(
    dana: Desk, functions: Functions, stage: Stage, calls: str
) -> None:
    functions.configure(PreSignUp=functions.install("pre", 'response["autoConfirmUser"] = True'))
    url = f"{calls}new/?source=PreSignUp_SignUp"
    question = dana.get(url)
    assert "Nothing comes of its answer" in question.text
    assert "does whatever it does" in question.text
    sample = json.loads(question.main_form.fields["event"][0])
    assert sample["triggerSource"] == "PreSignUp_SignUp"
    sample["request"]["userAttributes"]["email"] = "ünïcødé☂@example.com"
    page = dana.do(url, event=json.dumps(sample))
    assert functions.event("pre") == sample
    assert "autoConfirmUser false true" in page.text
    assert "An operator, as a trial" in page.text
    assert "Called pre for PreSignUp_SignUp, as a trial." in page.text
    assert not User.objects.exists()
    change = Change.objects.latest("pk")
    assert (change.change_message, change.user.username) == ("Called pre for PreSignUp_SignUp, as a trial", "dana")
    assert (change.object_id, change.place) == (str(newest().pk), stage.pool_id)


def test_a_function_that_fails_is_a_result_too(dana: Desk, functions: Functions, calls: str) -> None:
    functions.configure(PreSignUp=functions.install("pre", 'raise ValueError("not today")'))
    page = dana.do(f"{calls}new/?source=PreSignUp_SignUp")
    assert "not today Asked 1 time" in page.text
    assert "It was a trial" in page.text


def test_an_arn_that_leads_nowhere_is_a_result_too(dana: Desk, functions: Functions, calls: str) -> None:
    functions.configure(PreSignUp="arn:aws:lambda:us-east-1:000000000000:function:nowhere")
    assert "AccessDeniedException" in dana.do(f"{calls}new/").text
    assert newest().passed is False


def test_a_pool_without_triggers_has_nothing_to_test(dana: Desk, stage: Stage, calls: str) -> None:
    page = dana.get(f"{calls}new/")
    assert "This pool asks no function yet." in page.text
    event = {"triggerSource": "PreSignUp_SignUp", "userPoolId": stage.pool_id, "userName": "jane"}
    assert "This pool asks no function." in dana.send(f"{calls}new/", event=json.dumps(event)).text


def _nested(levels: int) -> str:
    return "[" * levels + "]" * levels


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "This field is required."),
        ("{", "This is no JSON. Line 1, column 2: Expecting property name"),
        ('{\n"a": 1,\n}', "This is no JSON. Line 3, column 1"),
        ("[1]", "An event is an object"),
        ('"text"', "An event is an object"),
        ('{"a": NaN}', "a number or a character that JSON does not carry"),
        ('{"a": 1e999}', "a number or a character that JSON does not carry"),
        ('{"a": "\\u0000"}', "a number or a character that JSON does not carry"),
        ('{"a": "\\ud800"}', "a number or a character that JSON does not carry"),
        (f'{{"a": {"1" * 5000}}}', "a number that is too long"),
        (f'{{"a": {_nested(40)}}}', "An event has 32 levels at most."),
        (f'{{"a": {_nested(5000)}}}', "more than 32 levels"),
        (f'{{"a": "{"x" * 300_000}"}}', "An event has 256 KB at most; this one has 292."),
        ("{}", "triggerSource is one of those that this pool asks functions for: PreSignUp_SignUp"),
        ('{"triggerSource": ["PreSignUp_SignUp"]}', "triggerSource is one of those"),
        ('{"triggerSource": "PostConfirmation_ConfirmSignUp"}', "triggerSource is one of those"),
        ('{"triggerSource": "PreSignUp_SignUp", "userName": "x"}', "userPoolId is us-east-1_"),
        (
            '{"triggerSource": "PreSignUp_SignUp", "userName": "x", "userPoolId": "us-east-1_Other0001"}',
            "userPoolId is",
        ),
        ('{"triggerSource": "PreSignUp_SignUp", "userPoolId": "POOL"}', "userName is a text."),
        ('{"triggerSource": "PreSignUp_SignUp", "userPoolId": "POOL", "userName": null}', "userName is a text."),
    ],
)
def test_WEB_what_is_no_event_is_told_at_the_field(
    dana: Desk, functions: Functions, stage: Stage, calls: str, typed: str, said: str
) -> None:
    functions.configure(PreSignUp=functions.install("pre"))
    page = dana.send(f"{calls}new/", event=typed.replace("POOL", stage.pool_id))
    assert page.status == 200
    assert "errornote" in page.html
    assert said in page.text
    assert functions.events("pre") == []
    assert not FunctionCall.objects.exists()


def test_what_is_far_too_large_is_turned_away(dana: Desk, functions: Functions, calls: str) -> None:
    answer = dana.browser.post(f"{calls}new/", {"event": "x" * 3_000_000})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "odd",
    [
        {"callerContext": None, "request": None, "response": None},
        {"callerContext": [1], "request": "text", "response": [1]},
        {"callerContext": {"clientId": {"a": 1}}, "request": 7, "response": {"a": {"b": []}}},
        {"callerContext": {"clientId": "x" * 500}, "userName": "x" * 5000, "request": {"password": {"a": 1}}},
        {"userName": "", "request": {"session": [{"password": "shown"}]}},
    ],
)
def test_odd_events_have_a_page(dana: Desk, functions: Functions, stage: Stage, calls: str, odd: Any) -> None:
    functions.configure(PreSignUp=functions.install("pre").replace("pre", "gone"))
    event = {"triggerSource": "PreSignUp_SignUp", "userPoolId": stage.pool_id, "userName": "x", **odd}
    page = dana.do(f"{calls}new/", event=json.dumps(event))
    assert page.status == 200
    assert "AccessDeniedException" in page.text
    assert dana.status(f"{page_of(calls, newest())}send-again/") == 200
    assert dana.get(calls).status == 200


# --- once more ------------------------------------------------------------------------------------------------------


def test_an_event_of_the_log_is_sent_again(dana: Desk, busy: Functions, stage: Stage, calls: str) -> None:
    call = FunctionCall.objects.get(user_name="bea")
    url = f"{page_of(calls, call)}send-again/"
    question = dana.get(url)
    assert "What is masked stays masked" in question.text
    assert "Nothing comes of its answer" in question.text
    page = dana.do(url)
    assert page.url == page_of(calls, newest())
    assert "not today" in page.text
    first, second = [event for event in busy.events("pre") if event["userName"] == "bea"]
    assert first == second
    assert Change.objects.latest("pk").change_message == (
        "Called pre for PreAuthentication_Authentication once more, as a trial"
    )


def test_a_mended_function_is_tried_with_the_event_that_failed(dana: Desk, busy: Functions, calls: str) -> None:
    url = f"{page_of(calls, FunctionCall.objects.get(user_name='bea'))}send-again/"
    busy.install("pre", 'print("mended for", event["userName"])')
    page = dana.do(url)
    assert "Answered Trial" in page.text
    assert "mended for bea" in page.text


def test_secrets_stay_masked_when_sent_again(dana: Desk, functions: Functions, stage: Stage, calls: str) -> None:
    functions.configure(UserMigration=functions.install("move", MIGRATE))
    stage.sign_in("bob", PASSWORD)
    dana.do(f"{page_of(calls, newest())}send-again/")
    assert [event["request"]["password"] for event in functions.events("move")] == [PASSWORD, "***"]
    assert User.objects.count() == 1


def test_what_is_sent_again_can_be_changed(dana: Desk, busy: Functions, calls: str) -> None:
    call = FunctionCall.objects.get(user_name="bea")
    dana.do(f"{page_of(calls, call)}send-again/", event=json.dumps({**call.event, "userName": "carl"}))
    assert busy.events("pre")[-1]["userName"] == "carl"
    assert newest().passed


def test_a_trigger_that_moved_or_went_is_told(dana: Desk, busy: Functions, stage: Stage, calls: str) -> None:
    url = f"{page_of(calls, FunctionCall.objects.get(user_name='bea'))}send-again/"
    arn = busy.install("other")
    busy.configure(PreAuthentication=arn)
    assert f"now the pool names {arn}" in dana.get(url).text
    dana.do(url)
    assert busy.event("other")["userName"] == "bea"
    busy.configure()
    assert "The pool asks no function at this moment any more." in dana.get(url).text
    assert "This pool asks no function." in dana.send(url).text


def test_ADM_02_running_takes_more_than_looking(busy: Functions, calls: str) -> None:
    viewer, before = sit_down(hire("vic", *LOOK)), FunctionCall.objects.count()
    call = FunctionCall.objects.get(user_name="bea")
    for url in (f"{calls}new/", f"{page_of(calls, call)}send-again/"):
        assert viewer.status(url) == 403
        assert viewer.browser.post(url, {"event": json.dumps(call.event)}).status_code == 403
    assert "Test a function" not in viewer.get(calls).text
    assert FunctionCall.objects.count() == before


# --- differences ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({}, {}, []),
        ({"a": None}, {"a": None}, []),
        ({"a": None}, {"a": {}}, [("a", "added", "null", "{}")]),
        ({"a": 1}, {"a": True}, [("a", "changed", "1", "true")]),
        ({"a": [{"x": 1, "y": 2}]}, {"a": [{"y": 2, "x": 1}]}, []),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, [("a.c", "changed", "2", "3")]),
        ({"a": {"b": 1}}, {"a": None}, [("a", "gone", '{"b": 1}', "null")]),
        ({"a": {"b": 1}}, {}, [("a", "gone", '{"b": 1}', "")]),
        ({"a": None}, {"a": {"b": {"c": "☂"}}}, [("a.b.c", "added", "", '"☂"')]),
        (None, {"a": 1}, [("a", "added", "", "1")]),
        ("x", {"a": 1}, [("", "changed", '"x"', '{"a": 1}')]),
    ],
)
def test_differences(before: Any, after: Any, found: list[tuple[str, ...]]) -> None:
    told = call_differences.between(before, after)
    assert [(each.path, each.kind, each.before, each.after) for each in told] == found


def test_differences_have_an_end() -> None:
    told = call_differences.between({}, {str(number): "x" * 1000 for number in range(1000)})
    assert len(told) == call_differences.MOST
    assert all(len(each.after) <= call_differences.LONGEST + 1 for each in told)
