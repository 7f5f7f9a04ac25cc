"""Functions behind an address: a real server that verifies what it gets."""

from __future__ import annotations

import hmac
import json
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pytest_django import Settings

from cognito_site.functions import registered
from cognito_site.functions.outcomes import FunctionFailed, Garbled, NotAnswered
from cognito_site.models import Function
from tests.functions.conftest import invoke

GREET = "arn:aws:lambda:us-east-1:000000000000:function:greet"
SECRET = "a secret of some length"


@dataclass
class Receiver:
    """Takes what is signed with ``secret`` and is not old, and answers what it is told to."""

    url: str = ""
    secret: str = SECRET
    status: int = 200
    body: bytes = b""
    seconds: float = 0
    seen: list[dict[str, str]] = field(default_factory=list)

    def verifies(self, headers: Any, body: bytes) -> bool:
        moment, signature = headers["X-Poolhouse-Timestamp"], headers["X-Poolhouse-Signature"]
        expected = hmac.new(self.secret.encode(), f"{moment}.".encode() + body, "sha256").hexdigest()
        return abs(time.time() - int(moment)) < 60 and hmac.compare_digest(signature, f"v1={expected}")


def _handler_of(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.seen.append({name.lower(): value for name, value in self.headers.items()})
            time.sleep(receiver.seconds)
            is_good = receiver.verifies(self.headers, body)
            answer = receiver.body or json.dumps({**json.loads(body), "response": {"ok": True}}).encode()
            self.send_response(receiver.status if is_good else 401)
            self.send_header("Location", "http://169.254.169.254/")
            self.end_headers()
            self.wfile.write(answer if is_good else b'{"errorMessage": "not signed"}')

        def log_message(self, *_: Any) -> None: ...

    return Handler


class Server(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """A client that heard enough."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    server = Server(("127.0.0.1", 0), _handler_of(found))
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}/greet"
    registered.register(GREET, {"webhook": found.url, "secret": SECRET})
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


def test_TRG_03_the_receiver_verifies(receiver: Receiver) -> None:
    answer = invoke(GREET, name="Ünïcødé ☂")
    assert answer.value == {"name": "Ünïcødé ☂", "response": {"ok": True}}
    (headers,) = receiver.seen
    assert headers["content-type"] == "application/json"
    assert len(headers["x-poolhouse-event-id"]) == 36


def test_TRG_03_a_receiver_with_another_secret_refuses(receiver: Receiver) -> None:
    receiver.secret = "another secret, as long"
    with pytest.raises(FunctionFailed, match="not signed"):
        invoke(GREET)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("status", "name"), [(500, "ServiceException"), (429, "TooManyRequestsException")])
def test_TRG_04_busy_is_asked_three_times(receiver: Receiver, status: int, name: str) -> None:
    receiver.status = status
    receiver.body = b'{"errorMessage": "not mine to say"}'
    with pytest.raises(NotAnswered) as failed:
        invoke(GREET)
    assert failed.value.name == name
    assert len(receiver.seen) == failed.value.attempts == 3
    assert len({headers["x-poolhouse-event-id"] for headers in receiver.seen}) == 1


@pytest.mark.usefixtures("impatient")
def test_TRG_04_slow_is_asked_three_times(receiver: Receiver) -> None:
    receiver.seconds = 0.8
    with pytest.raises(NotAnswered, match=r"^Socket timeout while invoking Lambda function: "):
        invoke(GREET)
    assert len(receiver.seen) == 3


@pytest.mark.parametrize(
    ("status", "body", "name"),
    [
        (400, b"", "ServiceException"),
        (403, b"{}", "AccessDeniedException"),
        (404, b"nobody", "ResourceNotFoundException"),
        (302, b'{"errorMessage": "elsewhere"}', "ServiceException"),
    ],
)
def test_other_answers_are_none(
    receiver: Receiver, status: int, body: bytes, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.status, receiver.body = status, body or b" "
    with pytest.raises(NotAnswered) as failed:
        invoke(GREET)
    assert failed.value.name == name
    assert len(receiver.seen) == (3 if status == 302 else 1), "what would be the same again is not asked again"


def test_a_function_says_no(receiver: Receiver) -> None:
    receiver.status = 422
    receiver.body = b'{"errorMessage": "No ships today.", "errorType": "Refused"}'
    with pytest.raises(FunctionFailed) as failed:
        invoke(GREET)
    assert (failed.value.error_message, failed.value.error_type) == ("No ships today.", "Refused")
    assert len(receiver.seen) == 1


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"\xff", b"[" * 100_000, b'{"a": NaN}', b'{"a": 1e999}', b"1" * 5000, b'"\\u0000"'],
)
def test_TRG_03_answers_have_limits(receiver: Receiver, body: bytes) -> None:
    receiver.body = body
    with pytest.raises(Garbled):
        invoke(GREET)


def test_TRG_03_a_hundred_megabytes(receiver: Receiver) -> None:
    receiver.body = b'"' + b"x" * 100_000_000 + b'"'
    with pytest.raises(FunctionFailed, match=r"^Response payload size"):
        invoke(GREET)


def test_nobody_there(receiver: Receiver) -> None:
    registered.register(GREET, {"webhook": "http://127.0.0.1:9/", "secret": SECRET})
    with pytest.raises(NotAnswered, match=r"^ServiceException: "):
        invoke(GREET)


def test_TRG_01_private_addresses_are_not_asked(receiver: Receiver, settings: Settings) -> None:
    """Also one that was fine when it was saved: names change their mind."""
    settings.POOLHOUSE = replace(settings.POOLHOUSE, public_url="https://id.example.com")
    Function.objects.update(
        settings={"webhook": receiver.url.replace("http:", "https:").replace("127.0.0.1", "localhost")}
    )
    registered.forget()
    with pytest.raises(NotAnswered, match=r"^AccessDeniedException: .* private address"):
        invoke(GREET)
    assert not receiver.seen


def test_TRG_01_who_nobody_vouches_for_is_not_asked(receiver: Receiver, tmp_path: Path) -> None:
    server = Server(("127.0.0.1", 0), _handler_of(receiver))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_self_signed(tmp_path / "certificate.pem"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    registered.register(GREET, {"webhook": f"https://localhost:{server.server_port}/", "secret": SECRET})
    with pytest.raises(NotAnswered, match=r"^ServiceException: localhost: SSLCertVerificationError"):
        invoke(GREET)
    server.shutdown()
    thread.join()
    server.server_close()
    assert not receiver.seen


def _self_signed(path: Path) -> Path:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    certificate = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + certificate.sign(key, SHA256()).public_bytes(Encoding.PEM))
    return path
