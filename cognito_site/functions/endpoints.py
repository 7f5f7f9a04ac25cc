"""A function behind Lambda's Invoke API: at AWS, or in anything that speaks it."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import boto3  # type: ignore[import-untyped]
from botocore import exceptions
from botocore.config import Config

from cognito_site.functions import arns, payloads
from cognito_site.functions.outcomes import (
    ACCESS_DENIED,
    SERVICE,
    SOCKET_TIMEOUT,
    THROTTLED,
    Answer,
    FunctionFailed,
    NotAnswered,
)
from cognito_site.functions.targets import Endpoint

CONNECT_SECONDS = 2
CHUNK = 64 * 1024
LONGEST_LOG = 4096
CONNECTIONS = 32
AWS = ".amazonaws.com"
# A busy function: asked again. Other 4xx answers would be the same again.
_PASSING = frozenset({THROTTLED, "EC2ThrottledException", "ResourceNotReadyException", "ResourceConflictException"})
_SERVER_ERROR = 500


def ask(endpoint: Endpoint, arn: str, event_id: str, body: bytes, seconds: float) -> Answer:
    """One attempt. Raises what outcomes has."""
    deadline = time.monotonic() + seconds
    client = _client(endpoint, _region(endpoint, arn), seconds)
    with _said_in_our_words():
        told = client.invoke(FunctionName=endpoint.function_name or arn, Payload=body, LogType="Tail")
        answer = _read(told["Payload"], deadline)
    log = base64.b64decode(told.get("LogResult") or "")[-LONGEST_LOG:].decode(errors="replace")
    if told.get("FunctionError"):
        raise payloads.failure(answer, log)
    value = payloads.read(answer)
    if _is_failure(value):
        raise payloads.failure(answer, log)
    return Answer(value, log=log)


def _is_failure(value: Any) -> bool:
    """AWS's runtime interface emulator reports errors of a function as if they were its answers."""
    return isinstance(value, dict) and {"errorMessage", "errorType"} <= value.keys() and "response" not in value


def _region(endpoint: Endpoint, arn: str) -> str:
    name = arns.parse(arn)
    return endpoint.region or (name.region if name else "")


@lru_cache(maxsize=64)
def _client(endpoint: Endpoint, region: str, seconds: float) -> Any:
    # Attempts are counted by who calls us.
    config = Config(
        connect_timeout=min(CONNECT_SECONDS, seconds),
        read_timeout=seconds,
        retries={"total_max_attempts": 1},
        max_pool_connections=CONNECTIONS,
    )
    return boto3.Session().client(
        "lambda", region_name=region, endpoint_url=endpoint.url or None, config=config, **_keys(endpoint)
    )


def _keys(endpoint: Endpoint) -> dict[str, str]:
    """An emulator takes any keys, so a machine without some need not be asked for its own."""
    if endpoint.access_key_id:
        keys = {"access_key_id": endpoint.access_key_id, "secret_access_key": endpoint.secret_access_key}
        keys |= {"session_token": endpoint.session_token} if endpoint.session_token else {}
    elif endpoint.url and not (urlsplit(endpoint.url).hostname or "").endswith(AWS):
        keys = {"access_key_id": "test", "secret_access_key": "test"}
    else:
        keys = {}
    return {f"aws_{name}": value for name, value in keys.items()}


def _read(stream: Any, deadline: float) -> bytes:
    """The timeout of a socket is for each read of it; the deadline is for all."""
    chunks, size = [], 0
    while chunk := stream.read(CHUNK):
        chunks.append(chunk)
        size += len(chunk)
        if size > payloads.LARGEST_ANSWER:
            stream.close()
            raise payloads.too_large(size)
        if time.monotonic() > deadline:
            raise NotAnswered(SOCKET_TIMEOUT, "the endpoint did not answer in time")
    return b"".join(chunks)


@contextmanager
def _said_in_our_words() -> Iterator[None]:
    try:
        yield
    except exceptions.ClientError as refused:
        raise _refused(refused) from None
    except (exceptions.ReadTimeoutError, exceptions.ConnectTimeoutError) as failure:
        raise NotAnswered(SOCKET_TIMEOUT, f"the endpoint: {type(failure).__name__}") from None
    except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError) as failure:
        raise NotAnswered(ACCESS_DENIED, str(failure), is_final=True) from None
    except FunctionFailed:
        raise
    except (exceptions.BotoCoreError, exceptions.HTTPClientError) as failure:
        raise NotAnswered(SERVICE, f"the endpoint: {type(failure).__name__}") from None


def _refused(refused: exceptions.ClientError) -> NotAnswered:
    code = str(refused.response.get("Error", {}).get("Code") or SERVICE)
    status = refused.response.get("ResponseMetadata", {}).get("HTTPStatusCode", _SERVER_ERROR)
    name = code if code.isidentifier() else SERVICE
    is_final = status < _SERVER_ERROR and name not in _PASSING
    return NotAnswered(name, str(refused.response.get("Error", {}).get("Message", "")), is_final=is_final)
