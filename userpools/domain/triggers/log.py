"""The log of a pool's functions: what they were asked, what they said, how long it took; never a secret."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from cognito_site.functions.outcomes import Answer, Failure
from userpools.models import FunctionCall, UserPool

MASK = "***"
# Of requests and responses; the values of a map are masked one by one, so that its keys can be seen.
SECRET = frozenset({"password", "challengeAnswer", "code", "privateChallengeParameters"})
LONGEST_OUTPUT = 4096
LONGEST_ERROR = 2000
# What was typed for one.
LONGEST_NAME = 2048


def masked(event: Any) -> Any:
    """``event`` as it may be kept and shown."""
    if not isinstance(event, dict):
        return None
    hidden = {part: _masked(event[part]) for part in ("request", "response") if isinstance(event.get(part), dict)}
    return {**event, **hidden}


def _masked(part: dict[str, Any]) -> dict[str, Any]:
    return {name: _hidden(value) if name in SECRET and value is not None else value for name, value in part.items()}


def _hidden(value: Any) -> Any:
    return dict.fromkeys(value, MASK) if isinstance(value, dict) else MASK


def answered(pool: UserPool, arn: str, event: dict[str, Any], answer: Answer, **more: Any) -> FunctionCall:
    return _keep(pool, arn, event, answer, answer.seconds, result=masked(answer.value), **more)


def failed(
    pool: UserPool, arn: str, event: dict[str, Any], failure: Failure, seconds: float, **more: Any
) -> FunctionCall:
    return _keep(pool, arn, event, failure, seconds, error=str(failure)[:LONGEST_ERROR], **more)


def _keep(
    pool: UserPool, arn: str, event: dict[str, Any], outcome: Answer | Failure, seconds: float, **more: Any
) -> FunctionCall:
    return FunctionCall.objects.create(
        pool=pool,
        arn=arn,
        source=event["triggerSource"],
        user_name=event["userName"][:LONGEST_NAME],
        event=masked(event),
        output=outcome.log[-LONGEST_OUTPUT:].replace("\0", ""),
        attempts=outcome.attempts,
        milliseconds=int(seconds * 1000),
        created_at=timezone.now(),
        **more,
    )
