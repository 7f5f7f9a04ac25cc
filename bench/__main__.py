"""``python -m bench [sqlite|postgres ...]``"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import limits as machine
from bench import load, scene, srp_client
from bench.limits import Limits
from bench.load import Measured
from bench.rows import BY_SIZE, ROWS, Row
from bench.scene import Scene
from tests import server
from tests.backends import programs, servers

CORES = 2
WORKERS = 2
FEW, MANY = 100, 100_000
HEADINGS = f"{'':22}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'of limit':>10}{'goal':>9}{'queries':>9}{'MB':>9}"
# In the process; through Redis and a worker.
FUNCTION_MS = {"sqlite": 5, "postgres": 15}


def main(backends: list[str]) -> int:
    if shutil.which("wrk") is None:
        sys.stdout.write("The benchmark needs wrk: apt-get install -y wrk\n")
        return 1
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    found = machine.measure()
    print(f"This machine, {CORES} cores: {found.signatures:,.0f} RSA-2048 signatures/s, {found.hashes:,.0f} Argon2id "
          f"verifications/s, {found.powers:,.0f} modular powers/s (3072 bits, 256-bit exponent)")  # fmt: skip
    for backend in backends or ["sqlite", "postgres"]:
        with _server(backend) as running:
            _measure(backend, running, found)
    return 0


@contextmanager
def _server(backend: str) -> Iterator[server.Server]:
    with ExitStack() as stack:
        directory = Path(tempfile.mkdtemp(prefix="poolhouse-bench-"))
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        if backend == "postgres":
            if missing := programs.missing():
                sys.exit(f"Not measured on PostgreSQL and Redis: {' and '.join(missing)} cannot be found.")
            os.environ["POOLHOUSE_TEST_DATABASE_URL"] = stack.enter_context(servers.postgres(directory))
            os.environ["POOLHOUSE_TEST_REDIS_URL"] = stack.enter_context(servers.redis(directory))
        environment = server.environment(directory, POOLHOUSE_WORKERS=str(WORKERS))
        yield stack.enter_context(server.running(environment, directory / "log"))


def _measure(backend: str, running: server.Server, found: Limits) -> None:
    keys, data_dir = scene.keys_of(running.manage("show_access")), Path(running.environment["DATA_DIR"])
    stage = scene.build(f"http://127.0.0.1:{running.environment['PORT']}", keys, data_dir)
    _fill(running, stage, 0, FEW)
    table = Table(stage, found, _questions(running, stage), running)
    print(f"\n{backend}, {WORKERS} workers\n{HEADINGS}")
    few = {row.name: table.print(row) for row in ROWS}
    _measure_function(stage, backend)
    _fill(running, stage, FEW, MANY)
    print(f"with {MANY:,} users instead of {FEW} (time per request, as a multiple; goal: at most 1.2):")
    for row in ROWS:
        if row.name in BY_SIZE:
            print(f"  {row.name:20}{few[row.name].rate / measured(row, stage).rate:9.2f}", flush=True)


def _fill(running: server.Server, stage: Scene, first: int, end: int) -> None:
    command = [sys.executable, "-m", "bench.fill", stage.pool_id, str(first), str(end)]
    subprocess.run(command, cwd=server.ROOT, env=running.environment, check=True)


def _questions(running: server.Server, stage: Scene) -> dict[str, int]:
    command = [sys.executable, "-m", "bench.questions", json.dumps(asdict(stage))]
    printed = subprocess.run(
        command, cwd=server.ROOT, env=running.environment, check=True, capture_output=True, text=True
    ).stdout
    found: dict[str, int] = json.loads(printed)
    return found


def measured(row: Row, stage: Scene) -> Measured:
    return load.run(row.request(stage)) if row.request else srp_client.run(stage, load.SECONDS)


@dataclass(frozen=True)
class Table:
    stage: Scene
    limits: Limits
    questions: dict[str, int]
    running: server.Server

    def print(self, row: Row) -> Measured:
        found = measured(row, self.stage)
        share = f"{found.rate / self.limits.combined(**row.limit):.0%}" if row.limit else ""
        goal = "" if not row.goal else f"{row.goal:.0%}" if row.limit else f"{row.goal:,.0f}/s"
        print(
            f"{row.name:22}{found.rate:9,.0f}{found.p50:9.1f}{found.p99:9.1f}{share:>10}{goal:>9}"
            f"{self.questions[row.name]:9}{_memory(self.running):9.0f}",
            flush=True,
        )
        return found


def _measure_function(stage: Scene, backend: str) -> None:
    """One sign-in at a time: what a function adds to how long somebody waits."""
    without, with_it = (
        load.run(request, connections=1).p50 for request in (stage.password(), stage.password_with_function())
    )
    goal = FUNCTION_MS[backend]
    print(
        f"a Python PreTokenGeneration function adds {with_it - without:.1f} ms to {without:.1f} ms (goal: below {goal})"
    )


def _memory(running: server.Server) -> float:
    """Megabytes of the largest worker: the workers are the server's children. Pages that processes share count for each
    by its share (smaps(5): Pss), so that a further worker costs about as much."""
    children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children").read_text().split()
    return max(map(_proportional, children))


def _proportional(pid: str) -> float:
    totals = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(totals.partition("\nPss:")[2].split()[0]) / 1024


sys.exit(main(sys.argv[1:]))
