"""What SES and SNS have in common: keys, patience, and their words for a refusal.

boto3 is imported at the first message: it costs half a second, which most installations never need.
"""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import Any

from botocore import exceptions
from botocore.config import Config

from cognito_site.transports.letters import SECONDS, Text, Undelivered
from cognito_site.transports.targets import Aws

CONNECTIONS = 16
# Of a request: about the message, so that the next one may fare better, and this one never.
FINAL = frozenset(
    {"InvalidParameter", "InvalidParameterValue", "InvalidParameterException", "OptedOut", "MessageRejected",
     "BadRequestException", "ValidationException", "ValidationError"}
)  # fmt: skip


def client_parameters(target: Aws) -> dict[str, Any]:
    """Attempts are counted by the outbox. An endpoint of one's own takes any keys, so none need be there."""
    config = Config(
        connect_timeout=SECONDS / 2,
        read_timeout=SECONDS,
        retries={"total_max_attempts": 1},
        max_pool_connections=CONNECTIONS,
    )
    keys = (target.access_key_id, target.secret_access_key)
    if target.endpoint and not target.access_key_id:
        keys = ("test", "test")
    named = {"aws_access_key_id": keys[0], "aws_secret_access_key": keys[1]} if keys[0] else {}
    return {"region_name": target.region, "endpoint_url": target.endpoint or None, "config": config, **named}


def refused(response: dict[str, Any]) -> Undelivered:
    error = response.get("Error", {})
    code, said = str(error.get("Code", "")), str(error.get("Message", ""))
    return Undelivered(f"{code}: {said}", is_final=code in FINAL)


class SnsTransport:
    """Text messages by SNS. It knows no idempotency for them: a worker that dies between its answer and our note of it
    sends twice."""

    def __init__(self, target: Aws) -> None:
        self._target = target

    @cached_property
    def _sns(self) -> Any:
        return import_module("boto3").Session().client("sns", **client_parameters(self._target))

    @cached_property
    def _attributes(self) -> dict[str, Any]:
        named = {"AWS.SNS.SMS.SMSType": "Transactional"}
        if self._target.sender_id:
            named["AWS.SNS.SMS.SenderID"] = self._target.sender_id
        return {name: {"DataType": "String", "StringValue": value} for name, value in named.items()}

    def send(self, text: Text, key: str) -> str:
        try:
            told = self._sns.publish(PhoneNumber=text.to, Message=text.body, MessageAttributes=self._attributes)
        except exceptions.ClientError as failure:
            raise refused(dict(failure.response)) from None
        except (exceptions.BotoCoreError, exceptions.HTTPClientError) as failure:
            raise Undelivered(f"SNS: {type(failure).__name__}.", is_final=False, is_unreachable=True) from None
        return f"SNS took it as {told['MessageId']}."
