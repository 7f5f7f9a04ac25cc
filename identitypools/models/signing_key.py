"""The keys that sign the tokens of identity pools: one set for the installation, as AWS has one for a Region."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class SigningKey(models.Model):
    """``kid`` is also the context that ``private_key`` (PKCS#8 DER) is sealed with."""

    class State(models.TextChoices):
        NEXT = "next"
        CURRENT = "current"
        RETIRED = "retired"

    kid = models.CharField(primary_key=True, max_length=64)
    state = models.CharField(max_length=8, choices=State.choices)
    private_key = models.BinaryField()
    jwk = models.JSONField()
    created_at = models.DateTimeField()
    state_since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state__in=["current", "next"]), name="one_current_and_one_next_key"
            )
        ]

    def __str__(self) -> str:
        return self.kid
