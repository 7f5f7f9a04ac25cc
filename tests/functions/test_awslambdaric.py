"""AWS's own runtime client for Python speaks to our Runtime API."""

from __future__ import annotations

import sys

import pytest

from cognito_site.functions.local import warm
from cognito_site.functions.outcomes import FunctionFailed
from cognito_site.functions.targets import Folder
from tests.functions.conftest import Write, invoke


@pytest.fixture(autouse=True)
def aws_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    def command(folder: Folder) -> tuple[str, ...]:
        return (sys.executable, "-m", "awslambdaric", folder.handler)

    monkeypatch.setattr(warm, "command", command)


def test_it_is_theirs_and_it_works(write: Write) -> None:
    arn = write("""
        import os, sys
        def lambda_handler(event, context):
            print("Ahoy")
            event["response"] = {"pid": os.getpid(), "theirs": "awslambdaric.bootstrap" in sys.modules,
                                 "id": context.aws_request_id, "left": context.get_remaining_time_in_millis()}
            return event
    """)
    first, second = invoke(arn, name="Ünïcødé ☂"), invoke(arn, big="x" * 500_000)
    assert first.value["name"] == "Ünïcødé ☂"
    assert len(second.value["big"]) == 500_000
    one, two = first.value["response"], second.value["response"]
    assert one["theirs"] is True
    assert one["pid"] == two["pid"]
    assert one["id"] != two["id"]
    assert 2000 < two["left"] <= 5000
    assert "Ahoy" in second.log


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("def lambda_handler(e, c): raise ValueError('No ships today.')", "No ships today.", "ValueError"),
        ("import nowhere", "Unable to import module 'lambda_function': No module", "Runtime.ImportModuleError"),
        ("x = 1", "Handler 'lambda_handler' missing on module", "Runtime.HandlerNotFound"),
    ],
)
def test_its_errors_arrive(write: Write, code: str, message: str, kind: str) -> None:
    with pytest.raises(FunctionFailed) as failed:
        invoke(write(code))
    assert failed.value.error_message.startswith(message)
    assert failed.value.error_type == kind
