"""One walk over all pages of a sign-in, as a person meets them; at each of them a test looks around."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.house import TEMPORARY, House
from tests.hostedui.app import App
from userpools.domain import factors

PASSWORD = "Correct-horse-77"

Look = Callable[[str], None]


def submit(page: Page, **fields: str) -> None:
    """Fills in what is asked, presses the one filled button, and waits for what comes of it."""
    for name, value in fields.items():
        page.fill(f"#{name}", value)
    with page.expect_navigation():
        page.click("button.primary")


def over_all_pages(page: Page, house: House, look: Look) -> None:
    """``look`` is called with the name of each page."""
    page.goto(house.relaxed.authorize())
    look("sign-in")
    submit(page, username="nobody@example.com", password="Wrong-horse-77")
    look("sign-in-error")
    _account(page, house, look)
    _password(page, house, look)
    _factor(page, house.strict, house, look)
    _choice(page, house, look)
    _setting_up_mail(page, house, look)
    _reports(page, house.relaxed, look)


def _account(page: Page, house: House, look: Look) -> None:
    page.goto(house.relaxed.url("/signup"))
    look("sign-up")
    house.people += 1
    address = f"somebody.with.a.long.name.{house.people}@mail.example.com"
    given = {"given_name": "Ana", "family_name": "Sousa", "email": address, "birthdate": "1990-03-25"}
    submit(page, **given, password="correct-horse-77")
    look("sign-up-error")
    submit(page, password=PASSWORD)
    look("confirm")
    submit(page, code="000000")
    look("confirm-error")


def _password(page: Page, house: House, look: Look) -> None:
    page.goto(house.relaxed.url("/forgotPassword"))
    look("forgot")
    submit(page, username=house.somebody(house.relaxed, PASSWORD))
    look("reset")
    submit(page, code="000000", new_password=f"{PASSWORD}8", new_password_again=f"{PASSWORD}9")
    look("reset-error")


def _factor(page: Page, app: App, house: House, look: Look) -> None:
    name = house.somebody(app)
    page.goto(app.authorize())
    submit(page, username=name, password=TEMPORARY)
    look("new-password")
    submit(page, new_password=PASSWORD, new_password_again=PASSWORD)
    look("totp-setup")
    key = str(page.get_attribute("[data-copy]", "data-copy"))
    submit(page, code=factors.code_at(key), device_name="Ana’s phone")
    page.goto(app.authorize(prompt="login"))
    submit(page, username=name, password=PASSWORD)
    look("totp")
    submit(page, code="000 000")
    look("totp-error")


def _choice(page: Page, house: House, look: Look) -> None:
    app, name = house.several, house.new_name()
    app.stage.user(name, PASSWORD, phone_number="+351912345678", phone_number_verified="true")
    page.goto(app.authorize())
    submit(page, username=name, password=PASSWORD)
    look("choose-factor")
    with page.expect_navigation():
        page.click("button[value=EMAIL_OTP]")
    look("message-code")
    submit(page, code="000000")
    look("message-code-error")


def _setting_up_mail(page: Page, house: House, look: Look) -> None:
    app, name = house.several, house.new_name()
    app.stage.user(name, PASSWORD)
    app.stage.cognito.admin_delete_user_attributes(
        UserPoolId=app.stage.pool_id, Username=name, UserAttributeNames=["email", "email_verified"]
    )
    page.goto(app.authorize(prompt="login"))
    submit(page, username=name, password=PASSWORD)
    with page.expect_navigation():
        page.click("a[href*='/mfa/email']")
    look("email-setup")


def _reports(page: Page, app: App, look: Look) -> None:
    page.goto(app.url("/logout", redirect_uri=None, response_type=None))
    look("signed-out")
    page.goto(app.url("/login", redirect_uri="https://evil.example/"))
    look("error")
    page.goto(f"{app.home}/confirmUser/?client_id={app.client_id}&user_name=nobody&confirmation_code=000000")
    look("confirm-link")
    submit(page)
    look("link-failed")
    page.goto(f"{app.home}/nothing")
    look("not-found")
    page.click("summary")
    look("menu")
