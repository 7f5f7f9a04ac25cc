"""Starting and stopping the two servers."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.backends import databases, programs

PATIENCE_SECONDS = 30
SUPERUSER = "postgres"


@contextmanager
def postgres(directory: Path) -> Iterator[str]:
    program, port, data = programs.postgres(), free_port(), directory / "postgres"
    assert program is not None
    directory.chmod(0o755)
    data.mkdir(mode=0o700)
    if as_whom := _unprivileged():
        shutil.chown(data, SUPERUSER)
    initdb = [
        program.resolve().with_name("initdb"),
        "-D",
        data,
        "-U",
        SUPERUSER,
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, **as_whom)
    # Durable enough for a run of the tests.
    fast = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200"]
    server = [program, "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", data]
    with _running([*server, *(part for setting in fast for part in ("-c", setting))], data / "log", port, as_whom):
        yield f"postgres://{SUPERUSER}@127.0.0.1:{port}/postgres"


@contextmanager
def redis(directory: Path) -> Iterator[str]:
    program, port = programs.redis(), free_port()
    assert program is not None
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(directory)]
    options += ["--databases", str(databases.PROCESSES * databases.EACH)]
    with _running([program, *options], directory / "redis.log", port, {}):
        yield f"redis://127.0.0.1:{port}/0"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(command: list[str | Path], log: Path, port: int, as_whom: dict[str, object]) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, **as_whom)  # type: ignore[call-overload]
        try:
            _wait_for(port, process, log)
            yield
        finally:
            # SIGINT is PostgreSQL's fast shutdown, SIGTERM would wait for every client.
            process.send_signal(2)
            process.wait(PATIENCE_SECONDS)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit(f"{process.args} did not start:\n{log.read_text(errors='replace')}")


def _unprivileged() -> dict[str, object]:
    return {"user": SUPERUSER, "group": SUPERUSER, "extra_groups": [], "cwd": "/"} if os.geteuid() == 0 else {}
