"""A real Poolhouse in its own processes, for the tests that must cross a network.

On SQLite it is ``manage.py up`` and nothing else; where the tests run on PostgreSQL and Redis, it gets a database of
its own and a worker beside it.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cognito_site import key_file
from cognito_site.environment import VARIABLES
from tests.backends import databases
from tests.backends.servers import free_port

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 30
CELERY = ["-m", "celery", "--app", "cognito_site.celery", "worker"]
QUEUES = ["--queues", "celery,functions", "--pool", "threads"]
WORKER = [*CELERY, *QUEUES, "--beat", "--scheduler", "celery.beat:Scheduler"]


@dataclass(frozen=True)
class Server:
    url: str
    log: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    @property
    def output(self) -> str:
        return self.log.read_text()

    def manage(self, *command: str) -> subprocess.CompletedProcess[str]:
        run = [sys.executable, "manage.py", *command]
        return subprocess.run(run, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)


def environment(directory: Path, **variables: str) -> dict[str, str]:
    """As on a machine where nothing of Poolhouse is set."""
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    backends = {}
    if os.environ.get("POOLHOUSE_TEST_DATABASE_URL"):
        backends = {**_own_backends(), "POOLHOUSE_SECRET_KEYS": key_file.new_key()}
    return {**kept, "DATA_DIR": str(directory), "PORT": str(free_port()), **backends, **variables}


@contextmanager
def running(environment: dict[str, str], log: Path) -> Iterator[Server]:
    with ExitStack() as stack:
        if environment.get("REDIS_URL"):
            stack.enter_context(_process(WORKER, environment, log.with_suffix(".worker")))
        process = stack.enter_context(_process(["manage.py", "up"], environment, log))
        url = environment.get("PUBLIC_URL", f"http://localhost:{environment['PORT']}")
        _wait_for(f"http://127.0.0.1:{environment['PORT']}/readyz", process, log)
        yield Server(url, log, environment, process)


@contextmanager
def _process(arguments: list[str], environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        command = [sys.executable, *arguments]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise RuntimeError(f"Poolhouse did not start:\n{log.read_text()}")


def _own_backends() -> dict[str, str]:
    """psycopg is there when PostgreSQL is."""
    import psycopg

    whole, name = os.environ["POOLHOUSE_TEST_DATABASE_URL"], f"poolhouse_{secrets.token_hex(4)}"
    with psycopg.connect(whole, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    redis = databases.fresh(os.environ["POOLHOUSE_TEST_REDIS_URL"])
    return {"DATABASE_URL": urlsplit(whole)._replace(path=f"/{name}").geturl(), "REDIS_URL": redis}
