"""One-time codes that travel by message, and how often somebody may try."""

from __future__ import annotations

from django.db import models

from userpools.models.user import User


class Code(models.Model):
    """The newest code for a user and purpose; a newer one replaces the row, so an older code is dead.

    ``fingerprint`` is keyed (six digits would fall to a dictionary); ``value`` is the address that the code proves.
    """

    class Purpose(models.TextChoices):
        SIGN_UP = "sign_up"
        ATTRIBUTE = "attribute"
        PASSWORD_RESET = "password_reset"

    user = models.ForeignKey(User, models.CASCADE, related_name="codes")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    attribute = models.CharField(max_length=32)
    value = models.CharField(max_length=2048)
    fingerprint = models.BinaryField(max_length=32)
    failures = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint("user", "purpose", "attribute", name="one_code_for_a_purpose")]


class AttemptWindow(models.Model):
    """How often ``key`` was tried since ``started_at``. In the database, so that no cache loss forgives attempts."""

    key = models.CharField(primary_key=True, max_length=255)
    count = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(db_index=True)
