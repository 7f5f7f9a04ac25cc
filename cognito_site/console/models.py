"""What the console keeps: operators' second factors, their wrong guesses, and every change that they made."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.admin.models import LogEntry
from django.db import models
from django_otp.models import Device, DeviceManager


class Authenticator(Device):  # type: ignore[misc]
    """An operator's authenticator app. ``key`` is sealed; ``last_step`` is the newest time step that was accepted, so
    that each code works once. ``confirmed`` once a code proved that the app has the key.

    django-otp's own table keeps the key readable. Its ``verify_token`` stays the refusal that it is by default: codes
    are checked in ``second_factors`` only, where guesses are counted.
    """

    key = models.BinaryField()
    last_step = models.BigIntegerField(default=-1)
    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager[Authenticator]] = DeviceManager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("user", "confirmed", name="one_authenticator_and_one_waiting")]


class RecoverySheet(Device):  # type: ignore[misc]
    """The recovery codes that an operator printed."""

    created_at = models.DateTimeField()

    objects: ClassVar[models.Manager[RecoverySheet]] = DeviceManager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("user", name="one_recovery_sheet")]


class RecoveryCode(models.Model):
    """Kept as a keyed fingerprint; the row goes when the code is used."""

    sheet = models.ForeignKey(RecoverySheet, models.CASCADE, related_name="codes")
    fingerprint = models.BinaryField(max_length=32)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint("sheet", "fingerprint", name="one_recovery_code")]


class Guesses(models.Model):
    """Wrong passwords and codes since ``last_failed_at`` was quiet. In the database, so that no cache forgives them."""

    key = models.CharField(primary_key=True, max_length=100)
    failures = models.PositiveIntegerField(default=0)
    last_failed_at = models.DateTimeField(db_index=True)
    locked_until = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()


class Change(LogEntry):
    """An entry of Django's log, and where it was made. ``place`` is the id of a pool, or empty."""

    entry = models.OneToOneField(LogEntry, models.CASCADE, parent_link=True, primary_key=True, related_name="change")
    place = models.CharField(max_length=64, blank=True)
    ip = models.CharField(max_length=45, blank=True)

    objects: ClassVar[models.Manager[Change]] = models.Manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ("view",)
        verbose_name = "change"
        ordering = ["-entry"]
        indexes = [models.Index(fields=["place", "-entry"], name="change_by_place")]
