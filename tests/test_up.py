"""``manage.py up``: from an empty directory to a Poolhouse that serves, and back again."""

from __future__ import annotations

import re
import signal
import socket
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.server import ROOT, environment, running

pytestmark = pytest.mark.server


def get(url: str) -> tuple[int, str]:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.status, answer.read().decode()


def test_the_first_start_welcomes_and_the_second_does_not(tmp_path: Path) -> None:
    there = environment(tmp_path)
    with running(there, tmp_path / "first") as server:
        assert get(f"{server.url}/readyz") == (200, '{"database": "ok", "cache": "ok"}')
        password = re.search(r"login admin +password (\S+)", server.output)
        assert password is not None
        assert f"Serving on {server.url}" in server.output
    with running(there, tmp_path / "second") as server:
        assert "password" not in server.output
        assert password[0] in server.manage("show_access").stdout


@pytest.mark.skipif(sys.platform != "linux", reason="reads the kernel's table of sockets")
def test_it_listens_on_both_loopback_addresses_and_no_other(tmp_path: Path) -> None:
    with running(environment(tmp_path), tmp_path / "log") as server:
        port = int(server.environment["PORT"])
        assert _listening("tcp", port) == {"0100007F"}
        if Path("/proc/net/if_inet6").read_text():
            assert _listening("tcp6", port) == {"00000000000000000000000001000000"}
            assert get(f"http://[::1]:{port}/healthz")[0] == 200


def test_a_port_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        up = subprocess.run(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env=environment(tmp_path, PORT=port),
            capture_output=True,
            text=True,
            check=False,
        )
    assert up.returncode == 1
    assert up.stderr.splitlines() == [
        f"PORT={port} cannot be used on 127.0.0.1 (Address already in use): choose another, as in `PORT=9230 make run`"
    ]


def test_interrupting_stops_it_within_seconds_and_without_a_word(tmp_path: Path) -> None:
    with running(environment(tmp_path), tmp_path / "log") as server:
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(timeout=5) == 0
        assert server.output.endswith("(Ctrl-C stops)\n\n")


def test_the_key_ring_is_for_its_owner_only_and_is_not_replaced(tmp_path: Path) -> None:
    there = {**environment(tmp_path), "DATABASE_URL": "", "REDIS_URL": "", "POOLHOUSE_SECRET_KEYS": ""}
    with running(there, tmp_path / "log") as server:
        ring = tmp_path / "secret.keys"
        assert stat.S_IMODE(ring.stat().st_mode) == 0o600
        ring.rename(tmp_path / "kept")
        refused = server.manage("show_access")
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"{tmp_path}/poolhouse.sqlite3 is there, but secret.keys is not")
    assert not ring.exists()


def test_several_that_start_at_once_prepare_once(tmp_path: Path) -> None:
    there = environment(tmp_path)
    command = [sys.executable, "-c", PREPARE]
    starts = [subprocess.Popen(command, cwd=ROOT, env=there, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    told = [start.communicate(timeout=60)[0] for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0]
    assert sum("Console" in output for output in told) == 1


PREPARE = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "cognito_site.settings"
import django
django.setup()
from cognito_site import start_lock
from cognito_site.management.commands.up import Command
with start_lock.alone():
    Command()._prepare()
"""


def _listening(table: str, port: int) -> set[str]:
    """Local addresses of listening sockets, as the kernel spells them."""
    rows = [line.split() for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
    return {row[1].split(":")[0] for row in rows if row[3] == "0A" and int(row[1].split(":")[1], 16) == port}
