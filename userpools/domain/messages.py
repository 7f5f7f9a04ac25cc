"""What is sent to users: the pool's templates, rendered, and put into the outbox.

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
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from celery import signature
from django.conf import settings
from django.utils import timezone

from cognito_site import keyring
from cognito_site.celery import after_commit
from cognito_site.contract import errors
from userpools.domain import names
from userpools.domain.triggers import texts
from userpools.models import Message, User, UserPool
from userpools.values import Context

EMAIL, SMS = Message.Medium.EMAIL, Message.Medium.SMS
DELIVER = "userpools.tasks.deliver"

INVITATION = "AdminCreateUser"
AUTHENTICATION = "Authentication"
SIGN_UP_KINDS = ("SignUp", "ResendCode")

VERIFICATION_SUBJECT = "Your verification code"
VERIFICATION = "Your verification code is {####}. "
AUTHENTICATION_SUBJECT = "Your authentication code"
AUTHENTICATION_TEXT = "Your authentication code is {####}. "
INVITATION_SUBJECT = "Your temporary password"
INVITATION_TEXT = "Your username is {username} and temporary password is {####}. "

CODE, USERNAME = "{####}", "{username}"
_PLACEHOLDER = re.compile(r"\{####\}|\{username\}")
_LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_BREAKING_TAGS = re.compile(r"<\s*(?:br|/p|/div|/li|/tr|/h[1-6])\b[^<>]{0,500}>", re.IGNORECASE)
_TAGS = re.compile(r"<[!/a-zA-Z][^<>]{0,2000}>")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that is ready but for its values. ``body`` is empty where a function of the pool delivers: it writes
    its own. ``context``: of whoever caused it, for that function."""

    user: User
    kind: str
    medium: str
    subject: str
    body: str
    context: Context

    @property
    def is_for_function(self) -> bool:
        return not self.body


@dataclass(frozen=True, slots=True)
class Content:
    """As it arrives. A text message has neither subject nor HTML. ``code`` is the code or password that it carries, for
    who reads it in the inbox."""

    subject: str
    text: str
    html: str
    code: str = ""
    client: str = ""
    metadata: dict[str, str] | None = None
    """The last two are for a function that delivers."""


# --- composing ------------------------------------------------------------------------------------------------------


def compose(user: User, kind: str, medium: str, context: Context) -> Letter:
    """Raises what the pool's triggers raise, and InvalidParameter for a kind of message that is not performed."""
    if texts.sender(user.pool, medium) is not None:
        return Letter(user, kind, medium, "", "", context)
    written = texts.custom_message(user, kind, medium, context)
    subject, body = _template(user.pool, kind, medium)
    own_body = written.sms if medium == SMS else written.email
    return Letter(user, kind, medium, written.subject or subject, own_body or body, context)


def _template(pool: UserPool, kind: str, medium: str) -> tuple[str, str]:
    if kind == INVITATION:
        return _invitation(pool, medium)
    if kind == AUTHENTICATION:
        return _authentication(pool, medium)
    return _verification(pool, kind, medium)


def _invitation(pool: UserPool, medium: str) -> tuple[str, str]:
    said: Mapping[str, Any] = pool.settings["admin_create_user_config"].get("invite_message_template", {})
    body = said.get("sms_message" if medium == SMS else "email_message", INVITATION_TEXT)
    return said.get("email_subject", INVITATION_SUBJECT), body


def _authentication(pool: UserPool, medium: str) -> tuple[str, str]:
    if medium == SMS:
        return "", pool.settings.get("sms_authentication_message", AUTHENTICATION_TEXT)
    said: Mapping[str, Any] = pool.settings.get("email_mfa_configuration", {})
    return said.get("subject", AUTHENTICATION_SUBJECT), said.get("message", AUTHENTICATION_TEXT)


def _verification(pool: UserPool, kind: str, medium: str) -> tuple[str, str]:
    said: Mapping[str, Any] = pool.settings.get("verification_message_template", {})
    if medium == SMS:
        return "", said.get("sms_message", VERIFICATION)
    if kind in SIGN_UP_KINDS and said.get("default_email_option") == "CONFIRM_WITH_LINK":
        raise errors.not_performed("CONFIRM_WITH_LINK")
    return said.get("email_subject", VERIFICATION_SUBJECT), said.get("email_message", VERIFICATION)


# --- rendering ------------------------------------------------------------------------------------------------------


def _on_one_line(text: str) -> str:
    return _LINE_BREAKS.sub(" ", text)


def _filled(template: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values.get(found.group(), found.group()), template)


def _as_text(markup: str) -> str:
    """Templates of e-mail are HTML; this is what is left of one for readers without it."""
    return html.unescape(_TAGS.sub("", _BREAKING_TAGS.sub("\n", markup)))


def render(letter: Letter, code: str) -> Content:
    """Only invitations name the user; in any other message ``{username}`` stays as it is."""
    if letter.is_for_function:
        return Content("", "", "", code, letter.context.client, letter.context.client_metadata)
    values = {CODE: code}
    if letter.kind == INVITATION:
        values[USERNAME] = names.shown_name(letter.user)
    one_line = {name: _on_one_line(value) for name, value in values.items()}
    if letter.medium == SMS:
        return Content("", _filled(letter.body, one_line), "", code)
    escaped = {name: html.escape(value) for name, value in one_line.items()}
    return Content(
        _on_one_line(letter.subject), _filled(_as_text(letter.body), one_line), _filled(letter.body, escaped), code
    )


# --- the outbox -----------------------------------------------------------------------------------------------------


def has_channel(medium: str) -> bool:
    """Beside the inbox."""
    place = settings.POOLHOUSE
    return bool(place.email if medium == EMAIL else place.sms_webhook_url)


def send(letter: Letter, destination: str, code: str, expires_at: datetime | None) -> Message:
    """Call it in the transaction that has reason to: the message leaves when that is in, or never."""
    now, message_id = timezone.now(), uuid4()
    leaves = letter.is_for_function or has_channel(letter.medium)
    content = render(letter, code)
    message = Message.objects.create(
        id=message_id,
        pool=letter.user.pool,
        user=letter.user,
        kind=letter.kind,
        medium=letter.medium,
        is_for_function=letter.is_for_function,
        destination=destination,
        content=keyring.seal(_packed(content), _context(message_id)),
        status=Message.Status.PENDING if leaves else Message.Status.INBOX,
        due_at=now,
        expires_at=expires_at,
        created_at=now,
        settled_at=None if leaves else now,
    )
    if leaves:
        after_commit(signature(DELIVER), str(message_id))
    return message


def supersede(user: User, kinds: Iterable[str], medium: str) -> None:
    """A newer message makes these pointless: those still on their way do not leave."""
    waiting = user.messages.filter(kind__in=kinds, medium=medium, status=Message.Status.PENDING)
    waiting.update(status=Message.Status.SUPERSEDED, settled_at=timezone.now(), content=b"")


def _context(message_id: object) -> str:
    return f"message:{message_id}"


def _packed(content: Content) -> bytes:
    return json.dumps(asdict(content)).encode()


def open(message: Message) -> Content:
    """Empty once a message was delivered by a real channel, or superseded: then nobody needs its code any more."""
    if not message.content:
        return Content("", "", "")
    return Content(**json.loads(keyring.unseal(bytes(message.content), _context(message.id))))
