"""What happened, in words: events and messages as lines of a timeline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils import timezone

from userpools.domain import events
from userpools.models import Event, Message


@dataclass(frozen=True, slots=True)
class Words:
    """``deed`` where it went well or nothing could fail, ``failure`` where it did not."""

    icon: str
    deed: str
    failure: str = ""
    group: str = "change"


SIGN_IN, MESSAGE, CHANGE = "sign_in", "message", "change"
FILTERS = {"": "Everything", SIGN_IN: "Sign-ins", MESSAGE: "Messages", CHANGE: "Changes"}

WORDS = {
    events.SIGN_IN: Words("enter", "Signed in", "Sign-in failed", SIGN_IN),
    events.SIGN_OUT: Words("enter", "Signed out everywhere", group=SIGN_IN),
    events.SIGN_UP: Words("users", "Signed up", "Sign-up failed"),
    events.CONFIRM_SIGN_UP: Words("check", "Confirmed the sign-up", "Confirming the sign-up failed"),
    events.RESEND_CODE: Words("mail", "Asked for the sign-up code again"),
    events.FORGOT_PASSWORD: Words("key", "Asked to reset the password"),
    events.RESET_PASSWORD: Words("key", "Reset the password", "Resetting the password failed"),
    events.CHANGE_PASSWORD: Words("key", "Changed the password", "Changing the password failed"),
    events.CHANGE_ATTRIBUTES: Words("pen", "Attributes changed"),
    events.SEND_ATTRIBUTE_CODE: Words("mail", "Asked for a code to prove an address"),
    events.VERIFY_ATTRIBUTE: Words("check", "Proved an address", "Proving an address failed"),
    events.LOSE_ALIAS: Words("alert", "Lost an address to another account"),
    events.CHANGE_FACTORS: Words("shield", "Second factors changed"),
    events.CREATE_USER: Words("plus", "Account created"),
    events.MIGRATE_USER: Words("plus", "Account moved here by a function"),
    events.RESEND_INVITATION: Words("mail", "Invitation sent again"),
    events.SET_PASSWORD: Words("key", "Password set"),
    events.REQUIRE_RESET: Words("key", "Password reset demanded"),
    events.ENABLE_USER: Words("check", "Account enabled"),
    events.DISABLE_USER: Words("lock", "Account disabled"),
    events.DELETE_USER: Words("x", "Account deleted"),
    events.UNLOCK_USER: Words("lock", "Lock lifted"),
    events.REVOKE_TOKENS: Words("refresh", "A sign-in ended", group=SIGN_IN),
    events.CHANGE_GROUPS: Words("users", "Groups changed"),
    events.CHANGE_SETTINGS: Words("pen", "Settings changed by the API"),
    events.SMS_NEARLY_USED: Words("alert", "Most text messages of the day are sent"),
}
METHODS = {
    "pwd": "password",
    "otp": "authenticator code",
    "sms": "code by text message",
    "email_otp": "code by e-mail",
    "mfa": "",
    "new_password": "new password",
}

STATES = {
    Message.Status.PENDING: ("info", "Waiting"),
    Message.Status.SENT: ("ok", "Handed over"),
    Message.Status.INBOX: ("ok", "Here in the inbox"),
    Message.Status.FAILED: ("bad", "Failed"),
    Message.Status.SUPERSEDED: ("off", "Replaced by a newer one"),
}
KINDS = {
    "SignUp": "Sign-up code",
    "ResendCode": "Sign-up code, again",
    "ForgotPassword": "Password reset code",
    "UpdateUserAttribute": "Code for a new address",
    "VerifyUserAttribute": "Code to prove an address",
    "AdminCreateUser": "Invitation",
    "Authentication": "Sign-in code",
    "AccountTakeOverNotification": "Notice of a risky sign-in",
}


@dataclass(frozen=True, slots=True)
class Line:
    """``tone``: pass, fail or empty. ``client`` is a client id; ``url`` leads to more of it."""

    at: datetime
    icon: str
    tone: str
    text: str
    reason: str = ""
    actor: str = ""
    client: str = ""
    device: str = ""
    ip: str = ""
    url: str = ""
    times: int = 1

    @property
    def likeness(self) -> tuple[str, ...]:
        """Neighbours that are alike in this become one line."""
        return (self.text, self.reason, self.actor, self.client, self.device, self.ip, self.url)


def of_event(event: Event) -> Line:
    words = WORDS.get(event.kind, Words("dot", event.kind.replace("_", " ").capitalize()))
    failed = event.passed is False
    return Line(
        at=event.created_at,
        icon=words.icon,
        tone="fail" if failed else "pass" if event.passed else "",
        text=(words.failure or words.deed) if failed else words.deed + _detail(event),
        reason=event.reason,
        actor=event.actor,
        client=event.client,
        device=device_of(event.user_agent),
        ip=event.ip,
    )


def _detail(event: Event) -> str:
    """What of the deed's detail people want to know."""
    detail: dict[str, Any] = event.detail
    if event.kind == events.SIGN_IN:
        named = [METHODS.get(method, method) for method in detail.get("methods", ())]
        return f" with {' and '.join(filter(None, named))}" if any(named) else ""
    if event.kind == events.CHANGE_ATTRIBUTES:
        return f": {', '.join(detail.get('attributes', ()))}"
    if event.kind in (events.VERIFY_ATTRIBUTE, events.SEND_ATTRIBUTE_CODE):
        return f": {detail.get('attribute', '')}"
    if event.kind == events.CHANGE_SETTINGS:
        return f": {detail.get('operation', '')}"
    if event.kind == events.SET_PASSWORD:
        return " for good" if detail.get("status") == "CONFIRMED" else ", to be changed at the next sign-in"
    return ""


def of_message(message: Message) -> Line:
    what = "Text message" if message.medium == Message.Medium.SMS else "E-mail"
    _, state = STATES[Message.Status(message.status)]
    failed = message.status == Message.Status.FAILED
    return Line(
        at=message.created_at,
        icon="phone" if message.medium == Message.Medium.SMS else "mail",
        tone="fail" if failed else "",
        text=f"{what}: {KINDS.get(message.kind, message.kind)}",
        reason=f"{state}{f': {message.answer}' if message.answer else ''}",
        device=message.destination,
        url=str(message.pk),
    )


def device_of(user_agent: str) -> str:
    """A browser's family and system, or the name of a program; the whole is in the title of the line."""
    agent = user_agent.lower()
    browsers = (("edg/", "Edge"), ("firefox/", "Firefox"), ("chrome/", "Chrome"), ("safari/", "Safari"))
    systems = (
        *(("iphone", "iPhone"), ("ipad", "iPad"), ("android", "Android")),
        *(("windows", "Windows"), ("mac os", "Mac"), ("linux", "Linux")),
    )
    browser = next((name for mark, name in browsers if mark in agent and "mozilla" in agent), "")
    system = next((name for mark, name in systems if mark in agent), "")
    if browser:
        return f"{browser} on {system}" if system else browser
    return user_agent.split("/", maxsplit=1)[0].split(" ", maxsplit=1)[0][:40]


# --- a list of them -------------------------------------------------------------------------------------------------


def folded(lines: Iterable[Line]) -> Iterator[Line]:
    """Neighbours that say the same are one line with a count, at the time of the newest."""
    for _, alike in groupby(lines, key=lambda line: line.likeness):
        same = list(alike)
        yield replace(same[0], times=len(same))


def by_day(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    """Newest first."""
    today = timezone.now().date()
    return [(_day(day, today), list(found)) for day, found in groupby(lines, key=lambda line: line.at.date())]


def _day(day: date, today: date) -> str:
    if day == today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return f"{day:%A, %d %B}" if day.year == today.year else f"{day:%A, %d %B %Y}"
