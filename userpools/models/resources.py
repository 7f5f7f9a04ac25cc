"""What a pool publishes: its domains, its resource servers with their scopes, and the keys that sign its tokens."""

from __future__ import annotations

from django.db import models

from userpools.models.user_pool import UserPool


class Domain(models.Model):
    """``name`` is a prefix, or a whole host name when ``is_custom``. Unique over the installation, in lower case."""

    name = models.CharField(primary_key=True, max_length=255)
    pool = models.ForeignKey(UserPool, models.CASCADE, related_name="domains")
    is_custom = models.BooleanField(default=False)
    managed_login_version = models.PositiveSmallIntegerField(default=1)
    settings = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("pool", "is_custom", name="one_prefix_and_one_custom_domain")]

    def __str__(self) -> str:
        return self.name


class ReleasedPrefix(models.Model):
    """A prefix that a pool gave up. ``pool_id`` is text, so that it outlives the pool."""

    name = models.CharField(primary_key=True, max_length=63)
    pool_id = models.CharField(max_length=55)
    released_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name


class ResourceServer(models.Model):
    """``scopes`` lists ``{"name", "description"}`` in the order given."""

    pool = models.ForeignKey(UserPool, models.CASCADE, related_name="resource_servers")
    identifier = models.CharField(max_length=256)
    name = models.CharField(max_length=256)
    scopes = models.JSONField(default=list)

    class Meta:
        ordering = ["identifier"]
        constraints = [models.UniqueConstraint("pool", "identifier", name="one_resource_server_of_an_identifier")]

    def __str__(self) -> str:
        return self.identifier

    @property
    def full_scopes(self) -> list[str]:
        return [f"{self.identifier}/{scope['name']}" for scope in self.scopes]


class SigningKey(models.Model):
    """An RSA key. Without a pool it waits in the reserve, so that CreateUserPool never generates one.

    ``kid`` is also the context that ``private_key`` (PKCS#8 DER) is sealed with. Life: ``next`` (published, does not
    sign yet), ``current`` (one for each use in a pool), ``retired`` (published until the last token has expired).
    """

    class Use(models.TextChoices):
        ID = "id"
        ACCESS = "access"

    class State(models.TextChoices):
        NEXT = "next"
        CURRENT = "current"
        RETIRED = "retired"

    kid = models.CharField(primary_key=True, max_length=64)
    pool = models.ForeignKey(UserPool, models.CASCADE, null=True, related_name="signing_keys")
    use = models.CharField(max_length=6, choices=Use.choices, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.CURRENT)
    private_key = models.BinaryField()
    jwk = models.JSONField()
    created_at = models.DateTimeField()
    state_since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "use"],
                condition=models.Q(state="current", pool__isnull=False),
                name="one_current_key_for_each_use",
            )
        ]
