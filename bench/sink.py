"""``python -m bench.sink PORT COUNT``: an SMTP server that takes that many messages, and prints how many it took each
second from the first to the last."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any

from aiosmtpd.controller import Controller


class Sink:
    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.count = 0
        self.is_full = threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  (aiosmtpd)
        if not self.count:
            self.began = time.perf_counter()
        self.count += 1
        if self.count == self.wanted:
            self.ended = time.perf_counter()
            self.is_full.set()
        return "250 OK"


def main(port: int, wanted: int) -> None:
    sink = Sink(wanted)
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    print("ready", flush=True)
    sink.is_full.wait()
    print(wanted / (sink.ended - sink.began), flush=True)
    # What is still on its way may end.
    time.sleep(1)
    controller.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
