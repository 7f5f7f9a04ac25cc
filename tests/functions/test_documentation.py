"""docs/functions.md, as a newcomer copies it."""

from __future__ import annotations

import hmac
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from cognito_site import signatures
from cognito_site.functions import function_file, registry
from cognito_site.functions.targets import Unacceptable
from tests import server
from tests.server import ROOT

PAGE = (ROOT / "docs" / "functions.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.server
def test_a_folder_is_made_and_called(tmp_path: Path) -> None:
    make, call = blocks("bash")[:2]
    there = server.environment(tmp_path)
    there.pop("REDIS_URL", None)
    there.pop("DATABASE_URL", None)
    manage = f"{sys.executable} {ROOT / 'manage.py'}"
    script = f"{manage} migrate --verbosity 0\n{make}\n{call}".replace("var/", f"{tmp_path}/")
    script = script.replace("uv run manage.py", manage)
    done = subprocess.run(["bash", "-eu", "-c", script], env=there, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"response": {"autoConfirmUser": True}}


def test_the_examples_of_the_file_are_accepted(data_dir: Path) -> None:
    examples = [block for block in blocks("toml") if block.startswith("[")]
    assert len(examples) == 2
    for example in examples:
        (data_dir / "functions.toml").write_text(example)
        (found,) = function_file.entries().values()
        assert not isinstance(found, Unacceptable), found
        assert [entry.problem for entry in registry.entries()] == [""]
        (data_dir / "functions.toml").unlink()


def test_receivers_can_verify_as_the_page_says() -> None:
    (program,) = blocks("python")[-1:]
    space: dict[str, Any] = {"hmac": hmac, "time": time}
    exec(program, space)
    headers = signatures.signed("a secret", b"body")
    verifies = space["is_from_poolhouse"]
    assert verifies(headers, b"body", b"a secret")
    assert not verifies(headers, b"another body", b"a secret")
    assert not verifies(headers, b"body", b"another secret")
    assert not verifies({**headers, "X-Poolhouse-Timestamp": "1"}, b"body", b"a secret")
