"""Calls on their way to workers and back, where there is a broker.

::

    web node --task on the queue "functions"--> worker --one entry of a list of its own--> web node

A worker with threads keeps the processes of functions warm for all web nodes. Both ways are sealed, for events carry
passwords, and bound to the call's id. The answer is pushed to a list that only this caller waits at: Celery's own
results would cost each thread a subscription, and twice the time. Whoever stopped waiting leaves nothing behind: tasks
and lists expire.
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from functools import cache
from importlib import import_module
from typing import Any

import celery
from django.conf import settings
from kombu.exceptions import OperationalError

from cognito_site import keyring
from cognito_site.celery import app, has_broker
from cognito_site.functions import attempts, transactions
from cognito_site.functions.gate import Gate
from cognito_site.functions.outcomes import SERVICE, Answer, Failure, FunctionFailed, Garbled, NotAnswered

QUEUE = "functions"
# What `make worker` starts; of these, a function gets half.
WORKER_THREADS = 16
SPARE_SECONDS = 3.0
KEEP_SECONDS = 60


def is_needed() -> bool:
    """A worker that calls a function while it does something else is where the task would go anyway."""
    task: Any = celery.current_task
    is_in_worker = bool(task) and not task.request.called_directly and not task.request.is_eager
    return has_broker() and not is_in_worker


def ask(arn: str, event_id: str, body: bytes, key: str) -> Answer:
    """Raises what outcomes has."""
    transactions.give_connections_back()
    patience = attempts.SECONDS * attempts.ATTEMPTS + SPARE_SECONDS
    sealed = _sealed({"arn": arn, "body": body.decode(), "key": key}, f"function-call:{event_id}")
    try:
        call.apply_async((event_id, sealed), queue=QUEUE, expires=patience, retry=False)
        found = _redis().blpop([_list_of(event_id)], timeout=patience)
    except (OperationalError, OSError, _library().RedisError) as failure:
        raise NotAnswered(SERVICE, f"the broker: {type(failure).__name__}") from None
    if found is None:
        raise NotAnswered(SERVICE, f"no worker took it from the queue {QUEUE!r} and answered in time")
    return _read(_unsealed(found[1].decode(), f"function-answer:{event_id}"))


@app.task(name="cognito_site.functions.call", ignore_result=True, acks_late=False)
def call(event_id: str, sealed: str) -> None:
    """In the worker."""
    given = _unsealed(sealed, f"function-call:{event_id}")
    try:
        with _worker_gate().entered(given["arn"], given["key"]):
            answer = attempts.ask(given["arn"], event_id, given["body"].encode())
        told = {"answer": asdict(answer)}
    except Failure as failure:
        told = _told(failure)
    with _redis().pipeline() as pipeline:
        pipeline.rpush(_list_of(event_id), _sealed(told, f"function-answer:{event_id}"))
        pipeline.expire(_list_of(event_id), KEEP_SECONDS)
        pipeline.execute()


@cache
def _worker_gate() -> Gate:
    return Gate(WORKER_THREADS + 1)


# --- outcomes as documents ------------------------------------------------------------------------------------------


def _told(failure: Failure) -> dict[str, Any]:
    said: list[Any] = [str(failure)]
    if isinstance(failure, FunctionFailed):
        said = [failure.error_message, failure.error_type]
    elif isinstance(failure, NotAnswered):
        said = [failure.name, failure.detail, failure.is_final]
    return {"failure": type(failure).__name__, "said": said, "log": failure.log, "attempts": failure.attempts}


def _read(told: dict[str, Any]) -> Answer:
    if "answer" in told:
        return Answer(**told["answer"])
    failure = _failure(told["failure"], told["said"])
    failure.log, failure.attempts = told["log"], told["attempts"]
    raise failure


def _failure(kind: str, said: list[Any]) -> Failure:
    if kind == "FunctionFailed":
        return FunctionFailed(*said)
    if kind == "NotAnswered":
        return NotAnswered(said[0], said[1], is_final=said[2])
    return Garbled(*said)


def _sealed(document: dict[str, Any], context: str) -> str:
    return base64.b64encode(keyring.seal(json.dumps(document).encode(), context)).decode()


def _unsealed(text: str, context: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(keyring.unseal(base64.b64decode(text), context))
    return found


def _list_of(event_id: str) -> str:
    return f"poolhouse:function-answer:{event_id}"


# It costs a fifth of a second, which an installation without a broker does not pay.
@cache
def _library() -> Any:
    return import_module("redis")


@cache
def _redis() -> Any:
    url = settings.POOLHOUSE.redis_url
    return _library().Redis.from_url(url, socket_timeout=KEEP_SECONDS, socket_connect_timeout=2)
