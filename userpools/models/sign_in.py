"""What is alive between two requests of a sign-in, and what a sign-in leaves behind."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from userpools.models.app_client import AppClient
from userpools.models.user import User
from userpools.models.user_pool import UserPool


class SignIn(models.Model):
    """One question that was asked in a sign-in conversation, behind the ``Session`` string.

    ``digest`` is the SHA-256 of the string. ``user`` is empty for a name that nobody has, when the client hides that.
    ``state`` belongs to the challenge; a challenge that keeps a secret in it seals it first.
    """

    digest = models.BinaryField(max_length=32, unique=True)
    pool = models.ForeignKey(UserPool, models.CASCADE, related_name="sign_ins")
    client = models.ForeignKey(AppClient, models.CASCADE, related_name="sign_ins")
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sign_ins")
    name = models.CharField(max_length=2048)
    challenge = models.CharField(max_length=40)
    state = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    spent_at = models.DateTimeField(null=True)


class TokenFamily(models.Model):
    """All tokens of one sign-in: the refresh token, and every access and ID token that came from it.

    ``id`` is the claim ``origin_jti``.
    """

    class Source(models.TextChoices):
        API = "api"
        HOSTED = "hosted"

    id = models.UUIDField(primary_key=True, default=uuid4)
    event_id = models.UUIDField(default=uuid4, unique=True)
    pool = models.ForeignKey(UserPool, models.CASCADE, related_name="token_families")
    client = models.ForeignKey(AppClient, models.CASCADE, related_name="token_families")
    user = models.ForeignKey(User, models.CASCADE, related_name="token_families")
    source = models.CharField(max_length=8, choices=Source.choices)
    scopes = models.JSONField(default=list)
    methods = models.JSONField(default=list)
    nonce = models.CharField(max_length=2048, blank=True)
    device_key = models.CharField(max_length=55, blank=True)
    authenticated_at = models.DateTimeField()
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True)
    ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "revoked_at"], name="family_by_user")]

    @property
    def is_revoked(self) -> bool:
        return self.revoked_at is not None


class RefreshToken(models.Model):
    """A refresh token by its SHA-256. With rotation a family has many: ``rotated_at`` is set once one was exchanged."""

    digest = models.BinaryField(max_length=32, unique=True)
    family = models.ForeignKey(TokenFamily, models.CASCADE, related_name="refresh_tokens")
    created_at = models.DateTimeField()
    rotated_at = models.DateTimeField(null=True)


class AuthorizationCode(models.Model):
    """Also django-oauth-toolkit's *grant*. Only the SHA-256 of the code is kept; a spent row stays until it expires,
    so that a replay by its own client can be told from an unknown code and ends the family that came from it."""

    digest = models.BinaryField(max_length=32, unique=True)
    client = models.ForeignKey(AppClient, models.CASCADE, related_name="authorization_codes")
    user = models.ForeignKey(User, models.CASCADE, related_name="authorization_codes")
    redirect_uri = models.CharField(max_length=1024)
    scopes = models.JSONField(default=list)
    nonce = models.CharField(max_length=2048, blank=True)
    code_challenge = models.CharField(max_length=128, blank=True)
    methods = models.JSONField(default=list)
    authenticated_at = models.DateTimeField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    spent_at = models.DateTimeField(null=True)
    replayed_at = models.DateTimeField(null=True)
    family = models.ForeignKey(TokenFamily, models.SET_NULL, null=True)


class BrowserSession(models.Model):
    """A browser that signed in on the hosted pages of one pool; ``digest`` is the SHA-256 of its cookie."""

    digest = models.BinaryField(max_length=32, unique=True)
    pool = models.ForeignKey(UserPool, models.CASCADE, related_name="browser_sessions")
    user = models.ForeignKey(User, models.CASCADE, related_name="browser_sessions")
    methods = models.JSONField(default=list)
    authenticated_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    ip = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=400, blank=True)
