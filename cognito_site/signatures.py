"""How a receiver knows that a request comes from here: a secret that both know, over the moment and the body, so that
one who refuses old moments takes nothing twice."""

from __future__ import annotations

import hmac
import time

TIMESTAMP, SIGNATURE, EVENT_ID = "X-Poolhouse-Timestamp", "X-Poolhouse-Signature", "X-Poolhouse-Event-Id"


def signed(secret: str, body: bytes) -> dict[str, str]:
    """Headers: the moment, and the hexadecimal HMAC-SHA256 of ``<moment>.<body>``."""
    moment = str(int(time.time()))
    proof = hmac.digest(secret.encode(), moment.encode() + b"." + body, "sha256").hex()
    return {TIMESTAMP: moment, SIGNATURE: f"v1={proof}"}
