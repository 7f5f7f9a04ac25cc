"""The real SDK for Python, in process: botocore serializes, signs and parses, Django answers instead of the network.

Every answer is held against the contract: a success against its output shape, a refusal against what the operation may
refuse with. An exception that became a 500 is raised again in the test.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.model import Shape
from django.core.signals import got_request_exception
from django.test.client import ClientHandler

from cognito_site.contract import services
from identitypools.domain import callers

ENDPOINT = "http://localhost:9229"
REGION = "us-east-1"
IN_PROCESS = {"retries": {"total_max_attempts": 1}, "parameter_validation": False}

# What AWS's front end may say to any request, beside what an operation declares.
BEFORE_AN_OPERATION = {
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "SerializationException",
    "UnknownOperationException",
    "UnrecognizedClientException",
    "ValidationException",
    "AccessDenied",
    "ExpiredToken",
    "IncompleteSignature",
    "InvalidAction",
    "InvalidClientTokenId",
    "MalformedInput",
    "MissingAuthenticationToken",
    "SignatureDoesNotMatch",
    "ValidationError",
}


@cache
def client(
    service: str,
    keys: tuple[str, ...] | None = None,
    *,
    region: str = REGION,
    endpoint: str | None = None,
    strict: bool = True,
) -> Any:
    """``keys``: access key id, secret, and a session token if there is one; None sends nothing signed.

    With ``endpoint`` it talks to a server over the network. Without ``strict`` answers are not held against the
    contract.
    """
    session = _session()
    made = session.client(
        service,
        region_name=region,
        endpoint_url=endpoint or ENDPOINT,
        config=Config(**IN_PROCESS, signature_version=None if keys else UNSIGNED),
        **dict(zip(("aws_access_key_id", "aws_secret_access_key", "aws_session_token"), keys or (), strict=False)),
    )
    if endpoint is None:
        made.meta.events.register("before-send", _answer)
    if strict:
        made.meta.events.register("after-call", _hold_against_contract)
    return made


def signed(service: str, **options: Any) -> Any:
    """With the first operator's key."""
    return client(service, callers.first_key(), **options)


@cache
def _session() -> boto3.Session:
    return boto3.Session()


# --- the answer, without a network ----------------------------------------------------------------------------------


@cache
def _handler() -> ClientHandler:
    return ClientHandler()


def _answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
    body = request.body or b""
    content = body if isinstance(body, bytes) else body.encode()
    return send(request.method, request.url, dict(request.headers.items()), content)


def send(method: str, url: str, headers: dict[str, Any], body: bytes = b"", ip: str = "127.0.0.1") -> AWSResponse:
    """One request, exactly as given."""
    with _exceptions_come_out() as exceptions:
        response = _handler()(environ(method, url, headers, body, ip))
    if exceptions:
        raise exceptions[0]
    answered = {**response.headers, "Content-Length": str(len(response.content))}
    return AWSResponse(url, response.status_code, answered, _Raw(response.content))


def environ(method: str, url: str, headers: dict[str, Any], body: bytes, ip: str) -> dict[str, Any]:
    parts = urlsplit(url)
    given = {"Host": parts.netloc, **headers}
    texts = {name: value.decode("latin-1") if isinstance(value, bytes) else str(value) for name, value in given.items()}
    named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in texts.items()}
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": parts.path or "/",
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": ip,
        "CONTENT_TYPE": named.pop("HTTP_CONTENT_TYPE", ""),
        "CONTENT_LENGTH": named.pop("HTTP_CONTENT_LENGTH", str(len(body))),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": BytesIO(),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.version": (1, 0),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **named,
    }


class _Raw(BytesIO):
    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.getvalue()


@contextmanager
def _exceptions_come_out() -> Iterator[list[BaseException]]:
    found: list[BaseException] = []

    def keep(**_: Any) -> None:
        exception = sys.exc_info()[1]
        if exception is not None:
            found.append(exception)

    got_request_exception.connect(keep)
    try:
        yield found
    finally:
        got_request_exception.disconnect(keep)


# --- the contract ---------------------------------------------------------------------------------------------------


def _hold_against_contract(http_response: AWSResponse, parsed: dict[str, Any], model: Any, **_: Any) -> None:
    service = model.service_model.service_name
    if http_response.status_code < 400:
        if model.service_model.metadata["protocol"] == "json":
            _hold_success(http_response, model)
        return
    code = parsed["Error"]["Code"]
    declared = services.service(service).operations[model.name].errors
    assert code in declared | BEFORE_AN_OPERATION, f"{model.name} does not declare {code}: {parsed['Error']['Message']}"


def _hold_success(response: AWSResponse, model: Any) -> None:
    if model.output_shape is None or not model.output_shape.members:
        assert response.content in (b"", b"{}"), f"{model.name} answers nothing, not {response.content[:80]!r}"
        return
    assert_shape(json.loads(response.content), model.output_shape, model.name)


def assert_shape(value: Any, shape: Shape, path: str) -> None:
    """No unknown member, no wrong type, no null, nothing missing, no value outside of its bounds."""
    _CHECKS.get(shape.type_name, _is_scalar)(value, shape, path)


def _is_structure(value: Any, shape: Any, path: str) -> None:
    if getattr(shape, "is_document_type", False):
        return
    assert isinstance(value, dict), f"{path} is a structure"
    unknown = set(value) - set(shape.members)
    assert not unknown, f"{path} has no {sorted(unknown)}"
    missing = set(shape.required_members) - set(value)
    assert not missing, f"{path} needs {sorted(missing)}"
    for name, entry in value.items():
        assert_shape(entry, shape.members[name], f"{path}.{name}")


def _is_list(value: Any, shape: Any, path: str) -> None:
    assert isinstance(value, list), f"{path} is a list"
    for place, entry in enumerate(value):
        assert_shape(entry, shape.member, f"{path}[{place}]")


def _is_map(value: Any, shape: Any, path: str) -> None:
    assert isinstance(value, dict), f"{path} is a map"
    for key, entry in value.items():
        assert_shape(entry, shape.value, f"{path}[{key!r}]")


def _is_scalar(value: Any, shape: Any, path: str) -> None:
    kinds: dict[str, tuple[type, ...]] = {
        "integer": (int,),
        "long": (int,),
        "boolean": (bool,),
        "timestamp": (int, float),
        "float": (int, float),
        "double": (int, float),
    }
    wanted = kinds.get(shape.type_name, (str,))
    is_right = isinstance(value, wanted) and (bool in wanted or not isinstance(value, bool))
    assert is_right, f"{path} is a {shape.type_name}, not {value!r}"
    values = getattr(shape, "enum", None)
    assert not values or value in values, f"{path} is one of {values}, not {value!r}"


_CHECKS = {"structure": _is_structure, "list": _is_list, "map": _is_map}
