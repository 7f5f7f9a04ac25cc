"""The production server: granian, on every address that Poolhouse is to be reached at."""

from __future__ import annotations

import errno
import socket
import threading
from functools import partial
from typing import Any

from granian import Granian
from granian._futures import _new_cbscheduler
from granian._granian import ListenerSpec, WorkerSignal, WSGIWorker
from granian._signals import set_main_signals
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import WorkerProcess
from granian.wsgi import _callback_wrapper

from cognito_site import memory
from cognito_site.environment import ConfigurationError, Environment

BACKLOG = 1024
STOP_SECONDS = 10
LOOPBACK = ("127.0.0.1", "::1")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  (asked for by a PUBLIC_URL that others reach)
# granian's stubs describe less than there is.
_on_interrupt: Any = set_main_signals
_scheduler: Any = _new_cbscheduler
_Worker: Any = WSGIWorker
ABSENT = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


def addresses(environment: Environment) -> list[str]:
    """Where to listen; a machine without IPv6 listens on IPv4. Refuses a port in use, which granian would share."""
    wanted = LOOPBACK if environment.is_loopback else EVERYWHERE
    return [address for address in wanted if _can_be_bound(address, environment.port)]


def serve(environment: Environment, listen: list[str]) -> None:
    memory.settle()
    server = Granian(
        "cognito_site.wsgi:application",
        address=listen[0],
        port=environment.port,
        interface=Interfaces.WSGI,
        workers=environment.workers,
        blocking_threads=environment.threads,
        backlog=BACKLOG,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    extra = [ListenerSpec(address, environment.port, BACKLOG) for address in listen[1:]]
    server.serve(spawn_target=_Spawn(extra))


class _Spawn:
    """What granian starts in each worker process, for one listener more than it knows of.

    Granian binds one address. ``localhost`` is two, and browsers and SDKs differ in which they try first; a second set
    of processes for the second would double the memory.
    """

    def __init__(self, extra: list[ListenerSpec]) -> None:
        self.extra = extra

    def __call__(self, worker_id: int, *rest: Any) -> None:
        wrap: Any = WorkerProcess.wrap_target
        wrap(self._run)(worker_id, *rest)

    def _run(self, worker_id: int, callback: Any, sock: Any, ipc: Any, loop: Any, *settings: Any) -> None:
        stopped = threading.Semaphore(0)
        listeners = [sock, *((spec, None) for spec in self.extra)]
        # A signal object serves one listener.
        stops = [WorkerSignal() for _ in listeners]
        _on_interrupt(partial(_stop_all, stops))
        scheduler = _scheduler(loop, _callback_wrapper(callback, {}), impl_asyncio=True)
        for listener, stop in zip(listeners, stops, strict=True):
            stop.add_cb(stopped.release)
            _worker(worker_id, listener, ipc, settings).serve_mtr(scheduler, loop, stop)
        for _ in listeners:
            stopped.acquire()


def _stop_all(stops: list[WorkerSignal], *signal: Any) -> None:
    for stop in stops:
        stop.set()


def _worker(worker_id: int, listener: Any, ipc: Any, settings: tuple[Any, ...]) -> Any:
    """``settings`` in granian's order; what it would tell the worker, told to one more."""
    _, *threads, _, http, http1, http2, _, static, _, tls, _, metrics = settings
    return _Worker(worker_id, listener, ipc, *threads, http, http1, http2, static, *tls, metrics)


def _can_be_bound(address: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            probe.bind((address, port))
    except OSError as refused:
        if refused.errno in ABSENT:
            return False
        raise ConfigurationError(
            f"PORT={port} cannot be used on {address} ({refused.strerror}): choose another, as in `PORT=9230 make run`"
        ) from None
    return True
