"""What stands between the pages and the rest of the web: cookies, forged posts, headers, and hostile words."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from unittest.mock import patch
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from tests.cast import PASSWORD, Stage, set_stage
from tests.hostedui.app import APP_CALLBACK, CALLBACK, DOMAIN_HOME, App, open_app
from tests.hostedui.test_sign_in import invite, key_of, require_totp
from tests.hostedui.visitor import FORM, HOME, Answer, Visitor
from userpools.domain import browser_sessions, factors
from userpools.models import BrowserSession, User

pytestmark = pytest.mark.django_db

PAGES = ["/login", "/signup", "/forgotPassword", "/error", "/nothing", "/logout", "/confirmUser"]


# --- cookies ----------------------------------------------------------------------------------------------------------


def attributes(visitor: Visitor, kind: str) -> dict[str, Any]:
    (found,) = [(name, cookie) for (_, name), cookie in visitor.jar.items() if kind in name]
    given = {name: value for name, value in found[1].attributes.items() if value}
    return {"name": found[0], **given}


def test_WEB_04_cookies_over_http_are_the_pools_own(app: App, visitor: Visitor) -> None:
    app.sign_in(visitor)
    pool, path = app.stage.pool_id, f"/{app.stage.pool_id}"
    assert attributes(visitor, "csrf") == {"name": f"csrf.{pool}", "path": path, "httponly": True, "samesite": "Lax"}
    signed_in = attributes(visitor, "signed-in")
    assert signed_in.pop("expires")
    assert signed_in == {
        "name": f"signed-in.{pool}",
        "path": path,
        "httponly": True,
        "samesite": "Lax",
        "max-age": 3600,
    }


@pytest.mark.parametrize("home", ["https://login.example.com/{}", "https://harbour.auth.login.example.com"])
def test_WEB_04_cookies_over_https_are_the_hosts_own(stage: Stage, visitor: Visitor, secure: str, home: str) -> None:
    stage.user()
    app = open_app(stage, home.format(stage.pool_id))
    require_totp(stage, "ON")
    page = app.sign_in(visitor)
    page = visitor.open(f"{page.url}&lang=de")
    page.fill(code=factors.code_at(key_of(page)), device_name="")
    for kind, age in (("csrf", None), ("signed-in", 3600), ("lang", 31536000)):
        found = attributes(visitor, kind)
        assert found["name"] == f"__Host-{kind}.{stage.pool_id}"
        assert (found["path"], found["secure"], found["httponly"], found["samesite"]) == ("/", True, True, "Lax")
        assert ("domain" in found, found.get("max-age")) == (False, age)


def test_WEB_04_the_cookie_of_a_sign_in_lives_as_long_as_it_waits(app: App, visitor: Visitor) -> None:
    other = app.other(AuthSessionValidity=5)
    require_totp(app.stage, "ON")
    other.sign_in(visitor)
    found = attributes(visitor, "signing-in")
    assert (found["max-age"], found["httponly"], found["samesite"]) == (300, True, "Lax")
    assert found["path"] == f"/{app.stage.pool_id}"


def test_WEB_04_a_cookie_of_one_pool_is_worth_nothing_at_another(app: App, visitor: Visitor) -> None:
    neighbours = set_stage(app.stage.cognito, app.stage.public)
    neighbours.user()
    neighbour = open_app(neighbours, domain="neighbour")
    app.sign_in(visitor)
    assert visitor.open(neighbour.authorize()).heading == "Sign in"
    stolen = {
        ("localhost:9229", name.replace(app.stage.pool_id, neighbours.pool_id)): replace(cookie, path="/")
        for (_, name), cookie in visitor.jar.items()
    }
    visitor.jar.update(stolen)
    page = visitor.open(neighbour.authorize())
    assert page.heading == "Sign in"
    assert visitor.open(neighbour.authorize(prompt="none")).told["error"] == "login_required"


def test_the_pages_see_no_operator(app: App, visitor: Visitor) -> None:
    visitor.open(app.authorize())
    sent = dict(visitor._cookies("localhost:9229", f"/{app.stage.pool_id}/login"))
    assert all(name.endswith(app.stage.pool_id) for name in sent)


# --- sessions ---------------------------------------------------------------------------------------------------------


def test_WEB_03_a_session_that_somebody_planted_is_worth_nothing(app: App, visitor: Visitor) -> None:
    """mallory signs in, gives alice the cookie, and waits for her."""
    app.stage.user("mallory")
    app.sign_in(visitor, "mallory")
    planted = visitor.cookie("signed-in")
    app.sign_in(visitor, "alice", prompt="login")
    assert visitor.cookie("signed-in") != planted
    mallory = Visitor()
    mallory.jar = {
        ("localhost:9229", f"signed-in.{app.stage.pool_id}"): replace(
            next(cookie for (_, name), cookie in visitor.jar.items() if "signed-in" in name), value=str(planted)
        )
    }
    assert mallory.open(app.authorize()).heading == "Sign in"
    assert BrowserSession.objects.get().user.username == "alice"


def test_WEB_03_an_id_that_a_browser_invented_is_not_taken_over(app: App, visitor: Visitor) -> None:
    app.sign_in(visitor)
    (key,) = [key for key in visitor.jar if "signed-in" in key[1]]
    for invented in ("x", "x" * 101, "ä", '"'):
        visitor.jar[key] = replace(visitor.jar[key], value=invented)
        assert visitor.open(app.authorize()).heading == "Sign in"
    app.sign_in(visitor)
    assert len(str(visitor.cookie("signed-in"))) >= 43


def test_KEY_01_no_handle_is_in_the_database(app: App, visitor: Visitor) -> None:
    require_totp(app.stage, "ON")
    page = app.sign_in(visitor)
    waiting = str(visitor.cookie("signing-in"))
    page.fill(code=factors.code_at(key_of(page)), device_name="")
    signed_in = str(visitor.cookie("signed-in"))
    rows = str([list(model.objects.values()) for model in (BrowserSession, User)])
    assert waiting not in rows
    assert signed_in not in rows
    assert browser_sessions.find(User.objects.get().pool, signed_in) is not None


def test_WEB_03_who_comes_next_goes_on_with_nothing(app: App, visitor: Visitor) -> None:
    """Whatever somebody began, a new sign-in replaces."""
    invite(app.stage, "bob")
    assert app.sign_in(visitor, "bob", "Temporary-horse-7").heading == "Choose a new password"
    page = visitor.open(app.authorize())
    assert visitor.open(app.url("/changePassword")).heading == "Sign in"
    page.fill(username="alice", password=PASSWORD)
    assert User.objects.get(username="bob").must_change_password


# --- forged posts -----------------------------------------------------------------------------------------------------


def forms(app: App, visitor: Visitor) -> dict[str, dict[str, str]]:
    return {
        "/login": {"username": "alice", "password": PASSWORD},
        "/signup": {"username": "eve", "password": PASSWORD, "email": "eve@example.com"},
        "/forgotPassword": {"username": "alice"},
        "/confirmForgotPassword": {"code": "123456", "new_password": PASSWORD, "new_password_again": PASSWORD},
        "/confirm": {"code": "123456"},
        "/resendcode": {},
        "/forgotPassword/resend": {},
        "/mfa": {"code": "123456"},
        "/mfa/setup": {"code": "123456"},
        "/changePassword": {"new_password": PASSWORD, "new_password_again": PASSWORD},
    }


def test_WEB_02_no_form_is_taken_from_elsewhere(app: App, visitor: Visitor) -> None:
    token = visitor.open(app.authorize()).input("csrfmiddlewaretoken").get("value")
    stranger = Visitor()
    foreign = stranger.open(app.authorize()).input("csrfmiddlewaretoken").get("value")
    for path, form in forms(app, visitor).items():
        url = app.url(path)
        refusals = [
            visitor.post(url, form),
            visitor.post(url, {**form, "csrfmiddlewaretoken": ""}),
            visitor.post(url, {**form, "csrfmiddlewaretoken": foreign}),
            visitor.post(url, {**form, "csrfmiddlewaretoken": token[:-1]}),
            visitor.post(url, {**form, "csrfmiddlewaretoken": token}, Origin="https://evil.example"),
            visitor.post(url, {**form, "csrfmiddlewaretoken": token}, Origin="null"),
            Visitor().post(url, {**form, "csrfmiddlewaretoken": token}),
        ]
        for refused in refusals:
            assert (refused.status, refused.heading) == (403, "This page has waited too long"), path
    assert not BrowserSession.objects.exists()
    assert list(User.objects.values_list("username", flat=True)) == ["alice"]


def test_WEB_02_nothing_is_done_by_a_get(app: App, visitor: Visitor) -> None:
    for path, form in forms(app, visitor).items():
        query = "&".join(f"{name}={quote(value)}" for name, value in form.items())
        visitor.open(f"{app.url(path)}&{query}")
    assert not BrowserSession.objects.exists()
    assert list(User.objects.values_list("username", flat=True)) == ["alice"]


def test_WEB_02_over_https_a_referrer_must_be_ours(stage: Stage, visitor: Visitor, secure: str) -> None:
    stage.user()
    app = open_app(stage, f"{secure}/{stage.pool_id}")
    page = visitor.open(app.authorize())
    form = {"csrfmiddlewaretoken": page.input("csrfmiddlewaretoken").get("value"), "username": "alice"}
    answers = [
        visitor.request("POST", page.url, "&".join(f"{k}={v}" for k, v in form.items()), **headers)
        for headers in ({}, {"Referer": "https://evil.example/"}, {"Referer": page.url})
    ]
    assert [answer.status for answer in answers] == [403, 403, 200]


def test_WEB_02_a_token_of_one_pool_is_worth_nothing_at_another(app: App, visitor: Visitor) -> None:
    neighbour = open_app(set_stage(app.stage.cognito, app.stage.public), domain="neighbour")
    token = visitor.open(app.authorize()).input("csrfmiddlewaretoken").get("value")
    visitor.open(neighbour.authorize())
    form = {"csrfmiddlewaretoken": token, "username": "x", "password": "y"}
    assert visitor.post(neighbour.url("/login"), form).status == 403
    assert visitor.post(app.url("/login"), form).status == 200


def test_a_stale_form_shows_the_way_on(app: App, visitor: Visitor) -> None:
    page = visitor.open(app.authorize(lang="en"))
    visitor.jar.clear()
    stale = page.fill(username="alice", password=PASSWORD)
    assert (stale.status, stale.heading) == (403, "This page has waited too long")
    again = visitor.open(stale.link("Go back and start again"))
    assert again.fill(username="alice", password=PASSWORD).told["code"]


def test_a_proxy_that_rewrites_the_host_does_not_lock_anybody_out(app: App, visitor: Visitor) -> None:
    page = visitor.open(app.authorize().replace("localhost:9229", "internal:8080"))
    form = {"csrfmiddlewaretoken": page.input("csrfmiddlewaretoken").get("value")}
    answer = visitor.post(page.url, {**form, "username": "alice", "password": PASSWORD}, Origin=HOME)
    assert answer.told["code"]


# --- headers ----------------------------------------------------------------------------------------------------------

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)
SECURE = f"{POLICY} https:"
HEADERS = {
    "Cache-Control": "no-store",
    "Pragma": "no-cache",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize("path", PAGES)
def test_WEB_05_headers_of_every_page(anywhere: App, visitor: Visitor, path: str) -> None:
    has_form = path in ("/login", "/signup", "/forgotPassword")
    answer = visitor.open(anywhere.url(path, **({} if has_form else {"redirect_uri": None, "response_type": None})))
    assert answer.response["Content-Security-Policy"] == (SECURE if has_form else POLICY)
    assert {name: answer.response[name] for name in HEADERS} == HEADERS
    assert answer.response["X-Amz-Cognito-Request-Id"]
    assert "Strict-Transport-Security" not in answer.response
    assert answer.response["Content-Language"] == "en"


def test_WEB_05_headers_of_refusals_and_redirects(app: App, visitor: Visitor) -> None:
    page = visitor.open(app.authorize())
    answers = [
        visitor.post(page.url, {}),
        visitor.request("PUT", page.url),
        visitor.get(app.authorize()),
        visitor.get(app.url("/login", redirect_uri="https://evil.example")),
        app.sign_in(visitor),
        visitor.get(app.authorize()),
    ]
    for answer in answers:
        assert {name: answer.response[name] for name in HEADERS} == HEADERS
        assert answer.response["Content-Security-Policy"] == POLICY


def test_WEB_05_an_address_with_a_code_is_told_to_nobody(app: App, visitor: Visitor) -> None:
    link = f"{app.url('/confirmUser')}&user_name=eve&confirmation_code=000000"
    page = visitor.open(link)
    for answer in (page, page.press(0), visitor.open(f"{app.url('/nothing')}&code=x")):
        assert answer.response["Referrer-Policy"] == "strict-origin"


def test_WEB_05_a_fault_of_ours_has_the_same_headers_and_shows_nothing(
    app: App, visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    with patch("hostedui.oauth.authorization.read", side_effect=RuntimeError("canary 7f3c")):
        answer = visitor.get(app.authorize())
    assert (answer.status, answer.heading) == (500, "Something went wrong on our side")
    assert {name: answer.response[name] for name in HEADERS} == HEADERS
    assert "canary" not in answer.text
    assert answer.response["X-Amz-Cognito-Request-Id"] in answer.text
    assert answer.response["X-Amz-Cognito-Request-Id"] in caplog.text
    caplog.clear()


def test_a_fault_of_ours_is_told_to_the_application(
    app: App, visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    page = visitor.open(app.authorize())
    with patch("userpools.domain.sign_in.begin_on_page", side_effect=RuntimeError("canary 7f3c")):
        answer = page.fill(username="alice", password=PASSWORD)
    assert (answer.status, answer.told["error"], answer.told["state"]) == (303, "server_error", "opaque")
    assert "canary" not in answer.location
    assert "canary" in caplog.text
    caplog.clear()


def test_WEB_05_over_https_browsers_are_told_to_stay_there(stage: Stage, visitor: Visitor, secure: str) -> None:
    app = open_app(stage, f"{secure}/{stage.pool_id}")
    answer = visitor.open(app.authorize())
    assert answer.response["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize(
    ("redirect_uri", "targets"),
    [
        (CALLBACK, " https:"),
        ("http://localhost:3000/callback", " https: http://localhost:* http://127.0.0.1:*"),
        ("http://[::1]:3000/", " http:"),
        (APP_CALLBACK, " https: com.example.harbour:"),
    ],
)
def test_WEB_05_forms_may_lead_back_to_the_application(
    app: App, visitor: Visitor, redirect_uri: str, targets: str
) -> None:
    answer = visitor.open(app.authorize(redirect_uri=redirect_uri))
    assert answer.response["Content-Security-Policy"] == POLICY + targets


def test_a_window_that_an_application_opened_may_answer_it(app: App, visitor: Visitor) -> None:
    """``oidc-client-ts`` opens one, with ``display=popup``, and waits for word from it."""
    page = visitor.open(app.authorize(display="popup"))
    back = page.fill(username="alice", password=PASSWORD)
    assert {answer.response["Cross-Origin-Opener-Policy"] for answer in visitor.history} == {"unsafe-none"}
    assert back.told["code"]


@pytest.mark.parametrize("home", [HOME, DOMAIN_HOME])
def test_static_files_are_at_every_host_and_kept_for_ever(app: App, home: str) -> None:
    for name in ("tokens.css", "hosted.css", "hosted.js", "sprite.svg", "water.svg", "icon.svg"):
        answer = Client().get(f"{settings.STATIC_URL}hostedui/{name}", HTTP_HOST=urlsplit(home).netloc)
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "max-age=315360000, public, immutable"
        assert answer["X-Content-Type-Options"] == "nosniff"
        answer.close()
    moved = Client().get("/static/0123456789ab/hostedui/hosted.css", HTTP_HOST=urlsplit(home).netloc)
    assert moved["Location"] == f"{settings.STATIC_URL}hostedui/hosted.css"


# --- forms that are none ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        (FORM, "x=" + "y" * 3_000_000, 400),
        (FORM, "&".join(f"f{number}=1" for number in range(2_000)), 400),
        (FORM, "%ff%00=%fe", 403),
        ("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data", 403),
        ("multipart/form-data", "nothing", 400),
        ("multipart/form-data; boundary=\u00e4", "nothing", 400),
        ("application/json", "{}", 403),
        ("", "x", 403),
    ],
)
def test_DOS_01_what_is_no_form_gets_a_page(
    app: App, visitor: Visitor, content_type: str, body: str, status: int
) -> None:
    visitor.open(app.authorize())
    answer = visitor.request("POST", app.url("/login"), body, Origin=HOME, **{"Content-Type": content_type})
    assert (answer.status, bool(answer.heading)) == (status, True)
    assert {name: answer.response[name] for name in HEADERS} == HEADERS


# --- hostile words ----------------------------------------------------------------------------------------------------

POLYGLOT = (
    "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=alert() )//</stYle/</titLe/</teXtarEa/</scRipt/--!>{{7*1931}}"
)
ELEMENTS = (
    "a|b|bdi|body|button|code|dd|details|div|dl|dt|footer|form|h1|h2|head|html|input|label|li|link|main|meta|ol|p|path"
    "|script|span|summary|svg|time|title|ul|use"
)
MARKUP = re.compile(rf"<(?!/?(?:{ELEMENTS})\b|!doctype)", re.IGNORECASE)


def check_harmless(page: Answer) -> None:
    assert not MARKUP.search(page.text)
    assert "13517" not in page.text, "somebody else's words were read as a template"
    for element in page.find("//*"):
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on"), f"{name} at <{element.tag}>"
            assert name != "style"
            if name in ("href", "src", "action"):
                assert urlsplit(value).scheme in ("", "http", "https", "otpauth"), value
    scripts = page.find("//script")
    assert [(script.get("src") or "").rpartition("/")[2] for script in scripts] == ["hosted.js"]
    assert not page.find("//style")
    assert not page.find("//iframe")


@pytest.mark.parametrize(
    "word", [POLYGLOT[:128], "</title><script>alert(1)</script>", '"><img src=x onerror=alert(1)>']
)
def test_WEB_06_reflected_words_are_only_words(app: App, visitor: Visitor, word: str) -> None:
    for name in ("login_hint", "state", "nonce", "unknown", "lang"):
        check_harmless(visitor.open(app.authorize(**{name: word})))
    check_harmless(visitor.open(f"{app.home}/error?error={quote(word)}&client_id={quote(word)}"))
    check_harmless(visitor.open(f"{app.home}/{quote(word, safe='')}?{quote(word)}={quote(word)}"))
    page = app.sign_in(visitor, word, word)
    check_harmless(page)
    assert page.input("username").get("value") == word
    check_harmless(visitor.open(app.url("/forgotPassword")).fill(username=word))
    page = visitor.open(app.url("/signup")).fill(username=word, password=word)
    check_harmless(page)
    visitor.headers = {"Accept-Language": word, "User-Agent": word, "Referer": f"https://evil.example/?{quote(word)}"}
    check_harmless(visitor.open(app.authorize()))


def test_WEB_06_stored_words_are_only_words(app: App, visitor: Visitor) -> None:
    """Of an application, of a person, and of a person's device."""
    name, device = "<script>alert(1)</script>", "</p><script>alert(1)</script>\"'{{7*1931}}"
    other = app.other(ClientName="a =,.@- b")
    require_totp(app.stage, "ON")
    invite(app.stage, name)
    page = other.sign_in(visitor, name, "Temporary-horse-7")
    check_harmless(page)
    assert (page.account, page.input("account").get("value")) == (name, name)
    page = page.fill(new_password="Brand-new-horse-8", new_password_again="Brand-new-horse-8")
    check_harmless(page)
    assert page.find("//main//a[starts-with(@href, 'otpauth:')]")[0].get("href").startswith("otpauth://totp/a%20%3D")
    assert page.fill(code=factors.code_at(key_of(page)), device_name=device).told["code"]
    page = other.sign_in(Visitor(), name, "Brand-new-horse-8")
    check_harmless(page)
    assert device in page.lede


# --- where secrets go -------------------------------------------------------------------------------------------------


def test_WEB_09_no_secret_and_no_name_is_in_an_address(app: App, visitor: Visitor) -> None:
    invite(app.stage, "bob")
    require_totp(app.stage, "ON")
    page = app.sign_in(visitor, "bob", "Temporary-horse-7")
    page = page.fill(new_password="Brand-new-horse-8", new_password_again="Brand-new-horse-8")
    key = key_of(page)
    code = factors.code_at(key)
    back = page.fill(code=code, device_name="")
    assert back.told["code"]
    secrets = ("bob", "Temporary-horse-7", "Brand-new-horse-8", key, code, str(visitor.cookie("signed-in")))
    for answer in visitor.history:
        for secret in secrets:
            assert secret not in answer.url
            assert secret not in answer.location.replace(back.told["code"], "")
            assert secret not in (answer.title if answer.status == 200 else "")
        is_after_form = answer.response.request["REQUEST_METHOD"] == "POST"
        assert answer.status == 303 if is_after_form else answer.status in (200, 302)
    assert code not in visitor.history[-1].text


def test_WEB_09_a_password_is_never_shown_again(app: App, visitor: Visitor) -> None:
    assert "Wrong-horse-7" not in app.sign_in(visitor, password="Wrong-horse-7").text
    page = visitor.open(app.url("/signup")).fill(username="eve", password="short-7")
    assert "short-7" not in page.text


def test_WEB_01_what_a_request_says_of_its_host_builds_no_address(app: App, visitor: Visitor) -> None:
    poisoned = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "X-Original-Host": "evil.example"}
    visitor.headers = poisoned
    page = visitor.open(app.authorize().replace("localhost:9229", "evil.example"))
    assert "evil.example" not in page.text
    assert all("evil.example" not in answer.location for answer in visitor.history)
