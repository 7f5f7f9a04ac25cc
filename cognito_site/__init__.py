"""The project, and what every app stands on: settings, the contract, the wire, the key ring.

Owns how Poolhouse is configured and started (``environment``, ``settings``, ``wsgi``, ``celery``, ``manage.py up``),
AWS's words (``contract``), HTTP for AWS's SDKs (``wire``), and the sealing of secrets (``keyring``). Knows no user pool
and no identity pool: apps register themselves here, never the other way round.
"""
