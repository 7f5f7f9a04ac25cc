"""A pool's triggers: chosen in the console, asked by the API, described as they were."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cognito_site.functions import registered
from tests.cast import Stage
from tests.console.desk import Desk, hire, sit_down
from tests.refusals import refused
from tests.triggers.conftest import KEY_ARN, Functions
from userpools.admin import trigger_words
from userpools.domain.triggers.calls import TRIGGERS

ARN = "arn:aws:lambda:us-east-1:000000000000:function:{}"
NOWHERE = ARN.format("nowhere")
HOOK = {"webhook": "https://hooks.example.com/greet?key=concealed", "secret": "shared-with-the-receiver-1"}
# In the words of DescribeUserPool, by field.
PLAIN = {
    trigger.setting: name for name, trigger in TRIGGERS.items() if trigger.setting and not trigger.versioned_setting
}

pytestmark = pytest.mark.usefixtures("functions")


@pytest.fixture
def url(pool_url: str) -> str:
    return f"{pool_url}settings/?tab=triggers"


def described(stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = stage.cognito.describe_user_pool(UserPoolId=stage.pool_id)["UserPool"]
    return found


def config(stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = described(stage)["LambdaConfig"]
    return found


def test_every_trigger_is_told_once() -> None:
    told = [name for names in trigger_words.GROUPS.values() for name in names]
    assert sorted(told) == sorted(TRIGGERS) == sorted(trigger_words.WORDS)


@pytest.mark.proves("UpdateUserPool")
def test_a_chosen_function_is_asked(dana: Desk, stage: Stage, functions: Functions, url: str) -> None:
    arn = functions.install("greet", 'response["autoConfirmUser"] = True')
    page = dana.get(url)
    assert f'<option value="{arn}">Local handler</option>' in page.html
    assert "Saved." in dana.do(url, pre_sign_up=arn).text
    answer = stage.public.sign_up(ClientId=stage.client_id, Username="alice", Password="Correct-horse-7")
    assert answer["UserConfirmed"] is True
    assert functions.event("greet")["userName"] == "alice"
    text = dana.get(url).text
    assert "Local handler ·" in text
    assert "PreSignUp: none → " + arn in dana.get(url.replace("triggers", "changes")).text


def test_the_other_settings_stay(dana: Desk, stage: Stage, functions: Functions, url: str) -> None:
    stage.cognito.update_user_pool(
        UserPoolId=stage.pool_id,
        AutoVerifiedAttributes=["email"],
        Policies={"PasswordPolicy": {"MinimumLength": 12, "RequireNumbers": True}},
        LambdaConfig={"PreSignUp": NOWHERE, "CustomMessage": NOWHERE},
        UserPoolTags={"stage": "test"},
    )
    before = described(stage)
    dana.do(url, pre_sign_up="", post_confirmation=NOWHERE)
    after = described(stage)
    assert after.pop("LambdaConfig") == {"PostConfirmation": NOWHERE, "CustomMessage": NOWHERE}
    same = [name for name in after if name not in ("LastModifiedDate", "LambdaConfig")]
    assert {name: after[name] for name in same} == {name: before[name] for name in same}


def test_every_slot_is_filled_and_emptied(dana: Desk, stage: Stage, url: str) -> None:
    given = {field: ARN.format(name) for field, name in PLAIN.items()}
    versioned = {
        "custom_email_sender": "CustomEmailSender",
        "custom_sms_sender": "CustomSMSSender",
        "inbound_federation": "InboundFederation",
    }
    given |= {field: ARN.format(name) for field, name in versioned.items()}
    dana.do(url, **given, pre_token_generation=NOWHERE, pre_token_generation_version="V3_0", kms_key_id=KEY_ARN)
    assert config(stage) == {
        **{name: ARN.format(name) for name in PLAIN.values()},
        **{name: {"LambdaVersion": "V1_0", "LambdaArn": ARN.format(name)} for name in versioned.values()},
        "PreTokenGenerationConfig": {"LambdaVersion": "V3_0", "LambdaArn": NOWHERE},
        "KMSKeyID": KEY_ARN,
    }
    assert len(config(stage)) == len(TRIGGERS) + 1
    assert "Nothing was different" in dana.do(url).text
    dana.do(url, **dict.fromkeys((*given, "pre_token_generation", "kms_key_id"), ""))
    assert config(stage) == {}


@pytest.mark.parametrize(
    ("before", "version", "after"),
    [
        ({}, "V1_0", {"PreTokenGeneration": "new"}),
        ({}, "V2_0", {"PreTokenGenerationConfig": ("V2_0", "new")}),
        ({"PreTokenGeneration": "old"}, "V1_0", {"PreTokenGeneration": "new"}),
        (
            {"PreTokenGeneration": "old"},
            "V2_0",
            {"PreTokenGeneration": "new", "PreTokenGenerationConfig": ("V2_0", "new")},
        ),
        ({"PreTokenGenerationConfig": ("V2_0", "old")}, "V1_0", {"PreTokenGenerationConfig": ("V1_0", "new")}),
        (
            {"PreTokenGeneration": "old", "PreTokenGenerationConfig": ("V1_0", "old")},
            "V1_0",
            {"PreTokenGeneration": "new", "PreTokenGenerationConfig": ("V1_0", "new")},
        ),
    ],
)
def test_pre_token_generation_stays_spelled_as_it_was(
    dana: Desk, functions: Functions, stage: Stage, url: str, before: Any, version: str, after: Any
) -> None:
    """Infrastructure tools compare the members that they asked for."""

    def spelled(members: Any) -> dict[str, Any]:
        return {
            name: ARN.format(value)
            if isinstance(value, str)
            else {"LambdaVersion": value[0], "LambdaArn": ARN.format(value[1])}
            for name, value in members.items()
        }

    functions.configure(**spelled(before))
    dana.do(url, pre_token_generation=ARN.format("new"), pre_token_generation_version=version)
    assert config(stage) == spelled(after)
    dana.do(url, pre_token_generation="")
    assert config(stage) == {}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"pre_sign_up": "greet"}, "An ARN, as in arn:aws:lambda"),
        ({"pre_sign_up": "short"}, "at least 20 characters"),
        ({"pre_sign_up": f"arn:aws:lambda:us-east-1:000000000000:function:{'a' * 2100}"}, "at most 2048 characters"),
        ({"custom_email_sender": NOWHERE}, "a custom sender trigger needs KMSKeyID."),
        ({"kms_key_id": "key", "pre_sign_up": NOWHERE}, "An ARN, as in"),
        ({"pre_token_generation": NOWHERE, "pre_token_generation_version": "V9_0"}, "Select a valid choice"),
    ],
)
def test_what_the_api_refuses_is_refused(dana: Desk, stage: Stage, url: str, given: dict[str, str], said: str) -> None:
    page = dana.send(url, **given)
    assert "errornote" in page.html
    assert said in page.text
    assert config(stage) == {}


def test_a_version_that_the_plan_does_not_have(dana: Desk, stage: Stage, pool_url: str, url: str) -> None:
    dana.do(f"{pool_url}settings/", user_pool_tier="LITE")
    page = dana.send(url, pre_token_generation=NOWHERE, pre_token_generation_version="V2_0")
    assert "Access token customization is not available in the LITE feature plan." in page.text
    assert config(stage) == {}


# --- where it leads -------------------------------------------------------------------------------------------------


def test_where_each_leads_now(dana: Desk, functions: Functions, pool_url: str, url: str) -> None:
    local, hook = functions.install("greet"), ARN.format("hook")
    registered.register(hook, HOOK)
    functions.configure(PreSignUp=local, PostConfirmation=f"{hook}:live", PreAuthentication=NOWHERE)
    page = dana.get(url)
    assert f"Local handler · {functions.directory}/functions/greet Function" in page.text
    assert "Webhook · https://hooks.example.com/greet?… Function" in page.text
    assert page.text.count("Leads nowhere: calls fail with AccessDeniedException.") == 1
    assert "concealed" not in page.html
    assert f"{pool_url}calls/new/?source=PreSignUp_SignUp" in page.links
    assert f"{pool_url}calls/?trigger=PreSignUp" in page.links
    attention = dana.get(pool_url).text
    assert "A trigger leads nowhere" in attention
    assert "is refused: PreAuthentication" in attention


def test_TRG_07_addresses_and_folders_are_for_who_may_see_functions(
    stage: Stage, functions: Functions, url: str
) -> None:
    hook = ARN.format("hook")
    registered.register(hook, HOOK)
    (functions.directory / "functions.toml").write_text(f'["{ARN.format("broken")}"]\nfolder = "/srv/there"\n')
    functions.configure(
        PreSignUp=functions.install("greet"), PostConfirmation=hook, PreAuthentication=ARN.format("broken")
    )
    page = sit_down(hire("pia", "userpools.view_userpool", "userpools.change_userpool")).get(url)
    for concealed in ("hooks.example.com", str(functions.directory), "/srv/there", "/admin/functions/"):
        assert concealed not in page.html, concealed
    for told in ("Local handler", "Webhook", "Whoever administers the functions of this installation sees why."):
        assert told in page.text, told
    assert "Test…" not in page.text
    assert "Calls" not in page.text
    assert "/srv/there" not in page.html


def test_who_may_only_look_changes_nothing(vera: Desk, stage: Stage, url: str) -> None:
    assert "Save" not in vera.get(url).main_form.buttons
    assert vera.browser.post(url, {"pre_sign_up": NOWHERE}).status_code == 403
    assert config(stage) == {}


def test_an_arn_that_leads_nowhere_is_taken_and_fails_when_it_is_asked(dana: Desk, stage: Stage, url: str) -> None:
    dana.do(url, pre_sign_up=NOWHERE)
    assert refused(stage.public.sign_up, ClientId=stage.client_id, Username="alice", Password="Correct-horse-7") == (
        "UnexpectedLambdaException",
        "PreSignUp invocation failed due to error AccessDeniedException.",
    )


def test_the_page_costs_the_same_however_many_triggers_there_are(dana: Desk, functions: Functions, url: str) -> None:
    costs = []
    for count in (1, 5, 9):
        for number in range(count):
            registered.register(ARN.format(f"f{number}"), HOOK)
        functions.configure(
            **{name: f"{ARN.format(f'f{at}')}:live" for at, name in enumerate(PLAIN.values()) if at < count}
        )
        registered.forget()
        with CaptureQueriesContext(connection) as queries:
            assert dana.get(url).text.count("Webhook ·") == count
        costs.append(len(queries))
    assert len(set(costs)) == 1, costs
