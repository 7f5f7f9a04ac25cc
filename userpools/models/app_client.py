"""An app client: how one application introduces itself to a pool, and what it may ask for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import models

from userpools.models.user_pool import UserPool

UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86400}
LEGACY_FLOWS = {
    "ADMIN_NO_SRP_AUTH": "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "USER_PASSWORD_AUTH": "ALLOW_USER_PASSWORD_AUTH",
    "CUSTOM_AUTH_FLOW_ONLY": "ALLOW_CUSTOM_AUTH",
}
DEFAULT_FLOWS = ("ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH")
DEFAULT_REFRESH_DAYS = 30


class AppClient(models.Model):
    """Also django-oauth-toolkit's *application*: the hooks at the end are all that it asks of one.

    ``secrets`` lists at most two ``{"id", "sealed", "created_at"}``; ``userpools.domain.client_secrets`` opens them.
    """

    client_id = models.CharField(primary_key=True, max_length=128)
    pool = models.ForeignKey(UserPool, models.CASCADE, related_name="clients")
    name = models.CharField(max_length=128)
    settings = models.JSONField(default=dict)
    secrets = models.JSONField(default=list)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "client_id"]

    def __str__(self) -> str:
        return self.name

    @property
    def has_secret(self) -> bool:
        return bool(self.secrets)

    @property
    def auth_flows(self) -> frozenset[str]:
        """In today's names; a client that names the old ones may always refresh."""
        listed = self.settings.get("explicit_auth_flows")
        if not listed:
            return frozenset(DEFAULT_FLOWS)
        flows = {LEGACY_FLOWS.get(flow, flow) for flow in listed}
        return frozenset(flows | {"ALLOW_REFRESH_TOKEN_AUTH"} if LEGACY_FLOWS.keys() & set(listed) else flows)

    @property
    def hides_user_existence(self) -> bool:
        return bool(self.settings.get("prevent_user_existence_errors") == "ENABLED")

    @property
    def revokes_tokens(self) -> bool:
        return bool(self.settings.get("enable_token_revocation", True)) or self.rotates_refresh_tokens

    @property
    def rotates_refresh_tokens(self) -> bool:
        return bool(self.settings.get("refresh_token_rotation", {}).get("feature") == "ENABLED")

    @property
    def rotation_grace(self) -> timedelta:
        return timedelta(seconds=self.settings.get("refresh_token_rotation", {}).get("retry_grace_period_seconds", 0))

    @property
    def session_lifetime(self) -> timedelta:
        """Of the ``Session`` string between two challenges."""
        return timedelta(minutes=self.settings.get("auth_session_validity", 3))

    def _lifetime(self, token: str, default: int, default_unit: str) -> timedelta:
        unit = self.settings.get("token_validity_units", {}).get(token, default_unit)
        value = self.settings.get(f"{token}_validity") or 0
        return timedelta(seconds=value * UNITS[unit] if value else default)

    @property
    def access_token_lifetime(self) -> timedelta:
        return self._lifetime("access_token", 3600, "hours")

    @property
    def id_token_lifetime(self) -> timedelta:
        return self._lifetime("id_token", 3600, "hours")

    @property
    def refresh_token_lifetime(self) -> timedelta:
        return self._lifetime("refresh_token", DEFAULT_REFRESH_DAYS * 86400, "days")

    @property
    def callback_urls(self) -> list[str]:
        return list(self.settings.get("callback_urls", ()))

    @property
    def logout_urls(self) -> list[str]:
        return list(self.settings.get("logout_urls", ()))

    @property
    def offers_oauth(self) -> bool:
        return bool(self.settings.get("allowed_o_auth_flows_user_pool_client"))

    @property
    def oauth_flows(self) -> frozenset[str]:
        return frozenset(self.settings.get("allowed_o_auth_flows", ())) if self.offers_oauth else frozenset()

    @property
    def oauth_scopes(self) -> list[str]:
        return list(self.settings.get("allowed_o_auth_scopes", ()))

    @property
    def readable_attributes(self) -> frozenset[str] | None:
        """None: all."""
        listed = self.settings.get("read_attributes")
        return frozenset(listed) if listed else None

    @property
    def writable_attributes(self) -> frozenset[str] | None:
        """None: all that users may write."""
        listed = self.settings.get("write_attributes")
        return frozenset(listed) if listed else None

    def may_read(self, attribute: str) -> bool:
        return attribute == "sub" or self.readable_attributes is None or attribute in self.readable_attributes

    def may_write(self, attribute: str) -> bool:
        return self.writable_attributes is None or attribute in self.writable_attributes

    # --- what django-oauth-toolkit asks of an application -----------------------------------------------------------

    @property
    def client_type(self) -> str:
        return "confidential" if self.has_secret else "public"

    def is_usable(self, request: Any) -> bool:
        return self.offers_oauth

    def allows_grant_type(self, *grant_types: str) -> bool:
        named = {"authorization-code": "code", "implicit": "implicit", "client-credentials": "client_credentials"}
        return bool({named.get(grant, grant) for grant in grant_types} & self.oauth_flows)

    def redirect_uri_allowed(self, uri: str) -> bool:
        return uri in self.callback_urls
