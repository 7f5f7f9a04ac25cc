"""The outbox of events: what an operator's webhooks hear of what happened in a pool, an extension for all that AWS has
no trigger for.

The row is written in the transaction of the deed. A webhook gets each event at least once, not always in order, and
knows it again by its id.
"""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import uuid4

from celery import signature
from django.utils import timezone

from cognito_site import keyring
from cognito_site.celery import after_commit
from cognito_site.signatures import EVENT_ID, signed
from cognito_site.transports import posts
from cognito_site.transports.letters import Undelivered, is_final
from userpools.domain.outbox import Outbox
from userpools.models import Event, Notification, UserPool

DELIVER, NAME = "userpools.tasks.deliver", "notification"

Webhook = dict[str, Any]
"""``id``, ``url``, ``kinds`` (none: all), ``secret`` (sealed, in base64)."""


def queue(event: Event) -> None:
    """Call it in the transaction of the deed."""
    hooks = [hook for hook in event.pool.event_webhooks if not hook["kinds"] or event.kind in hook["kinds"]]
    if hooks:
        body = json.dumps(_body(event), separators=(",", ":")).encode()
        rows = Notification.objects.bulk_create([_row(event, hook, body) for hook in hooks])
        for row in rows:
            after_commit(signature(DELIVER), NAME, str(row.pk))


def _row(event: Event, hook: Webhook, body: bytes) -> Notification:
    now, row_id = timezone.now(), uuid4()
    return Notification(
        id=row_id,
        pool=event.pool,
        webhook=hook["id"],
        event=event.pk,
        kind=event.kind,
        content=keyring.seal(body, _context(row_id)),
        due_at=now,
        created_at=now,
    )


def _body(event: Event) -> dict[str, Any]:
    user = event.user
    return {
        "id": str(event.pk),
        "kind": event.kind,
        "time": event.created_at.isoformat(),
        "pool": event.pool.pk,
        "user": {"sub": str(user.sub), "username": user.username} if user is not None else None,
        "passed": event.passed,
        "reason": event.reason,
        "client": event.client,
        "actor": event.actor,
        "ip": event.ip,
        "detail": event.detail,
    }


def _context(row_id: object) -> str:
    return f"notification:{row_id}"


def secret_context(webhook_id: str) -> str:
    return f"event-webhook:{webhook_id}"


def find(pool: UserPool, webhook_id: str) -> Webhook | None:
    return next((hook for hook in pool.event_webhooks if hook["id"] == webhook_id), None)


def _send(row: Notification) -> str:
    hook = find(row.pool, row.webhook)
    if hook is None:
        raise Undelivered("The webhook is gone.", is_final=True)
    secret = keyring.unseal(base64.b64decode(hook["secret"]), secret_context(hook["id"])).decode()
    body = keyring.unseal(bytes(row.content), _context(row.pk))
    headers = {"Content-Type": "application/json", EVENT_ID: str(row.event), **signed(secret, body)}
    answer = posts.post(hook["url"], body, headers)
    said = f"The webhook answered {answer.status}."
    if not answer.is_success:
        raise Undelivered(said, is_final=is_final(answer.status) and answer.status != 404)
    return said


def _stays_visible(row: Notification, why: str) -> None:
    """In the row; nobody else hears of it."""


OUTBOX = Outbox(Notification, ("pool",), _send, on_failure=_stays_visible)
