"""A person in a pool, the names they may sign in with, their groups and their earlier passwords."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models.fields.json import KT
from django.db.models.functions import Left

from userpools.models.lockable import Lockable
from userpools.models.text import ExactCharField
from userpools.models.user_pool import UserPool

LONGEST_SEARCHED = 256
SEARCHABLE = ("email", "phone_number", "name", "given_name", "family_name", "preferred_username")


def searchable(attribute: str) -> models.GeneratedField:
    """A column that follows ``attributes``, so that a search has an index and the truth has one home. No filter is
    longer than its part of a value, and no index of PostgreSQL takes a whole one."""
    return models.GeneratedField(
        expression=Left(KT(f"attributes__{attribute}"), LONGEST_SEARCHED),
        output_field=ExactCharField(max_length=LONGEST_SEARCHED, null=True),  # type: ignore[misc]
        db_persist=True,
    )


class User(Lockable):
    """``attributes`` maps names to text, as AWS does; booleans are ``"true"`` and ``"false"``. ``sub`` is a column.

    ``pending_attributes`` holds an e-mail address or phone number that waits for its code.
    ``srp_verifier`` is sealed: whoever reads it could guess passwords as quickly as with a salted SHA-256 hash.
    """

    class Status(models.TextChoices):
        UNCONFIRMED = "UNCONFIRMED"
        CONFIRMED = "CONFIRMED"
        FORCE_CHANGE_PASSWORD = "FORCE_CHANGE_PASSWORD"
        RESET_REQUIRED = "RESET_REQUIRED"
        EXTERNAL_PROVIDER = "EXTERNAL_PROVIDER"

    class Mfa(models.TextChoices):
        TOTP = "SOFTWARE_TOKEN_MFA"
        SMS = "SMS_MFA"
        EMAIL = "EMAIL_OTP"

    pool = models.ForeignKey(UserPool, models.CASCADE, related_name="users")
    username = ExactCharField(max_length=128)
    sub = models.UUIDField(default=uuid4, unique=True, editable=False)
    status = models.CharField(max_length=24, choices=Status.choices)
    enabled = models.BooleanField(default=True)
    attributes = models.JSONField(default=dict)
    pending_attributes = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()

    password = models.CharField(max_length=200, blank=True)
    srp_salt = models.BinaryField(default=bytes)
    srp_verifier = models.BinaryField(default=bytes)
    temporary_password_expires_at = models.DateTimeField(null=True)

    enabled_mfa = models.JSONField(default=list)
    preferred_mfa = models.CharField(max_length=24, blank=True, choices=Mfa.choices)

    email = searchable("email")
    phone_number = searchable("phone_number")
    name = searchable("name")
    given_name = searchable("given_name")
    family_name = searchable("family_name")
    preferred_username = searchable("preferred_username")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint("pool", "username", name="one_username_in_a_pool")]
        indexes = [
            models.Index(fields=["pool", field, "id"], name=f"user_by_{field}") for field in (*SEARCHABLE, "status")
        ] + [models.Index(fields=["pool", "id"], name="user_by_pool")]

    def __str__(self) -> str:
        return self.username

    @property
    def has_password(self) -> bool:
        return bool(self.password)

    @property
    def is_confirmed(self) -> bool:
        return self.status == self.Status.CONFIRMED

    @property
    def is_unconfirmed(self) -> bool:
        return self.status == self.Status.UNCONFIRMED

    @property
    def must_change_password(self) -> bool:
        return self.status == self.Status.FORCE_CHANGE_PASSWORD

    @property
    def must_reset_password(self) -> bool:
        return self.status == self.Status.RESET_REQUIRED

    def has_verified(self, attribute: str) -> bool:
        """Of ``email`` and ``phone_number``."""
        return bool(self.attributes.get(attribute)) and self.attributes.get(f"{attribute}_verified") == "true"

    @property
    def all_attributes(self) -> dict[str, str]:
        return {"sub": str(self.sub), **self.attributes}


class SignInName(models.Model):
    """A name that leads to a user: the username, and each alias that is active. One name, one user in a pool, whatever
    its kind; ``name`` is folded by ``UserPool.fold``. This row, not a look-up, is what makes names unique."""

    class Kind(models.TextChoices):
        USERNAME = "username"
        EMAIL = "email"
        PHONE_NUMBER = "phone_number"
        PREFERRED_USERNAME = "preferred_username"

    pool = models.ForeignKey(UserPool, models.CASCADE, related_name="sign_in_names")
    user = models.ForeignKey(User, models.CASCADE, related_name="sign_in_names")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = ExactCharField(max_length=512)

    class Meta:
        constraints = [
            models.UniqueConstraint("pool", "name", name="one_user_for_a_name_in_a_pool"),
            models.UniqueConstraint("user", "kind", name="one_name_of_a_kind_for_a_user"),
        ]

    def __str__(self) -> str:
        return self.name


class PasswordRecord(models.Model):
    """A password that the user had, for the history rule."""

    user = models.ForeignKey(User, models.CASCADE, related_name="password_records")
    password = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]


class Group(models.Model):
    pool = models.ForeignKey(UserPool, models.CASCADE, related_name="groups")
    name = ExactCharField(max_length=128)
    description = models.CharField(max_length=2048, blank=True)
    role_arn = models.CharField(max_length=2048, blank=True)
    precedence = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()
    members = models.ManyToManyField(User, through="Membership", related_name="groups")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("pool", "name", name="one_group_of_a_name_in_a_pool")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    group = models.ForeignKey(Group, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("group", "user", name="one_membership_of_a_user_in_a_group")]


class UnknownName(Lockable):
    """A name that nobody has and somebody tries: locked like a user's, so that a lock does not tell who exists.

    ``fingerprint`` is keyed; rows are swept once they are quiet.
    """

    pool = models.ForeignKey(UserPool, models.CASCADE, related_name="unknown_names")
    fingerprint = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint("pool", "fingerprint", name="one_row_for_an_unknown_name")]
