"""What leaves, and what is said when it does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

SECONDS = 10
# "Not now" in the language of HTTP: try again later.
PASSING = frozenset({408, 409, 425, 429})


class Undelivered(Exception):
    """``str()`` is what the other side said, for operators. ``is_final``: it would say so again. ``is_unreachable``:
    nobody was there, so the next message would fare no better."""

    def __init__(self, why: str, *, is_final: bool, is_unreachable: bool = False) -> None:
        super().__init__(why)
        self.is_final = is_final
        self.is_unreachable = is_unreachable


@dataclass(frozen=True, slots=True)
class Mail:
    """``sender`` empty: the installation's. ``html`` may be empty. ``configuration_set`` is SES's."""

    to: str
    subject: str
    text: str
    html: str = ""
    sender: str = ""
    reply_to: str = ""
    configuration_set: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    to: str
    body: str


class MailTransport(Protocol):
    def send(self, mail: Mail, key: str) -> str:
        """What the other side answered. Raises Undelivered."""


class TextTransport(Protocol):
    def send(self, text: Text, key: str) -> str:
        """As of mail."""


class _Mime(EmailMultiAlternatives):
    """Draws no boundary, and does not look through the parts for it."""

    boundary = ""

    def message(self, *, policy: Any = None) -> Any:
        made = super().message()
        if made.is_multipart():
            made.set_boundary(self.boundary)
        return made


def mime(mail: Mail, key: str) -> EmailMultiAlternatives:
    """Every attempt makes the same message, down to its id: mailboxes that look at that show it once."""
    message = _Mime(
        mail.subject,
        mail.text,
        mail.sender or settings.DEFAULT_FROM_EMAIL,
        [mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={"Message-ID": f"<{key}@{settings.POOLHOUSE.hostname}>", "Auto-Submitted": "auto-generated"},
    )
    message.boundary = f"part-of-{key}"
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message


def is_final(status: int) -> bool:
    """Whether an HTTP status means that the same request would be refused again."""
    return 400 <= status < 500 and status not in PASSING
