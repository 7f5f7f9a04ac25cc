"""What a handler cannot do: take long, take much, leave something behind, see anything of ours, be spoken to."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cognito_site.functions.local import logs, warm
from cognito_site.functions.outcomes import FunctionFailed, NotAnswered
from cognito_site.functions.targets import Folder
from tests.functions.conftest import Write, invoke, log_of
from tests.server import ROOT

PATIENCE_SECONDS = 5


def is_there(pid: int) -> bool:
    """And no zombie: those are dead, and wait only for somebody to notice."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def wait_until_gone(*pids: int) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    while left := [pid for pid in pids if is_there(pid)]:
        assert time.monotonic() < give_up, f"{left} are still there"
        time.sleep(0.01)


# --- time -----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("deed", ["time.sleep(60)", "while True: pass"], ids=["sleeps", "loops"])
def test_TRG_04_who_takes_too_long_is_ended_and_asked_three_times(write: Write, data_dir: Path, deed: str) -> None:
    arn = write(f"""
        import os, time
        def lambda_handler(event, context):
            with open(".pids", "a") as file:
                file.write(f"{{os.getpid()}} {{context.aws_request_id}}\\n")
            {deed}
    """)
    begun = time.monotonic()
    with pytest.raises(NotAnswered) as failed:
        invoke(arn)
    assert failed.value.name == "Socket timeout while invoking Lambda function"
    assert failed.value.attempts == 3
    assert 1.2 <= time.monotonic() - begun < 20
    lines = [line.split() for line in (data_dir / "functions" / "greet" / ".pids").read_text().splitlines()]
    pids, ids = zip(*lines, strict=True)
    assert len(set(pids)) == 3
    assert len(set(ids)) == 1, "the same event, under the same id"
    wait_until_gone(*map(int, pids))


@pytest.mark.usefixtures("impatient")
def test_a_slow_start_goes_on_behind_the_first_attempt(write: Write) -> None:
    arn = write("""
        import os, time
        time.sleep(0.6)
        def lambda_handler(event, context):
            return os.getpid()
    """)
    answer = invoke(arn)
    assert answer.attempts in (2, 3), "whichever it was ready for"
    assert invoke(arn).value == answer.value


def test_cognitos_numbers() -> None:
    from cognito_site.functions import attempts

    assert (attempts.SECONDS, attempts.ATTEMPTS) == (5, 3)


# --- memory, processes, files ---------------------------------------------------------------------------------------


def test_memory_has_an_end(write: Write) -> None:
    arn = write("""
        def lambda_handler(event, context):
            kept = []
            while True:
                kept.append(b"x" * (1 << 20))
    """)
    with pytest.raises(FunctionFailed, match=r"Error: Runtime exited with error: signal: killed$") as failed:
        invoke(arn)
    assert failed.value.error_type == "Runtime.OutOfMemory"


@pytest.mark.node
def test_memory_of_node_has_an_end(write: Write) -> None:
    """Outside of V8's heap, which has a limit of its own."""
    code = "export const handler = async () => { const kept = []; for (;;) kept.push(Buffer.alloc(1 << 20, 1)); };"
    with pytest.raises(FunctionFailed) as failed:
        invoke(write(code, "index.mjs"))
    assert failed.value.error_type == "Runtime.OutOfMemory"


def test_memory_that_is_only_reserved_has_an_end_too(write: Write) -> None:
    arn = write("def lambda_handler(event, context): return len(bytearray(1 << 36))")
    with pytest.raises(FunctionFailed) as failed:
        invoke(arn)
    assert failed.value.error_type == "MemoryError"


def test_a_fork_bomb_is_defused(write: Write, data_dir: Path) -> None:
    arn = write("""
        import os, time
        def lambda_handler(event, context):
            os.setpgid(0, 0) if event.get("hide") else None
            while True:
                try:
                    os.fork()
                except OSError:
                    time.sleep(0.01)
    """)
    with pytest.raises(FunctionFailed, match=r"signal: killed$"):
        invoke(arn)
    left = subprocess.run(
        ["pgrep", "-fc", str(warm.HERE / "bootstrap.py")], capture_output=True, text=True, check=False
    )
    assert left.stdout.strip() == "0"


def test_nothing_outlives_a_function(write: Write, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even what tried hard to: a daemon, in a session of its own, whose parent is gone."""
    arn = write("""
        import os, subprocess, sys
        DAEMON = "import os, time; os.fork() and os._exit(0); os.setsid(); os.write(1, b'%d' % os.getpid()); "
        DAEMON += "time.sleep(60)"
        def lambda_handler(event, context):
            with open(".daemon", "w+") as file:
                subprocess.run([sys.executable, "-c", DAEMON], stdout=file)
                while not file.seek(0) and not (pid := file.read()):
                    pass
            return [os.getpid(), int(pid)]
    """)
    pids = invoke(arn).value
    assert all(map(is_there, pids))
    warm.warm.end_all()
    wait_until_gone(*pids)


def test_files_have_limits(write: Write) -> None:
    arn = write("""
        import resource
        def lambda_handler(event, context):
            names = ("RLIMIT_NOFILE", "RLIMIT_CORE", "RLIMIT_FSIZE")
            return {name: resource.getrlimit(getattr(resource, name)) for name in names}
    """)
    half_a_gigabyte = 512 * 1024 * 1024
    assert invoke(arn).value == {
        "RLIMIT_NOFILE": [1024, 1024],
        "RLIMIT_CORE": [0, 0],
        "RLIMIT_FSIZE": [half_a_gigabyte, half_a_gigabyte],
    }


# --- the processor --------------------------------------------------------------------------------------------------


def test_between_calls_it_uses_no_processor(write: Write) -> None:
    arn = write("""
        import threading, time
        count = 0
        def run():
            global count
            while True:
                count += 1
                time.sleep(0.001)
        threading.Thread(target=run, daemon=True).start()
        def lambda_handler(event, context):
            time.sleep(event["seconds"])
            return count
    """)
    first = invoke(arn, seconds=0.2).value
    assert first > 50
    time.sleep(1)
    later = invoke(arn, seconds=0).value
    assert later - first < 300, "stopped, but for a moment after the answer"
    assert invoke(arn, seconds=0.2).value - later > 50, "and runs again"


def test_it_yields_to_the_server(write: Write) -> None:
    arn = write("import os\ndef lambda_handler(event, context): return os.nice(0)")
    assert invoke(arn).value == os.nice(0) + 5


# --- what it sees ---------------------------------------------------------------------------------------------------


def test_it_sees_nothing_of_ours(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POOLHOUSE_SECRET_KEYS", "canary-key")
    monkeypatch.setenv("DATABASE_URL", "postgres://canary")
    ours = os.open("/etc/passwd", os.O_RDONLY)
    os.set_inheritable(ours, True)
    arn = write("""
        import os
        def lambda_handler(event, context):
            files = {name: os.readlink(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")
                     if os.path.exists(f"/proc/self/fd/{name}")}
            return {"environment": dict(os.environ), "files": files, "stdin": os.read(0, 10).decode(),
                    "session": os.getsid(0) == os.getpid()}
    """)
    seen = invoke(arn).value
    os.close(ours)
    assert set(seen["environment"]) == {
        "PATH",
        "LANG",
        "TZ",
        "LAMBDA_TASK_ROOT",
        "_HANDLER",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
    }
    assert "canary" not in json.dumps(seen)
    kinds = sorted(path.partition(":")[0] for path in seen["files"].values())
    assert kinds == ["/dev/null", "pipe", "pipe", "socket"], "its input, its output twice, its runtime's connection"
    assert seen["stdin"] == ""
    assert seen["session"]


def test_a_stranger_who_finds_the_port_gets_nothing(write: Write, data_dir: Path) -> None:
    """The event would be there for the asking, and the answer for the telling: both carry what people type."""
    arn = write("""
        import os, time
        def lambda_handler(event, context):
            with open(".port", "w") as file:
                file.write(os.environ["AWS_LAMBDA_RUNTIME_API"])
            time.sleep(event.get("seconds", 0))
            return "of the function"
    """)
    invoke(arn)
    port = int((data_dir / "functions" / "greet" / ".port").read_text().partition(":")[2])
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(invoke, arn, seconds=0.5)
        time.sleep(0.2)
        for method, path, body in (("GET", "next", None), ("POST", "x/response", b'"of a stranger"')):
            stranger = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            with pytest.raises((http.client.HTTPException, OSError)):
                _said_to(stranger, method, f"/2018-06-01/runtime/invocation/{path}", body)
            stranger.close()
        assert answer.result().value == "of the function"


def _said_to(stranger: http.client.HTTPConnection, method: str, path: str, body: bytes | None) -> None:
    stranger.request(method, path, body)
    stranger.getresponse()


def test_answers_are_for_the_event_that_was_given(write: Write) -> None:
    """A handler may speak to the Runtime API itself; another id, another path or another verb is not taken."""
    arn = write("""
        import http.client, os
        def said(method, path, body=None):
            api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
            api.request(method, path, body)
            return api.getresponse().status
        def lambda_handler(event, context):
            there = "/2018-06-01/runtime"
            return [
                said("POST", f"{there}/invocation/00000000-0000-4000-8000-000000000000/response", "1"),
                said("GET", f"{there}/invocation/{context.aws_request_id}/response"),
                said("GET", f"{there}/restore/next"),
                said("GET", "/healthz"),
            ]
    """)
    assert invoke(arn).value == [403, 404, 404, 404]


# --- its log --------------------------------------------------------------------------------------------------------


def test_a_log_has_an_end(write: Write, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "LARGEST_FILE", 1024 * 1024)
    arn = write("""
        def lambda_handler(event, context):
            for _ in range(60_000):
                print("x" * 99)
            print("the end")
    """)
    for _ in range(3):
        tail = invoke(arn).log
        assert len(tail) <= 4096
        assert "the end\n" in tail
    folder = data_dir / "logs" / "functions"
    assert {path.name for path in folder.iterdir()} == {"greet.log", "greet.log.1"}
    assert sum(path.stat().st_size for path in folder.iterdir()) < 5 * 1024 * 1024
    assert "bytes more are left out" in log_of(data_dir)


def test_a_log_that_cannot_be_written_fails_no_call(write: Write, data_dir: Path) -> None:
    (data_dir / "logs").write_text("not a directory")
    assert "Ahoy" in invoke(write("def lambda_handler(event, context): print('Ahoy')")).log


# --- the end --------------------------------------------------------------------------------------------------------

SERVER = """
import os, sys, threading
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from pathlib import Path
from cognito_site.functions.local.warm import warm
from cognito_site.functions.targets import Folder
folder = Folder(Path(sys.argv[1]), "lambda_function.lambda_handler", "python")
def call():
    try:
        print(warm.ask(folder, "arn:aws:lambda:us-east-1:000000000000:function:greet", "1", b"{}", 5).value, flush=True)
    except Exception as failure:
        print(repr(failure), failure.log, flush=True)
thread = threading.Thread(target=call)  # and its thread ends before it does
thread.start()
thread.join()
sys.stdin.read()
"""


@pytest.mark.server
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_no_orphans_when_the_server_is_killed(tmp_path: Path, how: signal.Signals) -> None:
    (tmp_path / "lambda_function.py").write_text(
        textwrap.dedent("""
            import os, subprocess
            child = subprocess.Popen(["sleep", "60"], start_new_session=True)
            def lambda_handler(event, context):
                return f"{os.getppid()} {os.getpid()} {child.pid}"
        """)
    )
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    assert server.stdin is not None
    assert server.stdout is not None
    with server, server.stdin, server.stdout:
        pids = [int(pid) for pid in server.stdout.readline().split()]
        assert len(pids) == 3
        time.sleep(0.3)  # stopped by now
        assert all(map(is_there, pids)), "the end of the thread that started it is not its end"
        server.send_signal(how)
        server.wait(PATIENCE_SECONDS)
    wait_until_gone(*pids)


def test_a_launcher_that_is_killed_takes_the_function_along(write: Write) -> None:
    arn = write("import os\ndef lambda_handler(event, context): return [os.getppid(), os.getpid()]")
    launcher, runtime = invoke(arn).value
    os.kill(launcher, signal.SIGKILL)
    wait_until_gone(runtime)
    assert invoke(arn).value[1] != runtime


def test_one_that_died_meanwhile_is_nobodys_failure(write: Write) -> None:
    arn = write("import os\ndef lambda_handler(event, context): return os.getpid()")
    first = invoke(arn).value
    os.kill(first, signal.SIGKILL)
    wait_until_gone(first)
    answer = invoke(arn)
    assert (answer.value != first, answer.attempts) == (True, 1)


def test_idle_ones_are_ended(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "IDLE_SECONDS", 0.2)
    monkeypatch.setattr(warm, "LOOK_SECONDS", 0.05)
    arn = write("import os\ndef lambda_handler(event, context): return os.getpid()")
    wait_until_gone(invoke(arn).value)


def test_there_are_never_too_many(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that waited longest makes room."""
    monkeypatch.setattr(warm, "MOST_INSTANCES", 2)
    code = "import os\ndef lambda_handler(event, context): return os.getpid()"
    first, second, third = (invoke(write(code, name=name)).value for name in ("one", "two", "three"))
    wait_until_gone(first)
    assert is_there(second)
    assert is_there(third)


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "gone", "app.handler", "python")
    with pytest.raises(NotAnswered, match=r"^ResourceNotFoundException"):
        warm.warm.ask(folder, "arn:aws:lambda:us-east-1:000000000000:function:gone", "1", b"{}", 1)


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_no_socket_is_left_open(write: Write) -> None:
    invoke(write("def lambda_handler(event, context): return 1"))
    before = open_files()
    for number in range(5):
        invoke(write(f"def lambda_handler(event, context): return {number}"))
    give_up = time.monotonic() + PATIENCE_SECONDS
    while open_files() > before:
        assert time.monotonic() < give_up
        time.sleep(0.05)
