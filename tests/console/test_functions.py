"""Where functions lead: said in the console, proved by what is asked then."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from cognito_site.console.models import Change
from cognito_site.functions import invocation, registered, registry
from cognito_site.functions.local import logs
from cognito_site.functions.targets import Endpoint, Folder, Unacceptable, Webhook
from cognito_site.models import Function
from tests.cast import Stage
from tests.console.desk import Desk, Page, hire, sit_down
from tests.functions.test_webhooks import Receiver, Server, _handler_of
from tests.refusals import refused
from tests.triggers.conftest import Functions
from userpools.models import User

LIST = "/admin/functions/"
NEW = "/admin/functions/new/"
GREET = "arn:aws:lambda:us-east-1:000000000000:function:greet"
FAR = "arn:aws:lambda:eu-west-1:123456789012:function:far:live"
SECRET = "shared-with-the-receiver-1"
CONFIRM = 'response["autoConfirmUser"] = True'

pytestmark = pytest.mark.usefixtures("functions")


def page_of(arn: str) -> str:
    return f"{LIST}{arn}/"


def sign_up(stage: Stage, name: str = "alice") -> Any:
    attributes = [{"Name": "email", "Value": f"{name}@example.com"}]
    return stage.public.sign_up(
        ClientId=stage.client_id, Username=name, Password="Correct-horse-7", UserAttributes=attributes
    )


def shown_secret(page: Page) -> str:
    return page.html.partition('data-copy="')[2].partition('"')[0]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook on this machine, that does not know its secret yet."""
    found = Receiver(secret="")
    server = Server(("127.0.0.1", 0), _handler_of(found))
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}/greet"
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


# --- adding ---------------------------------------------------------------------------------------------------------


def test_a_local_handler_is_asked_under_another_name(dana: Desk, stage: Stage, functions: Functions) -> None:
    functions.install("greet", 'response["autoConfirmUser"] = True; print(__import__("os").environ["TABLE"])')
    functions.configure(PreSignUp=FAR)
    dana.do(NEW, arn=FAR, folder="greet", memory_mb="128", environment="TABLE=ships\nEMPTY=")
    found = registry.find(FAR)
    assert isinstance(found, Folder)
    assert (found.directory.name, found.memory_mb) == ("greet", 128)
    assert found.environment == (("EMPTY", ""), ("TABLE", "ships"))
    assert sign_up(stage)["UserConfirmed"] is True
    assert functions.event("greet")["triggerSource"] == "PreSignUp_SignUp"
    assert "ships" in logs.end_of("far", 4096)


def test_a_webhook_gets_a_secret_that_is_shown_once(
    dana: Desk, stage: Stage, functions: Functions, receiver: Receiver
) -> None:
    functions.configure(PreSignUp=GREET)
    page = dana.do(f"{NEW}?kind=webhook", arn="greet", webhook=receiver.url)
    receiver.secret = shown_secret(page)
    assert len(receiver.secret) > 40
    receiver.body = json.dumps({"response": {"autoConfirmUser": True}}).encode()
    assert sign_up(stage)["UserConfirmed"] is True
    assert len(receiver.seen) == 1
    for url in (LIST, page_of(GREET), f"{page_of(GREET)}?tab=changes", f"{page_of(GREET)}lead/", "/admin/changes/"):
        assert receiver.secret not in dana.get(url).html, url


def test_a_secret_of_ones_own_is_not_shown(dana: Desk) -> None:
    page = dana.do(f"{NEW}?kind=webhook", arn="greet", webhook="https://hooks.example.com/greet", secret=SECRET)
    assert registry.find(GREET) == Webhook("https://hooks.example.com/greet", SECRET)
    assert SECRET not in page.html
    assert page.url == page_of(GREET)


def test_an_endpoint_with_keys(dana: Desk) -> None:
    dana.do(
        f"{NEW}?kind=endpoint",
        arn=FAR,
        endpoint="https://lambda.example.com",
        region="eu-west-1",
        function_name="function",
        access_key_id="AKIDEXAMPLE",
        secret_access_key="not-to-be-shown",
        session_token="nor-this",
    )
    url = "https://lambda.example.com"
    assert registry.find(FAR) == Endpoint(url, "eu-west-1", "AKIDEXAMPLE", "not-to-be-shown", "nor-this", "function")
    text = dana.get(page_of(FAR)).html
    assert "AKIDEXAMPLE" in text
    assert "not-to-be-shown" not in text
    assert "nor-this" not in text


def test_aws_itself_needs_no_address(dana: Desk) -> None:
    dana.do(f"{NEW}?kind=endpoint", arn=FAR)
    assert registry.find(FAR) == Endpoint()
    assert "Lambda endpoint · AWS" in dana.get(LIST).text


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("folder", {"arn": "two words", "folder": "greet"}, "A name, or an ARN as in arn:aws:lambda:us-east-1"),
        ("folder", {"arn": "arn:aws:sqs:us-east-1:000000000000:greet", "folder": "greet"}, "A name, or an ARN as in"),
        ("folder", {"arn": "a" * 300, "folder": "greet"}, "A name, or an ARN as in"),
        ("folder", {"arn": "new", "folder": "nowhere"}, "This machine has no such folder"),
        ("folder", {"arn": "new", "folder": "../..", "handler": "a.b", "runtime": "node"}, "One inside of"),
        ("folder", {"arn": "new", "folder": "/etc", "handler": "a.b", "runtime": "python"}, "One inside of"),
        ("folder", {"arn": "new", "folder": "greet", "handler": "../a.b"}, "The file and the function"),
        ("folder", {"arn": "new", "folder": "greet", "memory_mb": "1"}, "greater than or equal to 64"),
        ("folder", {"arn": "new", "folder": "greet", "environment": "PYTHONPATH=/x"}, "PYTHONPATH cannot be set"),
        ("folder", {"arn": "new", "folder": "greet", "environment": "TABLE"}, "Each line is a name, a = and a value"),
        ("folder", {"arn": "new", "folder": "greet", "environment": "A=••••••"}, "A has no value yet"),
        ("webhook", {"arn": "new", "webhook": "ftp://example.com"}, "Only http:// and https:// with a host are asked"),
        ("webhook", {"arn": "new", "webhook": "http://example.com/x"}, "https://, please"),
        ("webhook", {"arn": "new", "webhook": "https://169.254.169.254/"}, "is a private address"),
        ("webhook", {"arn": "new", "webhook": "https://a.example", "secret": "short"}, "At least 16 characters"),
        ("endpoint", {"arn": "new", "endpoint": "lambda"}, "http:// or https://"),
        ("endpoint", {"arn": "new", "endpoint": "http://10.0.0.1/"}, "is a private address"),
        ("endpoint", {"arn": "new", "access_key_id": "AKID"}, "are given together or not at all"),
        ("endpoint", {"arn": "greet"}, "This one is registered already"),
    ],
)
def test_what_cannot_be_is_said_where_it_was_typed(
    dana: Desk, functions: Functions, settings: Settings, kind: str, given: dict[str, str], said: str
) -> None:
    functions.install("greet")
    settings.POOLHOUSE = replace(settings.POOLHOUSE, public_url="https://id.example.com")
    registered.register(GREET, {"webhook": "https://hooks.example.com/greet", "secret": SECRET})
    page = dana.send(f"{NEW}?kind={kind}", **given)
    assert "errornote" in page.html
    assert said in page.text
    assert Function.objects.count() == 1


def test_an_odd_kind_is_a_folder(dana: Desk) -> None:
    page = dana.get(NEW, kind="nonsense")
    assert "folder" in page.main_form.fields
    assert "webhook" not in page.main_form.fields


# --- changing -------------------------------------------------------------------------------------------------------


@pytest.fixture
def hook() -> str:
    registered.register(GREET, {"webhook": "https://hooks.example.com/greet?token=concealed", "secret": SECRET})
    return page_of(GREET)


def test_an_empty_secret_stays(dana: Desk, hook: str) -> None:
    dana.do(f"{hook}lead/", webhook="https://hooks.example.com/hello")
    assert registry.find(GREET) == Webhook("https://hooks.example.com/hello", SECRET)
    dana.do(f"{hook}lead/", secret="another-shared-secret")
    assert registry.find(GREET) == Webhook("https://hooks.example.com/hello", "another-shared-secret")


def test_LOG_03_the_log_says_from_where_to_where_and_no_secret(dana: Desk, hook: str) -> None:
    dana.do(f"{hook}lead/", webhook="https://hooks.example.com/hello", secret="another-shared-secret")
    change = Change.objects.latest("pk")
    assert change.change_message == (
        f"{GREET}: webhook: https://hooks.example.com/greet?… → https://hooks.example.com/hello; secret changed"
    )
    assert (change.user.username, change.object_id, change.place) == ("dana", GREET, "")
    assert "→ https://hooks.example.com/hello" in dana.get(f"{hook}?tab=changes").text
    assert "concealed" not in dana.get(hook).html + dana.get(LIST).html + dana.get("/admin/changes/").html


@pytest.mark.parametrize(
    "given",
    [
        {"webhook": "https://hooks.example.com/greet", "secret": SECRET},
        {"folder": "greet"},
        {"folder": "greet", "handler": "a.b", "runtime": "node", "memory_mb": 256, "environment": {"A": "b"}},
        {"endpoint": ""},
        {"endpoint": "https://a.example", "access_key_id": "A", "secret_access_key": "b", "session_token": "c"},
    ],
)
def test_nothing_different_is_nothing_changed(dana: Desk, functions: Functions, given: dict[str, Any]) -> None:
    functions.install("greet")
    registered.register(GREET, given)
    before = registry.find(GREET)
    assert "Nothing was different" in dana.send(f"{page_of(GREET)}lead/").text
    assert registry.find(GREET) == before
    assert not Change.objects.filter(object_id=GREET).exists()


def test_variables_stay_unless_they_are_written_anew(dana: Desk, functions: Functions) -> None:
    functions.install("greet")
    registered.register(GREET, {"folder": "greet", "environment": {"TABLE": "ships", "KEY": "concealed", "OLD": "x"}})
    url = f"{page_of(GREET)}lead/"
    page = dana.get(url)
    assert page.main_form.fields["environment"] == ["TABLE=••••••\nKEY=••••••\nOLD=••••••"]
    assert "concealed" not in page.html
    dana.do(url, environment="TABLE=boats\nKEY=••••••\n\nNEW=a=b")
    found = registry.find(GREET)
    assert isinstance(found, Folder)
    assert dict(found.environment) == {"TABLE": "boats", "KEY": "concealed", "NEW": "a=b"}
    assert Change.objects.latest("pk").change_message.endswith("environment: TABLE, OLD, NEW changed")


def test_another_kind_takes_its_place(dana: Desk, hook: str, functions: Functions) -> None:
    functions.install("greet")
    dana.do(f"{hook}lead/?kind=folder", folder="greet")
    assert isinstance(registry.find(GREET), Folder)
    assert "Local handler" in dana.get(hook).text
    page = dana.do(f"{hook}lead/?kind=webhook", webhook="https://hooks.example.com/greet")
    secret = shown_secret(page)
    assert registry.find(GREET) == Webhook("https://hooks.example.com/greet", secret)
    assert secret != SECRET


def test_keys_are_never_sent_to_a_new_address(dana: Desk) -> None:
    """A session token travels as it is: whoever may write an address must not get it by that."""
    keys = {"access_key_id": "AKIDEXAMPLE", "secret_access_key": "one", "session_token": "two"}
    registered.register(FAR, {"endpoint": "https://lambda.example.com", **keys})
    url = f"{page_of(FAR)}lead/"
    dana.do(url, region="eu-west-1")
    found = registry.find(FAR)
    assert isinstance(found, Endpoint)
    assert (found.region, found.secret_access_key, found.session_token) == ("eu-west-1", "one", "two")
    page = dana.send(url, endpoint="https://evil.example.com")
    assert "are given together or not at all" in page.text
    assert registry.find(FAR) == found
    dana.do(url, endpoint="https://lambda.example.org", secret_access_key="three")
    assert registry.find(FAR) == Endpoint("https://lambda.example.org", "eu-west-1", "AKIDEXAMPLE", "three")


def test_a_new_secret_is_made_once(dana: Desk, hook: str) -> None:
    form = dana.get(f"{hook}new-secret/").main_form
    page = dana.post(f"{hook}new-secret/", **form.fields)
    secret = shown_secret(page)
    assert registry.find(GREET) == Webhook("https://hooks.example.com/greet?token=concealed", secret)
    again = dana.post(f"{hook}new-secret/", **form.fields)
    assert "was sent already" in again.text
    assert registry.find(GREET) == Webhook("https://hooks.example.com/greet?token=concealed", secret)
    assert secret not in "".join(Change.objects.values_list("change_message", flat=True))


def test_what_the_key_ring_does_not_open_can_be_written_anew(dana: Desk, hook: str) -> None:
    Function.objects.update(secrets=b"sealed by somebody else")
    registered.forget()
    assert "Cannot be used" in dana.get(LIST).text
    with pytest.raises(Unacceptable):
        registry.find(GREET)
    dana.do(f"{hook}lead/", webhook="https://hooks.example.com/greet", secret=SECRET)
    assert registry.find(GREET) == Webhook("https://hooks.example.com/greet", SECRET)


def test_removing_says_who_asks_and_what_takes_its_place(
    dana: Desk, stage: Stage, functions: Functions, hook: str
) -> None:
    functions.configure(PreSignUp=GREET)
    question = dana.get(f"{hook}delete/").text
    assert "It is asked: harbour (PreSignUp)." in question
    assert "Nothing else says where it leads" in question
    functions.install("greet", CONFIRM)
    assert "By its folder says where it leads: Local handler" in dana.get(f"{hook}delete/").text
    page = dana.do(f"{hook}delete/")
    assert page.url == LIST
    assert isinstance(registry.find(GREET), Folder)
    assert sign_up(stage)["UserConfirmed"] is True
    assert Change.objects.latest("pk").change_message == f"Removed {GREET}"


def test_removing_what_is_nowhere_else(dana: Desk, stage: Stage, functions: Functions, hook: str) -> None:
    functions.configure(PreSignUp=GREET)
    dana.do(f"{hook}delete/")
    assert refused(sign_up, stage=stage)[0] == "UnexpectedLambdaException"
    assert dana.status(hook) == 404


# --- looking --------------------------------------------------------------------------------------------------------


def test_everything_is_listed_with_what_comes_first(
    dana: Desk, stage: Stage, functions: Functions, settings: Settings
) -> None:
    functions.install("greet")
    functions.install("plain")
    (functions.directory / "functions.toml").write_text(
        f'["{GREET}"]\nwebhook = "https://file.example.com/x?key=concealed"\nsecret = "{SECRET}"\n'
        f'["{FAR}"]\nfolder = "gone"\nhandler = "app.handle"\nruntime = "python"\n'
        '["not/an/arn"]\nendpoint = ""\n'
    )
    settings.POOLHOUSE = replace(settings.POOLHOUSE, lambda_endpoint_url="http://127.0.0.1:3001")
    functions.configure(PreSignUp=f"{GREET}:live", PostConfirmation=GREET)
    page = dana.get(LIST)
    assert (
        "greet arn:aws:lambda:us-east-1:000000000000:function:greet Webhook · https://file.example.com/x?…" in page.text
    )
    assert "Asked by harbour PreSignUp ; harbour PostConfirmation".replace(" ;", "") in page.text.replace(" ;", "")
    assert "Not used functions.toml comes first" in page.text
    assert "This machine has no such folder." in page.text
    assert "Cannot be used: tables named after an ARN" in page.text
    assert "Every other ARN Lambda endpoint http://127.0.0.1:3001 POOLHOUSE_LAMBDA_ENDPOINT_URL" in page.text
    assert "concealed" not in page.html
    assert SECRET not in page.html
    assert page_of(GREET) in page.links
    one = dana.get(page_of(GREET)).text
    assert "Not used, because the above comes first Local handler" in one
    assert "It is changed where it is written." in one
    assert dana.status(f"{page_of(GREET)}lead/") == 303


def test_a_file_that_cannot_be_read_is_told(dana: Desk, functions: Functions) -> None:
    (functions.directory / "functions.toml").write_text("[")
    assert "functions.toml cannot be read" in dana.get(LIST).text


def test_what_pools_ask_and_leads_nowhere_is_told(dana: Desk, stage: Stage, functions: Functions) -> None:
    functions.configure(PreSignUp=FAR)
    page = dana.get(LIST)
    assert f"Asked, and leading nowhere {FAR}" in page.text
    form = dana.get(next(link for link in page.links if "?arn=" in link)).main_form
    assert form.fields["arn"] == [FAR]


def test_a_new_installation_says_what_a_function_is(dana: Desk) -> None:
    text = dana.get(LIST).text
    assert "with a lambda_function.py or an index.mjs in it is a function" in text
    assert "Leads nowhere, and fails as at AWS with AccessDeniedException." in text


def test_the_log_is_read_again(dana: Desk, functions: Functions) -> None:
    arn = functions.install("greet", 'print("ahoy", event["name"])')
    url = f"{page_of(arn)}?tab=log"
    assert "Nothing was printed yet" in dana.get(url).text
    event = {"name": "alice", "request": {}, "response": {}}
    invocation.invoke(arn, event, key="test")
    assert "ahoy alice" in dana.get(url).text
    assert "ahoy bea" not in dana.get(url).text
    invocation.invoke(arn, {**event, "name": "bea"}, key="test")
    assert "ahoy bea" in dana.get(url).text
    assert url in [f"{page_of(arn)}{link}" for link in dana.get(url).links]


def test_ADM_03_the_log_is_not_for_who_may_only_look(vera: Desk, functions: Functions) -> None:
    """A handler that prints events prints what people typed."""
    arn = functions.install("greet", 'print("typed", event["password"])')
    invocation.invoke(arn, {"password": "Correct-horse-7", "request": {}, "response": {}}, key="test")
    page = vera.get(f"{page_of(arn)}?tab=log")
    assert "Correct-horse-7" not in page.html
    assert "?tab=log" not in page.links


def test_ADM_02_pools_are_not_named_to_who_may_not_see_them(stage: Stage, functions: Functions) -> None:
    functions.configure(PreSignUp=functions.install("greet"))
    desk = sit_down(hire("bare", "cognito_site.view_function"))
    text = desk.get(LIST).text + desk.get(page_of(GREET)).text
    assert "harbour" not in text
    assert "A pool PreSignUp" in text


def test_TRG_07_who_administers_pools_says_no_addresses(stage: Stage, functions: Functions) -> None:
    pools = [
        f"userpools.{verb}_{noun}" for verb in ("view", "add", "change", "delete") for noun in ("userpool", "user")
    ]
    desk = sit_down(hire("pia", *pools))
    assert desk.status(LIST) == desk.status(NEW) == 403
    answer = desk.browser.post(f"{NEW}?kind=webhook", {"arn": "greet", "webhook": "https://evil.example.com"})
    assert answer.status_code == 403
    assert not Function.objects.exists()


def test_the_list_costs_the_same_however_many_there_are(dana: Desk, stage: Stage, functions: Functions) -> None:
    costs = []
    for number in range(1, 9):
        registered.register(f"{GREET}{number}", {"webhook": "https://hooks.example.com/", "secret": SECRET})
        config = {"PreSignUp": f"{GREET}{number}"}
        stage.cognito.create_user_pool(PoolName=f"pool {number}", LambdaConfig=config)
        with CaptureQueriesContext(connection) as queries:
            assert f"pool {number}" in dana.get(LIST).text
        costs.append(len(queries))
    assert len(set(costs[1:])) == 1, costs


def test_proof_is_asked_before_anything_is_written(dana: Desk, hook: str) -> None:
    session = dana.browser.session
    session["console-proved"] = 0
    session.save()
    for url in (NEW, f"{hook}lead/", f"{hook}new-secret/", f"{hook}delete/"):
        answer = dana.browser.get(url)
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (303, "/admin/prove/"), url
    assert dana.status(hook) == 200
    assert User.objects.count() == 0
