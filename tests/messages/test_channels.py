"""Every way that messages leave by, against something that speaks its protocol on this machine."""

from __future__ import annotations

import base64
import email
import email.policy
import json
import time
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote

import boto3
import pytest
import requests
from moto.core import DEFAULT_ACCOUNT_ID
from moto.server import ThreadedMotoServer
from moto.ses.models import ses_backends

from cognito_site.transports import aws, smtp, targets
from cognito_site.transports.targets import Aws, Console, Inbox, Provider, Twilio
from tests import inbox
from tests.backends.servers import free_port
from tests.cast import Stage, set_stage
from tests.messages.conftest import Place
from tests.messages.sinks import Mailbox, Receiver, part
from tests.messages.test_delivery import wait_for_sign_ups
from tests.operations.test_sign_up import sign_up
from userpools.domain.delivery import OUTBOX
from userpools.models import Message

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL, PHONE = "alice@example.com", "+15555550100"
ACCOUNT = "AC" + "0" * 32


def confirm(stage: Stage, code: str) -> None:
    stage.public.confirm_sign_up(ClientId=stage.client_id, Username="alice", ConfirmationCode=code)


def row() -> Message:
    return Message.objects.get()


# --- SES and SNS ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def amazon() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def kept(amazon: str) -> Any:
    """What the emulator has got since the test began."""
    requests.post(f"{amazon}/moto-api/reset", timeout=5)
    return lambda: requests.get(f"{amazon}/moto-api/data.json", timeout=5).json()


def test_mail_by_ses(cognito: Any, public: Any, place: Place, amazon: str, kept: Any) -> None:
    place(email=Aws("ses", "eu-west-1", endpoint=amazon))
    ses = boto3.client("sesv2", **aws.client_parameters(Aws("ses", "eu-west-1", endpoint=amazon)))
    ses.create_email_identity(EmailIdentity="hi@example.com")
    stage = set_stage(
        cognito, public, AutoVerifiedAttributes=["email"], EmailConfiguration={"From": "Harbour <hi@example.com>"}
    )
    sign_up(stage)
    (sent,) = ses_backends[DEFAULT_ACCOUNT_ID]["eu-west-1"].sent_messages
    mail = email.message_from_string(sent.raw_data, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    assert (mail["To"], mail["From"]) == (EMAIL, "Harbour <hi@example.com>")
    assert mail["Message-ID"] == f"<{row().pk}@localhost>"
    confirm(stage, inbox.digits(part(mail, "plain")))
    assert row().answer.startswith("The provider took it as ")
    assert bytes(row().content) == b""


def test_a_text_message_by_sns(verifying: Stage, place: Place, amazon: str, kept: Any) -> None:
    place(sms=Aws("sns", "eu-west-1", endpoint=amazon, sender_id="Harbour"))
    sign_up(verifying, phone_number=PHONE)
    (sent,) = kept()["sns"]["SMS"]
    assert sent["phone_number"] == PHONE
    confirm(verifying, inbox.digits(sent["message"]))
    assert row().answer == f"SNS took it as {sent['message_id']}."


def test_an_sns_that_nobody_finds(verifying: Stage, place: Place) -> None:
    place(sms=Aws("sns", "eu-west-1", endpoint=f"http://127.0.0.1:{free_port()}"))
    sign_up(verifying, phone_number=PHONE)
    assert (row().status, row().answer) == ("pending", "SNS: EndpointConnectionError.")


@pytest.mark.parametrize(("code", "is_final"), [("InvalidParameter", True), ("Throttling", False), ("", False)])
def test_what_aws_says(code: str, is_final: bool) -> None:
    refused = aws.refused({"Error": {"Code": code, "Message": "no"}})
    assert (str(refused), refused.is_final) == (f"{code}: no", is_final)


# --- providers' APIs ------------------------------------------------------------------------------------------------

ANSWERS: dict[str, dict[str, Any]] = {
    "postmark": {"MessageID": "m-1", "ErrorCode": 0, "Message": "OK", "To": EMAIL},
    "resend": {"id": "m-1"},
    "mailgun": {"id": "<m-1>", "message": "Queued."},
    "brevo": {"messageId": "m-1"},
}


@pytest.mark.parametrize("name", ANSWERS)
def test_mail_by_a_provider(verifying: Stage, place: Place, receiver: Receiver, name: str) -> None:
    secrets = tuple(f"secret-{part}" for part in targets.PROVIDERS[name])
    place(email=Provider(name, secrets, receiver.url))
    receiver.answer = ANSWERS[name]
    sign_up(verifying)
    (request,) = receiver.requests
    assert EMAIL in unquote(request.body.decode())
    key = base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")) if name == "mailgun" else b""
    assert secrets[0] in key.decode() + str(request.headers)
    assert request.headers["Idempotency-Key"] == str(row().pk)
    assert row().status == "sent"
    assert row().answer.startswith("The provider took it as ")


def test_a_provider_gets_both_parts(verifying: Stage, place: Place, receiver: Receiver) -> None:
    place(email=Provider("postmark", ("secret",), receiver.url))
    receiver.answer = ANSWERS["postmark"]
    sign_up(verifying)
    sent = receiver.requests[0].json
    assert inbox.digits(sent["TextBody"]) in sent["HtmlBody"]
    confirm(verifying, inbox.digits(sent["TextBody"]))


@pytest.mark.parametrize(
    ("status", "outcome"), [(422, "failed"), (500, "pending"), (429, "pending"), (401, "pending"), (403, "pending")]
)
def test_MSG_04_what_a_provider_refuses(
    verifying: Stage, place: Place, receiver: Receiver, status: int, outcome: str
) -> None:
    """Its answer may quote the message, codes and all: nobody keeps it."""
    place(email=Provider("postmark", ("secret",), receiver.url))
    receiver.status, receiver.answer = status, {"ErrorCode": 300, "Message": "refused: 123456"}
    sign_up(verifying)
    assert (row().status, row().answer) == (outcome, f"The provider answered {status}.")


def test_a_provider_that_nobody_finds(verifying: Stage, place: Place) -> None:
    place(email=Provider("postmark", ("secret",), f"http://127.0.0.1:{free_port()}"))
    sign_up(verifying)
    assert (row().status, row().answer) == ("pending", "The provider: ConnectionError.")


# --- Twilio ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sender", "member"), [("+15005550006", "From"), ("MG" + "1" * 32, "MessagingServiceSid")])
def test_a_text_message_by_twilio(verifying: Stage, place: Place, receiver: Receiver, sender: str, member: str) -> None:
    place(sms=Twilio(ACCOUNT, "token", sender, receiver.url))
    receiver.status, receiver.answer = 201, {"sid": "SM1", "status": "queued"}
    sign_up(verifying, phone_number=PHONE)
    (request,) = receiver.requests
    assert request.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")) == f"{ACCOUNT}:token".encode()
    assert (request.form["To"], request.form[member]) == (PHONE, sender)
    confirm(verifying, inbox.digits(request.form["Body"]))
    assert row().answer == "Twilio took it as SM1."


def test_a_number_that_twilio_refuses(verifying: Stage, place: Place, receiver: Receiver) -> None:
    place(sms=Twilio(ACCOUNT, "token", "+15005550006", receiver.url))
    receiver.status, receiver.answer = 400, {"code": 21211, "message": "Invalid 'To' Phone Number", "status": 400}
    sign_up(verifying, phone_number=PHONE)
    assert (row().status, row().answer) == ("failed", "Twilio answered 400: Invalid 'To' Phone Number")


# --- at home --------------------------------------------------------------------------------------------------------


def test_messages_are_printed(verifying: Stage, place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place(email=Console(), sms=Console())
    sign_up(verifying)
    sign_up(verifying, "bob", phone_number=PHONE)
    printed = capsys.readouterr().out
    assert f"To: {EMAIL}" in printed
    assert f"To: {PHONE}" in printed
    assert {message.status for message in Message.objects.all()} == {"sent"}


def test_the_inbox_can_be_asked_for(verifying: Stage, place: Place) -> None:
    place(email=Inbox())
    sign_up(verifying)
    confirm(verifying, inbox.code(EMAIL))
    assert row().status == "inbox"


# --- SMTP -----------------------------------------------------------------------------------------------------------


def test_a_line_that_was_cut_meanwhile_is_made_anew(verifying: Stage, mailbox: Mailbox) -> None:
    sign_up(verifying)
    (line,) = _idle(mailbox)
    line.backend.connection.sock.shutdown(2)
    sign_up(verifying, "bob")
    assert [str(mail["To"]) for mail in mailbox.mails] == [EMAIL, "bob@example.com"]


def test_an_idle_line_is_closed(verifying: Stage, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "IDLE_SECONDS", 0.05)
    sign_up(verifying)
    assert _idle(mailbox)
    end = time.monotonic() + 5
    while _idle(mailbox) and time.monotonic() < end:
        time.sleep(0.01)
    assert not _idle(mailbox)


def test_no_server_gets_too_many_over_one_line(
    verifying: Stage, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "MOST_MAILS", 2)
    wait_for_sign_ups(verifying, mailbox, 4)
    before = mailbox.connections
    OUTBOX.drain()
    assert mailbox.connections - before == 2
    assert len(mailbox.mails) == 4


def _idle(mailbox: Mailbox) -> list[Any]:
    from cognito_site.transports import chosen

    found: Any = chosen._made(mailbox.target)
    return list(found._way._idle._lines)


def test_MSG_04_no_log_shows_a_code(
    verifying: Stage, place: Place, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    place(email=Provider("postmark", ("secret-token",), receiver.url))
    receiver.answer = {"not": "what anybody expects"}
    with caplog.at_level("DEBUG"):
        sign_up(verifying)
        OUTBOX.drain()
    sent = receiver.requests[0].json
    said = json.dumps([record.getMessage() for record in caplog.records]) + row().answer
    assert inbox.digits(sent["TextBody"]) not in said
    assert "secret-token" not in said


def test_a_configuration_set_reaches_ses(cognito: Any, public: Any, place: Place, receiver: Receiver) -> None:
    place(email=Aws("ses", "eu-west-1", endpoint=receiver.url))
    receiver.answer = {"MessageId": "m-1"}
    said = {"From": "hi@example.com", "ConfigurationSet": "harbour"}
    sign_up(set_stage(cognito, public, AutoVerifiedAttributes=["email"], EmailConfiguration=said))
    assert receiver.requests[0].json["ConfigurationSetName"] == "harbour"
