"""Clients that we did not write. ``in_process`` holds the SDK for Python, which most tests use."""

from tests.clients.in_process import assert_shape, client, send, signed

__all__ = ["assert_shape", "client", "send", "signed"]
