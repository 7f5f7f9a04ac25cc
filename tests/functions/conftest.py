"""A data directory for each test, and nothing left running after it."""

from __future__ import annotations

import subprocess
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from cognito_site.functions import arns, attempts, invocation, registered
from cognito_site.functions.local.warm import warm
from cognito_site.functions.outcomes import Answer

KEY = "us-east-1_Harbour01"
Write = Callable[..., str]


@pytest.fixture(autouse=True)
def data_dir(settings: Settings, tmp_path: Path, db: None) -> Iterator[Path]:
    settings.POOLHOUSE = replace(settings.POOLHOUSE, data_dir=tmp_path)
    invocation.forget()
    registered.forget()
    yield tmp_path
    warm.end_all()
    invocation.forget()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Attempts that are short, for functions that answer never."""
    monkeypatch.setattr(attempts, "SECONDS", 0.4)
    monkeypatch.setattr(attempts, "PAUSE_SECONDS", 0.01)


@pytest.fixture
def write(data_dir: Path) -> Write:
    """A folder with a handler. Gives the ARN that it answers to."""

    def written(code: str, file: str = "lambda_function.py", name: str = "greet") -> str:
        path = data_dir / "functions" / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(code))
        return arns.of_name(name)

    return written


def invoke(arn: str, key: str = KEY, **event: Any) -> Answer:
    return invocation.invoke(arn, event, key=key)


def log_of(data_dir: Path, name: str = "greet") -> str:
    return (data_dir / "logs" / "functions" / f"{name}.log").read_text()


def processes(mark: str) -> list[int]:
    """Those whose command line has ``mark`` in it."""
    found = subprocess.run(["pgrep", "-f", "--", mark], capture_output=True, text=True, check=False).stdout
    return [int(pid) for pid in found.split()]
