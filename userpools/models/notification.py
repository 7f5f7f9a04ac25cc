"""What happened in a pool, on its way to a webhook of the operator's."""

from __future__ import annotations

from django.db import models

from userpools.models.outgoing import Outgoing


class Notification(Outgoing):
    """``webhook`` is the id of one of ``UserPool.event_webhooks``, ``content`` the body that it gets; ``event`` is the
    id of the event, the same for each webhook."""

    webhook = models.CharField(max_length=32)
    event = models.UUIDField()
    kind = models.CharField(max_length=40)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["status", "due_at"], name="notification_by_due"),
            models.Index(fields=["pool", "-created_at"], name="notification_by_pool"),
            models.Index(fields=["settled_at"], name="notification_by_end"),
        ]
