"""What every outbox holds: something that leaves the house, written in the transaction that caused it."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from userpools.models.user_pool import UserPool


class Outgoing(models.Model):
    """``content`` is sealed with ``id``, which is also the idempotency key. ``userpools.domain.outbox`` moves a row
    from one status to the next; what was taken by somebody else, or is no use any more, is emptied."""

    class Status(models.TextChoices):
        PENDING = "pending"
        SENT = "sent"
        INBOX = "inbox"
        FAILED = "failed"
        SUPERSEDED = "superseded"

    id = models.UUIDField(primary_key=True, default=uuid4)
    pool = models.ForeignKey(UserPool, models.CASCADE, related_name="%(class)ss")
    content = models.BinaryField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
