"""A mail server, through Django's backend.

Opening a connection costs more than the message that goes over it, so connections are kept for the next one, and closed
once they were idle for a moment: servers dislike clients that only sit there.
"""

from __future__ import annotations

import smtplib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from cognito_site.transports.letters import SECONDS, Mail, Undelivered, mime
from cognito_site.transports.targets import Smtp

IDLE_SECONDS = 3.0
MOST_MAILS = 100
# "Service not available, closing transmission channel."
CLOSING = 421


@dataclass(slots=True)
class _Line:
    """An open connection. Belongs to whoever took it."""

    backend: EmailBackend
    mails: int = 0
    idle_since: float = field(default_factory=time.monotonic)


class _Idle:
    """The lines that nobody uses."""

    def __init__(self, open_line: Callable[[], EmailBackend]) -> None:
        self._open = open_line
        self._lines: list[_Line] = []
        self._lock = threading.Lock()
        self._is_watched = False

    def take(self) -> _Line:
        with self._lock:
            if self._lines:
                return self._lines.pop()
        return self.new()

    def new(self) -> _Line:
        backend = self._open()
        backend.open()
        return _Line(backend)

    def give_back(self, line: _Line) -> None:
        line.mails += 1
        if line.mails >= MOST_MAILS:
            _hang_up(line)
            return
        with self._lock:
            line.idle_since = time.monotonic()
            self._lines.append(line)
            self._watch()

    def _watch(self) -> None:
        if not self._is_watched:
            self._is_watched = True
            timer = threading.Timer(IDLE_SECONDS, self._close_old)
            timer.daemon = True
            timer.start()

    def _close_old(self) -> None:
        with self._lock:
            edge = time.monotonic() - IDLE_SECONDS
            old = [line for line in self._lines if line.idle_since <= edge]
            self._lines = [line for line in self._lines if line.idle_since > edge]
            self._is_watched = False
            if self._lines:
                self._watch()
        for line in old:
            _hang_up(line)


def _hang_up(line: _Line) -> None:
    try:
        line.backend.close()
    except (OSError, smtplib.SMTPException):
        line.backend.connection = None


class SmtpTransport:
    def __init__(self, target: Smtp) -> None:
        self._target = target
        self._idle = _Idle(self._backend)

    def _backend(self) -> EmailBackend:
        return EmailBackend(
            host=self._target.host,
            port=self._target.port,
            username=self._target.user,
            password=self._target.password,
            use_tls=self._target.scheme == "smtp+starttls",
            use_ssl=self._target.scheme == "smtps",
            timeout=SECONDS,
        )

    def send(self, mail: Mail, key: str) -> str:
        message = mime(mail, key)
        try:
            line = self._idle.take()
        except (OSError, smtplib.SMTPException) as failure:
            raise _undelivered(failure, is_unreachable=True) from None
        try:
            self._send(line, message)
        except (OSError, smtplib.SMTPException, ValueError) as failure:
            raise _undelivered(failure, is_unreachable=False) from None
        return "The mail server took it."

    def _send(self, line: _Line, message: EmailMessage) -> None:
        """A line that was kept may have been cut meanwhile, which is seen only when it is used."""
        was_kept = line.mails > 0
        try:
            line.backend.send_messages([message])
        except (OSError, smtplib.SMTPException, ValueError) as failure:
            _hang_up(line)
            if not (was_kept and _was_cut(failure)):
                raise
            self._send(self._idle.new(), message)
        else:
            self._idle.give_back(line)


def _was_cut(failure: Exception) -> bool:
    is_closing = isinstance(failure, smtplib.SMTPResponseException) and failure.smtp_code == CLOSING
    return is_closing or isinstance(failure, smtplib.SMTPServerDisconnected | ConnectionError)


def _undelivered(failure: Exception, *, is_unreachable: bool) -> Undelivered:
    return Undelivered(_said(failure), is_final=_is_final(failure), is_unreachable=is_unreachable)


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
