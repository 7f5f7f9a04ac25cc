"""How e-mail and text messages leave the house: SMTP, and a webhook. One attempt each; trying again is not done here.

``key`` is the same at every attempt to send one message, so that a receiver who looks at it takes no message twice.
"""

from __future__ import annotations

import json
import smtplib
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from cognito_site import outgoing

TEXT_SECONDS = 10
# "Not now" in the language of HTTP: try again later.
PASSING = frozenset({408, 409, 425, 429})


class Undelivered(Exception):
    """``str()`` is what the other side said, for operators. ``is_final``: it would say so again."""

    def __init__(self, why: str, *, is_final: bool) -> None:
        super().__init__(why)
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class Mail:
    """``sender`` empty: the installation's. ``html`` may be empty."""

    to: str
    subject: str
    text: str
    html: str = ""
    sender: str = ""
    reply_to: str = ""


def send_mail(mail: Mail, key: str) -> str:
    """What the server answered. Raises Undelivered."""
    sender = mail.sender or settings.DEFAULT_FROM_EMAIL
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        sender,
        [mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={"Message-ID": f"<{key}@{settings.POOLHOUSE.hostname}>", "Auto-Submitted": "auto-generated"},
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    try:
        get_connection().send_messages([message])
    except (OSError, smtplib.SMTPException, ValueError) as failure:
        raise Undelivered(_said(failure), is_final=_is_final(failure)) from None
    return "The mail server took it."


def _is_final(failure: Exception) -> bool:
    """SMTP's 5yz; and an address or a subject that cannot be written as a header."""
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in failure.recipients.values())
    if isinstance(failure, smtplib.SMTPResponseException):
        return failure.smtp_code >= 500 and not isinstance(failure, smtplib.SMTPAuthenticationError)
    return isinstance(failure, ValueError)


def _said(failure: Exception) -> str:
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        return "; ".join(_answer(code, text) for code, text in failure.recipients.values())
    if isinstance(failure, smtplib.SMTPResponseException):
        return _answer(failure.smtp_code, failure.smtp_error)
    return f"{type(failure).__name__}: {failure}"


def _answer(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"


def send_text(to: str, body: str, key: str) -> str:
    """As ``send_mail``."""
    url = settings.POOLHOUSE.sms_webhook_url
    assert url is not None
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    try:
        answer = outgoing.post(url, json.dumps({"to": to, "body": body}).encode(), headers, TEXT_SECONDS)
    except outgoing.Forbidden as refused:
        raise Undelivered(str(refused), is_final=True) from None
    except outgoing.Failed as failure:
        raise Undelivered(str(failure), is_final=False) from None
    if not answer.is_success:
        is_final = 400 <= answer.status < 500 and answer.status not in PASSING
        raise Undelivered(f"The webhook answered {answer.status}.", is_final=is_final)
    return f"The webhook answered {answer.status}."
