"""What happened: sign-ins, changes of an account, changes of a pool. Written in the transaction of the deed."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from userpools.models.user import User
from userpools.models.user_pool import UserPool


class Event(models.Model):
    """``kind`` is a word of ``userpools.domain.events``; ``passed`` is None where nothing could fail.

    ``actor`` is empty when the person acted, else the ARN of the key or ``operator/<name>``. ``client`` is the client
    id as text, so that deleting a client keeps its history. ``detail`` never holds a secret.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    pool = models.ForeignKey(UserPool, models.CASCADE, related_name="events")
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="events")
    kind = models.CharField(max_length=40)
    passed = models.BooleanField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    client = models.CharField(max_length=128, blank=True)
    actor = models.CharField(max_length=400, blank=True)
    ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=400, blank=True)
    detail = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="event_by_user"),
            models.Index(fields=["pool", "-created_at"], name="event_by_pool"),
        ]
