"""Text messages over plain HTTP: Twilio's API, and a webhook of the operator's own."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from urllib.parse import urlencode

from cognito_site import outgoing
from cognito_site.outgoing import Answer
from cognito_site.transports.letters import SECONDS, Text, Undelivered, is_final
from cognito_site.transports.targets import Twilio, Webhook


class WebhookTransport:
    def __init__(self, target: Webhook) -> None:
        self._target = target

    def send(self, text: Text, key: str) -> str:
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        answer = post(self._target.url, json.dumps({"to": text.to, "body": text.body}).encode(), headers)
        said = f"The webhook answered {answer.status}."
        if not answer.is_success:
            raise Undelivered(said, is_final=is_final(answer.status))
        return said


class TwilioTransport:
    """It knows no idempotency for messages, as SNS."""

    def __init__(self, target: Twilio) -> None:
        proof = base64.b64encode(f"{target.account}:{target.token}".encode()).decode()
        self._target = target
        self._headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Basic {proof}"}

    @property
    def _sender(self) -> dict[str, str]:
        name = "MessagingServiceSid" if self._target.sender.startswith("MG") else "From"
        return {name: self._target.sender}

    def send(self, text: Text, key: str) -> str:
        url = f"{self._target.endpoint}/2010-04-01/Accounts/{self._target.account}/Messages.json"
        form = urlencode({"To": text.to, "Body": text.body, **self._sender}).encode()
        answer = post(url, form, self._headers)
        if answer.is_success:
            return f"Twilio took it as {_member(answer, 'sid')}."
        said = f"Twilio answered {answer.status}: {_member(answer, 'message')}"
        raise Undelivered(said, is_final=is_final(answer.status) and answer.status not in (401, 403))


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Raises Undelivered where there is no answer."""
    try:
        return outgoing.post(url, body, headers, SECONDS)
    except outgoing.Forbidden as refused:
        raise Undelivered(str(refused), is_final=True) from None
    except outgoing.Failed as failure:
        raise Undelivered(str(failure), is_final=False, is_unreachable=True) from None


def _member(answer: Answer, name: str) -> str:
    try:
        told = json.loads(answer.body)
    except ValueError:
        return ""
    return str(told.get(name, "")) if isinstance(told, dict) else ""
