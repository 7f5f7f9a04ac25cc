"""The log of a pool's functions: what they were asked, what they said, how long it took; never a secret."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from cognito_site.functions.outcomes import Answer, Failure
from userpools.models import FunctionCall, UserPool
from userpools.models.function_call import FAILED, LONGEST_NAME

MASK = "***"
# Of requests and responses; the values of a map are masked one by one, so that its keys can be seen.
SECRET = frozenset(
    {"password", "challengeAnswer", "code", "privateChallengeParameters", "challengeMetadata"}
    | {"access_token", "id_token", "refresh_token"}
)
LONGEST_OUTPUT = 4096
LONGEST_ERROR = 2000
MOST_RECENT = 20_000


def masked(event: Any) -> Any:
    """``event`` as it may be kept and shown."""
    if not isinstance(event, dict):
        return None
    hidden = {part: _masked(event[part]) for part in ("request", "response") if isinstance(event.get(part), dict)}
    return {**event, **hidden}


def _masked(part: dict[str, Any]) -> dict[str, Any]:
    return {name: _seen(name, value) for name, value in part.items()}


def _seen(name: str, value: Any) -> Any:
    """Secrets are looked for in what is inside as well: in the steps of a session, in a provider's answer."""
    if name in SECRET and value is not None:
        return _hidden(value)
    if isinstance(value, dict):
        return _masked(value)
    return [_seen(name, each) for each in value] if isinstance(value, list) else value


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


# --- reading it -------------------------------------------------------------------------------------------------------


def recent(pool: UserPool) -> QuerySet[FunctionCall]:
    """The newest calls, which may be asked for what no index leads to."""
    newest = pool.function_calls.order_by("-created_at").values_list("created_at", flat=True)
    edge = next(iter(newest[MOST_RECENT : MOST_RECENT + 1]), None)
    return pool.function_calls.filter(created_at__gte=edge) if edge else pool.function_calls.all()


def failed_of_day(pool: UserPool) -> int:
    """Of those that somebody waited for; counted no further than a thousand."""
    since = timezone.now() - timedelta(days=1)
    found = pool.function_calls.filter(FAILED, created_at__gte=since, is_trial=False)
    return found.order_by()[:1000].count()


def about(pool: UserPool, *names: str) -> QuerySet[FunctionCall]:
    """All that are kept about users of these names."""
    return pool.function_calls.filter(user_name__in=[name[:LONGEST_NAME] for name in names])
