"""The same time for everybody, where a deed takes longer for somebody than for nobody: whoever measures would learn who
exists. (A function that writes the message takes its own time, as at AWS.)"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from userpools.models import AppClient

# Several times what a code takes that is written into the outbox.
SECONDS = 0.05


@contextmanager
def where_hidden(client: AppClient) -> Iterator[None]:
    """Outside of transactions: it waits."""
    end = time.monotonic() + (SECONDS if client.hides_user_existence else 0)
    try:
        yield
    finally:
        time.sleep(max(0.0, end - time.monotonic()))
