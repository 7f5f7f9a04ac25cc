"""Nobody waits for a function inside of a transaction, or with a database connection in hand that others could use."""

from __future__ import annotations

from django.db import connections


def refuse_to_wait_inside() -> None:
    """A mistake of the caller's, not of a user: SQLite's only writer, or a row's lock, would be held for seconds."""
    for connection in connections.all(initialized_only=True):
        # The transaction that a test case wraps around everything is none of the caller's.
        if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
            raise RuntimeError("A function is called inside of a transaction. Call it before, or after the commit.")


def give_connections_back() -> None:
    """To the pool, where there is one. SQLite's are this thread's own."""
    for connection in connections.all(initialized_only=True):
        if "pool" in connection.settings_dict.get("OPTIONS", {}) and not connection.in_atomic_block:
            connection.close()
