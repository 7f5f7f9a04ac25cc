"""``python -m tests.backends command …`` runs the command with both backends in its environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.backends import programs
from tests.backends.servers import postgres, redis


def main(command: list[str]) -> int:
    if missing := programs.missing():
        sys.stdout.write(f"NOT run on PostgreSQL and Redis: {' and '.join(missing)} cannot be found.\n")
        # Where a machine decides whether a change is good, a skipped half is a failure.
        return 1 if os.environ.get("CI") else 0
    with ExitStack() as stack:
        directory = Path(tempfile.mkdtemp(prefix="poolhouse-backends-"))
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        environment = {
            "POOLHOUSE_TEST_DATABASE_URL": stack.enter_context(postgres(directory)),
            "POOLHOUSE_TEST_REDIS_URL": stack.enter_context(redis(directory)),
        }
        return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode


sys.exit(main(sys.argv[1:]))
