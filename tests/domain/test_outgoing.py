"""Requests of ours: where they go, and where they do not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pytest_django import Settings

from cognito_site import outgoing


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/moved":
            self._answer(302, b"", Location="/here")
        elif self.path == "/large":
            self._answer(200, b"x" * 300_000)
        elif self.path == "/slow":
            threading.Event().wait(2)
            self._answer(200, b"")
        elif self.path == "/drip":
            self._drip()
        else:
            self._answer(200, self.path.encode() + b" " + body)

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(40):
                self.wfile.write(b"x")
                threading.Event().wait(0.05)
        except OSError:
            pass

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    running = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def public(settings: Settings) -> None:
    """An installation that others reach."""
    settings.POOLHOUSE = replace(settings.POOLHOUSE, public_url="https://id.example.com")


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def found(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)


def test_an_answer(server: str) -> None:
    answer = outgoing.post(f"{server}/here?a=b", b"body", {"X-Test": "1"}, 5)
    assert (answer.status, answer.body, answer.is_success) == (200, b"/here?a=b body", True)


def test_a_redirect_is_an_answer(server: str) -> None:
    answer = outgoing.post(f"{server}/moved", b"", {}, 5)
    assert (answer.status, answer.headers["Location"]) == (302, "/here")


@pytest.mark.parametrize(("path", "seconds"), [("/slow", 0.2), ("/drip", 0.3)])
def test_time_has_an_end(server: str, path: str, seconds: float) -> None:
    with pytest.raises(outgoing.Failed, match="in time"):
        outgoing.post(f"{server}{path}", b"", {}, seconds)


def test_size_has_an_end(server: str) -> None:
    with pytest.raises(outgoing.Failed, match="more than 1000 bytes"):
        outgoing.post(f"{server}/large", b"", {}, 5, largest=1000)


def test_nobody_there() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(outgoing.Failed):
        outgoing.post(f"http://127.0.0.1:{port}/", b"", {}, 1)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[2002:7f00:1::]/",
        "http://10.0.0.1/",
        "http://192.168.1.1:8080/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
        "http://[fd00::1]/",
        "http://[fe80::1%25eth0]/",
    ],
)
@pytest.mark.usefixtures("public")
def test_TRG_01_private_addresses_are_nobodys_business(url: str) -> None:
    for ask in (lambda: outgoing.check(url), lambda: outgoing.get(url, {}, 1)):
        with pytest.raises(outgoing.Forbidden):
            ask()


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "017700000001", "127.1", "localhost"])
@pytest.mark.usefixtures("public")
def test_TRG_01_other_spellings_of_an_address(host: str) -> None:
    """The system's resolver reads them; what it finds is looked at."""
    with pytest.raises((outgoing.Forbidden, outgoing.Failed)) as caught:
        outgoing.get(f"http://{host}:9/", {}, 1)
    assert caught.type is outgoing.Forbidden or "not known" in str(caught.value)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "gopher://x/", "ftp://x/", "//x/", "http://", "http://x:0/", "http://x:99999/"]
)
def test_TRG_01_only_the_web_is_asked(url: str) -> None:
    with pytest.raises(outgoing.Forbidden):
        outgoing.check(url)


def test_TRG_01_no_password_in_an_address() -> None:
    with pytest.raises(outgoing.Forbidden):
        outgoing.check("http://somebody:secret@example.com/")


@pytest.mark.usefixtures("public")
def test_TRG_01_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, "93.184.216.34", "127.0.0.1")
    with pytest.raises(outgoing.Forbidden, match=r"127\.0\.0\.1"):
        outgoing.get("http://example.com/", {}, 1)


def test_TRG_01_the_connection_goes_to_what_was_checked(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is resolved once: what it would say the second time does not matter."""
    calls = []
    port = int(server.rpartition(":")[2])

    def found(host: str, port: int, **_: Any) -> list[Any]:
        calls.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1" if len(calls) == 1 else "10.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    assert outgoing.post(f"http://rebinding.example:{port}/here", b"", {}, 5).is_success
    assert calls == ["rebinding.example"]
