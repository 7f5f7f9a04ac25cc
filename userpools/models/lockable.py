"""Rows that count wrong guesses."""

from __future__ import annotations

from django.db import models


class Lockable(models.Model):
    """Columns of ``userpools.domain.lockout``; nothing else writes them."""

    failed_attempts = models.PositiveIntegerField(default=0)
    last_failed_at = models.DateTimeField(null=True)
    locked_until = models.DateTimeField(null=True)

    class Meta:
        abstract = True
