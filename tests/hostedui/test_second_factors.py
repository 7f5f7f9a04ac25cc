"""Second factors other than authenticator apps, on the pages: codes by message, the choice, an address set up."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests import inbox
from tests.hostedui.app import App
from tests.hostedui.test_sign_in import key_of
from tests.hostedui.visitor import Answer, Visitor
from userpools.domain import factors

ADDRESS, NUMBER = "alice@example.com", "+351912345678"
SMS = {"SmsMfaConfiguration": {"SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"}}}
EMAIL = {"EmailMfaConfiguration": {"Subject": "Your code", "Message": "It is {####}."}}
TOTP = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
SENDING = {
    "EmailConfiguration": {
        "EmailSendingAccount": "DEVELOPER",
        "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/harbour@example.com",
    },
    "AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": "verified_phone_number", "Priority": 1}]},
}

pytestmark = pytest.mark.django_db


def require(app: App, *kinds: dict[str, Any], mfa: str = "ON") -> None:
    app.stage.cognito.update_user_pool(UserPoolId=app.stage.pool_id, **SENDING)
    merged = {name: value for kind in kinds for name, value in kind.items()}
    app.stage.cognito.set_user_pool_mfa_config(UserPoolId=app.stage.pool_id, MfaConfiguration=mfa, **merged)


def change(app: App, **attributes: str) -> None:
    given = [{"Name": name, "Value": value} for name, value in attributes.items()]
    app.stage.cognito.admin_update_user_attributes(UserPoolId=app.stage.pool_id, Username="alice", UserAttributes=given)


def is_signed_in(answer: Answer) -> bool:
    return "code" in answer.told


# --- a code by message ------------------------------------------------------------------------------------------------


def test_a_code_by_text_message(app: App, visitor: Visitor) -> None:
    require(app, SMS)
    change(app, phone_number=NUMBER, phone_number_verified="true")
    page = app.sign_in(visitor)
    assert (page.heading, page.account) == ("Check your messages", "alice")
    assert page.lede == "We sent a code to +••• ••• •78. You have 3 minutes for it."
    assert NUMBER not in page.text
    wrong = page.fill(code="000000" if inbox.code(NUMBER) != "000000" else "000001")
    assert wrong.problems == {"code": "That code isn’t right or has expired. Enter the newest one, or send a new code."}
    assert is_signed_in(wrong.fill(code=inbox.code(NUMBER)))


def test_a_code_by_email_has_the_words_of_the_pool(app: App, visitor: Visitor) -> None:
    require(app, EMAIL)
    page = app.sign_in(visitor)
    assert (page.heading, page.lede[:32]) == ("Check your email", "We sent a code to a•••@e•••. You")
    mail = inbox.newest(ADDRESS)
    assert mail.subject == "Your code"
    assert re.fullmatch(r"It is \d{6}\.", mail.text)
    assert is_signed_in(page.fill(code=inbox.code(ADDRESS)))


def test_a_new_code_ends_the_one_before(app: App, visitor: Visitor) -> None:
    require(app, EMAIL)
    page = app.sign_in(visitor)
    first = inbox.code(ADDRESS)
    page = page.press()
    assert page.alert == "A new code is on its way. Only the newest one works."
    assert len(inbox.to(ADDRESS)) == 2
    if first != inbox.code(ADDRESS):
        page = page.fill(code=first)
        assert page.problems
    assert is_signed_in(page.fill(code=inbox.code(ADDRESS)))


def test_API_10_a_new_code_is_sent_where_one_is_asked_for(app: App, visitor: Visitor) -> None:
    require(app, TOTP)
    page = app.sign_in(visitor)
    token = page.input("csrfmiddlewaretoken").get("value")
    for path in ("/mfa/again", "/mfa/choose"):
        answer = visitor.send(app.url(path), {"csrfmiddlewaretoken": token})
        assert answer.alert == "This page has waited too long. Start signing in again."
    assert not inbox.to(ADDRESS)


def test_OTP_only_a_form_sends_a_code(app: App, visitor: Visitor) -> None:
    require(app, EMAIL)
    page = app.sign_in(visitor)
    assert visitor.open(app.url("/mfa/again")).path == page.path
    assert len(inbox.to(ADDRESS)) == 1


# --- the choice -------------------------------------------------------------------------------------------------------


def test_who_has_several_chooses(app: App, visitor: Visitor) -> None:
    require(app, SMS, EMAIL)
    change(app, phone_number=NUMBER, phone_number_verified="true")
    page = app.sign_in(visitor)
    assert page.heading == "Confirm it’s you"
    assert [each.get("value") for each in page.find("//button[@name='factor']")] == ["SMS_MFA", "EMAIL_OTP"]
    assert page.words("//button[@value='SMS_MFA']") == "Text messageA code to +••• ••• •78"
    page = choose(page, "EMAIL_OTP")
    assert page.heading == "Check your email"
    page = page.press(2)
    assert page.heading == "Confirm it’s you", "another way"
    page = choose(page, "SMS_MFA")
    assert is_signed_in(page.fill(code=inbox.code(NUMBER)))


def choose(page: Answer, factor: str) -> Answer:
    token = page.input("csrfmiddlewaretoken").get("value")
    return page.visitor.send(page.url, {"csrfmiddlewaretoken": token, "factor": factor}, page.url)


def test_what_was_not_offered_is_not_chosen(app: App, visitor: Visitor) -> None:
    require(app, SMS, EMAIL)
    change(app, phone_number=NUMBER, phone_number_verified="true")
    assert choose(app.sign_in(visitor), "SOFTWARE_TOKEN_MFA").heading == "Confirm it’s you"


def test_what_is_preferred_is_asked_first_and_can_be_left(app: App, visitor: Visitor) -> None:
    require(app, SMS, EMAIL)
    change(app, phone_number=NUMBER, phone_number_verified="true")
    app.stage.cognito.admin_set_user_mfa_preference(
        UserPoolId=app.stage.pool_id,
        Username="alice",
        SMSMfaSettings={"Enabled": True, "PreferredMfa": True},
        EmailMfaSettings={"Enabled": True},
    )
    page = app.sign_in(visitor)
    assert page.heading == "Check your messages"
    page = choose(page.press(2), "EMAIL_OTP")
    assert is_signed_in(page.fill(code=inbox.code(ADDRESS)))


# --- setting one up ---------------------------------------------------------------------------------------------------


def without_address(app: App) -> None:
    app.stage.cognito.admin_delete_user_attributes(
        UserPoolId=app.stage.pool_id, Username="alice", UserAttributeNames=["email"]
    )


def test_an_address_is_set_up_by_its_code(app: App, visitor: Visitor) -> None:
    require(app, EMAIL)
    without_address(app)
    page = app.sign_in(visitor)
    assert (page.heading, page.path[-10:]) == ("Add your email address", "/mfa/email")
    assert page.fill(email="nothing").problems == {"email": "Enter the whole address, such as name@example.com."}
    page = page.fill(email="new@example.com")
    assert page.heading == "Check your email"
    assert "new@example.com" not in str(user(app)), "not proved yet"
    assert is_signed_in(page.fill(code=inbox.code("new@example.com")))
    assert {"Name": "email", "Value": "new@example.com"} in user(app)["UserAttributes"]
    assert {"Name": "email_verified", "Value": "true"} in user(app)["UserAttributes"]


def user(app: App) -> dict[str, Any]:
    found: dict[str, Any] = app.stage.cognito.admin_get_user(UserPoolId=app.stage.pool_id, Username="alice")
    return found


def test_one_of_two_ways_is_set_up(app: App, visitor: Visitor) -> None:
    require(app, EMAIL, TOTP)
    without_address(app)
    page = app.sign_in(visitor)
    assert page.heading == "Set up an authenticator app"
    other = visitor.open(page.link("Get codes by email instead"))
    assert other.heading == "Add your email address"
    page = visitor.open(other.link("Use an authenticator app instead"))
    assert is_signed_in(page.fill(code=factors.code_at(key_of(page)), device_name=""))


def test_where_nothing_can_be_set_up_nobody_gets_in(app: App, visitor: Visitor) -> None:
    require(app, SMS)
    assert app.sign_in(visitor).alert.startswith("A second step is needed, and none is set up that works here.")
    assert visitor.open(app.url("/mfa")).alert.startswith("This page has waited too long.")
