"""What is left when everything dies: a real Poolhouse under load, whose parts are killed at any moment, and an audit.

``python -m tests.crash --rounds 200`` kills for as long as one likes; the test suite kills a few times. The audit:
every call that was answered is in the database with one message; every message is settled, and arrived; what arrived
twice is the same to the letter and has the same key, so that a receiver who looks at keys takes it once; nothing
arrived that the database does not know; and the codes that arrived confirm.
"""
