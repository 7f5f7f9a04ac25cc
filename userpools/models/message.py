"""The outbox: every e-mail and text message, written in the transaction that caused it."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from userpools.models.user import User
from userpools.models.user_pool import UserPool


class Message(models.Model):
    """``content`` (subject, text, HTML as JSON) is sealed with ``id``; it carries codes. After delivery by a real
    channel it is emptied; in the inbox it stays, for the inbox is the channel. ``id`` is also the idempotency key.
    ``is_for_function``: a custom sender of the pool delivers it, and ``content`` is only the code."""

    class Medium(models.TextChoices):
        EMAIL = "EMAIL"
        SMS = "SMS"

    class Status(models.TextChoices):
        PENDING = "pending"
        SENT = "sent"
        INBOX = "inbox"
        FAILED = "failed"
        SUPERSEDED = "superseded"

    id = models.UUIDField(primary_key=True, default=uuid4)
    pool = models.ForeignKey(UserPool, models.CASCADE, related_name="messages")
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="messages")
    kind = models.CharField(max_length=40)
    medium = models.CharField(max_length=5, choices=Medium.choices)
    is_for_function = models.BooleanField(default=False)
    destination = models.CharField(max_length=2048)
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
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["status", "due_at"], name="message_by_due"),
            models.Index(fields=["pool", "-created_at"], name="message_by_pool"),
            models.Index(fields=["user", "-created_at"], name="message_by_user"),
        ]
