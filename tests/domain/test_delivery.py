"""From the outbox to a real SMTP server and a real webhook, and what happens when they do not want to."""

from __future__ import annotations

import email
import email.policy
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.db import connection
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import Settings

from cognito_site.variables import EmailTarget
from tests import inbox
from tests.backends.servers import free_port
from tests.cast import Stage, set_stage
from tests.operations.test_sign_up import sign_up
from userpools import tasks
from userpools.domain import delivery, messages
from userpools.models import Message

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL, PHONE = "alice@example.com", "+15555550100"


@dataclass
class Sink:
    """``answer`` is what the SMTP server says to a message, ``status`` what the webhook does."""

    mails: list[Any] = field(default_factory=list)
    texts: list[tuple[dict[str, Any], str]] = field(default_factory=list)
    answer: str = "250 OK"
    status: int = 200

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer.startswith("250"):
            self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return self.answer


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    found = Sink()
    port = free_port()
    smtp = Controller(found, hostname="127.0.0.1", port=port)
    smtp.start()
    webhook = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(found))
    thread = threading.Thread(target=webhook.serve_forever)
    thread.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
    settings.POOLHOUSE = replace(
        settings.POOLHOUSE,
        email=EmailTarget("smtp", "127.0.0.1", port, "", ""),
        sms_webhook_url=f"http://127.0.0.1:{webhook.server_port}/sms",
    )
    yield found
    smtp.stop()
    webhook.shutdown()
    thread.join()
    webhook.server_close()


def _handler_of(sink: Sink) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            sink.texts.append((body, self.headers["Idempotency-Key"]))
            self.send_response(sink.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    return Handler


@pytest.fixture
def verifying(cognito: Any, public: Any) -> Stage:
    template = {"EmailMessage": "<p>Ahoy</p><p>{####}</p>", "EmailSubject": "Aboard"}
    return set_stage(
        cognito, public, AutoVerifiedAttributes=["email", "phone_number"], VerificationMessageTemplate=template
    )


def test_a_code_arrives_by_mail(verifying: Stage, sink: Sink) -> None:
    sign_up(verifying)
    (mail,) = sink.mails
    assert (mail["To"], mail["Subject"], mail["From"]) == (EMAIL, "Aboard", "no-reply@localhost")
    text, html = (mail.get_body((kind,)).get_content().strip() for kind in ("plain", "html"))
    code = text.split()[-1]
    assert text.split() == ["Ahoy", code]
    assert html == f"<p>Ahoy</p><p>{code}</p>"
    verifying.public.confirm_sign_up(ClientId=verifying.client_id, Username="alice", ConfirmationCode=code)
    row = Message.objects.get()
    assert mail["Message-ID"] == f"<{row.pk}@localhost>"
    assert (row.status, row.attempts, bytes(row.content)) == ("sent", 1, b"")


def test_a_code_arrives_by_text_message(verifying: Stage, sink: Sink) -> None:
    sign_up(verifying, phone_number=PHONE)
    ((body, key),) = sink.texts
    assert body.keys() == {"to", "body"}
    assert body["to"] == PHONE
    code = body["body"].split()[-1].strip(".")
    verifying.public.confirm_sign_up(ClientId=verifying.client_id, Username="alice", ConfirmationCode=code)
    assert key == str(Message.objects.get().pk)


def test_MSG_05_what_is_rolled_back_is_not_sent(verifying: Stage, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the database went away")

    monkeypatch.setattr("userpools.domain.codes.channels.delivery", fail)
    with pytest.raises(RuntimeError):
        sign_up(verifying)
    assert not Message.objects.exists()
    assert not sink.mails


def test_a_server_that_is_busy_is_asked_again_later(verifying: Stage, sink: Sink) -> None:
    sink.answer = "451 Later, please"
    sign_up(verifying)
    row = Message.objects.get()
    assert (row.status, row.attempts) == ("pending", 1)
    assert "451 Later, please" in row.answer
    assert timedelta(seconds=3) < row.due_at - timezone.now() < timedelta(seconds=7)
    delivery.deliver(row.pk)
    assert Message.objects.get().attempts == 1, "not before its time"
    sink.answer = "250 OK"
    with time_machine.travel(timedelta(seconds=7), tick=False):
        assert delivery.due() == [row.pk]
        delivery.deliver(row.pk)
    assert len(sink.mails) == 1
    assert Message.objects.get().status == "sent"
    delivery.deliver(row.pk)
    assert len(sink.mails) == 1


def test_a_refusal_for_good_is_kept_and_shown(verifying: Stage, sink: Sink) -> None:
    sink.answer = "554 No such ship"
    sign_up(verifying)
    row = Message.objects.get()
    assert (row.status, row.answer) == ("failed", "554 No such ship")
    assert bytes(row.content) == b""


@pytest.mark.parametrize(("status", "outcome"), [(500, "pending"), (503, "pending"), (429, "pending"), (400, "failed")])
def test_what_a_webhook_answers(verifying: Stage, sink: Sink, status: int, outcome: str) -> None:
    sink.status = status
    sign_up(verifying, phone_number=PHONE)
    row = Message.objects.get()
    assert (row.status, row.answer) == (outcome, f"The webhook answered {status}.")


def test_nobody_tries_for_ever(verifying: Stage, sink: Sink) -> None:
    sink.answer = "451 Later, please"
    sign_up(verifying)
    moment = timezone.now()
    while Message.objects.get().status == "pending":
        moment += timedelta(minutes=20)
        with time_machine.travel(moment, tick=False):
            delivery.deliver(Message.objects.get().pk)
    row = Message.objects.get()
    assert (row.status, row.attempts) == ("failed", delivery.MOST_ATTEMPTS)


def test_MSG_05_a_code_that_expired_is_not_sent(verifying: Stage, sink: Sink) -> None:
    sink.answer = "451 Later, please"
    sign_up(verifying)
    sink.answer = "250 OK"
    with time_machine.travel(timedelta(hours=25), tick=False):
        delivery.deliver(Message.objects.get().pk)
    assert not sink.mails
    assert Message.objects.get().status == "failed"


def test_MSG_05_a_newer_code_makes_the_waiting_one_pointless(verifying: Stage, sink: Sink) -> None:
    sink.answer = "451 Later, please"
    sign_up(verifying)
    first = Message.objects.get().pk
    sink.answer = "250 OK"
    verifying.public.resend_confirmation_code(ClientId=verifying.client_id, Username="alice")
    with time_machine.travel(timedelta(minutes=5), tick=False):
        delivery.deliver(first)
    assert len(sink.mails) == 1
    assert Message.objects.get(pk=first).status == "superseded"


def test_REL_04_of_many_workers_one_sends(verifying: Stage, sink: Sink) -> None:
    sink.answer = "451 Later, please"
    sign_up(verifying)
    sink.answer = "250 OK"
    Message.objects.update(due_at=timezone.now())
    row = Message.objects.get()

    def once() -> None:
        try:
            delivery.deliver(row.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=once) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sink.mails) == 1


def test_REL_04_the_lease_of_a_dead_worker_ends(verifying: Stage, sink: Sink) -> None:
    sink.answer = "451 Later, please"
    sign_up(verifying)
    Message.objects.update(due_at=timezone.now(), leased_until=timezone.now() + delivery.LEASE)
    assert delivery.due() == []
    sink.answer = "250 OK"
    with time_machine.travel(delivery.LEASE + timedelta(seconds=1), tick=False):
        (waiting,) = delivery.due()
        delivery.deliver(waiting)
    assert len(sink.mails) == 1


def test_a_message_that_is_gone_is_no_error(sink: Sink) -> None:
    delivery.deliver(uuid4())


# --- templates ------------------------------------------------------------------------------------------------------


def test_MSG_01_a_name_is_never_a_template(cognito: Any, public: Any) -> None:
    body = "<p>{username} has {####}</p>"
    invite = {
        "InviteMessageTemplate": {"EmailMessage": body, "EmailSubject": "For you", "SMSMessage": "{username}: {####}"}
    }
    stage = set_stage(cognito, public, AdminCreateUserConfig=invite)
    name = "<b>{####}</b>{{7*7}}{%x%}${y}"
    cognito.admin_create_user(
        UserPoolId=stage.pool_id,
        Username=name,
        TemporaryPassword="Temporary-1&<",
        UserAttributes=[{"Name": "email", "Value": EMAIL}],
    )
    content = inbox.newest(EMAIL)
    assert content.html == "<p>&lt;b&gt;{####}&lt;/b&gt;{{7*7}}{%x%}${y} has Temporary-1&amp;&lt;</p>"
    assert content.text.strip() == f"{name} has Temporary-1&<"


def test_no_header_is_made_of_a_value() -> None:
    assert messages._on_one_line("a\r\nBcc: everybody@example.com\u2028x") == "a Bcc: everybody@example.com x"


def test_REL_07_a_broker_that_is_down_costs_nobody_a_code(
    verifying: Stage, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OperationalError("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(tasks.deliver, "apply_async", fail)
        assert sign_up(verifying)["CodeDeliveryDetails"]
    assert not sink.mails
    tasks.deliver_what_was_left()
    assert len(sink.mails) == 1
