"""Up to three attempts of five seconds each, as Cognito makes them: the same event, under the same id."""

from __future__ import annotations

import time
from dataclasses import replace
from importlib import import_module

from cognito_site.functions import registry, transactions, webhooks
from cognito_site.functions.local.warm import warm
from cognito_site.functions.outcomes import ACCESS_DENIED, SERVICE, Answer, Failure, NotAnswered
from cognito_site.functions.targets import Endpoint, Target, Unacceptable, Webhook

SECONDS = 5.0
ATTEMPTS = 3
# Before a further attempt at one who said no at once.
PAUSE_SECONDS = 0.1


def ask(arn: str, event_id: str, body: bytes) -> Answer:
    """Where the ARN leads, in this process. Raises what outcomes has."""
    target = _target(arn)
    transactions.give_connections_back()
    attempt = 0
    while True:
        attempt += 1
        try:
            return replace(_once(target, arn, event_id, body), attempts=attempt)
        except NotAnswered as failure:
            failure.attempts = attempt
            if failure.is_final or attempt == ATTEMPTS:
                raise
        except Failure as failure:
            failure.attempts = attempt
            raise
        time.sleep(PAUSE_SECONDS * attempt)


def _target(arn: str) -> Target:
    try:
        target = registry.find(arn)
    except Unacceptable as wrong:
        raise NotAnswered(SERVICE, str(wrong), is_final=True) from None
    if target is None:
        raise NotAnswered(ACCESS_DENIED, "the ARN leads nowhere: see docs/functions.md", is_final=True)
    return target


def _once(target: Target, arn: str, event_id: str, body: bytes) -> Answer:
    if isinstance(target, Webhook):
        return webhooks.ask(target, event_id, body, SECONDS)
    if isinstance(target, Endpoint):
        # AWS's SDK takes half a second and thirty megabytes, which most installations never need.
        answer: Answer = import_module("cognito_site.functions.endpoints").ask(target, arn, event_id, body, SECONDS)
        return answer
    return warm.ask(target, arn, event_id, body, SECONDS)
