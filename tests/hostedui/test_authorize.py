"""What an application may ask for, and where it and the browser are sent when it may not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from urllib.parse import quote, urlencode, urlsplit

import pytest
import time_machine
from django.test import Client

from tests.cast import Stage, set_stage
from tests.hostedui.app import APP_CALLBACK, CALLBACK, CALLBACKS, CHALLENGE, App, open_app
from tests.hostedui.visitor import FORM, Visitor
from tests.operations.test_sign_in import claims_of
from userpools.models import AuthorizationCode, BrowserSession

pytestmark = pytest.mark.django_db

PATHS = ["/oauth2/authorize", "/authorize", "/login", "/signup", "/forgotPassword", "/confirm", "/mfa"]


# --- who stays here ---------------------------------------------------------------------------------------------------

UNREGISTERED = [
    *("https://app.example.com/callback", "https://app.example.com/callback?from=poolhouse&more=1"),
    *(f"{CALLBACK}#", f"{CALLBACK}#fragment", f"{CALLBACK}/", f"{CALLBACK} ", f" {CALLBACK}", f"{CALLBACK}%00"),
    *("https://app.example.com:443/callback?from=poolhouse", "https://app.example.com./callback?from=poolhouse"),
    *("https://APP.example.com/callback?from=poolhouse", "HTTPS://app.example.com/callback?from=poolhouse"),
    *(
        "https://app.example.com/callback/../callback?from=poolhouse",
        "https://app.example.com//callback?from=poolhouse",
    ),
    *("https://app.example.com/CALLBACK?from=poolhouse", "https://app.example.com/callback?from=Poolhouse"),
    *(
        "https://app.example.com@evil.example/callback?from=poolhouse",
        "https://evil.example\\@app.example.com/callback",
    ),
    *("https://app.example.com.evil.example/callback", "https://evil.example/https://app.example.com/callback"),
    *("https://app.example.com/callback%3Ffrom=poolhouse", "https://app.example.com/call%62ack?from=poolhouse"),
    *("https://app.example.com/..;/callback?from=poolhouse", "https://app.example.com%2fcallback?from=poolhouse"),
    *("https://аpp.example.com/callback?from=poolhouse", "https://app。example.com/callback?from=poolhouse"),
    *("http://app.example.com/callback?from=poolhouse", "//app.example.com/callback?from=poolhouse", "/callback"),
    *("http://localhost:3001/callback", "http://127.0.0.1:3000/callback", "http://localhost:3000/callback?"),
    *("com.example.harbour://other", "com.example.harbour:", "javascript:alert(1)", "data:text/html,hello", "*"),
]


@pytest.mark.parametrize("address", UNREGISTERED)
def test_OAU_01_nobody_is_sent_to_an_address_that_is_not_registered(app: App, visitor: Visitor, address: str) -> None:
    visitor.get(app.authorize())
    for path in PATHS:
        for prompt in (None, "none"):
            answer = visitor.get(app.url(path, redirect_uri=address, prompt=prompt))
            assert (answer.status, answer.location) == (302, error_page(app, "redirect_mismatch")), path
    page = answer.follow()
    assert (page.status, page.heading, page.words("//dl//dd[3]")) == (
        400,
        "Sign-in can’t continue",
        "redirect_mismatch",
    )


def error_page(app: App, code: str) -> str:
    return f"{urlsplit(app.home).path}/error?{urlencode({'error': code, 'client_id': app.client_id})}"


def test_OAU_01_also_after_a_sign_in_was_begun(app: App, visitor: Visitor) -> None:
    page = visitor.open(app.authorize())
    token = page.input("csrfmiddlewaretoken").get("value")
    form = {"csrfmiddlewaretoken": token, "username": "alice", "password": "Correct-horse-7"}
    answer = visitor.post(app.url("/login", redirect_uri="https://evil.example/"), form)
    assert answer.location == error_page(app, "redirect_mismatch")
    assert not BrowserSession.objects.exists()


@pytest.mark.parametrize("address", CALLBACKS)
def test_OAU_01_what_is_registered_is_answered_character_by_character(app: App, visitor: Visitor, address: str) -> None:
    location = app.sign_in(visitor, redirect_uri=address).location
    glue = "&" if "?" in address else "?"
    assert location.startswith(f"{address}{glue}code=")


@pytest.mark.parametrize("path", PATHS)
def test_OAU_03_without_a_known_client_nobody_is_sent_anywhere(app: App, visitor: Visitor, path: str) -> None:
    nobody = visitor.get(app.url(path, client_id=None))
    assert (nobody.status, nobody.location, nobody.heading) == (400, "", "Sign-in can’t continue")
    unknown = visitor.get(app.url(path, client_id="unknown"))
    assert urlsplit(unknown.location).query == "error=invalid_client&client_id=unknown"
    page = unknown.follow()
    assert (page.status, page.heading) == (400, "Sign-in can’t continue")
    assert "The app that sent you here isn’t known." in page.lede


def test_TEN_01_a_client_of_another_pool_is_unknown_here(app: App, visitor: Visitor) -> None:
    neighbour = open_app(set_stage(app.stage.cognito, app.stage.public), domain="neighbour")
    answer = visitor.get(app.url("/login", client_id=neighbour.client_id))
    assert urlsplit(answer.location).query.startswith("error=invalid_client")
    assert "Lido" not in answer.follow().text


def test_the_error_page_says_nothing_that_a_link_wants_it_to(app: App, visitor: Visitor) -> None:
    page = visitor.get(f"{app.home}/error?error=Call+555-0100+now&client_id={app.client_id}")
    assert (page.status, page.words("//dl//dd[3]")) == (400, "invalid_request")
    assert "555" not in page.words("//main")


def test_the_only_address_need_not_be_named(app: App, visitor: Visitor) -> None:
    assert visitor.get(app.authorize(redirect_uri=None)).location == error_page(app, "redirect_mismatch")
    other = app.other(DefaultRedirectURI=CALLBACK)
    assert other.sign_in(visitor, redirect_uri=None).location.startswith(f"{CALLBACK}&code=")


# --- who is sent back -------------------------------------------------------------------------------------------------

PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
REFUSED: dict[str, tuple[dict[str, str | None], str]] = {
    "no response type": ({"response_type": None}, "invalid_request"),
    "two response types": ({"response_type": "code token"}, "invalid_request"),
    "another response type": ({"response_type": "id_token"}, "invalid_request"),
    "plain": ({**PKCE, "code_challenge_method": "plain"}, "invalid_request"),
    "another method": ({**PKCE, "code_challenge_method": "s256"}, "invalid_request"),
    "no method": ({**PKCE, "code_challenge_method": None}, "invalid_request"),
    "no challenge": ({**PKCE, "code_challenge": None}, "invalid_request"),
    "a short challenge": ({**PKCE, "code_challenge": "short"}, "invalid_request"),
    "a padded challenge": ({**PKCE, "code_challenge": f"{CHALLENGE}="}, "invalid_request"),
    "a challenge for tokens": ({**PKCE, "response_type": "token"}, "invalid_request"),
    "an unknown scope": ({"scope": "openid nothing"}, "invalid_scope"),
    "a scope of others": ({"scope": "openid phone"}, "invalid_scope"),
    "a scope without openid": ({"scope": "email"}, "invalid_scope"),
    "an unknown prompt": ({"prompt": "create"}, "invalid_request"),
    "a prompt that contradicts itself": ({"prompt": "none login"}, "invalid_request"),
    "an age that is none": ({"max_age": "-1"}, "invalid_request"),
    "an age in words": ({"max_age": "soon"}, "invalid_request"),
    "an age of other digits": ({"max_age": "٣"}, "invalid_request"),
    "another provider": ({"identity_provider": "Google"}, "invalid_request"),
    "a provider by identifier": ({"idp_identifier": "example.com"}, "invalid_request"),
    "a resource": ({"resource": "https://api.example.com"}, "invalid_request"),
    "a long state": ({"state": "s" * 8193}, "invalid_request"),
    "a long nonce": ({"nonce": "n" * 2049}, "invalid_request"),
    "no text": ({"login_hint": "a\0b"}, "invalid_request"),
}


@pytest.mark.parametrize("path", ["/oauth2/authorize", "/login"])
@pytest.mark.parametrize("name", REFUSED)
def test_OAU_03_the_application_is_told(app: App, visitor: Visitor, path: str, name: str) -> None:
    changes, error = REFUSED[name]
    answer = visitor.get(app.url(path, **changes))
    assert (answer.status, answer.told["error"]) == (302, error)
    assert answer.location.startswith(f"{CALLBACK}{'#' if changes.get('response_type') == 'token' else '&'}error=")
    assert answer.told["state"] == changes.get("state", "opaque")


def test_OAU_10_a_flow_that_is_not_enabled(app: App, visitor: Visitor) -> None:
    other = app.other(AllowedOAuthFlows=["code"])
    answer = visitor.get(other.authorize(response_type="token"))
    assert (answer.told["error"], answer.told["state"]) == ("unauthorized_client", "opaque")
    assert "#" in answer.location


def test_a_client_that_is_not_for_the_pages(app: App, visitor: Visitor) -> None:
    other = app.other(AllowedOAuthFlowsUserPoolClient=False)
    answer = visitor.get(other.authorize())
    assert answer.told["error_description"] == "Client is not enabled for OAuth2.0 flows."


def test_tokens_at_once_hold_only_what_the_client_may_read(app: App, visitor: Visitor) -> None:
    other = app.other(ReadAttributes=["email"])
    assert visitor.get(other.authorize(response_type="token")).told["error"] == "invalid_scope"
    assert other.sign_in(visitor, response_type="token", scope="openid").told["access_token"]


# --- parameters -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["state", "scope", "response_type", "nonce", "prompt", "login_hint", "unknown"])
def test_OAU_04_a_parameter_that_is_there_twice(app: App, visitor: Visitor, name: str) -> None:
    twice = f"{app.authorize(**{name: 'code'})}&{name}=token"
    answer = visitor.get(twice)
    assert (answer.told["error"], answer.told["error_description"]) == (
        "invalid_request",
        "A parameter is there twice.",
    )


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_OAU_04_what_decides_where_to_go_is_there_twice(app: App, visitor: Visitor, name: str) -> None:
    answer = visitor.get(f"{app.authorize()}&{name}={quote(app.parameters()[name])}")
    assert "://" not in answer.location
    assert (answer if answer.status == 400 else answer.follow()).status == 400


def test_OAU_04_what_has_no_value_is_not_there(app: App, visitor: Visitor) -> None:
    answer = visitor.get(f"{app.authorize(state=None)}&state=&nonce=&prompt=&unknown=")
    assert "state" not in answer.location
    assert visitor.get(app.authorize(response_type="")).told["error"] == "invalid_request"


def test_OAU_04_too_much(app: App, visitor: Visitor) -> None:
    answer = visitor.get(f"{app.authorize()}&filler={'x' * 16384}")
    assert answer.status == 400
    many = "&".join(f"p{number}=1" for number in range(61))
    assert visitor.get(f"{app.authorize()}&{many}").status == 400


def states() -> Iterator[str]:
    yield from (
        "{}",
        '{"a": ["b", null]}',
        "a b+c%20d",
        "á é ✓ 漢字",
        "='\"<>&;#?/\\",
        "\t\r\n",
        "x" * 4096,
        "%00",
        "%",
    )
    random = Random(20261125)
    for _ in range(30):
        yield "".join(chr(random.choice(range(1, 0xD7FF))) for _ in range(random.randrange(1, 300)))


@pytest.mark.parametrize("response_type", ["code", "token"])
def test_OAU_04_a_state_comes_back_as_it_was_sent(app: App, visitor: Visitor, response_type: str) -> None:
    app.sign_in(visitor)
    for state in states():
        answer = visitor.get(app.authorize(state=state, response_type=response_type))
        assert answer.told["state"] == state
        answer = visitor.get(app.authorize(state=state, response_type=response_type, prompt="nonsense"))
        assert (answer.told["state"], answer.told["error"]) == (state, "invalid_request")


def test_OAU_04_a_state_survives_every_page(app: App, visitor: Visitor) -> None:
    page = visitor.open(app.authorize(state='a=b&c="<script>" ✓'))
    page = visitor.open(page.link("Create an account"))
    page = visitor.open(page.link("Sign in"))
    page = visitor.open(page.find("//a[@hreflang='pt-BR']")[0].get("href").join([page.url.partition("?")[0], ""]))
    assert page.fill(username="alice", password="Correct-horse-7").told["state"] == 'a=b&c="<script>" ✓'


def test_OAU_04_bytes_that_are_no_text_survive_too(app: App, visitor: Visitor) -> None:
    page = visitor.open(f"{app.authorize(state=None)}&state=%ff%fe%00x".replace("%00", ""))
    link = page.find("//a[@hreflang='de']")[0].get("href")
    page = visitor.open(f"{page.url.partition('?')[0]}{link}")
    location = page.fill(username="alice", password="Correct-horse-7").location
    assert location.endswith("state=%FF%FEx")


@pytest.mark.parametrize("name", ["nonce", "scope", "login_hint", "prompt", "code_challenge", "lang", "unknown"])
@pytest.mark.parametrize("value", ["%ff", "%ed%a0%80", "%00"])
def test_OAU_04_anything_else_must_be_text(app: App, visitor: Visitor, name: str, value: str) -> None:
    app.sign_in(visitor)
    answer = visitor.get(f"{app.authorize(**{name: None})}&{name}={value}")
    assert (answer.told["error"], answer.told["state"]) == ("invalid_request", "opaque")


@pytest.mark.parametrize("name", ["code", "refresh_token", "code_verifier", "client_id", "client_secret", "scope"])
def test_OAU_04_the_token_endpoint_takes_text_only(app: App, name: str) -> None:
    for grant in ("authorization_code", "refresh_token", "client_credentials"):
        form = f"grant_type={grant}&{name}=%ff" + ("" if name == "client_id" else f"&client_id={app.client_id}")
        answer = Client().post(f"{app.home}/oauth2/token", form, content_type=FORM)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_an_authentication_level_is_refused_and_not_ignored(app: App, visitor: Visitor) -> None:
    answer = visitor.get(app.authorize(acr_values="urn:cognito:loa:4"))
    assert (answer.told["error"], answer.told["state"]) == ("invalid_request", "opaque")
    assert "acr_values" in answer.told["error_description"]
    app.stage.cognito.update_user_pool(UserPoolId=app.stage.pool_id, UserPoolTier="LITE")
    assert "error" not in visitor.open(app.authorize(acr_values="urn:cognito:loa:4")).url


# --- who is not asked -------------------------------------------------------------------------------------------------


def test_single_sign_on_for_one_hour(anywhere: App, visitor: Visitor) -> None:
    signed_in = anywhere.exchange(anywhere.sign_in(visitor).told["code"])
    other = anywhere.other()
    with time_machine.travel(timedelta(minutes=59)):
        for again in (anywhere, other):
            answer = visitor.get(again.authorize())
            assert answer.status == 302
            tokens = again.exchange(answer.told["code"])
            assert claims_of(tokens["id_token"])["auth_time"] == claims_of(signed_in["id_token"])["auth_time"]
            assert visitor.get(again.url("/login")).told["code"]
    with time_machine.travel(timedelta(hours=1, seconds=1)):
        assert visitor.open(anywhere.authorize()).heading == "Sign in"


def test_the_hour_does_not_get_longer_by_use(app: App, visitor: Visitor) -> None:
    app.sign_in(visitor)
    kept = dict(visitor.jar)
    with time_machine.travel(timedelta(minutes=50)):
        assert visitor.get(app.authorize()).told["code"]
        assert visitor.jar == kept
    with time_machine.travel(timedelta(minutes=70)):
        visitor.jar = kept
        assert visitor.open(app.authorize()).heading == "Sign in", "also when the browser keeps the cookie"


@pytest.mark.parametrize("deed", ["admin_disable_user", "admin_reset_user_password", "admin_delete_user"])
def test_TOK_01_who_may_not_sign_in_any_more_is_not_signed_in(app: App, visitor: Visitor, deed: str) -> None:
    app.sign_in(visitor)
    getattr(app.stage.cognito, deed)(UserPoolId=app.stage.pool_id, Username="alice")
    assert visitor.open(app.authorize()).heading == "Sign in"
    assert visitor.open(app.authorize(prompt="none")).told["error"] == "login_required"


def test_a_changed_password_does_not_end_the_hour(app: App, visitor: Visitor) -> None:
    """As in Cognito."""
    app.sign_in(visitor)
    app.stage.cognito.admin_set_user_password(
        UserPoolId=app.stage.pool_id, Username="alice", Password="Brand-new-horse-8", Permanent=True
    )
    assert visitor.get(app.authorize()).told["code"]


MATRIX = [
    # prompt, max_age, signed in 100 seconds ago, outcome
    *((None, None, True, "code"), (None, None, False, "page"), ("none", None, True, "code")),
    *(("none", None, False, "login_required"), ("login", None, True, "page"), ("login", None, False, "page")),
    *(("select_account", None, True, "code"), ("consent", None, True, "code"), ("consent", None, False, "page")),
    *(("select_account consent", None, True, "code"), ("login consent", None, True, "page")),
    *((None, "101", True, "code"), (None, "99", True, "page"), (None, "0", True, "page"), (None, "0", False, "page")),
    *(("none", "101", True, "code"), ("none", "99", True, "login_required"), ("login", "101", True, "page")),
]


@pytest.mark.parametrize("path", ["/oauth2/authorize", "/login"])
@pytest.mark.parametrize(("prompt", "max_age", "is_signed_in", "outcome"), MATRIX)
def test_OAU_13_prompt_and_max_age(
    app: App, visitor: Visitor, path: str, prompt: str | None, max_age: str | None, is_signed_in: bool, outcome: str
) -> None:
    with time_machine.travel("2026-11-25T12:00:00Z", tick=False) as clock:
        if is_signed_in:
            app.sign_in(visitor)
        clock.shift(100)
        answer = visitor.open(app.url(path, prompt=prompt, max_age=max_age))
    shown = "page" if answer.status == 200 else answer.told.get("error", "code")
    assert shown == outcome
    assert BrowserSession.objects.count() == int(is_signed_in), "no question and no answer makes a session"


def test_OAU_13_a_new_sign_in_is_as_young_as_it_was_asked_to_be(app: App, visitor: Visitor) -> None:
    app.sign_in(visitor)
    with time_machine.travel(timedelta(minutes=10)):
        old = visitor.cookie("signed-in")
        back = app.sign_in(visitor, prompt="login", max_age="0")
        claims = claims_of(app.exchange(back.told["code"])["id_token"])
        assert claims["iat"] - claims["auth_time"] < 5
        assert visitor.cookie("signed-in") != old
        assert BrowserSession.objects.count() == 1


def test_OAU_13_a_hint_fills_in_the_name_and_tells_nothing(app: App, visitor: Visitor) -> None:
    for hint in ("alice", "mallory", 'O\'Hara & <b>"quoted"</b>'):
        page = visitor.open(app.authorize(login_hint=hint))
        assert page.input("username").get("value") == hint
        assert page.alert == ""
    for hint in ("x" * 129, "two\nlines"):
        page = visitor.open(app.authorize(login_hint=hint))
        assert page.input("username").get("value") in (None, ""), "nobody could have typed that"


def test_a_code_is_bound_to_what_was_asked(app: App, visitor: Visitor) -> None:
    app.sign_in(visitor, redirect_uri=APP_CALLBACK, nonce="n-1", scope="openid", **PKCE)
    code = AuthorizationCode.objects.get()
    assert (code.redirect_uri, code.nonce, code.scopes, code.code_challenge) == (
        APP_CALLBACK,
        "n-1",
        ["openid"],
        CHALLENGE,
    )


# --- methods and places -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
def test_only_a_get_begins(app: App, visitor: Visitor, method: str) -> None:
    app.sign_in(visitor)
    spent = AuthorizationCode.objects.count()
    answer = visitor.request(method, app.authorize(), Origin="http://localhost:9229")
    assert answer.status in (403, 405)
    assert AuthorizationCode.objects.count() == spent


def test_links_stay_where_the_visitor_is(anywhere: App, visitor: Visitor) -> None:
    page = visitor.open(anywhere.authorize())
    for words in ("Create an account", "Forgot your password?"):
        assert page.link(words).startswith(f"{anywhere.home}/")


def test_a_custom_domain(app: App, visitor: Visitor) -> None:
    app.stage.cognito.create_user_pool_domain(
        UserPoolId=app.stage.pool_id,
        Domain="login.harbour.example",
        CustomDomainConfig={"CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/1"},
    )
    there = App(app.stage, app.client_id, "http://login.harbour.example")
    assert there.sign_in(visitor).told["code"]


def test_what_is_not_there(anywhere: App, visitor: Visitor) -> None:
    for path in ("/", "", "/admin/", "/oauth2/", "/login/", "/nothing", "/static/nothing.css", "/healthz"):
        answer = visitor.open(f"{anywhere.home}{path}")
        if not (path.startswith("/static") and "auth.localhost" in anywhere.home):
            assert (answer.status, answer.heading) == (404, "There’s nothing at this address"), path


def test_a_host_that_is_nobodys(app: App, visitor: Visitor, stage: Stage) -> None:
    assert visitor.open("http://nobody.auth.localhost:9229/login").status == 404
