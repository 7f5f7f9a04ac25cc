"""docs/triggers.md, as a newcomer copies it: its own handlers, its own webhook, the AWS CLI."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests import server
from tests.backends.servers import free_port
from tests.journeys.test_readme import PLACEHOLDER_KEYS, run

DOCUMENT = Path(server.ROOT, "docs", "triggers.md")


def script(keys: str, url: str, data_dir: Path) -> str:
    chapter = DOCUMENT.read_text().partition("## A function in three minutes")[2].partition("\n## ")[0]
    found = "\n".join(re.findall(r"```bash\n(.*?)```", chapter, re.DOTALL))
    return (
        PLACEHOLDER_KEYS.sub(keys, found)
        .replace("http://localhost:9229", url)
        .replace("9230", str(free_port()))
        .replace("var/functions", f"{data_dir}/functions")
        .replace("uv run manage.py", f"{sys.executable} {server.ROOT}/manage.py")
    )


@pytest.mark.server
@pytest.mark.node
def test_the_functions_work_as_they_stand_in_the_document(tmp_path: Path) -> None:
    assert shutil.which("node")
    directory = tmp_path / "var"
    directory.mkdir()
    with server.running(server.environment(directory), tmp_path / "log") as poolhouse:
        shown = poolhouse.manage("show_access").stdout
        keys = "export " + " ".join(re.findall(r"AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY)=\S+", shown))
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        local = {**poolhouse.environment, "PATH": path, "HOME": str(tmp_path), "AWS_PAGER": ""}
        printed = run(script(keys, poolhouse.url, directory), local, tmp_path)
    assert "true" in printed
    assert "\n7\n" in printed
    assert printed.count("and that is right") == 2
