"""One real Poolhouse for all clients that talk over a network, and the mail that it sends."""

from __future__ import annotations

import email
import email.policy
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from aiosmtpd.controller import Controller

from tests import server
from tests.backends.servers import free_port
from tests.cast import Stage
from tests.server import Server

PATIENCE_SECONDS = 10


@dataclass
class Mailbox:
    mails: list[Any] = field(default_factory=list)

    async def handle_DATA(self, smtp: Any, session: Any, envelope: Any) -> str:
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    def code(self, address: str) -> str:
        """Waits for the next code to ``address``, and takes it out."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < give_up:
            for mail in self.mails:
                if mail["To"] == address:
                    self.mails.remove(mail)
                    found = re.search(r"\b[0-9]{6}\b", mail.get_body(("plain",)).get_content())
                    assert found
                    return found[0]
            time.sleep(0.02)
        raise AssertionError(f"No mail came to {address}.")


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    found = Mailbox()
    found_port = free_port()
    controller = Controller(found, hostname="127.0.0.1", port=found_port)
    controller.start()
    found.port = found_port  # type: ignore[attr-defined]
    yield found
    controller.stop()


@pytest.fixture(scope="session")
def poolhouse(mailbox: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory: Path = tmp_path_factory.mktemp("poolhouse")
    there = server.environment(directory, EMAIL_URL=f"smtp://127.0.0.1:{mailbox.port}")
    with server.running(there, directory / "log") as running:
        yield running


@pytest.fixture(scope="session")
def keys(poolhouse: Server) -> dict[str, str]:
    """As ``show_access`` prints them."""
    shown = poolhouse.manage("show_access").stdout
    return dict(re.findall(r"(AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY)=(\S+)", shown))


@pytest.fixture(scope="session")
def operator(poolhouse: Server, keys: dict[str, str]) -> Any:
    """boto3's ``client`` for the first access key."""

    def client(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=poolhouse.url,
            region_name="us-east-1",
            aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
        )

    return client


@pytest.fixture
def harbour(operator: Any) -> Stage:
    """A pool of the running server that verifies e-mail and offers authenticator apps."""
    cognito = operator("cognito-idp")
    pool = cognito.create_user_pool(PoolName="harbour", AutoVerifiedAttributes=["email"])["UserPool"]
    cognito.set_user_pool_mfa_config(
        UserPoolId=pool["Id"],
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    stage = Stage(cognito, cognito, pool["Id"], settings=pool)
    stage.client_id = stage.client()["ClientId"]
    return stage
