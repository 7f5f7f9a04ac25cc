"""Every e-mail and text message to a user."""

from __future__ import annotations

from django.db import models

from userpools.models.outgoing import Outgoing
from userpools.models.user import User


class Message(Outgoing):
    """``content`` (subject, text, HTML as JSON) carries codes. In the inbox it stays, for the inbox is the channel.
    ``is_for_function``: a custom sender of the pool delivers it, and ``content`` is only the code."""

    class Medium(models.TextChoices):
        EMAIL = "EMAIL"
        SMS = "SMS"

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="messages")
    kind = models.CharField(max_length=40)
    medium = models.CharField(max_length=5, choices=Medium.choices)
    is_for_function = models.BooleanField(default=False)
    destination = models.CharField(max_length=2048)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["status", "due_at"], name="message_by_due"),
            models.Index(fields=["pool", "-created_at"], name="message_by_pool"),
            models.Index(fields=["user", "-created_at"], name="message_by_user"),
        ]
