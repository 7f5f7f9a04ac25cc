"""From the outbox to people: each message at least once, until it is taken, refused for good, or too old to be of use.

::

    pending --lease--> being sent --+--> sent      (content is forgotten: nobody needs the code any more)
       ^                            +--> failed    (refused, given up, or expired)
       +----- back-off -------------+

A lease is taken by one statement, so that of several workers one sends; it ends by itself, so that a worker that died
keeps nothing. The row is the truth: a task that was lost is found by ``due`` within seconds.
"""

from __future__ import annotations

import random
from datetime import timedelta
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from cognito_site import transports
from cognito_site.contract import errors
from cognito_site.transports import Mail, Undelivered
from userpools.domain import messages
from userpools.domain.messages import Content
from userpools.domain.triggers import texts
from userpools.models import Message
from userpools.values import Context

LEASE = timedelta(minutes=2)
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)
MOST_ATTEMPTS = 12
# Each of them is up to three attempts of its own.
MOST_CALLS = 4
BATCH = 500

Status = Message.Status


def due() -> list[UUID]:
    """Messages that nobody is sending and whose time has come, oldest first."""
    now = timezone.now()
    waiting = Message.objects.filter(status=Status.PENDING, due_at__lte=now).filter(_is_free(now))
    return list(waiting.order_by("due_at").values_list("pk", flat=True)[:BATCH])


def _is_free(now: object) -> Q:
    return Q(leased_until=None) | Q(leased_until__lt=now)


def deliver(message_id: UUID) -> None:
    message = _leased(message_id)
    if message is None:
        return
    if message.expires_at is not None and message.expires_at <= timezone.now():
        _settle(message, Status.FAILED, "What it says expired before it could be sent.")
        return
    try:
        said = _send(message)
    except Undelivered as failure:
        _put_back(message, failure)
    else:
        _settle(message, Status.SENT, said)


def _leased(message_id: UUID) -> Message | None:
    now = timezone.now()
    free = Message.objects.filter(_is_free(now), pk=message_id, status=Status.PENDING, due_at__lte=now)
    if not free.update(leased_until=now + LEASE, attempts=F("attempts") + 1):
        return None
    return Message.objects.select_related("pool", "user").filter(pk=message_id).first()


def _send(message: Message) -> str:
    content = messages.open(message)
    if message.is_for_function:
        return _hand_over(message, content)
    if message.medium == Message.Medium.SMS:
        return transports.send_text(message.destination, content.text, str(message.pk))
    return transports.send_mail(Mail(message.destination, content.subject, content.text, content.html), str(message.pk))


def _hand_over(message: Message, content: Content) -> str:
    if message.user is None:
        raise Undelivered("The user is gone.", is_final=True)
    message.user.pool = message.pool
    context = Context(client=content.client, client_metadata=content.metadata)
    try:
        texts.hand_over(message.user, message.kind, message.medium, content.code, context)
    except errors.Refusal as refusal:
        raise Undelivered(refusal.message, is_final=message.attempts >= MOST_CALLS) from None
    return "The function took it."


def _settle(message: Message, status: Status, said: str) -> None:
    """Unless a newer message took its place meanwhile."""
    Message.objects.filter(pk=message.pk, status=Status.PENDING).update(
        status=status, answer=said[:1000], settled_at=timezone.now(), leased_until=None, content=b""
    )


def _put_back(message: Message, failure: Undelivered) -> None:
    if failure.is_final or message.attempts >= MOST_ATTEMPTS:
        _settle(message, Status.FAILED, str(failure))
        return
    pause = min(FIRST_PAUSE * 2 ** (message.attempts - 1), LONGEST_PAUSE)
    # Some earlier, some later: what failed together must not come back together.
    due_at = timezone.now() + pause * random.uniform(0.75, 1.25)  # noqa: S311
    Message.objects.filter(pk=message.pk, status=Status.PENDING).update(
        answer=str(failure)[:1000], due_at=due_at, leased_until=None
    )


def try_again(message: Message) -> bool:
    """An operator's wish, for one that waits. What failed for good has no content left to send."""
    return bool(
        Message.objects.filter(pk=message.pk, status=Status.PENDING).update(due_at=timezone.now(), leased_until=None)
    )
