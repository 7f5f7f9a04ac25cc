"""Unmodified Lambda handlers in Python."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cognito_site.functions.outcomes import FunctionFailed, Garbled
from tests.functions.conftest import Write, invoke, log_of


def test_it_works(write: Write) -> None:
    arn = write("""
        def lambda_handler(event, context):
            event["response"] = {"autoConfirmUser": True}
            return event
    """)
    answer = invoke(arn, triggerSource="PreSignUp_SignUp", request={"userAttributes": {"name": "Ünïcødé ☂"}})
    assert answer.value == {
        "triggerSource": "PreSignUp_SignUp",
        "request": {"userAttributes": {"name": "Ünïcødé ☂"}},
        "response": {"autoConfirmUser": True},
    }
    assert answer.attempts == 1
    assert 0 < answer.seconds < 5


def test_a_process_stays_warm(write: Write) -> None:
    arn = write("""
        import os
        calls = 0
        def lambda_handler(event, context):
            global calls
            calls += 1
            return [os.getpid(), calls]
    """)
    (first, one), (second, two) = invoke(arn).value, invoke(arn).value
    assert (one, two) == (1, 2)
    assert first == second != os.getpid()


def test_calls_at_once_have_processes_of_their_own(write: Write) -> None:
    arn = write("""
        import os, time
        def lambda_handler(event, context):
            time.sleep(0.3)
            return os.getpid()
    """)
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda _: invoke(arn).value, range(2)))
    assert len(set(found)) == 2


def test_the_context(write: Write) -> None:
    arn = write("""
        def lambda_handler(event, context):
            return {name: getattr(context, name) for name in (
                "function_name", "function_version", "invoked_function_arn", "memory_limit_in_mb", "aws_request_id",
                "log_group_name", "log_stream_name", "identity", "client_context",
            )} | {"left": context.get_remaining_time_in_millis()}
    """)
    first, second = invoke(f"{arn}:live").value, invoke(arn).value
    assert first["function_name"] == "greet"
    assert first["invoked_function_arn"] == f"{arn}:live"
    assert first["memory_limit_in_mb"] == "256"
    assert first["log_group_name"] == "/aws/lambda/greet"
    assert first["log_stream_name"] == second["log_stream_name"], "an alias has no process of its own"
    assert first["aws_request_id"] != second["aws_request_id"]
    assert (first["identity"], first["client_context"]) == (None, None)
    assert 3000 < second["left"] <= 5000


def test_what_it_writes_is_told_and_kept(write: Write, data_dir: Path) -> None:
    arn = write("""
        import logging, sys
        logging.getLogger().setLevel("INFO")
        def lambda_handler(event, context):
            print("printed", event["n"])
            sys.stderr.write("no line end")
            logging.getLogger("mine").info("logged")
    """)
    invoke(arn, n=1)
    tail = invoke(arn, n=2).log
    assert "printed 2\n" in tail
    assert "printed 1" not in tail, "the tail is of this call only"
    assert "\tlogged\n" in tail
    assert "[INFO]\t" in tail
    kept = log_of(data_dir)
    assert "printed 1" in kept
    assert "no line end" in kept
    assert kept.count("START RequestId: ") == kept.count("REPORT RequestId: ") == 2
    path = data_dir / "logs" / "functions" / "greet.log"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_null_is_an_answer(write: Write) -> None:
    assert invoke(write("def lambda_handler(event, context): pass")).value is None


# --- failures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("def lambda_handler(e, c): raise ValueError('No ships today.')", "No ships today.", "ValueError"),
        ("def lambda_handler(e, c): raise Exception()", "", "Exception"),
        ("def lambda_handler(e, c): return object()", "Unable to marshal response: Object of type object", "Runtime.M"),
        ("import nowhere", "Unable to import module 'lambda_function': No module named 'nowhere'", "Runtime.Import"),
        ("def lambda_handler(e, c) return e", "Syntax error in module 'lambda_function'", "Runtime.UserCodeSyntax"),
        ("x = 1", "Handler 'lambda_handler' missing on module 'lambda_function'", "Runtime.HandlerNotFound"),
        ("1 / 0", "division by zero", "ZeroDivisionError"),
    ],
)
def test_a_function_that_fails(write: Write, code: str, message: str, kind: str) -> None:
    with pytest.raises(FunctionFailed) as failed:
        invoke(write(code))
    assert failed.value.error_message.startswith(message)
    assert failed.value.error_type.startswith(kind)
    assert failed.value.attempts == 1
    assert not message or message.splitlines()[0] in failed.value.log


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("sys.exit(7)", "Runtime exited with error: exit status 7"),
        ("os._exit(0)", "Runtime exited without providing a reason"),
        ("os.kill(os.getpid(), 9)", "Runtime exited with error: signal: killed"),
        ("os.abort()", "Runtime exited with error: signal: aborted"),
    ],
)
def test_a_runtime_that_dies_is_replaced(write: Write, end: str, said: str) -> None:
    arn = write(f"""
        import os, sys
        def lambda_handler(event, context):
            if event.get("die"):
                print("farewell")
                {end}
            return os.getpid()
    """)
    before = invoke(arn).value
    with pytest.raises(FunctionFailed) as failed:
        invoke(arn, die=True)
    request_id, _, rest = failed.value.error_message.removeprefix("RequestId: ").partition(" Error: ")
    assert rest == said
    assert failed.value.error_type == "Runtime.ExitError"
    assert f"START RequestId: {request_id}" in failed.value.log
    assert "farewell" in failed.value.log
    assert invoke(arn).value != before


def test_the_process_survives_an_exception(write: Write) -> None:
    arn = write("""
        import os
        def lambda_handler(event, context):
            return os.getpid() if event else 1 / 0
    """)
    before = invoke(arn, n=1).value
    with pytest.raises(FunctionFailed, match="division by zero"):
        invoke(arn)
    assert invoke(arn, n=1).value == before


@pytest.mark.parametrize(
    "text", ["NaN", "Infinity", "1e999", "nonsense", '"\\ud800"', '"\\u0000"', "[" * 40 + "]" * 40]
)
def test_TRG_03_an_answer_that_nobody_should_store(write: Write, text: str) -> None:
    """A handler cannot send these by returning something: it has to go around our runtime."""
    arn = write(f"""
        import json
        def lambda_handler(event, context):
            json.dumps = lambda *_, **__: {text!r}
            return event
    """)
    with pytest.raises(Garbled, match=r"^Invalid JSON$"):
        invoke(arn)


def test_TRG_03_an_answer_that_is_too_large(write: Write) -> None:
    arn = write("def lambda_handler(event, context): return 'x' * event['size']")
    assert len(invoke(arn, size=1_000_000).value) == 1_000_000
    with pytest.raises(FunctionFailed, match=r"^Response payload size \(20000002 bytes\) exceeded") as failed:
        invoke(arn, size=20_000_000)
    assert failed.value.error_type == "Function.ResponseSizeTooLarge"
    assert len(invoke(arn, size=1).value) == 1


# --- its folder -----------------------------------------------------------------------------------------------------


def test_changed_code_is_run_at_once(write: Write) -> None:
    write("VALUE = 1", file="own/part.py")
    arn = write("from own.part import VALUE\ndef lambda_handler(event, context): return VALUE")
    assert [invoke(arn).value, invoke(arn).value] == [1, 1]
    write("VALUE = 234", file="own/part.py")
    assert invoke(arn).value == 234


def test_it_runs_in_its_folder_and_imports_from_there_only(write: Write, data_dir: Path) -> None:
    write("Ahoy", file="greeting.txt")
    arn = write("""
        import importlib.util, os, pathlib, sys
        def lambda_handler(event, context):
            ours = [name for name in ("cognito_site", "userpools", "bootstrap", "launcher")
                    if importlib.util.find_spec(name)]
            return [pathlib.Path("greeting.txt").read_text(), os.getcwd(), sys.path[0], ours]
    """)
    folder = str(data_dir / "functions" / "greet")
    assert invoke(arn).value == ["Ahoy", folder, folder, []]
