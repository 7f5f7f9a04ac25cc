"""``python -m bench.drain [sqlite|postgres ...]``: how fast a full outbox drains into a mail server.

Two workers, as ``make worker`` starts them, a clock, Redis, the database and the mail server share two cores. The mail
server is Python's, and takes a good part of one of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cognito_site import key_file
from tests import server
from tests.backends import programs, servers

CORES, WORKERS = 2, 2
COUNT, GOAL = 10_000, 500
PATIENCE_SECONDS = 300
CELERY = ["-m", "celery", "--app", "cognito_site.celery"]
CLOCK = [*CELERY, "beat", "--scheduler", "celery.beat:Scheduler"]


def main(backends: list[str]) -> int:
    if missing := programs.missing():
        sys.exit(f"Not measured: {' and '.join(missing)} cannot be found.")
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    for backend in backends or ["postgres"]:
        _measure(backend)
    return 0


def _measure(backend: str) -> None:
    with ExitStack() as stack:
        directory = Path(tempfile.mkdtemp(prefix="poolhouse-drain-"))
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        port = servers.free_port()
        environment = {**stack.enter_context(_place(backend, directory)), "EMAIL_URL": f"smtp://127.0.0.1:{port}"}
        _run(["manage.py", "migrate", "-v0"], environment)
        _run(["-m", "bench.outbox", str(COUNT)], environment)
        sink = stack.enter_context(_process(["-m", "bench.sink", str(port), str(COUNT)], environment))
        for number in range(WORKERS):
            stack.enter_context(_process([*CELERY, "worker", "-n", f"w{number}"], environment))
        stack.enter_context(_process(CLOCK, environment))
        rate = _rate(sink)
        left = _run(["-m", "bench.outbox"], environment).strip()
    print(f"{backend}: {COUNT:,} messages, {WORKERS} workers: {rate:,.0f}/s (goal {GOAL}/s), {left} left", flush=True)


@contextmanager
def _place(backend: str, directory: Path) -> Iterator[dict[str, str]]:
    with ExitStack() as stack:
        variables = {"REDIS_URL": stack.enter_context(servers.redis(directory))}
        if backend == "postgres":
            variables["DATABASE_URL"] = stack.enter_context(servers.postgres(directory))
        yield server.environment(directory, POOLHOUSE_SECRET_KEYS=key_file.new_key(), **variables)


def _run(arguments: list[str], environment: dict[str, str]) -> str:
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=server.ROOT, env=environment, check=True, text=True, stdout=subprocess.PIPE
    ).stdout


@contextmanager
def _process(arguments: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=server.ROOT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE_SECONDS)


def _rate(sink: subprocess.Popen[str]) -> float:
    printed, _ = sink.communicate(timeout=PATIENCE_SECONDS)
    return float(printed.split()[-1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
