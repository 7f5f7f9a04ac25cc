"""Signing in by a real browser: without scripts, by keyboard alone, with all comforts, and among hostile pages."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request

from tests.browser import walk
from tests.browser.conftest import OpenPage
from tests.browser.house import TEMPORARY, House
from tests.browser.walk import PASSWORD, submit
from tests.hostedui.app import App
from userpools.domain import factors

pytestmark = [pytest.mark.browser, pytest.mark.server]


def came_back(page: Page, app: App) -> bool:
    return page.url.startswith(f"{app.callback}?code=")


# --- the whole way ----------------------------------------------------------------------------------------------------


def test_WEB_08_everything_works_without_scripts(lido: House, open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    address = "ana.sousa@example.com"
    page.goto(lido.relaxed.authorize())
    page.click("text=Create an account")
    given = {"given_name": "Ana", "family_name": "Sousa", "email": address, "birthdate": "1990-03-25"}
    submit(page, **given, password=PASSWORD)
    submit(page, code=lido.mailbox.code(address))
    submit(page, username=address, password=PASSWORD)
    assert came_back(page, lido.relaxed)
    page.goto(lido.relaxed.authorize())
    assert came_back(page, lido.relaxed), "for an hour nobody is asked again"
    page.goto(lido.relaxed.url("/logout", redirect_uri=None, response_type=None))
    assert page.inner_text("h1") == "You’re signed out"
    page.goto(lido.relaxed.authorize())
    page.click("text=Forgot your password?")
    lido.mailbox.mails.clear()
    submit(page, username=address)
    submit(page, code=lido.mailbox.code(address), new_password=f"{PASSWORD}8", new_password_again=f"{PASSWORD}8")
    submit(page, username=address, password=f"{PASSWORD}8")
    assert came_back(page, lido.relaxed)


def test_WEB_08_the_second_factor_works_without_scripts(lido: House, open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    seen: list[str] = []
    walk._factor(page, lido.strict, lido, seen.append)
    assert seen == ["new-password", "totp-setup", "totp", "totp-error"]
    assert page.is_hidden("[data-copy]")


def test_at_the_pools_own_domain(lido: House, open_page: OpenPage) -> None:
    name = lido.somebody(lido.relaxed, PASSWORD)
    page = open_page()
    port = urlsplit(lido.server.url).port
    domain = lido.relaxed.home.replace(
        f"localhost:{port}/{lido.relaxed.stage.pool_id}", f"relaxed.auth.localhost:{port}"
    )
    there = App(lido.relaxed.stage, lido.relaxed.client_id, domain, lido.relaxed.callback)
    page.goto(there.authorize())
    submit(page, username=name, password=PASSWORD)
    assert came_back(page, there)
    page.goto(lido.relaxed.authorize())
    assert page.inner_text("h1") == "Sign in", "another host, another session"


# --- the keyboard alone -----------------------------------------------------------------------------------------------


def test_the_keyboard_alone_is_enough(lido: House, open_page: OpenPage) -> None:
    name = lido.somebody(lido.relaxed, PASSWORD)
    page = open_page()
    page.goto(lido.relaxed.authorize())
    order = []
    for _ in range(7):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outline")
        assert outline.endswith("solid 2px"), f"Nobody sees that {order[-1]} has the focus: {outline}"
    assert order == [
        *("username", "password", "Show", "Forgot your password?", "Sign in", "Create an account", "Language: English"),
    ]
    page.keyboard.press("Enter")
    assert page.is_visible("text=Deutsch")
    page.reload()
    page.keyboard.press("Tab")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type("Wrong-horse-77")
    page.keyboard.press("Enter")
    page.wait_for_selector(".alert")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation(url=f"{lido.relaxed.callback}**"):
        page.keyboard.press("Enter")
    assert came_back(page, lido.relaxed)


def test_the_language_menu_needs_no_mouse_and_keeps_the_way(lido: House, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(lido.relaxed.authorize(state="kept"))
    page.focus("summary")
    page.keyboard.press("Enter")
    page.focus("a[hreflang=ar]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.get_attribute("html", "dir") == "rtl"
    submit(page, username=lido.somebody(lido.relaxed, PASSWORD), password=PASSWORD)
    assert page.url.endswith("state=kept")


# --- comforts ---------------------------------------------------------------------------------------------------------


def test_a_password_can_be_shown_and_is_hidden_when_it_is_sent(lido: House, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(lido.relaxed.authorize())
    page.fill("#password", "Wrong-horse-77")
    reveal = page.locator(".reveal")
    assert reveal.get_attribute("aria-label") == "Show password"
    reveal.click()
    assert (page.get_attribute("#password", "type"), reveal.inner_text()) == ("text", "Hide")
    types: list[str] = []

    def note(shown: str) -> None:
        types.append(shown)

    page.expose_function("note", note)
    page.evaluate(
        """document.forms[0].addEventListener("submit", () => note(document.getElementById("password").type))"""
    )
    submit(page, username="nobody@example.com")
    assert types == ["password"]


def test_rules_are_ticked_off_as_they_are_met(lido: House, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(lido.relaxed.url("/signup"))
    assert page.locator(".rules .met").count() == 0
    for typed, met in (("a", 1), ("aB", 2), ("aB7", 3), ("aB7-", 4), ("aB7-aB7-aB7-", 5), ("", 0)):
        page.fill("#password", typed)
        assert page.locator(".rules .met").count() == met, typed
    page.fill("#password", "aB")
    assert "Upper-case letter met" in page.inner_text(".rules").replace("\n", " ")


def test_the_key_of_an_app_can_be_copied(lido: House, open_page: OpenPage) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(lido.strict.authorize())
    submit(page, username=lido.somebody(lido.strict, PASSWORD), password=PASSWORD)
    page.click("[data-copy]")
    page.wait_for_selector("text=Copied")
    key = page.evaluate("navigator.clipboard.readText()")
    assert key == page.inner_text("code").replace(" ", "")
    submit(page, code=factors.code_at(key))
    assert came_back(page, lido.strict)


def test_a_form_is_sent_once(lido: House, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(lido.relaxed.authorize())
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.fill("#username", lido.somebody(lido.relaxed, PASSWORD))
    page.fill("#password", PASSWORD)
    page.evaluate("() => { const button = document.querySelector('button.primary'); button.click(); button.click() }")
    page.wait_for_url(f"{lido.relaxed.callback}**")
    assert len(posts) == 1


def test_a_busy_button_says_so_and_is_ready_again_for_who_comes_back(lido: House, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(lido.relaxed.authorize())
    page.fill("#username", "nobody@example.com")
    page.fill("#password", "Wrong-horse-77")
    page.evaluate("""document.forms[0].addEventListener("submit", (event) => event.preventDefault())""")
    button = page.locator("button.primary")
    for _ in range(2):
        button.click()
        assert (button.get_attribute("aria-busy"), button.inner_text()) == ("true", "Signing in…")
        page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow'))")
        assert (button.get_attribute("aria-busy"), button.inner_text()) == (None, "Sign in")


# --- applications as they are -----------------------------------------------------------------------------------------


def test_an_application_may_send_people_on(lido: House, open_page: OpenPage) -> None:
    """docs/decisions/0004: Chromium holds the forms' policy against every redirect that follows."""
    lido.application.next = f"{lido.elsewhere.url}/callback"
    page = open_page()
    page.goto(lido.relaxed.authorize(redirect_uri=f"{lido.application.url}/onwards"))
    submit(page, username=lido.somebody(lido.relaxed, PASSWORD), password=PASSWORD)
    page.wait_for_url(f"{lido.elsewhere.url}/callback")


@pytest.mark.parametrize(("display", "is_answered"), [("popup", True), ("page", False)])
def test_a_window_answers_the_application_that_opened_it(
    lido: House, open_page: OpenPage, display: str, is_answered: bool
) -> None:
    lido.application.next = lido.relaxed.authorize(display=display)
    page = open_page()
    with page.expect_popup() as opened:
        page.goto(f"{lido.application.url}/opener")
    popup = opened.value
    popup.wait_for_selector("#username")
    submit(popup, username=lido.somebody(lido.relaxed, PASSWORD), password=PASSWORD)
    popup.wait_for_selector("text=Signed in")
    assert page.title().startswith("?code=") is is_answered


def test_WEB_09_the_application_learns_no_address_of_ours(lido: House, open_page: OpenPage) -> None:
    page = open_page()
    lido.application.requests.clear()
    page.goto(lido.relaxed.authorize())
    submit(page, username=lido.somebody(lido.relaxed, PASSWORD), password=PASSWORD)
    path, headers = lido.application.wait_for("/callback")
    assert path.startswith("/callback?code=")
    assert "Referer" not in headers


# --- hostile pages ----------------------------------------------------------------------------------------------------


def test_WEB_05_a_code_in_an_address_is_sent_nowhere_and_its_form_is_taken(lido: House, open_page: OpenPage) -> None:
    app, page = lido.relaxed, open_page()
    requests: list[Request] = []

    def heard(request: Request) -> None:
        requests.append(request)

    page.on("request", heard)
    page.goto(f"{app.home}/confirmUser/?client_id={app.client_id}&user_name=nobody&confirmation_code=000000")
    page.click("button[type=submit]")
    page.wait_for_load_state()
    assert page.inner_text("h1") == "This link doesn’t work any more"
    told = [request.all_headers().get("referer", "") for request in requests]
    assert any(told)
    assert not [referrer for referrer in told if "000000" in referrer]


def test_WEB_05_no_page_is_shown_in_anothers_frame(lido: House, open_page: OpenPage, complaints: list[str]) -> None:
    lido.application.next = lido.relaxed.authorize()
    page = open_page()
    page.goto(f"{lido.application.url}/frame")
    page.wait_for_timeout(300)
    assert all("localhost" not in frame.url for frame in page.frames[1:])
    refused = [text for text in complaints if "frame-ancestors" in text or "X-Frame-Options" in text]
    assert refused == complaints != []
    complaints.clear()


def test_WEB_05_no_script_of_anybody_else_runs(lido: House, open_page: OpenPage, complaints: list[str]) -> None:
    page = open_page()
    page.goto(lido.relaxed.authorize())
    page.evaluate("""() => {
        const main = document.querySelector("main");
        const script = document.createElement("script");
        script.textContent = "window.canary = 1";
        main.append(script);
        main.insertAdjacentHTML("beforeend", "<p style='color: red' onclick='window.canary = 2'>x</p>");
        main.lastElementChild.click();
    }""")
    assert page.evaluate("window.canary") is None
    assert len(complaints) == 3
    assert all("Content Security Policy" in text for text in complaints)
    complaints.clear()


CANARY = "\"'><img src=x onerror=window.canary=1><script>window.canary=1</script>"


def test_WEB_06_hostile_words_stay_words(lido: House, open_page: OpenPage) -> None:
    page = open_page()
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    places = [
        lido.relaxed.authorize(login_hint=CANARY, state=CANARY, nonce=CANARY),
        f"{lido.relaxed.home}/error?error={CANARY}&client_id={CANARY}",
        f"{lido.relaxed.home}/{CANARY}?{CANARY}",
        lido.relaxed.url("/signup"),
        lido.relaxed.url("/login"),
    ]
    for place in places:
        page.goto(place)
        assert page.evaluate("window.canary") is None
    page.evaluate("document.forms[0].noValidate = true")
    page.evaluate("document.getElementById('username').type = 'text'")
    submit(page, username=CANARY, password=CANARY)
    assert page.input_value("#username") == CANARY
    assert page.evaluate("window.canary") is None


def test_who_sits_down_next_goes_on_with_nothing(lido: House, open_page: OpenPage) -> None:
    page = open_page()
    page.goto(lido.relaxed.authorize())
    submit(page, username=lido.somebody(lido.relaxed), password=TEMPORARY)
    page.click("text=Not you?")
    page.go_back()
    page.reload()
    assert page.inner_text("h1") == "Sign in"


def test_browsers_without_cookies_are_told(lido: House, chromium: Browser) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(lido.relaxed.authorize())
    context.clear_cookies()
    submit(page, username="nobody@example.com", password="Wrong-horse-77")
    assert page.inner_text("h1") == "This page has waited too long"
    with page.expect_navigation():
        page.click("a.btn")
    assert page.inner_text("h1") == "Sign in"
    context.close()
