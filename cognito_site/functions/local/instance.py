"""One process of one function: started, asked, watched, ended.

::

    starting --asks for an event--> ready --event--> busy --answers--> ready
        |                             |                |
        +------ fails, or takes too long, or dies -----+--> ended

The thread that asks is the one that reads and writes, so that an answer passes through no other thread on its way.
Between calls nobody reads: what the process says meanwhile waits in its socket and its pipe.
"""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import strsignal
from typing import Any
from uuid import uuid4

from cognito_site.functions import payloads
from cognito_site.functions.local import launcher, logs, runtime_api
from cognito_site.functions.local.runtime_api import Channel, Gone, Request
from cognito_site.functions.outcomes import FunctionFailed

MOST_PROCESSES = 64
MOST_FILES = 1024
MB = 1024 * 1024
# Beyond what the watch allows: what a process may reserve between two looks of the watch.
SPARE_DATA = 1024 * MB
LAUNCHER = Path(launcher.__file__)
KILL_PATIENCE_SECONDS = 2


class DiedWaiting(FunctionFailed):
    """It ended before it got the event, which another can have."""


class TooLate(Exception):
    """No answer by the deadline. ``is_starting``: it did not even ask for an event yet."""

    def __init__(self, *, is_starting: bool) -> None:
        super().__init__()
        self.is_starting = is_starting


@dataclass(frozen=True, slots=True)
class Plan:
    """What is started. ``environment`` is all of it."""

    name: str
    command: tuple[str, ...]
    directory: Path
    memory_mb: int
    environment: dict[str, str]


@dataclass(frozen=True, slots=True)
class Invocation:
    id: str
    arn: str
    body: bytes
    deadline: float  # monotonic

    @property
    def headers(self) -> dict[str, str]:
        ends_at = time.time() + self.deadline - time.monotonic()
        return {
            "Lambda-Runtime-Aws-Request-Id": self.id,
            "Lambda-Runtime-Deadline-Ms": str(int(ends_at * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": self.arn,
            "Lambda-Runtime-Trace-Id": f"Root=1-{int(time.time()):08x}-{self.id.replace('-', '')[:24]}",
        }


class Instance:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.started_at = self.idle_since = time.monotonic()
        self._listener = runtime_api.listen()
        self._control, theirs = socket.socketpair()
        output, their_output = os.pipe()
        stream = uuid4().hex[:12]
        try:
            self._process = _launch(plan, self._listener.getsockname()[1], stream, theirs, their_output)
        finally:
            theirs.close()
            os.close(their_output)
        self._log = logs.Capture(plan.name, stream, output)
        self._channels: list[Channel] = []
        self._asking: Channel | None = None
        self._ever_asked = False
        self._has_event = False
        self._is_ended = False

    @property
    def pid(self) -> int:
        """The launcher's."""
        return self._process.pid

    @property
    def log(self) -> str:
        return self._log.tail

    @property
    def age(self) -> float:
        return time.monotonic() - self.started_at

    @property
    def idle_seconds(self) -> float:
        return time.monotonic() - self.idle_since

    def is_alive(self) -> bool:
        return self._process.poll() is None

    # --- a call -----------------------------------------------------------------------------------------------------

    def ask(self, invocation: Invocation) -> bytes:
        """Raises FunctionFailed and TooLate."""
        begun = time.monotonic()
        self._has_event = False
        self._tell(launcher.RUN)
        self._await_question(invocation)
        self._log.begin(f"START RequestId: {invocation.id} Version: $LATEST")
        try:
            return self._await_answer(invocation)
        finally:
            self._log.drain()
            self._log.finish()
            taken = (time.monotonic() - begun) * 1000
            self._log.say(
                f"END RequestId: {invocation.id}",
                f"REPORT RequestId: {invocation.id}\tDuration: {taken:.2f} ms\tMemory Size: {self.plan.memory_mb} MB",
            )
            self._tell(launcher.SETTLE)
            self.idle_since = time.monotonic()

    def _await_question(self, invocation: Invocation) -> None:
        while self._asking is None:
            self._serve(invocation)
            self._forget_question_of_the_dead()

    def _forget_question_of_the_dead(self) -> None:
        """One that ended while nobody called has left its question behind."""
        if self._asking is not None and self._asking.is_closed():
            self._drop(self._asking)

    def _await_answer(self, invocation: Invocation) -> bytes:
        asking, self._asking = self._asking, None
        assert asking is not None
        self._has_event = True
        try:
            asking.answer(200, invocation.headers, invocation.body)
        except Gone:
            self._drop(asking)
        while True:
            answer = self._serve(invocation)
            if answer is not None:
                return answer

    def _serve(self, invocation: Invocation) -> bytes | None:
        """Whatever comes next. The body, if it is the answer."""
        for source in self._ready(invocation.deadline):
            if source is self._log:
                self._log.drain()
            elif source is self._listener:
                if channel := runtime_api.accept(self._listener, self.pid):
                    self._channels.append(channel)
            elif isinstance(source, Channel):
                answer = self._hear(source, invocation)
                if answer is not None:
                    return answer
            else:
                raise self._ended(invocation.id)
        return None

    def _ready(self, deadline: float) -> Iterator[Any]:
        left = deadline - time.monotonic()
        every: tuple[Any, ...] = (*self._channels, self._log, self._control, self._listener)
        sources = {source.fileno(): source for source in every}
        poll = select.poll()
        for descriptor in sources:
            poll.register(descriptor, select.POLLIN)
        found = poll.poll(left * 1000) if left > 0 else []
        if not found:
            raise TooLate(is_starting=not self._ever_asked)
        ready = {descriptor for descriptor, _ in found}
        # In the order above: an answer counts, also of a process that has ended since.
        yield from (source for descriptor, source in sources.items() if descriptor in ready)

    def _hear(self, channel: Channel, invocation: Invocation) -> bytes | None:
        try:
            request = channel.receive()
            return self._routed(channel, request, invocation) if request is not None else None
        except Gone:
            self._drop(channel)
            return None

    def _drop(self, channel: Channel) -> None:
        channel.close()
        self._channels.remove(channel)
        if self._asking is channel:
            self._asking = None

    # --- the Runtime API --------------------------------------------------------------------------------------------

    def _routed(self, channel: Channel, request: Request, invocation: Invocation) -> bytes | None:
        if (request.method, request.path) == ("GET", "invocation/next"):
            self._asking, self._ever_asked = channel, True
            return None
        if (request.method, request.path) == ("POST", "init/error"):
            channel.answer(202)
            raise payloads.failure(request.body or b"{}", self._whole_log())
        found = runtime_api.INVOCATION.fullmatch(request.path) if request.method == "POST" else None
        if found is None:
            channel.answer(404)
            return None
        if found["id"] != invocation.id:
            channel.answer(403)
            return None
        return self._answered(channel, request, found["what"])

    def _answered(self, channel: Channel, request: Request, what: str) -> bytes:
        if request.body is None:
            self.end()
            raise payloads.too_large(request.size)
        channel.answer(202)
        if what == "error":
            raise payloads.failure(request.body, self._whole_log())
        self._log.drain()
        return request.body

    def _whole_log(self) -> str:
        self._log.drain()
        return self._log.tail

    # --- the end ----------------------------------------------------------------------------------------------------

    def _ended(self, request_id: str) -> FunctionFailed:
        """In AWS's words. What the launcher said comes before it closes its end."""
        told = b""
        with suppress(OSError):
            told = self._control.recv(1024)
        while self._log.drain() and _is_readable(self._log):
            pass
        self.end()
        status = json.loads(told) if told.endswith(b"}\n") else {}
        message = f"RequestId: {request_id} Error: {_how(status)}"
        self._log.say(message)
        kind = "Runtime.OutOfMemory" if status.get("why") == "memory" else "Runtime.ExitError"
        return (FunctionFailed if self._has_event else DiedWaiting)(message, kind, self._log.tail)

    def end(self) -> None:
        """At once, and everything below."""
        self._is_ended = True
        self.idle_since = time.monotonic()
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)

    @property
    def is_ended(self) -> bool:
        return self._is_ended or not self.is_alive()

    def bury(self) -> bool:
        """Whether nothing is left of an ended instance. A launcher that does not go is made to."""
        if self.is_alive():
            if self.idle_seconds > KILL_PATIENCE_SECONDS:
                self._process.kill()
            return False
        for channel in self._channels:
            channel.close()
        self._channels.clear()
        if self._control.fileno() >= 0:
            self._control.close()
            self._listener.close()
            os.close(self._log.fileno())
        return True

    def breathe(self) -> None:
        """Between calls: what was written after the answer goes to the log."""
        self._log.drain()

    def _tell(self, word: bytes) -> None:
        with suppress(OSError):
            self._control.send(word)


def _is_readable(source: Any) -> bool:
    # Not select(): a server may have more files than it can count.
    poll = select.poll()
    poll.register(source, select.POLLIN)
    return bool(poll.poll(0))


def _how(status: dict[str, Any]) -> str:
    if status.get("exit"):
        return f"Runtime exited with error: exit status {status['exit']}"
    if "signal" in status:
        return f"Runtime exited with error: signal: {(strsignal(status['signal']) or 'unknown').lower()}"
    return "Runtime exited without providing a reason"


def _launch(plan: Plan, port: int, stream: str, control: socket.socket, output: int) -> subprocess.Popen[bytes]:
    memory = plan.memory_mb * MB
    orders = {
        "command": plan.command,
        "directory": str(plan.directory),
        "control": control.fileno(),
        "server": os.getpid(),
        "memory": memory,
        "data": memory * 2 + SPARE_DATA,
        "processes": MOST_PROCESSES,
        "files": MOST_FILES,
    }
    own = {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}", "AWS_LAMBDA_LOG_STREAM_NAME": f"[$LATEST]{stream}"}
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(LAUNCHER), json.dumps(orders)],
        env={**plan.environment, **own},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=[control.fileno()],
        start_new_session=True,
    )
