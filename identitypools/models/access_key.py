"""A key pair of an operator, or of a back end that administers pools."""

from __future__ import annotations

from django.conf import settings as django_settings
from django.db import models
from django.db.models.functions import Lower


class AccessKey(models.Model):
    """Each key is a principal of its own, ``user/<name>``. ``secret`` is sealed with ``key_id`` as its context;
    ``policies`` maps names to documents."""

    key_id = models.CharField(primary_key=True, max_length=20)
    user_id = models.CharField(max_length=21, unique=True)
    name = models.CharField(max_length=64)
    secret = models.BinaryField()
    policies = models.JSONField(default=dict)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="one_access_key_of_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{django_settings.POOLHOUSE.account_id}:user/{self.name}"
