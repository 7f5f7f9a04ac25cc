"""Calling a function: the door of this package."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from functools import cache
from typing import Any
from uuid import uuid4

from django.conf import settings

from cognito_site.functions import attempts, broker, payloads, transactions
from cognito_site.functions.breaker import Breaker
from cognito_site.functions.gate import Gate
from cognito_site.functions.outcomes import Answer, Garbled, NotAnswered

log = logging.getLogger("poolhouse.functions")


def invoke(arn: str, event: dict[str, Any], *, key: str, event_id: str = "") -> Answer:
    """What the function says. ``key`` names whoever asks, such as a pool: one asker never takes the places of all.
    ``event_id`` is that of an event which was sent before; else it is a new one.

    Blocks for at most 15 seconds, and never inside of a transaction. Raises FunctionFailed, NotAnswered and Garbled.
    """
    transactions.refuse_to_wait_inside()
    begun = time.monotonic()
    event_id, body = event_id or str(uuid4()), payloads.written(event)
    try:
        with _gate().entered(arn, key), _breaker().watching(arn):
            answer = broker.ask(arn, event_id, body, key) if broker.is_needed() else attempts.ask(arn, event_id, body)
    except (NotAnswered, Garbled) as failure:
        log.warning("function %s for %s, event %s: %s", arn, key, event_id, failure)
        raise
    return replace(answer, seconds=time.monotonic() - begun)


@cache
def _gate() -> Gate:
    return Gate(settings.POOLHOUSE.threads)


@cache
def _breaker() -> Breaker:
    return Breaker()


def forget() -> None:
    """What this process learnt of functions: who is slow, who does not answer."""
    _gate.cache_clear()
    _breaker.cache_clear()
