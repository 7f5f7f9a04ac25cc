"""The processes: web, workers, clock and broker, each killed and started again as a whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.backends import programs, servers
from tests.server import ROOT

CELERY = ["-m", "celery", "--app", "cognito_site.celery"]
WEB = [sys.executable, "manage.py", "up"]
WORKER = [sys.executable, *CELERY, "worker", "--loglevel", "WARNING", "--hostname"]
CLOCK = [sys.executable, *CELERY, "beat", "--scheduler", "celery.beat:Scheduler", "--loglevel", "WARNING"]
PATIENCE_SECONDS = 60


@dataclass
class Part:
    """A program and its children: one group of processes."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """As the kernel does when memory runs out: no handler, no last word."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.deaths += 1


@dataclass
class House:
    """``has_broker``: with Redis and two workers; else one process that does everything."""

    directory: Path
    environment: dict[str, str]
    has_broker: bool
    parts: list[Part] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environment['PORT']}"

    def build(self) -> None:
        commands = {"web": WEB}
        if self.has_broker:
            port = str(servers.free_port())
            self.environment["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
            broker = [str(programs.redis()), "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
            workers = {name: [*WORKER, f"{name}@%h", "--concurrency", "2"] for name in ("one", "two")}
            commands = {"redis": broker, **commands, **workers, "clock": CLOCK}
        self.parts = [
            Part(name, command, self.environment, self.directory / f"{name}.log") for name, command in commands.items()
        ]
        for part in self.parts:
            part.start()
            if part.name == "web":
                # It makes the database that the others need.
                self.wait_until_ready()

    def wait_until_ready(self) -> None:
        wait_for(self._is_ready, f"Poolhouse does not come back; see {self.directory}")

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                return True
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def strike(self, chance: random.Random) -> str:
        """Kills one part, and starts it again after a moment. Returns its name."""
        victim = chance.choice(self.parts)
        victim.kill()
        time.sleep(chance.uniform(0, 1))
        victim.start()
        return victim.name

    def tear_down(self) -> None:
        for part in self.parts:
            part.kill()


def wait_for(is_so: Callable[[], bool], otherwise: str, seconds: float = PATIENCE_SECONDS) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise RuntimeError(otherwise)
        time.sleep(0.1)
