"""The console in Chromium: it fits on a phone and on a desk, light and dark, works by keyboard, and breaks no policy.

``POOLHOUSE_SCREENSHOTS=<directory>`` keeps what was seen, to be looked at.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import clients, server
from tests.browser import house
from tests.browser.conftest import OpenPage
from tests.cast import Stage, set_stage
from tests.refusals import refused
from tests.server import Server
from userpools.domain import factors

pytestmark = [pytest.mark.browser, pytest.mark.server]

SCREENSHOTS = os.environ.get("POOLHOUSE_SCREENSHOTS")
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
DESK: dict[str, Any] = {"viewport": {"width": 1360, "height": 900}}
PROBLEMS = Path(__file__).with_name("problems.js").read_text()
# What holds for the pages that people sign in on: in the console no password manager fills forms, and wide tables and
# rows of tabs scroll in boxes of their own. That no page is wider than its window holds here, too.
OF_SIGN_IN_PAGES = ("says nothing to password managers", "The focus is not on what is wrong", "sticks out")
PASSWORD = "Correct-horse-77"
SETTINGS = ("general", "passwords", "sign-up", "factors", "attributes", "templates", "triggers")
HANDLER = """
def lambda_handler(event, context):
    print("deciding about", event["userName"], "with much to say about it" * 9)
    if event["userName"] == "carl":
        raise ValueError("Carl is not welcome on this ship, " + "whatever he says " * 5)
    details = {"idTokenGeneration": {"claimsToAddOrOverride": {"ship": "Argo", "crew": "a" * 90}}}
    details["accessTokenGeneration"] = {"scopesToAdd": ["ships/read", "ships/write"]}
    event["response"] = {**event["response"], "claimsAndScopeOverrideDetails": details}
    event["userName"] = "somebody else"
    return event
"""
GREET = "arn:aws:lambda:us-east-1:000000000000:function:greet"
HOOK = "arn:aws:lambda:eu-west-1:123456789012:function:a-function-with-quite-a-long-name-behind-an-address:live"
KINDS = ("folder", "webhook", "endpoint")
NOWHERE = "arn:aws:lambda:us-east-1:000000000000:function:nowhere"


@dataclass
class Console:
    """A Poolhouse of its own, whose mail stays in the inbox. ``state`` are the cookies of an operator who is in."""

    server: Server
    stage: Stage
    state: Any

    @property
    def root(self) -> str:
        return f"{self.server.url}/admin/"

    @property
    def pool(self) -> str:
        return f"{self.root}{self.stage.pool_id}/"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Console]:
    directory = tmp_path_factory.mktemp("console")
    keys = dict(zip(("POOLHOUSE_ACCESS_KEY_ID", "POOLHOUSE_SECRET_ACCESS_KEY"), house.KEYS, strict=True))
    with server.running(server.environment(directory, **keys), directory / "log") as running:
        context = chromium.new_context()
        stage = _inhabited(running)
        _give_functions(running, stage, directory)
        yield Console(running, stage, _let_in(running, context.new_page()))
        context.close()


def _inhabited(running: Server) -> Stage:
    cognito = clients.client("cognito-idp", house.KEYS, endpoint=running.url)
    public = clients.client("cognito-idp", None, endpoint=running.url)
    stage = set_stage(cognito, public, AutoVerifiedAttributes=["email"])
    stage.client(ClientName="Storefront", GenerateSecret=True)
    cognito.create_user_pool_domain(UserPoolId=stage.pool_id, Domain="harbour")
    for name in ("alice", "bea", "carl"):
        stage.user(name, given_name=name.title(), family_name="Moreau")
    stage.tokens()
    public.forgot_password(ClientId=stage.client_id, Username="alice")
    return stage


def _give_functions(running: Server, stage: Stage, directory: Path) -> None:
    """A real one, one behind an address, and one that is nowhere; alice signs in by them, and carl does not."""
    folder = directory / "functions" / "greet"
    folder.mkdir(parents=True)
    (folder / "lambda_function.py").write_text(HANDLER)
    webhook = ("--webhook", "https://hooks.example.com/greetings/of/a/long/path?key=1", "--secret", "x" * 32)
    assert running.manage("functions", "add", HOOK, *webhook).returncode == 0
    stage.cognito.update_user_pool(
        UserPoolId=stage.pool_id,
        AutoVerifiedAttributes=["email"],
        LambdaConfig={
            "PreAuthentication": GREET,
            "PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": GREET},
            "PostConfirmation": HOOK,
            "CustomMessage": NOWHERE,
        },
    )
    stage.tokens()
    refused(stage.sign_in, name="carl")


def _let_in(running: Server, page: Page) -> Any:
    """The first login: a password, an authenticator app, recovery codes."""
    page.goto(f"{running.url}/admin/")
    password = re.search(r"login admin +password (\S+)", running.manage("show_access").stdout)
    assert password is not None
    page.get_by_label("Login").fill("admin")
    page.get_by_label("Password").fill(password[1])
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    key = str(page.get_attribute("[data-copy]", "data-copy")).replace(" ", "")
    page.get_by_label("Code from the app").fill(factors.code_at(key))
    page.get_by_role("button", name="Set up").click()
    page.get_by_role("button", name="Make recovery codes").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="I have stored them").click()
    expect(page.get_by_role("heading", name="All pools")).to_be_visible()
    return page.context.storage_state()


def visit(console: Console, open_page: OpenPage, **options: Any) -> Page:
    return open_page(storage_state=console.state, **options)


def person_page(console: Console, page: Page) -> str:
    page.goto(f"{console.pool}users/?q=alice")
    page.locator("#result_list tbody a").first.click()
    # Without the filters of the list, which admin takes along.
    return page.url.partition("?")[0]


def walk(console: Console, page: Page, look: Any) -> None:
    """``look`` is called with the name of each page."""
    for name, url in (
        *(("all", console.root), ("overview", console.pool), ("users", f"{console.pool}users/")),
        *(("new-user", f"{console.pool}users/new/"), ("clients", f"{console.pool}app-clients/")),
        *(("new-client", f"{console.pool}app-clients/new/"), ("groups", f"{console.pool}groups/")),
        *(("domains", f"{console.pool}domains/"), ("messages", f"{console.pool}messages/")),
        *(("events", f"{console.pool}events/"), ("changes", f"{console.pool}changes/")),
        *((f"settings-{tab}", f"{console.pool}settings/?tab={tab}") for tab in SETTINGS),
        *(("search", f"{console.pool}search/?q=al"), ("account", f"{console.root}account/")),
        *(("new-pool", f"{console.root}user-pools/new/"), ("operators", f"{console.root}operators/")),
        *(("roles", f"{console.root}iam-roles/"), ("keys", f"{console.root}access-keys/")),
        *(("identity-pools", f"{console.root}identity-pools/"), ("nothing", f"{console.root}nothing/")),
        *(("functions", f"{console.root}functions/"), ("function", f"{console.root}functions/{GREET}/")),
        *((f"new-function-{kind}", f"{console.root}functions/new/?kind={kind}") for kind in KINDS),
        *(("function-log", f"{console.root}functions/{GREET}/?tab=log"), ("calls", f"{console.pool}calls/")),
        *(("webhook", f"{console.root}functions/{HOOK}/"), ("lead", f"{console.root}functions/{HOOK}/lead/")),
        ("call-new", f"{console.pool}calls/new/?source=PreAuthentication_Authentication"),
    ):
        page.goto(url)
        look(name)
    user = person_page(console, page)
    look("user")
    for part in (
        "?tab=profile",
        "?tab=factors",
        "?tab=sign-ins",
        "?tab=messages",
        "?tab=calls",
        "sign-out/",
        "disable/",
    ):
        page.goto(user + part)
        look(f"user-{part.strip('?/').replace('tab=', '')}")
    page.goto(f"{console.pool}app-clients/{console.stage.client_id}/")
    look("client")
    page.goto(f"{console.pool}messages/")
    page.locator("a.mailrow").first.click()
    code = page.get_attribute("article [data-copy]", "data-copy")
    assert code
    expect(page.frame_locator("iframe").get_by_text(code).first).to_be_visible()
    look("message")
    _walk_calls(console, page, look)
    page.goto(f"{console.pool}groups/new/")
    page.get_by_role("button", name="Add group").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look("error")


def _walk_calls(console: Console, page: Page, look: Any) -> None:
    for name, query in (("failed", "outcome=failed"), ("answered", "source=TokenGeneration_Authentication")):
        page.goto(f"{console.pool}calls/?{query}")
        page.locator("#result_list tbody th a").first.click()
        look(f"call-{name}")
    page.get_by_role("link", name="Send again").click()
    look("send-again")
    page.locator("textarea.event").fill("{")
    page.get_by_role("button", name="Call the function").click()
    expect(page.get_by_text("This is no JSON. Line 1, column 2")).to_be_visible()
    look("send-again-error")
    page.goto(f"{console.pool}settings/?tab=triggers")
    page.get_by_label("PreSignUp", exact=True).fill("greet")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("An ARN, as in")).to_be_visible()
    look("settings-triggers-error")


@pytest.mark.parametrize(
    ("device", "mode"), [("phone", "light"), ("phone", "dark"), ("desk", "light"), ("desk", "dark")]
)
def test_every_page_fits_and_can_be_read(console: Console, open_page: OpenPage, device: str, mode: str) -> None:
    page = visit(console, open_page, **(PHONE if device == "phone" else DESK), color_scheme=mode)
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        page.wait_for_load_state()
        problems = [each for each in page.evaluate(PROBLEMS) if not any(known in each for known in OF_SIGN_IN_PAGES)]
        if problems:
            found[name] = problems
        if SCREENSHOTS:
            page.screenshot(path=Path(SCREENSHOTS, f"console-{name}-{device}-{mode}.png"), full_page=True)

    walk(console, page, look)
    assert not found, "\n".join(f"{name}: {each}" for name, problems in found.items() for each in problems)


# --- by keyboard ----------------------------------------------------------------------------------------------------


def test_the_palette_opens_by_slash_and_is_steered_by_keys(console: Console, open_page: OpenPage) -> None:
    page = visit(console, open_page, **DESK)
    page.goto(console.pool)
    page.keyboard.press("/")
    page.keyboard.type("alice")
    expect(page.locator("#palette-found").get_by_text("Alice Moreau")).to_be_visible()
    page.keyboard.press("ArrowDown")
    assert "Alice Moreau" in str(page.evaluate("document.activeElement.textContent"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Alice Moreau", exact=False).first).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).not_to_be_visible()


def test_a_slash_in_a_field_is_a_slash(console: Console, open_page: OpenPage) -> None:
    page = visit(console, open_page, **DESK)
    page.goto(f"{console.pool}groups/new/")
    page.get_by_label("Name").press("/")
    expect(page.get_by_label("Name")).to_have_value("/")
    expect(page.locator("#palette")).not_to_be_visible()


def test_g_and_a_letter_go_somewhere(console: Console, open_page: OpenPage) -> None:
    page = visit(console, open_page, **DESK)
    page.goto(console.pool)
    for letter, where in (("u", "users"), ("c", "app-clients"), ("m", "messages")):
        page.keyboard.press("g")
        page.keyboard.press(letter)
        page.wait_for_url(f"{console.pool}{where}/")


def test_the_first_tab_skips_to_the_content(console: Console, open_page: OpenPage) -> None:
    page = visit(console, open_page, **DESK)
    page.goto(f"{console.pool}users/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"


# --- with a mouse, with a finger, without scripts -------------------------------------------------------------------


def test_ids_are_copied(console: Console, open_page: OpenPage) -> None:
    page = visit(console, open_page, **DESK, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{console.pool}app-clients/{console.stage.client_id}/")
    page.get_by_role("button", name="Copy client id").click()
    assert page.evaluate("navigator.clipboard.readText()") == console.stage.client_id


def test_several_are_chosen_and_asked_about(console: Console, open_page: OpenPage) -> None:
    page = visit(console, open_page, **DESK)
    page.goto(f"{console.pool}users/")
    bar = page.locator("#changelist .actions")
    expect(bar).not_to_be_visible()
    for box in page.locator(".action-select").all()[:2]:
        box.check()
    bar.get_by_role("combobox").select_option("sign_out_everywhere")
    bar.get_by_role("button", name="Go").click()
    expect(page.get_by_text("2 users", exact=True)).to_be_visible()
    page.get_by_role("button", name="Sign out everywhere: 2 users").click()
    expect(page.get_by_text("Signed out 2 users.")).to_be_visible()


def test_on_a_phone_the_menu_leads_everywhere(console: Console, open_page: OpenPage) -> None:
    page = visit(console, open_page, **PHONE)
    page.goto(console.pool)
    page.locator(".phone-menu > summary").tap()
    page.locator(".phone-menu").get_by_role("link", name="Users").tap()
    page.wait_for_url(f"{console.pool}users/")


def test_without_scripts_everything_is_still_there(console: Console, open_page: OpenPage) -> None:
    page = visit(console, open_page, **DESK, java_script_enabled=False)
    page.goto(console.pool)
    page.locator("#find input").fill("alice")
    page.locator("#find input").press("Enter")
    page.locator(".found").get_by_role("link", name="Alice Moreau").click()
    page.locator("details.more > summary").click()
    page.get_by_role("link", name="Set a password").click()
    page.get_by_label("New password").fill("Another-horse-78")
    page.get_by_role("button", name="Set for good").click()
    expect(page.get_by_text("Alice Moreau has a new password.")).to_be_visible()
    assert console.stage.tokens(password="Another-horse-78")


def test_the_dark_is_chosen_by_hand_and_kept(console: Console, open_page: OpenPage) -> None:
    page = visit(console, open_page, **DESK, color_scheme="light")
    page.goto(console.pool)
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("#user-tools .theme-toggle").click()
    seen = {before, page.evaluate("getComputedStyle(document.body).backgroundColor")}
    page.reload()
    seen.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(seen) == 2


def test_without_scripts_a_function_is_chosen_and_tried(console: Console, open_page: OpenPage) -> None:
    page = visit(console, open_page, **PHONE, java_script_enabled=False)
    page.goto(f"{console.pool}settings/?tab=triggers")
    page.get_by_label("PostAuthentication", exact=True).fill(GREET)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.locator(".slot", has_text="PostAuthentication").get_by_role("link", name="Test…").click()
    expect(page.locator("textarea.event")).to_have_value(re.compile("PostAuthentication_Authentication"))
    page.get_by_label("Asked for").select_option("TokenGeneration_Authentication")
    page.get_by_role("button", name="Show a sample").click()
    page.locator("#content form[method=post] input[type=submit]").click()
    expect(page.get_by_role("cell", name='["ships/read", "ships/write"]')).to_be_visible()
    expect(page.get_by_text("deciding about jane").first).to_be_visible()
