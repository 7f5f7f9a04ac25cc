"""Where messages leave by: ``EMAIL_URL`` and ``SMS_URL`` in, values out. A ``ValueError`` says what is accepted.

Pure, as ``cognito_site.variables``, of which this is a part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib.util import find_spec
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

SMTP_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
# What a provider of mail wants to know, in the order in which its URL says it, as django-anymail calls it.
PROVIDERS = {
    "brevo": ("api_key",),
    "mailersend": ("api_token",),
    "mailgun": ("api_key", "sender_domain"),
    "mailjet": ("api_key", "secret_key"),
    "mandrill": ("api_key",),
    "postmark": ("server_token",),
    "resend": ("api_key",),
    "sendgrid": ("api_key",),
    "sparkpost": ("api_key",),
}
ITS_OWN = "default"
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]{1,2}")
SENDER_ID = re.compile(r"[A-Za-z0-9-]{1,11}")
TWILIO_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
TWILIO_SENDER = re.compile(r"\+[0-9]{1,15}|MG[0-9a-fA-F]{32}|[A-Za-z0-9 ]{1,11}")


@dataclass(frozen=True, slots=True)
class Inbox:
    """The console's. Said aloud, where it is not what nobody said anything about (``userpools.domain.sendable``)."""


@dataclass(frozen=True, slots=True)
class Console:
    """Printed where Poolhouse runs."""


@dataclass(frozen=True, slots=True)
class Smtp:
    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Aws:
    """SES or SNS. Without keys: wherever boto3 finds some."""

    service: str
    region: str
    access_key_id: str = ""
    secret_access_key: str = field(default="", repr=False)
    endpoint: str = ""
    sender_id: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """``secrets`` in the order of ``PROVIDERS``."""

    name: str
    secrets: tuple[str, ...] = field(repr=False)
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class Twilio:
    account: str
    token: str = field(repr=False)
    sender: str
    endpoint: str = "https://api.twilio.com"


@dataclass(frozen=True, slots=True)
class Webhook:
    url: str = field(repr=False)


MailTarget = Inbox | Console | Smtp | Aws | Provider
TextTarget = Inbox | Console | Aws | Twilio | Webhook

MAIL_ACCEPTED = (
    "smtp:// or smtps:// with a host, as in smtp://127.0.0.1:2525; ses://eu-west-1; postmark://TOKEN@default"
    f" or another of {', '.join(PROVIDERS)}; console:// or inbox://, please"
)
TEXT_ACCEPTED = (
    "sns://eu-west-1, twilio://ACCOUNT:TOKEN@+15005550006, a webhook's https://, console:// or inbox://, please"
)


def mail(text: str) -> MailTarget:
    parts = _split(text, MAIL_ACCEPTED)
    if parts.scheme in SMTP_PORTS:
        return _smtp(parts)
    if parts.scheme == "ses":
        return _aws(parts, {"endpoint"})
    if parts.scheme in PROVIDERS:
        return _provider(parts)
    return _at_home(parts, MAIL_ACCEPTED)


def texts(text: str) -> TextTarget:
    parts = _split(text, TEXT_ACCEPTED)
    if parts.scheme in ("http", "https"):
        return webhook(text)
    if parts.scheme == "sns":
        return _aws(parts, {"endpoint", "sender_id"})
    if parts.scheme == "twilio":
        return _twilio(parts)
    return _at_home(parts, TEXT_ACCEPTED)


def webhook(text: str) -> Webhook:
    parts = _split(text, "http:// or https:// with a host, please, as in https://sms.example.com/send")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("http:// or https:// with a host, please, as in https://sms.example.com/send")
    return Webhook(text)


def missing_package(target: MailTarget | TextTarget | None) -> str:
    """What has to be installed before ``target`` can be used; empty, if nothing has to."""
    needs_anymail = isinstance(target, Provider) or (isinstance(target, Aws) and target.service == "ses")
    return "django-anymail" if needs_anymail and find_spec("anymail") is None else ""


# --- one scheme each ------------------------------------------------------------------------------------------------


def _split(text: str, accepted: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        is_fine = parts.port != 0 and bool(parts.scheme) and not parts.fragment and not re.search(r"\s", text)
    except ValueError:
        is_fine = False
    if not is_fine:
        raise ValueError(accepted)
    return parts


def _at_home(parts: SplitResult, accepted: str) -> Inbox | Console:
    at_home: dict[str, Inbox | Console] = {"inbox": Inbox(), "console": Console()}
    found = at_home.get(parts.scheme)
    if found is None or parts.netloc or parts.path or parts.query:
        raise ValueError(accepted)
    return found


def _smtp(parts: SplitResult) -> Smtp:
    if not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise ValueError("only scheme, user, password, host and port, please, as in smtp://127.0.0.1:2525")
    port = parts.port or SMTP_PORTS[parts.scheme]
    return Smtp(parts.scheme, parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""))


def _options(parts: SplitResult, known: set[str]) -> dict[str, str]:
    given = dict(parse_qsl(parts.query))
    if parts.path not in ("", "/") or given.keys() - known:
        raise ValueError(f"after the host only {' and '.join(f'?{name}=' for name in sorted(known))}, please")
    if "endpoint" in given and urlsplit(given["endpoint"]).scheme not in ("http", "https"):
        raise ValueError("the endpoint is an http:// or https:// address")
    return given


def _aws(parts: SplitResult, known: set[str]) -> Aws:
    example = f"{parts.scheme}://eu-west-1 or {parts.scheme}://KEY_ID:SECRET@eu-west-1"
    given, region = _options(parts, known), parts.hostname or ""
    if not REGION.fullmatch(region) or (parts.username is None) != (parts.password is None) or parts.port:
        raise ValueError(f"a region, please, and both halves of a key or none, as in {example}")
    if not SENDER_ID.fullmatch(given.get("sender_id", "x")):
        raise ValueError("a sender id has 1 to 11 letters, digits and hyphens")
    return Aws(parts.scheme, region, unquote(parts.username or ""), unquote(parts.password or ""), **given)


def _provider(parts: SplitResult) -> Provider:
    wanted = PROVIDERS[parts.scheme]
    secrets = tuple(unquote(each) for each in (parts.username, parts.password) if each)
    if len(secrets) != len(wanted) or parts.hostname != ITS_OWN or parts.port:
        raise ValueError(f"{parts.scheme}://{':'.join(wanted).upper()}@{ITS_OWN}, please")
    return Provider(parts.scheme, secrets, **_options(parts, {"endpoint"}))


def _twilio(parts: SplitResult) -> Twilio:
    """A host is spelled in small letters, a sender may not be."""
    sender = unquote(parts.netloc.rpartition("@")[2])
    account, token = unquote(parts.username or ""), unquote(parts.password or "")
    if not (TWILIO_ACCOUNT.fullmatch(account) and token and TWILIO_SENDER.fullmatch(sender)):
        raise ValueError(
            "twilio://ACCOUNT_SID:AUTH_TOKEN@SENDER, please; the sender is a number as in +15005550006, the SID of a"
            " messaging service, or a name"
        )
    return Twilio(account, token, sender, **_options(parts, {"endpoint"}))
