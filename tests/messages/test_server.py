"""A real server whose mail server accepts every call and says nothing."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bench.scene import keys_of
from tests import server
from tests.crash import load
from tests.server import Server

pytestmark = pytest.mark.server


@pytest.fixture
def silence() -> Iterator[int]:
    """The port of somebody who never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        yield listening.getsockname()[1]


@pytest.fixture
def poolhouse(tmp_path: Path, silence: int) -> Iterator[Server]:
    there = server.environment(tmp_path, EMAIL_URL=f"smtp://127.0.0.1:{silence}")
    with server.running(there, tmp_path / "log") as running:
        yield running


def seconds(deed: Callable[..., Any], *arguments: Any, **named: Any) -> float:
    began = time.monotonic()
    with suppress(Exception):
        deed(*arguments, **named)
    return time.monotonic() - began


def test_REC_06_nobody_waits_for_the_mail_server(poolhouse: Server) -> None:
    client_id = load.make_pool(poolhouse.url, keys_of(poolhouse.manage("show_access")))
    public = load.public_client(poolhouse.url)
    signing_up = load.Load(poolhouse.url, client_id)
    # More than there are workers to hang.
    slowest = max(seconds(signing_up._sign_up, public, 2 * number) for number in range(8))
    assert len(signing_up.answered) == 8
    assert slowest < 2
    for name in ("sailor-0", "nobody"):
        assert seconds(public.forgot_password, ClientId=client_id, Username=name) < 2
        assert seconds(public.resend_confirmation_code, ClientId=client_id, Username=name) < 2
