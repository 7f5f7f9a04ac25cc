"""An app client's settings, between its forms and the domain."""

from __future__ import annotations

from typing import Any

from cognito_site.console.tabs import FormTab
from cognito_site.console.visits import Visit
from userpools.admin import client_forms
from userpools.domain import app_clients
from userpools.models import AppClient
from userpools.models.app_client import UNITS

TOKENS = {"access_token": "hours", "id_token": "hours", "refresh_token": "days"}
LIFETIMES = {"access_token": 3600, "id_token": 3600, "refresh_token": 30 * 86400}


class Settings(FormTab):
    name, label, form_class = "settings", "Settings", client_forms.ClientSettingsForm

    def initial(self, visit: Visit) -> dict[str, Any]:
        client: AppClient = visit.row
        return {
            "client_name": client.name,
            "explicit_auth_flows": sorted(client.auth_flows),
            "prevent_user_existence_errors": client.hides_user_existence,
            "auth_session_validity": int(client.session_lifetime.total_seconds() // 60),
            "enable_token_revocation": client.revokes_tokens,
            "rotates": client.rotates_refresh_tokens,
            "grace": int(client.rotation_grace.total_seconds()),
            **_lifetimes(client),
        }

    def save(self, visit: Visit, given: dict[str, Any]) -> None:
        client: AppClient = visit.row
        changes: dict[str, Any] = {
            "explicit_auth_flows": given["explicit_auth_flows"],
            "prevent_user_existence_errors": "ENABLED" if given["prevent_user_existence_errors"] else "LEGACY",
            "auth_session_validity": given["auth_session_validity"],
            "enable_token_revocation": given["enable_token_revocation"],
            "token_validity_units": {token: given[f"{token}_unit"] for token in TOKENS},
            **{f"{token}_validity": given[f"{token}_validity"] for token in TOKENS},
        }
        if given["rotates"] or "refresh_token_rotation" in client.settings:
            feature = "ENABLED" if given["rotates"] else "DISABLED"
            rotation = {"feature": feature, "retry_grace_period_seconds": given["grace"] or 0}
            changes["refresh_token_rotation"] = rotation
        app_clients.change(client, changes, name=given["client_name"])


def _lifetimes(client: AppClient) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for token, default_unit in TOKENS.items():
        unit = client.settings.get("token_validity_units", {}).get(token, default_unit)
        value = client.settings.get(f"{token}_validity") or LIFETIMES[token] // UNITS[unit]
        found |= {f"{token}_validity": value, f"{token}_unit": unit}
    return found


class OAuth(FormTab):
    name, label, form_class = "oauth", "URLs and scopes", client_forms.OAuthForm

    def initial(self, visit: Visit) -> dict[str, Any]:
        client: AppClient = visit.row
        return {
            "offers": client.offers_oauth,
            "callback_urls": client.callback_urls,
            "default_redirect_uri": client.settings.get("default_redirect_uri", ""),
            "logout_urls": client.logout_urls,
            "grants": list(client.settings.get("allowed_o_auth_flows", ())),
            "scopes": client.oauth_scopes,
            "is_local": "COGNITO" in client.settings.get("supported_identity_providers", ()),
        }

    def save(self, visit: Visit, given: dict[str, Any]) -> None:
        client: AppClient = visit.row
        others = [name for name in client.settings.get("supported_identity_providers", ()) if name != "COGNITO"]
        changes = {
            "allowed_o_auth_flows_user_pool_client": given["offers"],
            "callback_urls": given["callback_urls"] or None,
            "default_redirect_uri": given["default_redirect_uri"] or None,
            "logout_urls": given["logout_urls"] or None,
            "allowed_o_auth_flows": given["grants"] or None,
            "allowed_o_auth_scopes": given["scopes"] or None,
            "supported_identity_providers": [*(["COGNITO"] if given["is_local"] else []), *others] or None,
        }
        app_clients.change(client, changes)


class Attributes(FormTab):
    name, label, form_class = "attributes", "Attributes", client_forms.ClientAttributesForm

    def initial(self, visit: Visit) -> dict[str, Any]:
        client: AppClient = visit.row
        return {
            "read_attributes": sorted(client.readable_attributes or ()),
            "write_attributes": sorted(client.writable_attributes or ()),
        }

    def save(self, visit: Visit, given: dict[str, Any]) -> None:
        app_clients.change(visit.row, {member: sorted(names) or None for member, names in given.items()})
