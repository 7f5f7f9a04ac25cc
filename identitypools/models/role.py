"""A role: who may become it, and what it may do."""

from __future__ import annotations

from django.conf import settings as django_settings
from django.db import models
from django.db.models.functions import Lower


class Role(models.Model):
    """``trust`` and the values of ``policies`` are documents as they were given, which is how IAM gives them back.

    ``role_id`` is never used again: what was issued for a role dies with it, also when another takes its name.
    """

    role_id = models.CharField(primary_key=True, max_length=21)
    name = models.CharField(max_length=64)
    path = models.CharField(max_length=512, default="/")
    description = models.CharField(max_length=1000, blank=True)
    trust = models.TextField()
    policies = models.JSONField(default=dict)
    max_session_seconds = models.PositiveIntegerField(default=3600)
    tags = models.JSONField(default=dict)
    generation = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint("name", name="one_role_of_a_name"),
            models.UniqueConstraint(Lower("name"), name="one_role_of_a_name_in_any_case"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{django_settings.POOLHOUSE.account_id}:role{self.path}{self.name}"
