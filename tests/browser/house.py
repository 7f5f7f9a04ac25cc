"""What the browser meets: a real Poolhouse that sends real mail, and a real application on another port."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from tests import clients, server
from tests.backends.servers import free_port
from tests.cast import Stage, set_stage
from tests.hostedui.app import App, open_app
from tests.operations.test_second_factors import EMAIL, SMS, TOTP, require
from tests.server import Server

KEYS = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
TEMPORARY = "Temporary-horse-7"
PATIENCE_SECONDS = 15


@dataclass
class Mailbox:
    mails: list[Message] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content))
        return "250 OK"

    def code(self, address: str) -> str:
        """Of the newest mail to ``address``, as soon as it is there."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < give_up:
            for mail in reversed(self.mails):
                if address in str(mail["To"]):
                    return _digits(mail)
            time.sleep(0.05)
        raise AssertionError(f"Nothing was sent to {address}.")


def _digits(mail: Message) -> str:
    part = next(each for each in mail.walk() if each.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return re.findall(r"\b[0-9]{6}\b", payload.decode())[0]


class Application(ThreadingHTTPServer):
    """``/callback`` is where people come back to, ``/onwards`` sends them on as many applications do, ``/opener`` opens
    a window and waits for word from it, ``/frame`` shows a foreign page in its own."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.next = ""

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_port}"

    def wait_for(self, path: str) -> tuple[str, dict[str, str]]:
        found = [request for request in self.requests if request[0].startswith(path)]
        assert found, self.requests
        return found[-1]


class _Handler(BaseHTTPRequestHandler):
    server: Application
    ANSWERS = {
        "/callback": "<title>App</title><h1>Signed in</h1><script>window.opener && window.opener.postMessage("
        "location.search, '*')</script>",
        "/opener": "<title>waiting</title><script>addEventListener('message', (e) => {{ document.title = e.data }});"
        "window.open({next!r})</script>",
        "/frame": "<title>frame</title><iframe src={next!r}></iframe>",
    }

    def do_GET(self) -> None:
        self.server.requests.append((self.path, dict(self.headers.items())))
        path = self.path.partition("?")[0]
        if path == "/onwards":
            self.send_response(302)
            self.send_header("Location", self.server.next)
            self.end_headers()
            return
        known = self.ANSWERS.get(path, "")
        body = (known if path == "/callback" else known.format(next=self.server.next)).encode()
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """The tests look at ``requests``."""


@dataclass
class House:
    """``relaxed`` asks for a password, ``strict`` for an authenticator app too, ``several`` for one of three."""

    server: Server
    mailbox: Mailbox
    application: Application
    elsewhere: Application
    relaxed: App
    strict: App
    several: App
    people: int = 0

    def new_name(self, stem: str = "ana") -> str:
        self.people += 1
        return f"{stem}-{self.people}"

    def somebody(self, app: App, password: str = "", local: str = "") -> str:
        """A new user by e-mail address; without ``password`` somebody who was invited."""
        address = f"{self.new_name(local or 'person')}@example.com"
        given = {"email": address, "email_verified": "true", "given_name": "Ana", "family_name": "Sousa"}
        given["birthdate"] = "1990-03-25"
        app.stage.cognito.admin_create_user(
            UserPoolId=app.stage.pool_id,
            Username=address,
            MessageAction="SUPPRESS",
            TemporaryPassword=TEMPORARY,
            UserAttributes=[{"Name": name, "Value": value} for name, value in given.items()],
        )
        if password:
            app.stage.cognito.admin_set_user_password(
                UserPoolId=app.stage.pool_id, Username=address, Password=password, Permanent=True
            )
        return address


@contextmanager
def opened(directory: Path) -> Iterator[House]:
    mailbox, applications = Mailbox(), (Application(), Application())
    smtp = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    smtp.start()
    threads = [threading.Thread(target=each.serve_forever) for each in applications]
    for thread in threads:
        thread.start()
    keys = dict(zip(("POOLHOUSE_ACCESS_KEY_ID", "POOLHOUSE_SECRET_ACCESS_KEY"), KEYS, strict=True))
    environment = server.environment(directory, EMAIL_URL=f"smtp://127.0.0.1:{smtp.port}", **keys)
    try:
        with server.running(environment, directory / "log") as running:
            yield _furnished(running, mailbox, *applications)
    finally:
        smtp.stop()
        for each, thread in zip(applications, threads, strict=True):
            each.shutdown()
            thread.join()
            each.server_close()


def _furnished(running: Server, mailbox: Mailbox, application: Application, elsewhere: Application) -> House:
    cognito = clients.client("cognito-idp", KEYS, endpoint=running.url)
    public = clients.client("cognito-idp", None, endpoint=running.url)
    apps = []
    for name in ("relaxed", "strict", "several"):
        stage = set_stage(cognito, public, **({} if name == "several" else _settings()))
        callback = f"{application.url}/callback"
        addresses = [callback, f"{application.url}/onwards"]
        client = {"CallbackURLs": addresses, "LogoutURLs": [f"{application.url}/"], "ClientName": "Lido"}
        app = open_app(stage, f"{running.url}/{stage.pool_id}", name, **client)
        app.callback = callback
        apps.append(app)
    _require_totp(apps[1].stage)
    require(apps[2].stage, SMS, EMAIL, TOTP)
    return House(running, mailbox, application, elsewhere, *apps)


def _settings() -> dict[str, Any]:
    names = ("given_name", "family_name", "email", "birthdate")
    policy = {f"Require{kind}": True for kind in ("Lowercase", "Uppercase", "Numbers", "Symbols")}
    return {
        "UsernameAttributes": ["email"],
        "AutoVerifiedAttributes": ["email"],
        "Schema": [{"Name": name, "Required": True, "AttributeDataType": "String", "Mutable": True} for name in names],
        "Policies": {"PasswordPolicy": {"MinimumLength": 12, **policy}},
    }


def _require_totp(stage: Stage) -> None:
    stage.cognito.set_user_pool_mfa_config(
        UserPoolId=stage.pool_id, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration="ON"
    )
