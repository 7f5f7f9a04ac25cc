"""The inbox: what was written to people, and who may read it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cognito_site.console.models import Change
from tests.cast import Stage
from tests.console.desk import Desk, hire, sit_down
from userpools.domain import messages
from userpools.models import Message, User


@pytest.fixture
def letter(stage: Stage) -> Message:
    stage.user(given_name="Alice", family_name="Moreau")
    stage.public.forgot_password(ClientId=stage.client_id, Username="alice")
    return Message.objects.get()


@pytest.fixture
def inbox(pool_url: str) -> str:
    return f"{pool_url}messages/"


def test_the_code_in_the_inbox_works(dana: Desk, stage: Stage, inbox: str, letter: Message) -> None:
    listed = dana.get(inbox)
    assert "Password reset code alice@example.com" in listed.text
    code = messages.open(letter).code
    assert code not in listed.html
    page = dana.get(inbox, open=str(letter.pk))
    assert f'data-copy="{code}"' in page.html
    stage.public.confirm_forgot_password(
        ClientId=stage.client_id, Username="alice", ConfirmationCode=code, Password="Another-horse-8"
    )
    assert stage.tokens(password="Another-horse-8")


def test_an_invitation_shows_its_password(dana: Desk, stage: Stage, inbox: str) -> None:
    stage.cognito.admin_create_user(
        UserPoolId=stage.pool_id, Username="bea", UserAttributes=[{"Name": "email", "Value": "bea@example.com"}]
    )
    page = dana.get(inbox, open=str(Message.objects.get().pk))
    password = messages.open(Message.objects.get()).code
    assert stage.sign_in("bea", password)["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert "Username: bea" in page.text


def test_WEB_07_html_is_shut_into_a_frame_with_a_policy_of_its_own(dana: Desk, stage: Stage, inbox: str) -> None:
    hostile = "<script>alert(1)</script><img src=https://evil.example/x><b>{####}</b><form action=/admin/>"
    stage.cognito.update_user_pool(
        UserPoolId=stage.pool_id,
        VerificationMessageTemplate={"EmailMessage": hostile, "EmailSubject": "<i>Ahoy</i>"},
    )
    stage.user()
    stage.public.forgot_password(ClientId=stage.client_id, Username="alice")
    letter = Message.objects.get()
    page = dana.get(inbox, open=str(letter.pk))
    assert not page.inline
    assert "<i>Ahoy" not in page.html
    assert '<iframe title="The message" sandbox src=' in page.html
    body = dana.browser.get(f"{inbox}{letter.pk}/body/")
    policy = body["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script-src" not in policy
    assert "allow-" not in policy
    assert body["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in body["Cache-Control"]


def test_ADM_03_reading_needs_more_than_looking_and_is_written_down(
    dana: Desk, vera: Desk, inbox: str, letter: Message
) -> None:
    code = messages.open(letter).code
    page = vera.get(inbox, open=str(letter.pk))
    assert "Your role does not open messages" in page.text
    assert code not in page.html
    assert vera.status(f"{inbox}{letter.pk}/body/") == 403
    assert not Change.objects.filter(user=vera.operator, object_id=str(letter.pk)).exists()
    for _ in range(2):
        dana.get(inbox, open=str(letter.pk))
    change = Change.objects.get(user=dana.operator, object_id=str(letter.pk))
    assert change.change_message == "Read a message"


def test_what_was_handed_over_is_forgotten_and_a_failure_says_why(dana: Desk, inbox: str, letter: Message) -> None:
    Message.objects.filter(pk=letter.pk).update(status="failed", answer="550 no such mailbox", content=b"")
    page = dana.get(inbox, open=str(letter.pk))
    assert "550 no such mailbox" in page.text
    assert "is forgotten" in page.text
    assert dana.status(f"{inbox}{letter.pk}/body/") == 404


def test_a_waiting_message_is_sent_now(dana: Desk, vera: Desk, inbox: str, letter: Message) -> None:
    later = timezone.now() + timedelta(minutes=10)
    Message.objects.filter(pk=letter.pk).update(status="pending", due_at=later)
    assert vera.browser.post(f"{inbox}{letter.pk}/try-again/").status_code == 403
    assert "Send now" in dana.get(inbox, open=str(letter.pk)).text
    dana.post(f"{inbox}{letter.pk}/try-again/")
    letter.refresh_from_db()
    assert letter.due_at < later
    Message.objects.filter(pk=letter.pk).update(status="inbox")
    assert "nothing left to send" in dana.post(f"{inbox}{letter.pk}/try-again/").text


def test_search_by_address_name_and_sub(dana: Desk, stage: Stage, inbox: str, letter: Message) -> None:
    stage.user("bea")
    stage.public.forgot_password(ClientId=stage.client_id, Username="bea")
    sub = str(User.objects.get(username="alice").sub)
    for typed in ("alice@ex", "ALICE", "Moreau", sub):
        text = dana.get(inbox, q=typed).text
        assert "alice@example.com" in text, typed
        assert "bea@example.com" not in text, typed


def test_chips_choose(dana: Desk, inbox: str, letter: Message) -> None:
    assert "alice@example.com" in dana.get(inbox, state="inbox").text
    assert "Nothing matches" in dana.get(inbox, state="failed").text
    assert "Nothing matches" in dana.get(inbox, kind="SignUp").text


def test_the_open_message_keeps_the_filters_of_the_list(dana: Desk, inbox: str, letter: Message) -> None:
    page = dana.get(inbox, state="inbox")
    link = next(link for link in page.links if "open=" in link)
    assert link == f"?state=inbox&open={letter.pk}"
    assert 'aria-current="true"' in dana.get(f"{inbox}{link}").html


@pytest.mark.parametrize("bad", ["nonsense", "00000000-0000-4000-8000-000000000000", "'"])
def test_a_message_that_is_not_there(dana: Desk, inbox: str, bad: str) -> None:
    assert dana.browser.get(inbox, {"open": bad}).status_code == 404


def test_a_user_without_message_rights_has_no_such_tab(stage: Stage, pool_url: str, letter: Message) -> None:
    desk = sit_down(hire("bare", "userpools.view_userpool", "userpools.view_user"))
    user = User.objects.get(username="alice")
    page = desk.get(f"{pool_url}users/{user.pk}/?tab=messages")
    assert "?tab=messages" not in page.links
    assert "Password reset code" not in page.text
