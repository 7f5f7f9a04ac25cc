"""An identity, and the logins that lead to it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from identitypools.models.identity_pool import IdentityPool


class Identity(models.Model):
    """``is_guest`` is true until a first login is linked, and never again: an identity that lost its last login is
    nobody's. A merge disables the losing identity, whose ``parent`` then holds its logins.

    Whatever was issued names ``generation``; raising it makes all of that worthless.
    """

    id = models.CharField(primary_key=True, max_length=55)
    pool = models.ForeignKey(IdentityPool, models.CASCADE, related_name="identities")
    is_guest = models.BooleanField()
    disabled = models.BooleanField(default=False)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="merged")
    generation = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "identities"
        indexes = [models.Index(fields=["pool", "id"], name="identity_by_pool")]
        constraints = [
            models.CheckConstraint(condition=Q(parent=None) | Q(disabled=True), name="only_the_disabled_have_a_parent")
        ]

    def __str__(self) -> str:
        return self.id


class Login(models.Model):
    """A subject at a provider. ``fingerprint`` is the SHA-256 of both: subjects are longer than an index may be."""

    pool = models.ForeignKey(IdentityPool, models.CASCADE, related_name="logins")
    identity = models.ForeignKey(Identity, models.CASCADE, related_name="logins")
    provider = models.CharField(max_length=128)
    subject = models.CharField(max_length=1024)
    is_developer = models.BooleanField(default=False)
    fingerprint = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint("pool", "fingerprint", name="one_identity_for_a_login_in_a_pool"),
            models.UniqueConstraint(
                fields=["identity", "provider"],
                condition=Q(is_developer=False),
                name="one_subject_of_a_public_provider",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.subject}"
