"""Tests come in by the front door: the real SDK in process, real browsers, real servers.

The cast is small: alice has an account, bob is in another pool, mallory has none. The happy path comes first.
"""
