"""A way on which nobody was met is not taken again for some seconds: a worker that waits for a mail server which does
not answer does nothing else, and there are messages on other ways, and other work."""

from __future__ import annotations

import time
from typing import Any

from cognito_site.transports.letters import Undelivered

REST_SECONDS = 10.0


class Resting:
    """Of this process. ``way`` is a transport of mail or of text messages."""

    def __init__(self, way: Any) -> None:
        self._way = way
        self._until = 0.0
        self._said = ""

    def send(self, message: Any, key: str) -> str:
        if time.monotonic() < self._until:
            raise Undelivered(f"{self._said} (not tried again yet)", is_final=False)
        try:
            said: str = self._way.send(message, key)
        except Undelivered as failure:
            if failure.is_unreachable:
                self._said, self._until = str(failure), time.monotonic() + REST_SECONDS
            raise
        return said
