"""What is sent to users: words with the values filled in, put into the outbox.

A message is *composed* before a transaction (the CustomMessage trigger belongs there, and may take seconds), and *sent*
in the one that causes it: the row of the outbox stands or falls with the code that it carries. Where no channel is
configured, the console's inbox is the channel, and the row is its own delivery. Otherwise ``delivery`` takes over once
the transaction is in.

Placeholders are replaced as literal text, in one pass: what a user is called is never read as a template. ``kind`` is
the suffix of the trigger source: SignUp, ResendCode, ForgotPassword, UpdateUserAttribute, VerifyUserAttribute,
AdminCreateUser, Authentication.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from celery import signature
from django.utils import timezone

from cognito_site import keyring
from cognito_site.celery import after_commit
from cognito_site.transports import chosen
from userpools.domain import confirmation_links, drafts, mail_senders, names
from userpools.domain.drafts import APP, INVITATION, LINK_ADDRESS, Draft
from userpools.domain.mail_senders import Sender
from userpools.domain.message_texts import CODE, USERNAME
from userpools.domain.triggers import texts
from userpools.models import Message, User, UserPool
from userpools.values import Context

EMAIL, SMS = Message.Medium.EMAIL, Message.Medium.SMS
MEDIUMS = (EMAIL, SMS)
NOT_TAKEN = (Message.Status.PENDING, Message.Status.FAILED)
DELIVER, REPORT, OUTBOX = "userpools.tasks.deliver", "userpools.tasks.report", "message"
# In a text message, whose length costs.
LONGEST_NAME_IN_SMS = 32

_PLACEHOLDER = re.compile(r"\{####\}|\{[a-z-]+\}|\{##(?P<words>(?:(?!##\}).){1,200})##\}", re.DOTALL)
_LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that is ready but for its values. Without a draft a function of the pool delivers: it writes its own.
    ``context``: of whoever caused it, for that function. ``link`` is the beginning of the address, up to the code;
    ``values`` are further placeholders with what stands for them."""

    user: User
    kind: str
    medium: str
    context: Context
    draft: Draft | None = None
    sender: Sender = Sender()  # noqa: RUF009  (frozen)
    link: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Content:
    """As it arrives. A text message has neither subject nor HTML. ``code`` is the code or password that it carries, for
    who reads it in the inbox. ``client`` and ``metadata`` are for a function that delivers."""

    subject: str = ""
    text: str = ""
    html: str = ""
    code: str = ""
    link: str = ""
    sender: str = ""
    reply_to: str = ""
    configuration_set: str = ""
    client: str = ""
    metadata: dict[str, str] | None = None


# --- composing ------------------------------------------------------------------------------------------------------


def compose(user: User, kind: str, medium: str, context: Context) -> Letter:
    """Raises what the pool's triggers raise, and InvalidParameter for a link of a pool without pages."""
    if texts.sender(user.pool, medium) is not None:
        return Letter(user, kind, medium, context)
    written = texts.custom_message(user, kind, medium, context)
    above = drafts.by_function(medium, written.subject, written.email, written.sms)
    draft = drafts.laid_over(drafts.of(user, kind, medium, context), above)
    is_link = draft.has_link and kind in drafts.SIGN_UP_KINDS
    link = confirmation_links.beginning(user, context.client) if is_link else ""
    return Letter(user, kind, medium, context, draft, mail_senders.of_pool(user.pool), link)


# --- rendering ------------------------------------------------------------------------------------------------------


def _on_one_line(text: str) -> str:
    return _LINE_BREAKS.sub(" ", text)


def _filled(template: str, values: Mapping[str, str], link: Callable[[str], str]) -> str:
    def put(found: re.Match[str]) -> str:
        words = found["words"]
        return values.get(found.group(), found.group()) if words is None else link(words)

    return _PLACEHOLDER.sub(put, template)


def render(letter: Letter, code: str) -> Content:
    """Only invitations name the user; in any other message ``{username}`` stays as it is. A subject is not filled
    in."""
    if letter.draft is None:
        return Content(code=code, client=letter.context.client, metadata=letter.context.client_metadata)
    address = f"{letter.link}{code}" if letter.link else ""
    values = {name: _on_one_line(value) for name, value in _values(letter, letter.draft, code, address).items()}
    text = _filled(letter.draft.text, values, lambda words: f"{words}: {address}" if address else words)
    if letter.medium == SMS:
        return Content(text=text, code=code)
    escaped = {name: html.escape(value) for name, value in values.items()}
    anchor = f'<a href="{html.escape(address)}">'
    return Content(
        subject=_subject(letter.user.pool, letter.draft),
        text=text,
        html=_filled(letter.draft.html, escaped, lambda words: f"{anchor}{words}</a>" if address else words),
        code=code,
        link=address,
        sender=letter.sender.address,
        reply_to=letter.sender.reply_to,
        configuration_set=letter.sender.configuration_set,
    )


def _values(letter: Letter, draft: Draft, code: str, address: str) -> dict[str, str]:
    values = {**letter.values, CODE: code} if code else dict(letter.values)
    if letter.kind == INVITATION:
        values[USERNAME] = names.shown_name(letter.user)
    if draft.is_ours:
        name = letter.user.pool.shown_name
        values[APP] = name[:LONGEST_NAME_IN_SMS] if letter.medium == SMS else name
        values[LINK_ADDRESS] = address
    return values


def _subject(pool: UserPool, draft: Draft) -> str:
    return _on_one_line(f"{draft.subject} · {pool.shown_name}" if draft.is_headed else draft.subject)


# --- the outbox -----------------------------------------------------------------------------------------------------


def has_channel(medium: str) -> bool:
    """Beside the inbox."""
    return (chosen.mail() if medium == EMAIL else chosen.texts()) is not None


def send(letter: Letter, destination: str, code: str, expires_at: datetime | None) -> Message:
    """Call it in the transaction that has reason to: the message leaves when that is in, or never."""
    now, message_id = timezone.now(), uuid4()
    leaves = letter.draft is None or has_channel(letter.medium)
    message = _row(letter.user, letter.kind, letter.medium, destination, now, message_id)
    message.is_for_function = letter.draft is None
    message.content = keyring.seal(_packed(render(letter, code)), _context(message_id))
    message.status = Message.Status.PENDING if leaves else Message.Status.INBOX
    message.expires_at, message.settled_at = expires_at, None if leaves else now
    message.save(force_insert=True)
    if leaves:
        after_commit(signature(DELIVER), OUTBOX, str(message_id))
    return message


def note_unsent(user: User, kind: str, medium: str, destination: str, why: str) -> Message:
    """For the inbox: a message that was refused before there was one."""
    now = timezone.now()
    message = _row(user, kind, medium, destination, now, uuid4())
    message.status, message.settled_at, message.answer = Message.Status.FAILED, now, why[:1000]
    message.save(force_insert=True)
    if user.pool.log_delivery:
        after_commit(signature(REPORT), str(message.pk))
    return message


def _row(user: User, kind: str, medium: str, destination: str, now: datetime, message_id: UUID) -> Message:
    return Message(
        id=message_id,
        pool=user.pool,
        user=user,
        kind=kind,
        medium=medium,
        destination=destination,
        content=b"",
        due_at=now,
        created_at=now,
    )


def supersede(user: User, kinds: Iterable[str], *mediums: str) -> None:
    """A newer message, or something else, makes these pointless: those still on their way do not leave, and those that
    failed are not tried again."""
    waiting = user.messages.filter(kind__in=kinds, medium__in=mediums or MEDIUMS, status__in=NOT_TAKEN)
    waiting.update(status=Message.Status.SUPERSEDED, settled_at=timezone.now(), content=b"")


def _context(message_id: object) -> str:
    return f"message:{message_id}"


def _packed(content: Content) -> bytes:
    """What is empty is left out."""
    return json.dumps({name: value for name, value in asdict(content).items() if value}).encode()


def open(message: Message) -> Content:
    """Empty once a message was delivered by a real channel, or superseded: then nobody needs its code any more."""
    if not message.content:
        return Content()
    return Content(**json.loads(keyring.unseal(bytes(message.content), _context(message.id))))
