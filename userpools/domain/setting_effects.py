"""Which settings have an effect in this version, and which are only stored and described.

The one list of both. A path covers what lies below it, unless a longer path says otherwise; a test holds the paths
against the contract's members, so that a new member cannot come in unsaid. ``docs/settings.md`` is made from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Effect(StrEnum):
    NOW = "in effect"
    STORED = "stored and described, without effect"


USER_POOL: Mapping[str, Effect] = {
    "pool_name": Effect.NOW,
    "policies.password_policy": Effect.NOW,
    "policies.sign_in_policy": Effect.STORED,
    "deletion_protection": Effect.NOW,
    "lambda_config": Effect.NOW,
    "auto_verified_attributes": Effect.NOW,
    "alias_attributes": Effect.NOW,
    "username_attributes": Effect.NOW,
    "username_configuration": Effect.NOW,
    "user_attribute_update_settings": Effect.NOW,
    "sms_verification_message": Effect.NOW,
    "email_verification_message": Effect.NOW,
    "email_verification_subject": Effect.NOW,
    "verification_message_template": Effect.NOW,
    "sms_authentication_message": Effect.NOW,
    "mfa_configuration": Effect.NOW,
    "device_configuration": Effect.STORED,
    "email_configuration": Effect.NOW,
    "email_configuration.email_sending_account": Effect.STORED,
    "sms_configuration": Effect.STORED,
    "user_pool_tags": Effect.NOW,
    "admin_create_user_config": Effect.NOW,
    "schema": Effect.NOW,
    "user_pool_add_ons": Effect.STORED,
    "dcr_configuration": Effect.STORED,
    "account_recovery_setting": Effect.NOW,
    "user_pool_tier": Effect.NOW,
    "key_configuration": Effect.STORED,
    "issuer_configuration": Effect.STORED,
    "acr_configuration": Effect.STORED,
}

SECOND_FACTORS: Mapping[str, Effect] = {
    "mfa_configuration": Effect.NOW,
    "software_token_mfa_configuration": Effect.NOW,
    "sms_mfa_configuration": Effect.NOW,
    "email_mfa_configuration": Effect.NOW,
    "web_authn_configuration": Effect.STORED,
}

APP_CLIENT: Mapping[str, Effect] = {
    "client_name": Effect.NOW,
    "generate_secret": Effect.NOW,
    "client_secret": Effect.NOW,
    "refresh_token_validity": Effect.NOW,
    "access_token_validity": Effect.NOW,
    "id_token_validity": Effect.NOW,
    "token_validity_units": Effect.NOW,
    "read_attributes": Effect.NOW,
    "write_attributes": Effect.NOW,
    "explicit_auth_flows": Effect.NOW,
    "supported_identity_providers": Effect.NOW,
    "callback_urls": Effect.NOW,
    "logout_urls": Effect.NOW,
    "default_redirect_uri": Effect.NOW,
    "allowed_o_auth_flows": Effect.NOW,
    "allowed_o_auth_scopes": Effect.NOW,
    "allowed_o_auth_flows_user_pool_client": Effect.NOW,
    "analytics_configuration": Effect.STORED,
    "prevent_user_existence_errors": Effect.NOW,
    "enable_token_revocation": Effect.NOW,
    "enable_propagate_additional_user_context_data": Effect.STORED,
    "auth_session_validity": Effect.NOW,
    "refresh_token_rotation": Effect.NOW,
}

# A version chooses between two designs of AWS's pages; here there is one. Certificates and other regions are the
# business of the proxy in front.
DOMAIN: Mapping[str, Effect] = {
    "domain": Effect.NOW,
    "managed_login_version": Effect.STORED,
    "custom_domain_config": Effect.NOW,
    "custom_domain_config.certificate_arn": Effect.STORED,
    "routing": Effect.STORED,
}


def effect(settings: Mapping[str, Effect], path: str) -> Effect:
    """Of the longest path that covers ``path``."""
    while path not in settings:
        path, _, _ = path.rpartition(".")
    return settings[path]
