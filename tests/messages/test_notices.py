"""Mail about a risky sign-in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import html

from tests import inbox
from tests.cast import Stage
from tests.hostedui.test_languages import speak
from userpools.domain import access, notices
from userpools.domain.notices import Incident, Outcome
from userpools.values import Context

pytestmark = pytest.mark.django_db

EMAIL = "alice@example.com"
WHEN = datetime(2026, 3, 19, 14, 25, tzinfo=UTC)
KNOWN = Incident("e-1", WHEN, "192.0.2.7", "Lisbon", "Portugal", "<Opera>", "t", "https://x/?a=1&b=2", "https://x/no")


def notify(stage: Stage, outcome: Outcome, incident: Incident = KNOWN, **said: Any) -> Any:
    user = access.user(access.pool(stage.pool_id), "alice")
    notices.send(notices.compose(user, outcome, incident, said, Context()))
    return inbox.newest(EMAIL)


@pytest.mark.parametrize(
    ("outcome", "subject"),
    [
        (Outcome.BLOCKED, "We stopped a sign-in to your account · harbour"),
        (Outcome.LET_IN, "An unusual sign-in to your account · harbour"),
        (Outcome.ASKED_FOR_A_SECOND_FACTOR, "An unusual sign-in to your account · harbour"),
    ],
)
def test_what_happened_is_told(stage: Stage, outcome: Outcome, subject: str) -> None:
    stage.user()
    mail = notify(stage, outcome)
    assert mail.subject == subject
    assert "Time: 2026-03-19 14:25 UTC\n" in mail.text
    assert "Place: Lisbon, Portugal\n" in mail.text
    assert "Device: <Opera>\n" in mail.text
    assert "&lt;Opera&gt;" in mail.html
    assert html.fromstring(mail.html).xpath("//a/@href") == ["https://x/no", "https://x/?a=1&b=2"]


def test_what_is_not_known_is_not_told(stage: Stage) -> None:
    stage.user()
    mail = notify(stage, Outcome.BLOCKED, Incident("e-1", WHEN))
    assert "{" not in mail.text
    assert not html.fromstring(mail.html).xpath("//a")
    assert "Place" not in mail.text


def test_the_pool_says_it_in_its_own_words(stage: Stage) -> None:
    stage.user()
    words = {
        "subject": "Ahoy",
        "html_body": "<p>{username} at {ip-address}, {city}: {one-click-link-invalid} {####} {login-time}</p>",
        "text_body": "{username} on {device-name}",
    }
    mail = notify(
        stage, Outcome.BLOCKED, block_email=words, **{"from": "watch@example.com"}, reply_to="help@example.com"
    )
    assert mail.subject == "Ahoy"
    assert mail.html == "<p>alice at 192.0.2.7, Lisbon: https://x/no {####} Thursday, March 19, 2026 02:25 PM UTC</p>"
    assert mail.text == "alice on <Opera>"
    assert (mail.sender, mail.reply_to) == ("watch@example.com", "help@example.com")


def test_in_the_users_language(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    speak(monkeypatch)
    stage.user(locale="de")
    assert notify(stage, Outcome.LET_IN).subject == "⟦An unusual sign-in to your account⟧ · harbour"
