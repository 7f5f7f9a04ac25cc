"""Signing in on a page: from an application, through every step, back to the application with a code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tests.cast import PASSWORD, Stage, set_stage
from tests.hostedui.app import APP_CALLBACK, CALLBACK, CHALLENGE, OAUTH, VERIFIER, App, open_app
from tests.hostedui.visitor import Answer, Visitor
from tests.operations.test_sign_in import claims_of
from tests.refusals import refused
from userpools.domain import factors
from userpools.models import Event, TokenFamily, User

pytestmark = pytest.mark.django_db

TEMPORARY = "Temporary-horse-7"
NEW = "Brand-new-horse-8"


# --- the whole way ----------------------------------------------------------------------------------------------------


def test_it_works(anywhere: App, visitor: Visitor) -> None:
    page = visitor.open(anywhere.authorize())
    assert (page.status, page.heading, page.title) == (200, "Sign in", "Sign in · Lido")
    back = page.fill(username="alice", password=PASSWORD)
    assert back.status == 303
    assert back.location.startswith(f"{CALLBACK}&code=")
    assert back.told["state"] == "opaque"
    tokens = anywhere.exchange(back.told["code"])
    assert claims_of(tokens["id_token"])["email"] == "alice@example.com"
    assert tokens["token_type"] == "Bearer"


def test_the_code_needs_the_verifier_of_its_challenge(app: App, visitor: Visitor) -> None:
    pkce = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    assert app.exchange(app.sign_in(visitor, **pkce).told["code"])["error"] == "invalid_grant"
    again = visitor.open(app.authorize(**pkce))
    assert "id_token" in app.exchange(again.told["code"], code_verifier=VERIFIER)


def test_tokens_at_once_arrive_behind_the_hash(app: App, visitor: Visitor) -> None:
    back = app.sign_in(visitor, response_type="token", nonce="n-1")
    assert back.location.startswith(f"{CALLBACK}#")
    told = back.told
    assert set(told) == {"access_token", "id_token", "expires_in", "token_type", "state"}
    assert claims_of(told["id_token"])["nonce"] == "n-1"
    assert "refresh_token" not in back.location


def test_without_openid_there_is_no_id_token(app: App, visitor: Visitor) -> None:
    app.stage.cognito.create_resource_server(
        UserPoolId=app.stage.pool_id,
        Identifier="boats",
        Name="boats",
        Scopes=[{"ScopeName": "read", "ScopeDescription": "read"}],
    )
    other = app.other(AllowedOAuthScopes=["boats/read"])
    tokens = other.exchange(other.sign_in(visitor, scope=None).told["code"])
    assert "id_token" not in tokens
    assert claims_of(tokens["access_token"])["scope"] == "boats/read"


def test_an_apps_own_scheme_is_followed(app: App, visitor: Visitor) -> None:
    back = app.sign_in(visitor, redirect_uri=APP_CALLBACK)
    assert back.location.startswith(f"{APP_CALLBACK}?code=")


def test_nonce_scopes_and_methods_reach_the_tokens(app: App, visitor: Visitor) -> None:
    back = app.sign_in(visitor, nonce="n-0S6_WzA2Mj", scope="openid")
    claims = claims_of(app.exchange(back.told["code"])["id_token"])
    assert claims["nonce"] == "n-0S6_WzA2Mj"
    family = TokenFamily.objects.get()
    assert (family.source, family.methods, family.scopes) == ("hosted", ["pwd"], ["openid"])


def test_OAU_05_a_code_is_good_once(app: App, visitor: Visitor) -> None:
    code = app.sign_in(visitor).told["code"]
    assert "access_token" in app.exchange(code)
    assert app.exchange(code)["error"] == "invalid_grant"


def test_OAU_05_a_code_is_good_for_five_minutes(app: App, visitor: Visitor) -> None:
    code = app.sign_in(visitor).told["code"]
    with time_machine.travel(timedelta(minutes=5, seconds=1), tick=False):
        assert app.exchange(code)["error"] == "invalid_grant"


def test_OAU_05_nothing_else_of_a_sign_in_is_a_code(app: App, visitor: Visitor) -> None:
    require_totp(app.stage, "ON")
    app.sign_in(visitor)
    session = visitor.cookie("signing-in")
    app.stage.cognito.set_user_pool_mfa_config(UserPoolId=app.stage.pool_id, MfaConfiguration="OFF")
    app.sign_in(visitor)
    for other in (session, visitor.cookie("signed-in")):
        assert app.exchange(str(other))["error"] == "invalid_grant"


# --- who may not ------------------------------------------------------------------------------------------------------

INCORRECT = "Incorrect username or password. Check both and try again, or reset your password."


def test_a_wrong_password(app: App, visitor: Visitor) -> None:
    page = app.sign_in(visitor, password="Wrong-horse-7")
    assert (page.status, page.alert, page.title) == (200, INCORRECT, "Error: Sign in · Lido")
    assert page.input("username").get("value") == "alice"
    assert page.input("password").get("value") is None
    assert page.focused == "password"
    assert page.input("password").get("aria-describedby") == "alert"
    assert page.fill(username="alice", password=PASSWORD).told["code"]


def test_PWD_05_nobody_learns_who_has_an_account(app: App, visitor: Visitor) -> None:
    nobody = app.sign_in(visitor, "mallory")
    wrong = app.sign_in(Visitor(), "alice", "Wrong-horse-7")
    assert nobody.alert == wrong.alert == INCORRECT
    assert without_secrets(nobody, "mallory") == without_secrets(wrong, "alice")


def without_secrets(page: Answer, name: str) -> str:
    token = page.input("csrfmiddlewaretoken").get("value")
    return page.text.replace(token, "token").replace(f'value="{name}"', "")


def test_a_legacy_client_says_that_there_is_no_such_account(app: App, visitor: Visitor) -> None:
    legacy = app.other(PreventUserExistenceErrors="LEGACY")
    page = legacy.sign_in(visitor, "mallory")
    assert page.alert == "There is no account with this username. Check it and try again, or create an account."


def test_a_disabled_account(app: App, visitor: Visitor) -> None:
    app.stage.cognito.admin_disable_user(UserPoolId=app.stage.pool_id, Username="alice")
    assert app.sign_in(visitor).alert.startswith("This account is turned off.")


def test_too_many_attempts(app: App, visitor: Visitor) -> None:
    for _ in range(5):
        page = app.sign_in(visitor, password="Wrong-horse-7")
        assert page.alert == INCORRECT
    assert app.sign_in(visitor).alert == "Too many attempts. Wait a while, then try again."
    assert User.objects.get().failed_attempts == 5


@pytest.mark.parametrize(
    ("username", "password", "problems"),
    [
        ("", "", {"username": "Enter the name you sign in with.", "password": "Enter your password."}),
        ("alice", "", {"password": "Enter your password."}),
        ("a" * 129, "x", {"username": "Use at most 128 characters."}),
        ("alice", "x" * 257, {"password": "Use at most 256 characters."}),
        ("al\0ice", "x", {"username": "This holds a character that can’t be used. Type it again."}),
    ],
)
def test_what_cannot_be_a_name_or_a_password(
    app: App, visitor: Visitor, username: str, password: str, problems: dict[str, str]
) -> None:
    page = app.sign_in(visitor, username, password)
    assert page.problems == problems
    assert page.focused == next(iter(problems))
    assert not Event.objects.filter(kind="sign_in").exists()


def test_a_refusal_is_recorded_with_its_address(app: App, visitor: Visitor) -> None:
    visitor.headers["User-Agent"] = "Netscape/4.0"
    app.sign_in(visitor, password="Wrong-horse-7")
    event = Event.objects.get(kind="sign_in")
    assert (event.passed, event.ip, event.user_agent) == (False, "127.0.0.1", "Netscape/4.0")
    assert event.detail["source"] == "hosted"


def test_signing_in_by_another_name(cognito: Any, public: Any, visitor: Visitor) -> None:
    stage = set_stage(cognito, public, AliasAttributes=["email", "phone_number"])
    stage.user()
    app = open_app(stage)
    page = visitor.open(app.authorize())
    assert page.label("username") == "Username, email address or mobile number"
    assert page.fill(username="alice@example.com", password=PASSWORD).told["code"]


def test_a_pool_of_addresses_asks_for_one(cognito: Any, public: Any, visitor: Visitor) -> None:
    stage = set_stage(cognito, public, UsernameAttributes=["email"])
    stage.user("alice@example.com", email="alice@example.com")
    page = visitor.open(open_app(stage).authorize())
    field = page.input("username")
    assert (page.label("username"), field.get("type")) == ("Email address", "email")
    wrong = page.fill(username="alice@example.com", password="Wrong-horse-7")
    assert wrong.alert.startswith("Incorrect email address or password.")
    assert wrong.fill(username="alice@example.com", password=PASSWORD).told["code"]


def test_a_client_without_local_sign_in_has_no_page(app: App, visitor: Visitor) -> None:
    """As in Cognito, where COGNITO is not listed by itself."""
    for providers in ({"SupportedIdentityProviders": []}, {"SupportedIdentityProviders": None}):
        other = app.other(**providers)
        page = visitor.open(other.authorize())
        assert (page.status, page.heading) == (400, "There’s no sign-in page for this app")
        assert visitor.open(other.authorize(prompt="none")).told["error"] == "login_required"


def test_no_session_of_another_client_helps_it(app: App, visitor: Visitor) -> None:
    app.sign_in(visitor)
    assert visitor.open(app.other(SupportedIdentityProviders=[]).authorize()).status == 400


def test_a_pool_without_a_domain_says_so(stage: Stage, visitor: Visitor) -> None:
    stage.user()
    app = App(stage, stage.client(**OAUTH)["ClientId"], f"http://localhost:9229/{stage.pool_id}")
    for path in ("/oauth2/authorize", "/login", "/signup", "/forgotPassword", "/confirm", "/mfa", "/logout"):
        page = visitor.open(app.url(path))
        assert (page.status, page.heading) == (404, "There’s no sign-in page here"), path


# --- a temporary password ---------------------------------------------------------------------------------------------


def invite(stage: Stage, name: str = "bob", **attributes: str) -> None:
    stage.cognito.admin_create_user(
        UserPoolId=stage.pool_id,
        Username=name,
        MessageAction="SUPPRESS",
        TemporaryPassword=TEMPORARY,
        UserAttributes=[{"Name": key, "Value": value} for key, value in attributes.items()],
    )


def test_a_temporary_password_is_replaced(app: App, visitor: Visitor) -> None:
    invite(app.stage)
    page = app.sign_in(visitor, "bob", TEMPORARY)
    assert (page.path, page.heading) == (f"/{app.stage.pool_id}/changePassword", "Choose a new password")
    assert page.account == "bob"
    assert "You have 3 minutes to choose a new one." in page.lede
    back = page.fill(new_password=NEW, new_password_again=NEW)
    assert "access_token" in app.exchange(back.told["code"])
    assert app.stage.tokens("bob", NEW)


@pytest.mark.parametrize(
    ("first", "second", "problem"),
    [
        ("", "", {"new_password": "Choose a password.", "new_password_again": "Enter the new password once more."}),
        (NEW, f"{NEW}x", {"new_password_again": "The two passwords differ. Type the new one again."}),
        ("Ab1!", "Ab1!", {"new_password": "This password is too short. Use at least 8 characters."}),
        ("brand-new-7", "brand-new-7", {"new_password": "This password has no upper-case letter. Add one."}),
        ("BRAND-NEW-7", "BRAND-NEW-7", {"new_password": "This password has no lower-case letter. Add one."}),
        ("Brand-new", "Brand-new", {"new_password": "This password has no number. Add one."}),
        ("BrandNew7", "BrandNew7", {"new_password": "This password has no symbol. Add one, like ! or ?."}),
        (" Brand-new-7", " Brand-new-7", {"new_password": "A password can’t begin or end with a space."}),
    ],
)
def test_what_the_new_password_must_be(
    app: App, visitor: Visitor, first: str, second: str, problem: dict[str, str]
) -> None:
    invite(app.stage)
    page = app.sign_in(visitor, "bob", TEMPORARY).fill(new_password=first, new_password_again=second)
    assert page.problems == problem
    assert page.fill(new_password=NEW, new_password_again=NEW).told["code"], "the sign-in waits for a better one"


def test_missing_attributes_are_asked_for(cognito: Any, public: Any, visitor: Visitor) -> None:
    schema = [{"Name": name, "Required": True, "AttributeDataType": "String"} for name in ("birthdate", "email")]
    stage = set_stage(cognito, public, Schema=schema)
    invite(stage, email="bob@example.com")
    app = open_app(stage)
    page = app.sign_in(visitor, "bob", TEMPORARY)
    assert page.input("email") is None
    wrong = page.fill(new_password=NEW, new_password_again=NEW, birthdate="25 March")
    assert wrong.problems == {"birthdate": "Enter a whole date, such as 1990-03-25."}
    assert wrong.fill(new_password=NEW, new_password_again=NEW, birthdate="1990-03-25").told["code"]
    assert User.objects.get().attributes["birthdate"] == "1990-03-25"


def test_an_expired_temporary_password(app: App, visitor: Visitor) -> None:
    invite(app.stage)
    with time_machine.travel(timedelta(days=8)):
        assert app.sign_in(visitor, "bob", TEMPORARY).alert.startswith("Your temporary password has expired.")


# --- authenticator apps -----------------------------------------------------------------------------------------------


def require_totp(stage: Stage, mfa: str) -> None:
    stage.cognito.set_user_pool_mfa_config(
        UserPoolId=stage.pool_id, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration=mfa
    )


def register(app: App, visitor: Visitor) -> str:
    """alice sets up her app on the page; returns its key."""
    page = app.sign_in(visitor)
    assert page.heading == "Set up an authenticator app"
    key = key_of(page)
    assert page.fill(code=factors.code_at(key), device_name="alice’s phone").told["code"]
    return key


def key_of(page: Answer) -> str:
    return str(page.find("//*[@data-copy]")[0].get("data-copy"))


def test_MFA_01_a_factor_that_is_required_is_set_up(app: App, visitor: Visitor) -> None:
    require_totp(app.stage, "ON")
    page = app.sign_in(visitor)
    key = key_of(page)
    assert page.words("//code").replace(" ", "") == key
    assert page.link("Open it here") == f"otpauth://totp/Lido:alice?secret={key}&issuer=Lido"
    wrong = page.fill(code="000000", device_name="")
    assert wrong.problems == {"code": "That code isn’t right. Wait for the next one in the app, then enter it."}
    assert key_of(wrong) == key
    back = wrong.fill(code=factors.code_at(key), device_name="")
    assert back.told["code"]
    app.exchange(back.told["code"])
    assert TokenFamily.objects.get().methods == ["pwd", "otp", "mfa"]


def test_MFA_01_a_factor_is_asked_for(app: App, visitor: Visitor) -> None:
    require_totp(app.stage, "ON")
    key = register(app, visitor)
    page = app.sign_in(Visitor())
    assert (page.heading, page.path) == ("Enter your code", f"/{app.stage.pool_id}/mfa")
    assert page.lede == "Enter the code that alice’s phone shows. You have 3 minutes for it."
    later = factors.code_at(key, drift=1)
    wrong = page.fill(code="12 34")
    assert wrong.problems == {"code": "That code isn’t right. Wait for the next one in the app, then enter it."}
    assert wrong.fill(code=f"{later[:3]} {later[3:]}").told["code"]


def test_MFA_03_a_code_is_good_once(app: App, visitor: Visitor) -> None:
    require_totp(app.stage, "ON")
    key = register(app, visitor)
    page = app.sign_in(Visitor()).fill(code=factors.code_at(key))
    assert page.problems == {"code": "That code was used already. Wait for the next one in the app, then enter it."}


@pytest.mark.parametrize("typed", ["letters", "", "१२३४५६७"])
def test_what_is_no_code(app: App, visitor: Visitor, typed: str) -> None:
    require_totp(app.stage, "ON")
    register(app, visitor)
    page = app.sign_in(Visitor()).fill(code=typed)
    assert page.problems["code"] in (
        "Enter the code.",
        "Enter the digits of the code, nothing else.",
        "That code isn’t right. Wait for the next one in the app, then enter it.",
    )


def test_MFA_02_guesses_are_counted_over_all_sign_ins(app: App, visitor: Visitor) -> None:
    require_totp(app.stage, "ON")
    key = register(app, visitor)
    for _ in range(5):
        assert app.sign_in(Visitor()).fill(code="000000").problems
    page = app.sign_in(Visitor()).fill(code=factors.code_at(key, drift=1))
    assert page.alert == "Too many attempts. Wait a while, then try again."


def test_MFA_05_a_key_belongs_to_the_sign_in_that_showed_it(app: App, visitor: Visitor) -> None:
    """Whoever knows the password notes a key and leaves; alice must not confirm it later."""
    require_totp(app.stage, "ON")
    noted = key_of(app.sign_in(Visitor()))
    page = app.sign_in(visitor)
    key = key_of(page)
    assert key != noted
    assert key_of(visitor.get(page.url)) == key, "a page that is loaded again shows the same"
    assert page.fill(code=factors.code_at(noted), device_name="").problems
    assert page.fill(code=factors.code_at(key), device_name="").told["code"]


def test_a_page_that_was_broken_off_is_the_same_again(app: App, visitor: Visitor) -> None:
    require_totp(app.stage, "ON")
    page = app.sign_in(visitor)
    kept = dict(visitor.jar)
    keys = {key_of(page)}
    for _ in range(2):
        visitor.jar = dict(kept)
        keys.add(key_of(visitor.get(page.url)))
    assert keys == {key_of(page)}


def test_MFA_05_a_key_that_was_replaced_proves_nothing(app: App, visitor: Visitor) -> None:
    require_totp(app.stage, "ON")
    page = app.sign_in(visitor)
    app.sign_in(Visitor())
    stale = page.fill(code=factors.code_at(key_of(page)), device_name="")
    assert stale.problems
    assert key_of(stale) != key_of(page)
    assert stale.fill(code=factors.code_at(key_of(stale)), device_name="").told["code"]


def test_REC_05_a_factor_that_pages_cannot_ask_for_lets_nobody_in(app: App, visitor: Visitor) -> None:
    app.stage.cognito.set_user_pool_mfa_config(
        UserPoolId=app.stage.pool_id,
        SmsMfaConfiguration={"SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"}},
        MfaConfiguration="ON",
    )
    assert app.sign_in(visitor).alert.startswith("A second step is needed, and none is set up that works here.")


# --- the conversation -------------------------------------------------------------------------------------------------


@pytest.fixture
def halfway(app: App, visitor: Visitor) -> Answer:
    """alice proved her password, and her code is due."""
    require_totp(app.stage, "ON")
    register(app, visitor)
    visitor.jar.clear()
    return app.sign_in(visitor)


def test_a_sign_in_waits_three_minutes(app: App, visitor: Visitor, halfway: Answer) -> None:
    with time_machine.travel(timedelta(minutes=3, seconds=1)):
        page = halfway.fill(code="123456")
    assert (page.heading, page.alert) == ("Sign in", "This page has waited too long. Start signing in again.")
    assert visitor.cookie("signing-in") is None
    assert visitor.open(app.url("/login")).alert == "", "it is said once"


@pytest.mark.parametrize("path", ["/mfa", "/mfa/setup", "/changePassword", "/CHANGEPASSWORD"])
def test_no_step_is_reached_from_outside(app: App, visitor: Visitor, path: str) -> None:
    assert visitor.open(app.url(path)).alert.startswith("This page has waited too long.")


@pytest.mark.parametrize("path", ["/mfa/setup", "/changePassword"])
def test_API_10_no_step_is_skipped(app: App, visitor: Visitor, halfway: Answer, path: str) -> None:
    page = visitor.open(app.url(path))
    assert (page.path, page.heading) == (f"/{app.stage.pool_id}/mfa", "Enter your code")
    token = page.input("csrfmiddlewaretoken").get("value")
    form = {"csrfmiddlewaretoken": token, "new_password": NEW, "new_password_again": NEW, "code": "123456"}
    assert visitor.send(app.url(path), form).heading == "Enter your code"
    assert app.stage.sign_in(), "the password is what it was"


def test_somebody_else_sits_down(app: App, visitor: Visitor, halfway: Answer) -> None:
    page = visitor.open(halfway.link("Not you?"))
    assert page.heading == "Sign in"
    assert visitor.cookie("signing-in") is None
    assert visitor.open(app.url("/mfa")).heading == "Sign in"


def test_another_client_cannot_finish_it(app: App, visitor: Visitor, halfway: Answer) -> None:
    assert visitor.open(app.other().url("/mfa")).alert.startswith("This page has waited too long.")


def test_a_sign_in_is_finished_once(app: App, visitor: Visitor) -> None:
    require_totp(app.stage, "ON")
    key = register(app, visitor)
    visitor.jar.clear()
    page = app.sign_in(visitor)
    kept = dict(visitor.jar)
    assert page.fill(code=factors.code_at(key, drift=1)).told["code"]
    visitor.jar = kept
    assert page.fill(code=factors.code_at(key, drift=1)).alert.startswith("This page has waited too long.")


def test_what_a_page_began_the_api_does_not_finish(app: App, visitor: Visitor, halfway: Answer) -> None:
    session, invalid = visitor.cookie("signing-in"), ("NotAuthorizedException", "Invalid session for the user.")
    answers = {"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": "123456"}
    respond, associate = app.stage.public.respond_to_auth_challenge, app.stage.public.associate_software_token
    given = {"ClientId": app.client_id, "ChallengeName": "SOFTWARE_TOKEN_MFA", "ChallengeResponses": answers}
    assert refused(respond, **given, Session=session) == invalid
    assert refused(associate, Session=session) == invalid
