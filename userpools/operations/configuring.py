"""Who changed what of a pool by the API: an event of the pool, written in the transaction of the change.

The members that were given are named, not repeated: some are secrets, and clients send whole documents. What operators
change on the console's pages is in the console's own log of changes.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.db import transaction

from cognito_site.wire.call import Call
from cognito_site.wire.registry import Performer
from userpools.domain import access, events
from userpools.models import UserPool
from userpools.operations.context import context

# What of a pool was changed, where it was not the pool itself.
NAMES = ("ClientId", "ClientName", "ClientSecretId", "Domain", "Identifier")


def configures(performer: Performer) -> Performer:
    @wraps(performer)
    def recorded(call: Call) -> dict[str, Any] | None:
        with transaction.atomic():
            answer = performer(call)
            detail = {
                "operation": call.operation,
                "of": {name: call[name] for name in NAMES if call.get(name)},
                "given": sorted(set(call.input) - set(NAMES) - {"UserPoolId", "ResourceArn"}),
            }
            events.record(_pool(call, answer or {}), None, events.CHANGE_SETTINGS, context=context(call), detail=detail)
        return answer

    return recorded


def _pool(call: Call, answer: dict[str, Any]) -> UserPool:
    if "ResourceArn" in call.input:
        return access.pool_by_arn(call["ResourceArn"])
    return access.pool(call.get("UserPoolId") or answer["UserPool"]["Id"])
