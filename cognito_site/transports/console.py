"""Messages printed where Poolhouse runs, for those who look there first."""

from __future__ import annotations

from django.core.mail.backends.console import EmailBackend

from cognito_site.transports.letters import Mail, Text, mime
from cognito_site.transports.targets import Console

PRINTED = "It was printed."


class MailConsole:
    def __init__(self, target: Console) -> None:
        self._target = target

    def send(self, mail: Mail, key: str) -> str:
        EmailBackend().send_messages([mime(mail, key)])
        return PRINTED


class TextConsole:
    def __init__(self, target: Console) -> None:
        self._target = target

    def send(self, text: Text, key: str) -> str:
        backend = EmailBackend()
        backend.stream.write(f"To: {text.to}\nMessage-ID: {key}\n\n{text.body}\n{'-' * 79}\n")
        backend.stream.flush()
        return PRINTED
