"""The outbox of messages: what carries one to its user, and who hears of it when it does not arrive."""

from __future__ import annotations

from cognito_site.contract import errors
from cognito_site.transports import chosen
from cognito_site.transports.letters import Mail, Text, Undelivered
from userpools.domain import log_delivery, messages
from userpools.domain.messages import Content
from userpools.domain.outbox import Outbox
from userpools.domain.triggers import texts
from userpools.domain.triggers.texts import Errand
from userpools.models import Message
from userpools.values import Context

# Of a function that refuses.
MOST_CALLS = 4


def _send(message: Message) -> str:
    content = messages.open(message)
    if message.is_for_function:
        return _hand_over(message, content)
    if message.medium == Message.Medium.SMS:
        return _send_text(message, content)
    return _send_mail(message, content)


def _send_text(message: Message, content: Content) -> str:
    transport = chosen.texts()
    if transport is None:
        raise _without_channel()
    return transport.send(Text(message.destination, content.text), str(message.pk))


def _send_mail(message: Message, content: Content) -> str:
    transport = chosen.mail()
    if transport is None:
        raise _without_channel()
    mail = Mail(
        to=message.destination,
        subject=content.subject,
        text=content.text,
        html=content.html,
        sender=content.sender,
        reply_to=content.reply_to,
        configuration_set=content.configuration_set,
    )
    return transport.send(mail, str(message.pk))


def _without_channel() -> Undelivered:
    return Undelivered("The channel that was there is not configured any more.", is_final=False)


def _hand_over(message: Message, content: Content) -> str:
    if message.user is None:
        raise Undelivered("The user is gone.", is_final=True)
    message.user.pool = message.pool
    context = Context(client=content.client, client_metadata=content.metadata)
    errand = Errand(str(message.pk), message.kind, message.medium, message.destination, content.code)
    try:
        texts.hand_over(message.user, errand, context)
    except errors.Refusal as refusal:
        raise Undelivered(refusal.message, is_final=_is_meant(refusal) and message.attempts >= MOST_CALLS) from None
    return "The function took it."


def _is_meant(refusal: errors.Refusal) -> bool:
    """The function itself said no. One that was not reached, or had no place, is asked again as long as it matters."""
    return not isinstance(refusal, errors.UnexpectedLambda)


OUTBOX = Outbox(Message, ("pool", "user"), _send, on_failure=log_delivery.failed)
