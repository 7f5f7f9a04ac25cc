"""Providers of mail with an API of their own, and SES, through django-anymail.

It is imported at the first mail: it is an extra that most installations do without, and boto3 takes half a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib import import_module
from typing import Any

from django.core.mail import EmailMultiAlternatives

from cognito_site.transports import aws
from cognito_site.transports.letters import SECONDS, Mail, Undelivered, is_final, mime
from cognito_site.transports.targets import PROVIDERS, Aws, Provider

IDEMPOTENCY_KEY = "Idempotency-Key"


class ProviderTransport:
    def __init__(self, target: Provider) -> None:
        self._target = target

    @property
    def _options(self) -> dict[str, Any]:
        named = dict(zip(PROVIDERS[self._target.name], self._target.secrets, strict=True))
        return {**named, "timeout": SECONDS, **({"api_url": self._target.endpoint} if self._target.endpoint else {})}

    def send(self, mail: Mail, key: str) -> str:
        """A backend for each message: its session carries the key."""
        backend = _backend(self._target.name, **self._options)
        message = mime(mail, key)
        with _said_in_our_words():
            backend.open()
            backend.session.headers[IDEMPOTENCY_KEY] = key
            try:
                backend.send_messages([message])
            finally:
                backend.close()
        return _taken(message)


class SesTransport:
    def __init__(self, target: Aws) -> None:
        self._target = target

    @cached_property
    def _ses(self) -> Any:
        """Kept open: a client of boto3 takes long to make, and is safe between threads."""
        backend = _backend("amazon_ses", client_params=aws.client_parameters(self._target))
        backend.open()
        return backend

    def send(self, mail: Mail, key: str) -> str:
        message = mime(mail, key)
        if mail.configuration_set:
            message.esp_extra = {"ConfigurationSetName": mail.configuration_set}  # type: ignore[attr-defined]
        with _said_in_our_words():
            self._ses.send_messages([message])
        return _taken(message)


def _backend(name: str, **options: Any) -> Any:
    return import_module(f"anymail.backends.{name}").EmailBackend(**options)


def _taken(message: EmailMultiAlternatives) -> str:
    return f"The provider took it as {message.anymail_status.message_id}."  # type: ignore[attr-defined]


@contextmanager
def _said_in_our_words() -> Iterator[None]:
    """Never with the request that was refused: it holds the message."""
    anymail = import_module("anymail.exceptions")
    try:
        yield
    except anymail.AnymailRecipientsRefused:
        raise Undelivered("The provider refuses this recipient.", is_final=True) from None
    except anymail.AnymailAPIError as failure:
        raise _refused(failure) from None
    except (anymail.AnymailError, ValueError) as failure:
        raise Undelivered(type(failure).__name__, is_final=True) from None


def _refused(failure: Any) -> Undelivered:
    cause, status = failure.__cause__, failure.status_code
    if status is not None:
        # Wrong keys are put right by the operator, and the message is still good then.
        said = f"The provider answered {status}."
        return Undelivered(said, is_final=is_final(status) and status not in (401, 403))
    if isinstance(failure.response, dict):
        return aws.refused(failure.response)
    return Undelivered(f"The provider: {type(cause).__name__}.", is_final=False, is_unreachable=True)
