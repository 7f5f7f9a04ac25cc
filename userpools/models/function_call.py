"""What a pool's functions were asked and answered, for operators who wonder why a sign-in went as it did."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from userpools.models.user_pool import UserPool

LONGEST_NAME = 128
FAILED = models.Q(error__gt="")


class FunctionCall(models.Model):
    """One call of one trigger, with all its attempts. ``event`` and ``result`` are masked: no password, no answer and
    no code is in them. ``output`` is the end of what the function wrote meanwhile. ``is_trial``: an operator called it,
    and nothing came of it. ``user_name`` is as long as names of users are; what was typed instead of one is cut."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    pool = models.ForeignKey(UserPool, models.CASCADE, related_name="function_calls")
    arn = models.CharField(max_length=2048)
    source = models.CharField(max_length=80)
    user_name = models.CharField(max_length=LONGEST_NAME)
    event = models.JSONField()
    result = models.JSONField(null=True)
    error = models.CharField(max_length=2000, blank=True)
    output = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=1)
    milliseconds = models.PositiveIntegerField()
    is_trial = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["pool", "-created_at"], name="function_call_by_pool"),
            models.Index(fields=["pool", "user_name", "-created_at"], name="function_call_by_user"),
            models.Index(fields=["pool", "-created_at"], condition=FAILED, name="function_call_failed"),
            models.Index(fields=["created_at"], name="function_call_by_age"),
        ]

    def __str__(self) -> str:
        return self.source

    @property
    def passed(self) -> bool:
        return not self.error
