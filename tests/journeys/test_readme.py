"""The README's journey, as a newcomer copies it: its own commands, the AWS CLI, curl, a browser's form posts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests import server
from tests.browsing import sign_in
from tests.server import Server

README = Path(server.ROOT, "README.md")
PLACEHOLDER_KEYS = re.compile(r"^export AWS_ACCESS_KEY_ID=\.\.\..*$", re.MULTILINE)


@pytest.fixture(scope="module")
def poolhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory = tmp_path_factory.mktemp("poolhouse")
    with server.running(server.environment(directory), directory / "log") as running:
        yield running


def blocks() -> list[str]:
    chapter = README.read_text().partition("## The journey")[2].partition("\n## ")[0]
    return re.findall(r"```bash\n(.*?)```", chapter, re.DOTALL)


def run(script: str, environment: dict[str, str], directory: Path) -> str:
    done = subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        env=environment,
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.mark.server
def test_the_journey_works_as_it_stands_in_the_readme(poolhouse: Server, tmp_path: Path) -> None:
    shown = poolhouse.manage("show_access").stdout
    keys = "export " + " ".join(re.findall(r"AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY)=\S+", shown))
    local = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(tmp_path), "AWS_PAGER": ""}
    steps = [PLACEHOLDER_KEYS.sub(keys, block).replace("http://localhost:9229", poolhouse.url) for block in blocks()]
    asks = next(place for place, block in enumerate(steps) if block.startswith("CODE="))
    before = "\n".join([*steps[:asks], "declare -p > state"])
    address = run(before, local, tmp_path).strip().splitlines()[-1]
    landed = sign_in(address, "alice", "Correct-horse-7")
    code = parse_qs(urlsplit(landed).query)["code"][0]
    after = "\n".join(["source state 2>/dev/null || true", f"CODE={code}", *steps[asks + 1 :]])
    printed = run(after, local, tmp_path)
    assert '"email": "alice@example.com"' in printed or '"email":"alice@example.com"' in printed
    assert "assumed-role/harbour-user/CognitoIdentityCredentials" in printed
    assert '"harbour"' in printed
    assert printed.rstrip().endswith("and that is right")
