"""Accounts by the hand of their owners: signing up, confirming, a forgotten password."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from cognito_site.contract import errors
from tests import inbox
from tests.cast import PASSWORD, Stage, set_stage
from tests.hostedui.app import App, open_app
from tests.hostedui.visitor import Answer, Visitor
from userpools.models import User

pytestmark = pytest.mark.django_db

EVE = "eve@example.com"
NEW = "Brand-new-horse-8"
WRONG = "That code isn’t right or has expired. Enter the newest one, or send a new code."


@pytest.fixture
def harbour(cognito: Any, public: Any) -> Stage:
    """People are named by their e-mail address, and a code confirms it."""
    return set_stage(cognito, public, UsernameAttributes=["email"], AutoVerifiedAttributes=["email"])


@pytest.fixture
def open_harbour(harbour: Stage) -> App:
    return open_app(harbour)


def sign_up(app: App, visitor: Visitor, **fields: str) -> Answer:
    page = visitor.open(visitor.open(app.authorize()).link("Create an account"))
    return page.fill(**{"email": EVE, "password": PASSWORD, **fields})


# --- signing up -------------------------------------------------------------------------------------------------------


def test_it_works(open_harbour: App, visitor: Visitor) -> None:
    page = sign_up(open_harbour, visitor)
    assert (page.heading, page.account) == ("Check your email", EVE)
    assert page.lede == "We sent a code to e•••@e•••. It works for 24 hours."
    page = page.fill(code=inbox.code(EVE))
    assert (page.heading, page.alert) == ("Sign in", "Your account is confirmed. Sign in to continue.")
    assert page.input("username").get("value") == EVE
    back = page.fill(username=EVE, password=PASSWORD)
    assert "id_token" in open_harbour.exchange(back.told["code"])
    assert User.objects.get().attributes["email_verified"] == "true"


def test_what_a_pool_requires_is_asked_for(cognito: Any, public: Any, visitor: Visitor) -> None:
    names = ("given_name", "family_name", "phone_number", "birthdate", "address", "updated_at", "locale")
    types = {"updated_at": "Number"}
    schema = [{"Name": name, "Required": True, "AttributeDataType": types.get(name, "String")} for name in names]
    custom = {"Name": "plan", "AttributeDataType": "String", "Mutable": True}
    app = open_app(set_stage(cognito, public, Schema=[*schema, custom], AutoVerifiedAttributes=["phone_number"]))
    page = visitor.open(app.url("/signup"))
    asked = [each.get("name") for each in page.find("//main//*[@name]")][1:]
    assert asked == [
        *("given_name", "family_name", "username", "phone_number", "birthdate", "address", "locale", "updated_at"),
        "password",
    ]
    given = {"given_name": "Eve", "family_name": "Adams", "birthdate": "1990-03-25", "address": "1 Pier\nHarbour"}
    given = {**given, "updated_at": "17", "locale": "pt-BR", "username": "eve", "password": PASSWORD}
    page = page.fill(**given, phone_number="00351 (912) 345-678")
    assert page.heading == "Check your messages"
    user = User.objects.get()
    assert user.attributes["phone_number"] == "+351912345678"
    assert user.attributes["address"].split() == ["1", "Pier", "Harbour"]


def test_an_address_is_asked_for_where_a_code_must_go_somewhere(cognito: Any, public: Any, visitor: Visitor) -> None:
    app = open_app(set_stage(cognito, public, AutoVerifiedAttributes=["phone_number", "email"]))
    page = visitor.open(app.url("/signup"))
    assert page.input("email") is not None
    assert page.input("phone_number") is None
    assert page.fill(username="eve", email=EVE, password=PASSWORD).heading == "Check your email"


def test_either_kind_of_address(cognito: Any, public: Any, visitor: Visitor) -> None:
    app = open_app(set_stage(cognito, public, UsernameAttributes=["email", "phone_number"]))
    page = visitor.open(app.url("/signup"))
    assert page.label("username") == "Email address or mobile number"
    assert page.fill(username="nobody", password=PASSWORD).problems["username"]
    assert page.fill(username="+351 912 345 678", password=PASSWORD).heading == "Sign in"
    assert User.objects.get().attributes["phone_number"] == "+351912345678"


def test_without_a_code_somebody_else_confirms(app: App, visitor: Visitor) -> None:
    page = visitor.open(app.url("/signup")).fill(username="eve", password=PASSWORD)
    told = "Your account is created. Whoever runs this app has to confirm it. Then you can sign in."
    assert (page.heading, page.alert) == ("Sign in", told)
    page = page.fill(username="eve", password=PASSWORD)
    assert page.alert == "Your account isn’t confirmed yet. Ask whoever runs this app to confirm it."
    app.stage.cognito.admin_confirm_sign_up(UserPoolId=app.stage.pool_id, Username="eve")
    assert page.fill(username="eve", password=PASSWORD).told["code"]


@pytest.mark.parametrize(
    ("fields", "problems"),
    [
        ({"email": ""}, {"email": "Fill this in to continue."}),
        ({"email": "eve"}, {"email": "Enter the whole address, such as name@example.com."}),
        ({"password": ""}, {"password": "Choose a password."}),
        ({"password": "Short-7"}, {"password": "This password is too short. Use at least 8 characters."}),
        ({"password": "no-upper-7"}, {"password": "This password has no upper-case letter. Add one."}),
    ],
)
def test_what_is_wrong_is_said_where_it_is(
    open_harbour: App, visitor: Visitor, fields: dict[str, str], problems: dict[str, str]
) -> None:
    page = sign_up(open_harbour, visitor, **fields)
    assert (page.problems, page.focused) == (problems, next(iter(problems)))
    assert page.title == "Error: Create your account · Lido"
    assert not User.objects.exists()
    assert page.input("email").get("value", "") == fields.get("email", EVE)


def test_a_name_that_is_taken(open_harbour: App, visitor: Visitor) -> None:
    sign_up(open_harbour, visitor)
    page = sign_up(open_harbour, Visitor())
    assert page.problems == {"email": "An account with this email address exists already. Sign in, or use another one."}
    assert visitor.open(page.link("Sign in")).heading == "Sign in"


def test_closed_pools_create_nobody(cognito: Any, public: Any, visitor: Visitor) -> None:
    stage = set_stage(cognito, public, AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
    app = open_app(stage)
    page = visitor.open(app.authorize())
    assert page.link("Create an account") == ""
    assert visitor.open(app.url("/signup")).heading == "Sign in"
    form = {"csrfmiddlewaretoken": page.input("csrfmiddlewaretoken").get("value"), "username": "eve"}
    assert visitor.send(app.url("/signup"), {**form, "password": PASSWORD}).heading == "Sign in"
    assert not User.objects.exists()


def test_a_client_may_not_write_everything(open_harbour: App, visitor: Visitor) -> None:
    app = open_harbour.other(WriteAttributes=["email", "name"])
    assert sign_up(app, visitor).heading == "Check your email"


@pytest.fixture
def linking(cognito: Any, public: Any) -> App:
    return open_app(
        set_stage(
            cognito,
            public,
            UsernameAttributes=["email"],
            AutoVerifiedAttributes=["email"],
            VerificationMessageTemplate={"DefaultEmailOption": "CONFIRM_WITH_LINK"},
        )
    )


def test_confirming_by_a_link(linking: App, visitor: Visitor) -> None:
    page = sign_up(linking, visitor)
    assert (page.heading, page.input("code")) == ("Check your email", None)
    assert page.lede == "We sent a link to e•••@e•••. Open it to confirm your account."
    link = inbox.newest(EVE).link
    opened = visitor.open(link)
    assert (opened.status, opened.heading) == (200, "Confirm your account")
    assert not User.objects.filter(status="CONFIRMED").exists(), "programs that look at mail open links, too"
    confirmed = opened.press(0)
    assert (confirmed.status, confirmed.heading) == (200, "Your account is confirmed")
    user = User.objects.get()
    assert (user.status, user.attributes["email_verified"]) == ("CONFIRMED", "true")
    signing_in = visitor.open(confirmed.link("Sign in"))
    done = signing_in.fill(username=EVE, password=PASSWORD)
    assert "code" in done.told


def test_REC_02_a_link_works_once(linking: App, visitor: Visitor) -> None:
    sign_up(linking, visitor)
    opened = visitor.open(inbox.newest(EVE).link)
    opened.press(0)
    again = opened.press(0)
    assert (again.status, again.heading) == (400, "This link doesn’t work any more")
    assert again.link("Sign in")


def test_REC_02_a_newer_link_replaces_the_first(linking: App, visitor: Visitor) -> None:
    page = sign_up(linking, visitor)
    first = visitor.open(inbox.newest(EVE).link)
    page = page.press(0)
    assert page.alert == "A new link is on its way. Only the newest one works."
    assert first.press(0).status == 400
    assert visitor.open(inbox.newest(EVE).link).press(0).status == 200


def test_a_link_is_bound_to_its_pool(linking: App, harbour: Stage, visitor: Visitor) -> None:
    harbour.cognito.create_user_pool_domain(UserPoolId=harbour.pool_id, Domain="other-harbour")
    sign_up(linking, visitor)
    elsewhere = inbox.newest(EVE).link.replace(linking.stage.pool_id, harbour.pool_id)
    assert visitor.open(elsewhere).status == 400
    stolen = elsewhere.replace(linking.client_id, harbour.client_id)
    assert visitor.open(stolen).press(0).status == 400
    assert not User.objects.filter(status="CONFIRMED").exists()


def test_whoever_only_looks_changes_nothing(linking: App, visitor: Visitor) -> None:
    sign_up(linking, visitor)
    link = inbox.newest(EVE).link
    for _ in range(20):
        assert Client().head(link).status_code == 200
        assert visitor.open(link).status == 200
    assert visitor.open(link).press(0).heading == "Your account is confirmed"


def test_REC_03_links_are_tried_so_often(linking: App, visitor: Visitor) -> None:
    sign_up(linking, visitor)
    link = inbox.newest(EVE).link
    wrong = link[:-6] + f"{(int(link[-6:]) + 1) % 1_000_000:06}"
    pages = [visitor.open(wrong).press(0) for _ in range(16)]
    assert {page.heading for page in pages} == {"This link doesn’t work any more"}
    assert pages[-1].alert.startswith("Too many attempts.")
    assert visitor.open(link).press(0).alert.startswith("Too many attempts.")


def test_a_function_that_fails_afterwards_undoes_nothing(
    linking: App, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise errors.trigger_refused("PostConfirmation", "no")

    sign_up(linking, visitor)
    monkeypatch.setattr("userpools.domain.sign_up.post_confirmation", fail)
    page = visitor.open(inbox.newest(EVE).link).press(0)
    assert (page.status, page.heading) == (400, "Something went wrong on our side")
    assert User.objects.get().status == "CONFIRMED"


def test_a_link_of_which_something_is_missing(linking: App, visitor: Visitor) -> None:
    for path in ("/confirmUser", "/confirmuser/", "/confirmUser?client_id=x&user_name=eve&confirmation_code=1"):
        page = visitor.open(f"{linking.home}{path}")
        assert (page.status, page.heading) == (400, "Sign-in can’t continue")


# --- confirming -------------------------------------------------------------------------------------------------------


def test_a_wrong_code(open_harbour: App, visitor: Visitor) -> None:
    page = sign_up(open_harbour, visitor)
    right = inbox.code(EVE)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    page = page.fill(code=wrong)
    assert (page.problems, page.input("code").get("value")) == ({"code": WRONG}, wrong)
    assert page.fill(code=f"{right[:3]} {right[3:]}").alert.startswith("Your account is confirmed.")


def test_REC_02_another_code_replaces_the_first(open_harbour: App, visitor: Visitor) -> None:
    page = sign_up(open_harbour, visitor)
    first = inbox.code(EVE)
    page = page.press()
    assert (page.heading, page.alert) == ("Check your email", "A new code is on its way. Only the newest one works.")
    assert first == inbox.code(EVE) or page.fill(code=first).problems == {"code": WRONG}
    assert page.fill(code=inbox.code(EVE)).alert.startswith("Your account is confirmed.")


def test_too_many_codes(open_harbour: App, visitor: Visitor) -> None:
    page = sign_up(open_harbour, visitor)
    for _ in range(20):
        page = page.press()
        if page.alert.startswith("Too many attempts."):
            break
    assert page.alert == "Too many attempts. Wait a while, then try again."
    assert page.path.endswith("/resendcode")
    assert visitor.open(page.url).heading == "Check your email", "a page that is loaded again sends nothing"


def test_who_signs_in_unconfirmed_is_asked_for_the_code(open_harbour: App, visitor: Visitor) -> None:
    sign_up(open_harbour, Visitor())
    wrong = open_harbour.sign_in(visitor, EVE, "Wrong-horse-7")
    assert wrong.alert.startswith("Incorrect email address or password.")
    page = open_harbour.sign_in(visitor, EVE, PASSWORD)
    assert (page.heading, page.lede) == ("Confirm your account", "Enter the code that we sent you.")
    assert page.fill(code=inbox.code(EVE)).alert.startswith("Your account is confirmed.")


def test_confirmed_meanwhile(open_harbour: App, visitor: Visitor) -> None:
    legacy = open_harbour.other(PreventUserExistenceErrors="LEGACY")
    page = sign_up(legacy, visitor)
    open_harbour.stage.cognito.admin_confirm_sign_up(UserPoolId=open_harbour.stage.pool_id, Username=EVE)
    page = page.fill(code="123456")
    assert page.alert == "This account is confirmed already. Sign in to continue."


@pytest.mark.parametrize("path", ["/confirm", "/resendcode"])
def test_nobody_is_confirmed_who_did_not_sign_up(open_harbour: App, visitor: Visitor, path: str) -> None:
    assert visitor.open(open_harbour.url(path)).heading == "Sign in"


def test_whose_code_it_is_lasts_an_hour_and_is_this_pools(open_harbour: App, visitor: Visitor) -> None:
    sign_up(open_harbour, visitor)
    (key,) = [key for key in visitor.jar if "confirming" in key[1]]
    sealed = visitor.jar[key].value
    assert EVE not in sealed
    for other in (open_harbour.other(), open_harbour):
        visitor.jar[key].value = sealed if other is not open_harbour else sealed[:-4] + "AAAA"
        assert visitor.open(other.url("/confirm")).heading == "Sign in"
    visitor.jar[key].value = sealed
    with time_machine.travel(timedelta(hours=1, seconds=1)):
        assert visitor.open(open_harbour.url("/confirm")).heading == "Sign in"
    assert visitor.open(open_harbour.url("/confirm")).heading == "Check your email"


# --- a forgotten password ---------------------------------------------------------------------------------------------


def forget(app: App, visitor: Visitor, name: str = "alice") -> Answer:
    page = visitor.open(visitor.open(app.authorize()).link("Forgot your password?"))
    assert page.heading == "Reset your password"
    return page.fill(username=name)


def test_a_forgotten_password_is_replaced(app: App, visitor: Visitor) -> None:
    page = forget(app, visitor)
    assert (page.heading, page.account) == ("Choose a new password", "alice")
    assert page.lede == "If there is such an account, a code is on its way to a•••@e•••. It works for 1 hour."
    page = page.fill(code=inbox.code("alice@example.com"), new_password=NEW, new_password_again=NEW)
    assert (page.heading, page.alert) == ("Sign in", "Password saved. Sign in with the new one.")
    assert page.input("username").get("value") == "alice"
    assert page.fill(username="alice", password=NEW).told["code"]


@pytest.mark.parametrize("path", ["/confirmForgotPassword", "/confirmforgotPassword", "/CONFIRMFORGOTPASSWORD"])
def test_capitals_do_not_matter(app: App, visitor: Visitor, path: str) -> None:
    forget(app, visitor)
    assert visitor.open(app.url(path)).heading == "Choose a new password"


def test_REC_01_nothing_is_reached_without_the_code(app: App, visitor: Visitor) -> None:
    assert visitor.open(app.url("/confirmForgotPassword")).heading == "Reset your password"
    page = forget(app, visitor)
    right = inbox.code("alice@example.com")
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    assert page.fill(code=wrong, new_password=NEW, new_password_again=NEW).problems == {"code": WRONG}
    weak = page.fill(code=right, new_password="short", new_password_again="short")
    assert weak.problems == {"new_password": "This password is too short. Use at least 8 characters."}
    assert app.stage.tokens()
    assert weak.fill(code=right, new_password=NEW, new_password_again=NEW).alert.startswith("Password saved.")
    again = forget(app, Visitor()).fill(code=right, new_password=PASSWORD, new_password_again=PASSWORD)
    assert again.problems == {"code": WRONG} or inbox.code("alice@example.com") == right


def test_REC_01_a_code_changes_only_the_account_that_it_was_sent_for(app: App, visitor: Visitor) -> None:
    """mallory asks for alice's page with a code of her own."""
    app.stage.user("mallory")
    forget(app, Visitor(), "mallory")
    page = forget(app, visitor, "alice")
    code = inbox.code("mallory@example.com")
    page = page.fill(code=code, new_password=NEW, new_password_again=NEW)
    assert page.problems == {"code": WRONG} or inbox.code("alice@example.com") == code
    assert app.stage.tokens()


def test_REC_06_nobody_learns_who_has_an_account(app: App, visitor: Visitor) -> None:
    app.stage.cognito.admin_disable_user(UserPoolId=app.stage.pool_id, Username="alice")
    for name in ("alice", "mallory"):
        pages = [forget(app, Visitor(), name) for _ in range(2)]
        assert pages[0].heading == "Choose a new password"
        assert pages[0].lede == pages[1].lede
        assert pages[0].lede.startswith("If there is such an account, a code is on its way to ")
        wrong = pages[0].fill(code="123456", new_password=NEW, new_password_again=NEW)
        assert wrong.problems == {"code": WRONG}


def test_a_legacy_client_says_that_nobody_has_the_name(app: App, visitor: Visitor) -> None:
    page = forget(app.other(PreventUserExistenceErrors="LEGACY"), visitor, "mallory")
    assert page.alert.startswith("There is no account with this username.")
    assert page.focused == "username"


def test_another_code(app: App, visitor: Visitor) -> None:
    page = forget(app, visitor).press()
    assert (page.heading, page.alert) == (
        "Choose a new password",
        "A new code is on its way. Only the newest one works.",
    )
    page = page.fill(code=inbox.code("alice@example.com"), new_password=NEW, new_password_again=NEW)
    assert page.alert.startswith("Password saved.")


def test_too_many_resets(app: App, visitor: Visitor) -> None:
    page = forget(app, visitor)
    for _ in range(20):
        page = page.press()
        if page.alert.startswith("Too many attempts."):
            break
    assert page.alert == "Too many attempts. Wait a while, then try again."
    assert visitor.open(page.url).heading == "Choose a new password"


def test_who_must_reset_is_led_there(app: App, visitor: Visitor) -> None:
    app.stage.cognito.admin_reset_user_password(UserPoolId=app.stage.pool_id, Username="alice")
    page = app.sign_in(visitor)
    assert (page.heading, page.lede) == ("Choose a new password", "Enter the code that we sent you.")
    page = page.fill(code=inbox.code("alice@example.com"), new_password=NEW, new_password_again=NEW)
    assert page.fill(username="alice", password=NEW).told["code"]


def test_no_link_where_only_administrators_reset(cognito: Any, public: Any, visitor: Visitor) -> None:
    recovery = {"RecoveryMechanisms": [{"Name": "admin_only", "Priority": 1}]}
    stage = set_stage(cognito, public, AccountRecoverySetting=recovery)
    stage.user()
    app = open_app(stage)
    page = app.sign_in(visitor, password="Wrong-horse-7")
    assert page.link("Forgot your password?") == ""
    assert page.alert == "Incorrect username or password. Check both and try again."
    assert visitor.open(app.url("/forgotPassword")).heading == "Sign in"


def test_a_reset_ends_a_lock(app: App, visitor: Visitor) -> None:
    for _ in range(6):
        app.sign_in(visitor, password="Wrong-horse-7")
    page = forget(app, visitor)
    page = page.fill(code=inbox.code("alice@example.com"), new_password=NEW, new_password_again=NEW)
    assert page.fill(username="alice", password=NEW).told["code"]


def test_MFA_01_a_reset_does_not_pass_the_second_factor(app: App, visitor: Visitor) -> None:
    app.stage.cognito.set_user_pool_mfa_config(
        UserPoolId=app.stage.pool_id, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration="ON"
    )
    page = forget(app, visitor)
    page = page.fill(code=inbox.code("alice@example.com"), new_password=NEW, new_password_again=NEW)
    assert page.fill(username="alice", password=NEW).heading == "Set up an authenticator app"


def test_PWD_09_a_password_that_was_used_before(cognito: Any, public: Any, visitor: Visitor) -> None:
    policy = {"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 3}}
    stage = set_stage(cognito, public, Policies=policy)
    stage.user()
    app = open_app(stage)
    page = forget(app, visitor)
    page = page.fill(code=inbox.code("alice@example.com"), new_password=PASSWORD, new_password_again=PASSWORD)
    assert page.problems == {"new_password": "You have used this password before. Choose one that is new."}
