"""The one place that knows which way messages leave by: what the environment says, now."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from cognito_site.transports import targets
from cognito_site.transports.letters import MailTransport, TextTransport
from cognito_site.transports.resting import Resting
from cognito_site.transports.targets import MailTarget, TextTarget

# By name, as Django's own backends: what nobody chose takes no memory, and boto3 takes much.
MAIL: dict[type, str] = {
    targets.Console: "console.MailConsole",
    targets.Smtp: "smtp.SmtpTransport",
    targets.Aws: "providers.SesTransport",
    targets.Provider: "providers.ProviderTransport",
}
TEXTS: dict[type, str] = {
    targets.Console: "console.TextConsole",
    targets.Aws: "aws.SnsTransport",
    targets.Twilio: "posts.TwilioTransport",
    targets.Webhook: "posts.WebhookTransport",
}


def mail() -> MailTransport | None:
    """None: the inbox."""
    return _made(settings.POOLHOUSE.email)


def texts() -> TextTransport | None:
    """As ``mail``."""
    return _made_for_texts(settings.POOLHOUSE.sms)


@lru_cache(maxsize=8)
def _made(target: MailTarget | None) -> MailTransport | None:
    made: MailTransport | None = _resting(MAIL.get(type(target)), target)
    return made


@lru_cache(maxsize=8)
def _made_for_texts(target: TextTarget | None) -> TextTransport | None:
    made: TextTransport | None = _resting(TEXTS.get(type(target)), target)
    return made


def _resting(name: str | None, target: Any) -> Any:
    return Resting(import_string(f"{__package__}.{name}")(target)) if name else None
