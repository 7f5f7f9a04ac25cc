"""Functions behind Lambda's Invoke API: boto3 speaks to a server that speaks it, and runs a handler."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from pytest_django import Settings

from cognito_site.functions import registered
from cognito_site.functions.outcomes import FunctionFailed, Garbled, NotAnswered
from tests.functions.conftest import invoke

GREET = "arn:aws:lambda:eu-west-1:123456789012:function:greet"


def greet(event: dict[str, Any]) -> Any:
    if event.get("fail"):
        raise ValueError("No ships today.")
    return {**event, "response": {"greeting": "Ahoy"}}


@dataclass
class Lambda:
    """``refusal`` is an error of the service; ``is_emulator`` tells no failure of a function by a header."""

    url: str = ""
    function: Callable[[dict[str, Any]], Any] = greet
    refusal: tuple[int, str] | None = None
    is_emulator: bool = False
    seconds: float = 0
    raw: bytes = b""
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def answer(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        if self.refusal:
            status, code = self.refusal
            return status, {"x-amzn-ErrorType": code}, json.dumps({"Type": "User", "message": "why"}).encode()
        log = {"X-Amz-Log-Result": base64.b64encode(b"START\nAhoy, log\nEND").decode()}
        try:
            return 200, log, self.raw or json.dumps(self.function(json.loads(body))).encode()
        except ValueError as failure:
            told = {"errorMessage": str(failure), "errorType": "ValueError", "stackTrace": []}
            marked = {} if self.is_emulator else {"X-Amz-Function-Error": "Unhandled"}
            return 200, {**log, **marked}, json.dumps(told).encode()


def _handler_of(aws: Lambda) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            aws.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            time.sleep(aws.seconds)
            status, headers, answer = aws.answer(body)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None: ...

    return Handler


class Server(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """A client that went away in the middle."""


@pytest.fixture
def aws() -> Iterator[Lambda]:
    found = Lambda()
    server = Server(("127.0.0.1", 0), _handler_of(found))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    registered.register(GREET, {"endpoint": found.url})
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_works(aws: Lambda) -> None:
    answer = invoke(f"{GREET}:live", name="Ünïcødé ☂")
    assert answer.value == {"name": "Ünïcødé ☂", "response": {"greeting": "Ahoy"}}
    assert answer.log == "START\nAhoy, log\nEND"
    ((path, headers),) = aws.seen
    assert unquote(urlsplit(path).path) == f"/2015-03-31/functions/{GREET}:live/invocations"
    assert headers["x-amz-log-type"] == "Tail"
    assert "/eu-west-1/lambda/aws4_request" in headers["authorization"]


def test_keys_region_and_name_of_ones_own(aws: Lambda) -> None:
    registered.register(
        GREET,
        {
            "endpoint": aws.url,
            "region": "us-west-2",
            "access_key_id": "AKIAEXAMPLE",
            "secret_access_key": "s",
            "session_token": "t",
            "function_name": "function",
        },
    )
    invoke(GREET)
    ((path, headers),) = aws.seen
    assert path == "/2015-03-31/functions/function/invocations"
    assert "Credential=AKIAEXAMPLE/" in headers["authorization"]
    assert "/us-west-2/lambda/" in headers["authorization"]
    assert headers["x-amz-security-token"] == "t"


def test_the_installations_endpoint(aws: Lambda, settings: Settings) -> None:
    settings.POOLHOUSE = replace(settings.POOLHOUSE, lambda_endpoint_url=aws.url)
    arn = "arn:aws:lambda:us-east-1:000000000000:function:anything"
    assert invoke(arn).value["response"] == {"greeting": "Ahoy"}


@pytest.mark.parametrize("is_emulator", [False, True])
def test_a_function_that_fails(aws: Lambda, is_emulator: bool) -> None:
    aws.is_emulator = is_emulator
    with pytest.raises(FunctionFailed) as failed:
        invoke(GREET, fail=True)
    assert (failed.value.error_message, failed.value.error_type) == ("No ships today.", "ValueError")
    assert "Ahoy, log" in failed.value.log
    assert len(aws.seen) == 1


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    ("status", "code", "attempts"),
    [
        (404, "ResourceNotFoundException", 1),
        (403, "AccessDeniedException", 1),
        (400, "InvalidParameterValueException", 1),
        (429, "TooManyRequestsException", 3),
        (500, "ServiceException", 3),
        (502, "EC2ThrottledException", 3),
        (502, "InvalidZipFileException", 3),
    ],
)
def test_TRG_04_a_service_that_refuses(aws: Lambda, status: int, code: str, attempts: int) -> None:
    aws.refusal = (status, code)
    with pytest.raises(NotAnswered) as failed:
        invoke(GREET)
    assert (failed.value.name, failed.value.detail, failed.value.attempts) == (code, "why", attempts)
    assert len(aws.seen) == attempts


@pytest.mark.usefixtures("impatient")
def test_TRG_04_slow_is_asked_three_times(aws: Lambda) -> None:
    aws.seconds = 3
    begun = time.monotonic()
    with pytest.raises(NotAnswered, match=r"^Socket timeout while invoking Lambda function: "):
        invoke(GREET)
    assert len(aws.seen) == 3
    assert time.monotonic() - begun < 6


def test_nobody_there() -> None:
    registered.register(GREET, {"endpoint": "http://127.0.0.1:9"})
    with pytest.raises(NotAnswered, match=r"^ServiceException: the endpoint: EndpointConnectionError"):
        invoke(GREET)


def test_TRG_03_answers_have_limits(aws: Lambda) -> None:
    aws.raw = b"<html>"
    with pytest.raises(Garbled):
        invoke(GREET)
    aws.raw = b'"' + b"x" * 100_000_000 + b'"'
    with pytest.raises(FunctionFailed, match=r"^Response payload size"):
        invoke(GREET)


def test_aws_itself_without_keys_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    registered.register(GREET, {"endpoint": ""})
    with pytest.raises(NotAnswered, match=r"^AccessDeniedException: Unable to locate credentials"):
        invoke(GREET)


def test_the_library_is_loaded_by_the_first_call_only() -> None:
    """Half a second, and thirty megabytes in each worker."""
    import subprocess
    import sys

    program = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; import django; django.setup();"
        "from cognito_site.functions import invocation;"
        "print([name for name in ('boto3', 'botocore.client') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
