"""The one place that knows which way messages leave by: what the environment says, now."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings

from cognito_site.transports import targets
from cognito_site.transports.aws import SnsTransport
from cognito_site.transports.console import MailConsole, TextConsole
from cognito_site.transports.letters import MailTransport, TextTransport
from cognito_site.transports.posts import TwilioTransport, WebhookTransport
from cognito_site.transports.providers import ProviderTransport, SesTransport
from cognito_site.transports.resting import Resting
from cognito_site.transports.smtp import SmtpTransport
from cognito_site.transports.targets import MailTarget, TextTarget

MAIL: dict[type, Any] = {
    targets.Console: MailConsole,
    targets.Smtp: SmtpTransport,
    targets.Aws: SesTransport,
    targets.Provider: ProviderTransport,
}
TEXTS: dict[type, Any] = {
    targets.Console: TextConsole,
    targets.Aws: SnsTransport,
    targets.Twilio: TwilioTransport,
    targets.Webhook: WebhookTransport,
}


def mail() -> MailTransport | None:
    """None: the inbox."""
    return _made(settings.POOLHOUSE.email)


def texts() -> TextTransport | None:
    """As ``mail``."""
    return _made_for_texts(settings.POOLHOUSE.sms)


@lru_cache(maxsize=8)
def _made(target: MailTarget | None) -> MailTransport | None:
    kind = MAIL.get(type(target))
    return Resting(kind(target)) if kind else None


@lru_cache(maxsize=8)
def _made_for_texts(target: TextTarget | None) -> TextTransport | None:
    kind = TEXTS.get(type(target))
    return Resting(kind(target)) if kind else None
