"""Stands above one running function, in a small process of its own: ``python -I -S launcher.py '<orders>'``.

Imports nothing of ours, for it runs without our environment and without our packages. It starts the runtime in a
session of its own and under limits, adopts every process that the function leaves behind, and ends all of them when
there are too many, when they hold too much memory, when the runtime ends, or when the server that asked for them is
gone: however that one dies, its end of the control socket closes. (PR_SET_PDEATHSIG alone would not do: it follows the
*thread* that started a process, and threads of a server come and go.)

On the control socket the server says ``r`` (a call comes: run) and ``s`` (answered: settle). A function that was
answered is stopped a moment later and uses no processor until the next call, as in AWS Lambda. The launcher says one
line, JSON, when the runtime has ended: ``{"exit": 1}`` or ``{"signal": 9, "why": "memory"}``.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import select
import signal
import sys
import time
from pathlib import Path

RUN, SETTLE = b"r", b"s"
TICK_SECONDS = 0.05
STILL_SECONDS = 0.1  # from the answer until the processes are stopped
ORPHAN_CHECK_SECONDS = 5.0
PAGE = os.sysconf("SC_PAGE_SIZE")
LARGEST_FILE = 512 * 1024 * 1024
NICENESS = 5
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 36, 38
PROC = Path("/proc")


class Orders:
    """What the server wants, as JSON: ``control`` is a file descriptor, ``memory`` bytes, ``server`` a process id."""

    def __init__(self, text: str) -> None:
        found = json.loads(text)
        self.command: list[str] = found["command"]
        self.directory: str = found["directory"]
        self.control: int = found["control"]
        self.server: int = found["server"]
        self.memory: int = found["memory"]
        self.data: int = found["data"]
        self.processes: int = found["processes"]
        self.files: int = found["files"]


# --- the tree of processes (also read by the server) ----------------------------------------------------------------


def descendants(pid: int) -> list[int]:
    """Every process below ``pid``, nearest first. Nothing where the system does not tell."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        children = _children(waiting.pop())
        found += children
        waiting += children
    return found


def _children(pid: int) -> list[int]:
    """They are listed by the thread that made them."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in (PROC / str(pid) / "task").iterdir():
            with contextlib.suppress(OSError):
                found += map(int, (thread / "children").read_text().split())
    return found


def resident(pid: int) -> int:
    """Bytes of memory that are its own: without what it shares with others, such as libraries."""
    try:
        _, pages, shared, *_ = (PROC / str(pid) / "statm").read_text().split()
    except (OSError, ValueError):
        return 0
    return (int(pages) - int(shared)) * PAGE


# --- the runtime ----------------------------------------------------------------------------------------------------


def _prctl(option: int, value: int) -> None:
    """Linux's; elsewhere the socket and the group of processes have to do."""
    call = getattr(ctypes.CDLL(None), "prctl", None)
    if call is not None:
        call(option, value, 0, 0, 0)


def _start(orders: Orders) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            _become_runtime(orders)
        except OSError as failure:
            os.write(2, f"The function cannot be started: {failure}\n".encode())
        finally:
            os._exit(127)
    return pid


def _become_runtime(orders: Orders) -> None:
    os.setsid()
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGPIPE, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    _limit(orders)
    os.umask(0o077)
    os.chdir(orders.directory)
    os.closerange(3, 256)
    os.execve(orders.command[0], orders.command, os.environ)  # noqa: S606


def _limit(orders: Orders) -> None:
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, orders.files)
    _lower(resource.RLIMIT_FSIZE, LARGEST_FILE)
    _lower(resource.RLIMIT_DATA, orders.data)
    # Counts all of a user's, so it is what there is already and some more. Does not bind root: the watch does.
    _lower(resource.RLIMIT_NPROC, _threads_of_user() + orders.processes)
    os.nice(NICENESS)


def _lower(limit: int, wanted: int) -> None:
    _, most = resource.getrlimit(limit)
    value = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(limit, (value, value))


def _threads_of_user() -> int:
    count, uid = 0, os.getuid()
    with contextlib.suppress(OSError):
        for process in PROC.iterdir():
            with contextlib.suppress(OSError):
                if process.name.isdigit() and process.stat().st_uid == uid:
                    count += sum(1 for _ in (process / "task").iterdir())
    return count


# --- the watch ------------------------------------------------------------------------------------------------------


class Watch:
    """From the start of the runtime to the end of everything below."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.wake, wake_end = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(wake_end, False)
        signal.set_wakeup_fd(wake_end)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self.poll = select.poll()
        self.poll.register(orders.control, select.POLLIN)
        self.poll.register(self.wake, select.POLLIN)
        self.runtime = _start(orders)
        self.is_stopped = False
        self.stop_at: float | None = None
        self.status: int | None = None

    def keep(self) -> None:
        while self.status is None:
            ready = {descriptor for descriptor, _ in self.poll.poll(self._patience() * 1000)}
            if self.wake in ready:
                os.read(self.wake, 4096)
                self._reap()
            if (self.orders.control in ready and not self._obey()) or os.getppid() != self.orders.server:
                self._end_all()
                return
            self._look()
        self._end_all()
        self._tell({"exit": self.status} if self.status >= 0 else {"signal": -self.status})

    def _patience(self) -> float:
        return ORPHAN_CHECK_SECONDS if self.is_stopped else TICK_SECONDS

    def _obey(self) -> bool:
        """False once the server is gone."""
        try:
            words = os.read(self.orders.control, 64)
        except OSError:
            return False
        if words.endswith(RUN):
            self.stop_at = None
            self._let_run()
        elif words:
            self.stop_at = time.monotonic() + STILL_SECONDS
        return bool(words)

    def _let_run(self) -> None:
        if self.is_stopped:
            self._signal_all(signal.SIGCONT)
            self.is_stopped = False

    def _look(self) -> None:
        if self.is_stopped or self.status is not None:
            return
        below = descendants(os.getpid())
        if sum(map(resident, below)) > self.orders.memory:
            self._break("memory")
        elif len(below) > self.orders.processes:
            self._break("processes")
        elif self.stop_at is not None and time.monotonic() >= self.stop_at:
            self._signal_all(signal.SIGSTOP)
            self.is_stopped = True

    def _break(self, why: str) -> None:
        self._end_all()
        self._tell({"signal": int(signal.SIGKILL), "why": why})
        os._exit(0)

    def _signal_all(self, number: int) -> None:
        # The group at once, which no fork slips through, then those that left it.
        with contextlib.suppress(OSError):
            os.killpg(self.runtime, number)
        for pid in descendants(os.getpid()):
            with contextlib.suppress(OSError):
                os.kill(pid, number)

    def _end_all(self) -> None:
        while True:
            self._signal_all(signal.SIGKILL)
            self._reap()
            if self.status is not None and not descendants(os.getpid()):
                return
            time.sleep(0.002)

    def _reap(self) -> None:
        """The runtime, and whatever lost its parent and came to us."""
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                if found[0] == self.runtime:
                    self.status = os.waitstatus_to_exitcode(found[1])

    def _tell(self, what: dict[str, object]) -> None:
        with contextlib.suppress(OSError):
            os.write(self.orders.control, json.dumps(what).encode() + b"\n")


def main() -> None:
    orders = Orders(sys.argv[1])
    os.set_inheritable(orders.control, False)
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    Watch(orders).keep()


if __name__ == "__main__":
    main()
