"""An identity pool: whom it believes, and which roles it gives them."""

from __future__ import annotations

from typing import Any

from django.conf import settings as django_settings
from django.db import models


class IdentityPool(models.Model):
    """``settings`` holds the contract's members in snake_case, as they were given; rules read them through the
    predicates below. ``roles`` maps ``authenticated`` and ``unauthenticated`` to ARNs, ``role_mappings`` and
    ``principal_tags`` map a provider, as the caller named it, to its mapping."""

    id = models.CharField(primary_key=True, max_length=55)
    name = models.CharField(max_length=128)
    settings = models.JSONField(default=dict)
    roles = models.JSONField(default=dict)
    role_mappings = models.JSONField(default=dict)
    principal_tags = models.JSONField(default=dict)
    tags = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def arn(self) -> str:
        place = django_settings.POOLHOUSE
        return f"arn:aws:cognito-identity:{place.region}:{place.account_id}:identitypool/{self.id}"

    @property
    def allows_guests(self) -> bool:
        return bool(self.settings["allow_unauthenticated_identities"])

    @property
    def allows_classic_flow(self) -> bool:
        """Left out, it is allowed."""
        return bool(self.settings.get("allow_classic_flow", True))

    @property
    def developer_provider(self) -> str:
        return str(self.settings.get("developer_provider_name", ""))

    @property
    def user_pool_providers(self) -> list[dict[str, Any]]:
        """Each with ``provider_name``, ``client_id`` and perhaps ``server_side_token_check``."""
        return list(self.settings.get("cognito_identity_providers", ()))

    @property
    def other_providers(self) -> list[str]:
        """Everybody else's: social, OpenID Connect, SAML."""
        return [
            *self.settings.get("supported_login_providers", ()),
            *self.settings.get("open_id_connect_provider_arns", ()),
            *self.settings.get("saml_provider_arns", ()),
        ]
