"""Where a machine decides whether a change is good, no half of the tests is left out in silence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def test_the_deciding_machine_says_that_it_decides(tmp_path: Path) -> None:
    make = tmp_path / "make"
    make.write_text('#!/bin/sh\necho "$CI: make $*"\n')
    make.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/bin:/usr/bin"}
    found = subprocess.run([ROOT / ".ci" / "run"], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout == "1: make test\n"


@pytest.mark.parametrize(("environment", "status"), [({"CI": "1"}, 1), ({}, 0)])
def test_a_missing_server_is_a_failure_there_and_a_word_elsewhere(
    environment: dict[str, str], status: int, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "tests.backends", "true"]
    environment = {**environment, "PATH": str(tmp_path)}
    found = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (found.returncode, "redis-server cannot be found" in found.stdout) == (status, True)
