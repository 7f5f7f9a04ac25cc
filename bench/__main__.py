"""``python -m bench [sqlite|postgres ...]``"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import limits as machine
from bench import load, scene, srp_client
from bench.limits import Limits
from bench.load import Measured, Request
from bench.scene import Scene
from tests import server
from tests.backends import programs, servers

CORES = 2
WORKERS = 2
MANY = 100_000


@dataclass(frozen=True)
class Row:
    """``limit`` names how many signatures, hashes and modular powers one request needs; ``goal`` is a share of that
    limit, or requests a second where there is none."""

    name: str
    measure: Callable[[Scene], Measured]
    limit: dict[str, float]
    goal: float


def by_wrk(request: Callable[[Scene], Request]) -> Callable[[Scene], Measured]:
    return lambda found: load.run(request(found))


def by_srp(found: Scene) -> Measured:
    return srp_client.run(found, load.SECONDS)


SRP_POWERS = srp_client.SERVER_POWERS + srp_client.CLIENT_POWERS
ROWS = (
    Row("JWKS", by_wrk(Scene.jwks), {}, 5000),
    Row("client_credentials", by_wrk(Scene.client_credentials), {"signatures": 1}, 0.50),
    Row("refresh", by_wrk(Scene.refresh), {"signatures": 2}, 0.55),
    Row("password sign-in", by_wrk(Scene.password), {"signatures": 2, "hashes": 1}, 0.80),
    Row("SRP sign-in", by_srp, {"signatures": 2, "powers": SRP_POWERS}, 0.60),
    Row("GetUser", by_wrk(Scene.get_user), {}, 1400),
    Row("AdminGetUser", by_wrk(Scene.admin_get_user), {}, 1400),
)
WITH_MANY_USERS = (
    Row("GetUser", by_wrk(Scene.get_user), {}, 0),
    Row("AdminGetUser", by_wrk(Scene.admin_get_user), {}, 0),
    Row("password sign-in", by_wrk(Scene.password), {}, 0),
    Row("ListUsers by e-mail", by_wrk(Scene.list_users), {}, 0),
)


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
    keys = scene.keys_of(running.manage("show_access"))
    stage = scene.build(f"http://127.0.0.1:{running.environment['PORT']}", keys)
    print(f"\n{backend}, {WORKERS} workers\n{'':22}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'of limit':>10}{'goal':>8}")
    few = {row.name: _print(row, stage, found) for row in ROWS}
    few["ListUsers by e-mail"] = _print(WITH_MANY_USERS[-1], stage, found)
    print(f"memory: {', '.join(f'{size:.0f} MB' for size in _memory(running))}")
    fill = [sys.executable, "-m", "bench.fill", stage.pool_id, str(MANY)]
    subprocess.run(fill, cwd=server.ROOT, env=running.environment, check=True)
    print(f"with {MANY:,} users (time per request, as a multiple):")
    for row in WITH_MANY_USERS:
        print(f"  {row.name:20}{few[row.name].rate / row.measure(stage).rate:9.2f}")


def _print(row: Row, stage: Scene, found: Limits) -> Measured:
    measured = row.measure(stage)
    share = f"{measured.rate / found.combined(**row.limit):.0%}" if row.limit else ""
    goal = "" if not row.goal else f"{row.goal:.0%}" if row.limit else f"{row.goal:,.0f}/s"
    print(f"{row.name:22}{measured.rate:9,.0f}{measured.p50:9.1f}{measured.p99:9.1f}{share:>10}{goal:>8}", flush=True)
    return measured


def _memory(running: server.Server) -> list[float]:
    """Resident megabytes of each worker: the server's children."""
    children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children").read_text().split()
    found = []
    for child in children:
        status = Path(f"/proc/{child}/status").read_text()
        found.append(int(status.partition("VmRSS:")[2].split()[0]) / 1024)
    return found


sys.exit(main(sys.argv[1:]))
