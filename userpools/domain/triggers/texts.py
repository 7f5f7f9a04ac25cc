"""CustomMessage, and the custom senders that take delivery over."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from cognito_site import encrypted_messages, managed_keys
from cognito_site.contract import errors
from userpools.domain.channels import ATTRIBUTES, verified
from userpools.domain.message_texts import LINK as LINK_WORDS
from userpools.domain.triggers.calls import (
    CUSTOM_MESSAGE,
    EMAIL_SENDER,
    SMS_SENDER,
    Moment,
    Trigger,
    ask,
    attributes,
    metadata,
    text,
)
from userpools.models import User, UserPool
from userpools.values import Context

CODE, USERNAME, LINK = "{####}", "{username}", "{##Click Here##}"
INVITATION, SIGN_UP_KINDS = "AdminCreateUser", ("SignUp", "ResendCode")
LONGEST_EMAIL, LONGEST_SMS, LONGEST_SUBJECT = 20_000, 140, 140
SENDERS = {"EMAIL": EMAIL_SENDER, "SMS": SMS_SENDER}
REQUEST_TYPES = {"EMAIL": "customEmailSenderRequestV1", "SMS": "customSMSSenderRequestV1"}


@dataclass(frozen=True, slots=True)
class Texts:
    """What a function wrote; None: the pool's own."""

    sms: str | None = None
    email: str | None = None
    subject: str | None = None


def custom_message(user: User, kind: str, medium: str, context: Context) -> Texts:
    """``kind`` is the suffix of the trigger source. The code is not known yet, and no function ever gets it."""
    if not CUSTOM_MESSAGE.is_configured(user.pool):
        return Texts()
    request = {
        "userAttributes": attributes(user),
        "codeParameter": CODE,
        "linkParameter": LINK,
        "usernameParameter": USERNAME if kind == INVITATION else None,
        **metadata(context),
    }
    moment = Moment(user.pool, CUSTOM_MESSAGE, f"CustomMessage_{kind}", user.username, context)
    response = ask(moment, request)
    written = Texts(*(text(response, name) for name in CUSTOM_MESSAGE.response))
    _check(written, medium, kind)
    return written


def _check(written: Texts, medium: str, kind: str) -> None:
    """Only the medium in use counts."""
    body, longest = (written.sms, LONGEST_SMS) if medium == "SMS" else (written.email, LONGEST_EMAIL)
    if body is not None and not (len(body) <= longest and _is_for_somebody(body, medium, kind)):
        raise errors.trigger_output_unrecognizable()
    if written.subject is not None and not 0 < len(written.subject) <= LONGEST_SUBJECT:
        raise errors.trigger_output_unrecognizable()


def _is_for_somebody(body: str, medium: str, kind: str) -> bool:
    """A message without its code would be a message for nobody. A link confirms sign-ups by mail, and nothing else."""
    if medium == "EMAIL" and kind in SIGN_UP_KINDS and LINK_WORDS.search(body):
        return True
    return all(part in body for part in ((CODE, USERNAME) if kind == INVITATION else (CODE,)))


# --- senders ----------------------------------------------------------------------------------------------------------


def sender(pool: UserPool, medium: str) -> Trigger | None:
    """The function that delivers in our place."""
    found = SENDERS[medium]
    return found if found.is_configured(pool) else None


@dataclass(frozen=True, slots=True)
class Errand:
    """``id`` is the same at every attempt. ``destination`` is where the code was meant to go, whatever the user's
    address is by now."""

    id: str
    kind: str
    medium: str
    destination: str
    code: str


def hand_over(user: User, errand: Errand, context: Context) -> None:
    """Lets a custom sender deliver a code, which only its key opens. A temporary password is escaped for HTML first,
    as AWS does. Raises what the function raises."""
    medium = errand.medium
    pool, trigger = user.pool, SENDERS[medium]
    key = managed_keys.arn_of(str((pool.settings.get("lambda_config") or {}).get("kms_key_id", "")))
    request: dict[str, Any] = {
        "type": REQUEST_TYPES[medium],
        "code": encrypted_messages.encrypt(html.escape(errand.code, quote=False), key, {"userpool-id": pool.pk}),
        "userAttributes": _reached_at(errand, attributes(user)),
        **metadata(context),
    }
    ask(Moment(pool, trigger, f"{trigger.name}_{errand.kind}", user.username, context, errand.id), request)


def _reached_at(errand: Errand, known: dict[str, str]) -> dict[str, str]:
    """A handler sends to the address that it finds here, and nobody may prove one address by the mail of another."""
    channel = ATTRIBUTES[errand.medium]
    if known.get(channel) == errand.destination:
        return known
    return {**known, channel: errand.destination, verified(channel): "false"}
