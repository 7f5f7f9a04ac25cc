"""From the outbox to a real SMTP server and a real webhook, and what happens when they do not want to."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from kombu.exceptions import OperationalError

from cognito_site import celery
from cognito_site.transports import chosen
from cognito_site.transports.targets import Smtp
from tests import inbox
from tests.backends.servers import free_port
from tests.cast import Stage, set_stage
from tests.messages.conftest import Place
from tests.messages.sinks import Mailbox, Receiver, part
from tests.operations.test_sign_up import sign_up
from userpools import tasks
from userpools.domain import messages, outbox
from userpools.domain.delivery import OUTBOX
from userpools.models import Message

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL, PHONE = "alice@example.com", "+15555550100"
BUSY = "451 Later, please"
MOMENT = timedelta(seconds=7)


def deliver(message_id: object) -> None:
    OUTBOX.deliver(message_id)  # type: ignore[arg-type]


def test_a_code_arrives_by_mail(cognito: Any, public: Any, mailbox: Mailbox) -> None:
    template = {"EmailMessage": "<p>Ahoy</p><p>{####}</p>", "EmailSubject": "Aboard"}
    stage = set_stage(cognito, public, AutoVerifiedAttributes=["email"], VerificationMessageTemplate=template)
    sign_up(stage)
    (mail,) = mailbox.mails
    assert (mail["To"], mail["Subject"], mail["From"]) == (EMAIL, "Aboard", "no-reply@localhost")
    code = part(mail, "plain").split()[-1]
    assert part(mail, "plain").split() == ["Ahoy", code]
    assert part(mail, "html") == f"<p>Ahoy</p><p>{code}</p>"
    public.confirm_sign_up(ClientId=stage.client_id, Username="alice", ConfirmationCode=code)
    row = Message.objects.get()
    assert mail["Message-ID"] == f"<{row.pk}@localhost>"
    assert (row.status, row.attempts, bytes(row.content)) == ("sent", 1, b"")


def test_a_code_arrives_by_text_message(verifying: Stage, texts: Receiver) -> None:
    sign_up(verifying, phone_number=PHONE)
    (request,) = texts.requests
    assert request.path == "/sms"
    assert request.json.keys() == {"to", "body"}
    assert request.json["to"] == PHONE
    code = next(word for word in request.json["body"].split() if word.isdigit())
    verifying.public.confirm_sign_up(ClientId=verifying.client_id, Username="alice", ConfirmationCode=code)
    assert request.headers["Idempotency-Key"] == str(Message.objects.get().pk)


def test_MSG_05_what_is_rolled_back_is_not_sent(
    verifying: Stage, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the database went away")

    monkeypatch.setattr("userpools.domain.codes.channels.delivery", fail)
    with pytest.raises(RuntimeError):
        sign_up(verifying)
    assert not Message.objects.exists()
    assert not mailbox.mails


# --- trying again ---------------------------------------------------------------------------------------------------


def test_a_server_that_is_busy_is_asked_again_later(verifying: Stage, mailbox: Mailbox) -> None:
    mailbox.answer = BUSY
    sign_up(verifying)
    row = Message.objects.get()
    assert (row.status, row.attempts) == ("pending", 1)
    assert BUSY in row.answer
    assert timedelta(seconds=3) < row.due_at - timezone.now() < MOMENT
    deliver(row.pk)
    assert Message.objects.get().attempts == 1, "not before its time"
    mailbox.answer = "250 OK"
    with time_machine.travel(MOMENT, tick=False):
        tasks.deliver_what_was_left()
    assert len(mailbox.mails) == 1
    assert Message.objects.get().status == "sent"
    deliver(row.pk)
    assert len(mailbox.mails) == 1


def test_a_refusal_for_good_is_kept_and_shown(verifying: Stage, mailbox: Mailbox) -> None:
    mailbox.answer = "554 No such ship"
    sign_up(verifying)
    row = Message.objects.get()
    assert (row.status, row.answer) == ("failed", "554 No such ship")


def test_REL_04_what_failed_can_be_sent_again(verifying: Stage, mailbox: Mailbox) -> None:
    mailbox.answer = "554 No such ship"
    sign_up(verifying)
    mailbox.answer = "250 OK"
    row = Message.objects.get()
    assert outbox.try_again(row)
    tasks.deliver_what_was_left()
    (mail,) = mailbox.mails
    code = inbox.digits(part(mail, "plain"))
    verifying.public.confirm_sign_up(ClientId=verifying.client_id, Username="alice", ConfirmationCode=code)
    row.refresh_from_db()
    assert (row.status, bytes(row.content)) == ("sent", b"")
    assert not outbox.try_again(row)


def test_REL_04_what_failed_is_not_sent_once_it_is_too_old(verifying: Stage, mailbox: Mailbox) -> None:
    mailbox.answer = "554 No such ship"
    sign_up(verifying)
    tasks.sweep()
    assert Message.objects.get().content
    with time_machine.travel(timedelta(hours=25), tick=False):
        assert not outbox.try_again(Message.objects.get())
        tasks.sweep()
        assert not Message.objects.get().content, "what it says is of use to thieves only"


@pytest.mark.parametrize(("status", "outcome"), [(500, "pending"), (503, "pending"), (429, "pending"), (400, "failed")])
def test_what_a_webhook_answers(verifying: Stage, texts: Receiver, status: int, outcome: str) -> None:
    texts.status = status
    sign_up(verifying, phone_number=PHONE)
    row = Message.objects.get()
    assert (row.status, row.answer) == (outcome, f"The webhook answered {status}.")


def test_nobody_tries_for_ever(verifying: Stage, mailbox: Mailbox) -> None:
    mailbox.answer = BUSY
    sign_up(verifying)
    Message.objects.update(expires_at=None)
    began, moment = timezone.now(), timezone.now()
    while Message.objects.get().status == "pending":
        moment += timedelta(minutes=20)
        with time_machine.travel(moment, tick=False):
            deliver(Message.objects.get().pk)
    row = Message.objects.get()
    assert row.status == "failed"
    assert row.attempts > 50
    assert timedelta(hours=23) < row.settled_at - began < timedelta(hours=25)


def test_MSG_05_a_code_that_expired_is_not_sent(verifying: Stage, mailbox: Mailbox) -> None:
    mailbox.answer = BUSY
    sign_up(verifying)
    mailbox.answer = "250 OK"
    with time_machine.travel(timedelta(hours=25), tick=False):
        deliver(Message.objects.get().pk)
    assert not mailbox.mails
    assert Message.objects.get().status == "failed"


@pytest.mark.parametrize("answer", [BUSY, "554 No such ship"])
def test_MSG_05_a_newer_code_makes_the_older_one_pointless(verifying: Stage, mailbox: Mailbox, answer: str) -> None:
    mailbox.answer = answer
    sign_up(verifying)
    first = Message.objects.get()
    mailbox.answer = "250 OK"
    verifying.public.resend_confirmation_code(ClientId=verifying.client_id, Username="alice")
    with time_machine.travel(timedelta(minutes=5), tick=False):
        deliver(first.pk)
        first.refresh_from_db()
        assert not outbox.try_again(first)
    assert len(mailbox.mails) == 1
    assert first.status == "superseded"


def test_MSG_05_a_code_that_is_void_is_not_sent(verifying: Stage, mailbox: Mailbox) -> None:
    mailbox.answer = BUSY
    sign_up(verifying)
    verifying.cognito.admin_confirm_sign_up(UserPoolId=verifying.pool_id, Username="alice")
    assert Message.objects.get().status == "superseded"


# --- several at once ------------------------------------------------------------------------------------------------


def all_at_once(deeds: list[Any]) -> None:
    def do(deed: Any) -> None:
        try:
            deed()
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def wait_for_sign_ups(stage: Stage, mailbox: Mailbox, count: int) -> None:
    """Their codes are in the outbox, and due."""
    mailbox.answer = BUSY
    for number in range(count):
        sign_up(stage, f"sailor-{number}")
    mailbox.answer = "250 OK"
    Message.objects.update(due_at=timezone.now())


def test_REL_04_of_many_workers_one_sends(verifying: Stage, mailbox: Mailbox) -> None:
    wait_for_sign_ups(verifying, mailbox, 1)
    row = Message.objects.get()
    all_at_once([lambda: deliver(row.pk)] * 6 + [OUTBOX.drain] * 2)
    assert len(mailbox.mails) == 1


def test_REL_04_many_workers_drain_each_message_once(
    verifying: Stage, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "BATCH", 3)
    wait_for_sign_ups(verifying, mailbox, 12)
    all_at_once([OUTBOX.drain] * 4)
    assert sorted(str(mail["To"]) for mail in mailbox.mails) == sorted(f"sailor-{n}@example.com" for n in range(12))
    assert set(Message.objects.values_list("status", flat=True)) == {"sent"}


def test_a_line_to_the_server_is_used_again(verifying: Stage, mailbox: Mailbox) -> None:
    wait_for_sign_ups(verifying, mailbox, 5)
    before = mailbox.connections
    OUTBOX.drain()
    assert len(mailbox.mails) == 5
    assert mailbox.connections - before <= 1


def test_REL_04_the_lease_of_a_dead_worker_ends(verifying: Stage, mailbox: Mailbox) -> None:
    wait_for_sign_ups(verifying, mailbox, 1)
    Message.objects.update(leased_until=timezone.now() + outbox.LEASE)
    OUTBOX.drain()
    assert not mailbox.mails
    with time_machine.travel(outbox.LEASE + timedelta(seconds=1), tick=False):
        OUTBOX.drain()
    assert len(mailbox.mails) == 1


def test_REL_04_a_slow_server_does_not_outlast_a_lease(
    verifying: Stage, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What there is no time for is given back, as if nobody had tried."""
    wait_for_sign_ups(verifying, mailbox, 3)
    monkeypatch.setattr(outbox, "LEASE", timedelta(0))
    monkeypatch.setattr(outbox, "DRAIN_SECONDS", 0.001)
    OUTBOX.drain()
    assert not mailbox.mails
    assert set(Message.objects.values_list("attempts", "leased_until")) == {(1, None)}


def test_a_row_that_breaks_the_worker_stands_in_nobodys_way(verifying: Stage, mailbox: Mailbox) -> None:
    wait_for_sign_ups(verifying, mailbox, 2)
    broken = Message.objects.order_by("created_at").first()
    assert broken is not None
    Message.objects.filter(pk=broken.pk).update(content=b"not sealed by anybody")
    OUTBOX.drain()
    assert [str(mail["To"]) for mail in mailbox.mails] == ["sailor-1@example.com"]
    broken.refresh_from_db()
    assert (broken.status, broken.answer) == ("pending", "Something went wrong here: CannotUnseal.")


def test_a_server_that_nobody_finds_is_left_alone_for_a_moment(
    verifying: Stage, place: Place, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_sign_ups(verifying, mailbox, 3)
    place(email=Smtp("smtp", "127.0.0.1", free_port()))
    OUTBOX.drain()
    answers = sorted(Message.objects.values_list("answer", flat=True), key=len)
    assert [answer.endswith("(not tried again yet)") for answer in answers] == [False, True, True]
    assert answers[0].startswith("ConnectionRefusedError")
    assert chosen.mail() is not None


def test_a_message_that_is_gone_is_no_error(db: None) -> None:
    deliver(uuid4())


# --- templates ------------------------------------------------------------------------------------------------------


def test_no_header_is_made_of_a_value() -> None:
    assert messages._on_one_line("a\r\nBcc: everybody@example.com\u2028x") == "a Bcc: everybody@example.com x"


def test_REL_07_a_broker_that_is_down_costs_nobody_a_code(
    verifying: Stage, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def fail(*arguments: Any, **_: Any) -> None:
        asked.append(arguments)
        raise OperationalError("connection refused")

    monkeypatch.setattr(celery._Broker, "rests_until", 0.0)
    with monkeypatch.context() as patch:
        patch.setattr(tasks.deliver, "apply_async", fail)
        assert sign_up(verifying)["CodeDeliveryDetails"]
        sign_up(verifying, "bob")
    assert len(asked) == 1, "whoever waits for an answer does not wait for the broker, too"
    assert not mailbox.mails
    tasks.deliver_what_was_left()
    assert len(mailbox.mails) == 2
