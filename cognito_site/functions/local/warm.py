"""The processes that stay: for each function those that wait for a call, the newest of which is asked first.

There are never more of one function than calls of it at once, which the gate bounds. One that was not asked for minutes
is ended, and so is the one that waited longest when there are too many of all functions together, and every one whose
code has changed since it was started.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections import defaultdict
from pathlib import Path
from threading import Condition, Thread

from cognito_site.functions import arns, payloads
from cognito_site.functions.local import sources
from cognito_site.functions.local.instance import DiedWaiting, Instance, Invocation, Plan, TooLate
from cognito_site.functions.outcomes import (
    INVALID_RUNTIME,
    NOT_FOUND,
    SERVICE,
    SOCKET_TIMEOUT,
    Answer,
    Failure,
    NotAnswered,
)
from cognito_site.functions.targets import Folder

IDLE_SECONDS = 300
INIT_SECONDS = 10
MOST_INSTANCES = 32
LOOK_SECONDS = 1.0
PATH = "/usr/local/bin:/usr/bin:/bin"
HERE = Path(__file__).parent

Code = tuple[str, Folder]  # an ARN without its qualifier, and where it leads


class Warm:
    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Also in a forked copy of a process, which holds ends of sockets that are not its own."""
        self._changed = Condition()
        self._waiting: dict[Code, list[tuple[int, Instance]]] = defaultdict(list)
        self._ended: list[Instance] = []
        self._busy = 0
        self._keeper: Thread | None = None

    def ask(self, folder: Folder, arn: str, event_id: str, body: bytes, seconds: float) -> Answer:
        """One attempt. Raises what outcomes has."""
        invocation = Invocation(event_id, arn, body, time.monotonic() + seconds)
        name = arns.parse(arn)
        assert name is not None
        code, stamp = (name.whole, folder), sources.stamp(folder.directory)
        while instance := self._taken(code, stamp):
            try:
                return self._answer(code, stamp, instance, invocation)
            except DiedWaiting:
                continue
        return self._answer(code, stamp, self._started(code), invocation)

    def _answer(self, code: Code, stamp: int, instance: Instance, invocation: Invocation) -> Answer:
        try:
            answer = instance.ask(invocation)
            return Answer(payloads.read(answer), log=instance.log)
        except TooLate as late:
            if not late.is_starting or instance.age > INIT_SECONDS:
                instance.end()
            raise NotAnswered(SOCKET_TIMEOUT, "the process did not answer in time") from None
        except Failure as failure:
            failure.log = failure.log or instance.log
            raise
        finally:
            self._put_back(code, stamp, instance)

    # --- taking and giving ------------------------------------------------------------------------------------------

    def _taken(self, code: Code, stamp: int) -> Instance | None:
        with self._changed:
            waiting = self._waiting[code]
            while waiting:
                started_with, instance = waiting.pop()
                if started_with == stamp and not instance.is_ended:
                    self._busy += 1
                    return instance
                self._end(instance)
        return None

    def _started(self, code: Code) -> Instance:
        plan = plan_of(*code)
        with self._changed:
            self._make_room()
            self._busy += 1
        try:
            return Instance(plan)
        except OSError as failure:
            with self._changed:
                self._busy -= 1
            raise NotAnswered(SERVICE, f"no process: {failure.strerror}") from None

    def _make_room(self) -> None:
        waiting = [(instance.idle_since, code) for code, found in self._waiting.items() for _, instance in found]
        if waiting and len(waiting) + self._busy >= MOST_INSTANCES:
            _, code = min(waiting, key=lambda entry: entry[0])
            _, instance = self._waiting[code].pop(0)
            self._end(instance)

    def _put_back(self, code: Code, stamp: int, instance: Instance) -> None:
        with self._changed:
            self._busy -= 1
            if instance.is_ended:
                self._end(instance)
            else:
                self._waiting[code].append((stamp, instance))
            self._keep()

    def _end(self, instance: Instance) -> None:
        instance.end()
        self._ended.append(instance)

    # --- what happens between calls ---------------------------------------------------------------------------------

    def _keep(self) -> None:
        if self._keeper is None:
            self._keeper = Thread(target=self._look_after, name="poolhouse-functions", daemon=True)
            self._keeper.start()

    def _look_after(self) -> None:
        with self._changed:
            while self._look():
                self._changed.wait(LOOK_SECONDS)
            self._keeper = None

    def _look(self) -> bool:
        """Whether there is anything to look after."""
        for code, waiting in list(self._waiting.items()):
            for entry in list(waiting):
                entry[1].breathe()
                if entry[1].is_ended or entry[1].idle_seconds > IDLE_SECONDS:
                    waiting.remove(entry)
                    self._end(entry[1])
            if not waiting:
                del self._waiting[code]
        self._ended = [instance for instance in self._ended if not instance.bury()]
        return bool(self._waiting or self._ended or self._busy)

    def end_all(self) -> None:
        """Waits until nothing that was waiting is left."""
        with self._changed:
            for waiting in self._waiting.values():
                for _, instance in waiting:
                    self._end(instance)
            self._waiting.clear()
            while self._ended:
                self._ended = [instance for instance in self._ended if not instance.bury()]
                self._changed.wait(0.01)


# --- what is started ------------------------------------------------------------------------------------------------


def plan_of(arn: str, folder: Folder) -> Plan:
    if not folder.directory.is_dir():
        raise NotAnswered(NOT_FOUND, f"there is no folder {folder.directory}", is_final=True)
    name = arn.rpartition(":")[2]
    return Plan(name, command(folder), folder.directory, folder.memory_mb, _environment(arn, name, folder))


def command(folder: Folder) -> tuple[str, ...]:
    if folder.runtime == "python":
        # Our own interpreter and its packages (boto3 is there, as at AWS), but not its place in the module path.
        return (sys.executable, "-P", "-s", str(HERE / "bootstrap.py"))
    node = shutil.which("node")
    if node is None:
        raise NotAnswered(INVALID_RUNTIME, "Node.js is not installed", is_final=True)
    return (node, f"--max-old-space-size={folder.memory_mb}", str(HERE / "bootstrap.mjs"))


def _environment(arn: str, name: str, folder: Folder) -> dict[str, str]:
    region = arn.split(":")[3]
    return {
        **dict(folder.environment),
        "PATH": PATH,
        "LANG": "C.UTF-8",
        "TZ": ":UTC",
        "LAMBDA_TASK_ROOT": str(folder.directory),
        "_HANDLER": folder.handler,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(folder.memory_mb),
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
    }


warm = Warm()
os.register_at_fork(after_in_child=warm.begin)
