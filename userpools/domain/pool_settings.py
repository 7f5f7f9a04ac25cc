"""The settings of a pool, complete: what the caller gave, and AWS's defaults for the rest.

A setting is described for ever as it was stored here, and infrastructure tools compare that with what they asked for,
member for member. So nothing that was given is altered or dropped, whether or not it has an effect yet
(``setting_effects`` tells), and what AWS would fill in is filled in at once. Nothing is refused here: ``pool_rules``.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from userpools.models import UserPool

Settings = dict[str, Any]

SCALARS: Settings = {
    "deletion_protection": "INACTIVE",
    "lambda_config": {},
    "mfa_configuration": "OFF",
    "user_pool_tier": "ESSENTIALS",
}

# Members of structures that are described whether or not they were given ...
ALWAYS: dict[str, Settings] = {
    "verification_message_template": {"default_email_option": "CONFIRM_WITH_CODE"},
    "email_configuration": {"email_sending_account": "COGNITO_DEFAULT"},
    "admin_create_user_config": {"allow_admin_create_user_only": False},
    "key_configuration": {"key_type": "AWS_OWNED_KEY"},
    "issuer_configuration": {"type": "ORIGINAL"},
    "acr_configuration": {f"Level{level}": {"acr_value": f"urn:cognito:loa:{level}"} for level in range(1, 5)},
}

# ... and members of those that are described only then.
WHEN_GIVEN: dict[str, Settings] = {
    "device_configuration": {
        "challenge_required_on_new_device": False,
        "device_only_remembered_on_user_prompt": False,
    },
    "dcr_configuration": {
        "enable_status": "Enabled",
        "open_dcr_enabled": False,
        "authenticated_grant_types": ["code", "client_credentials"],
        "open_dcr_grant_types": ["code"],
    },
}

DEFAULT_VALIDITY_DAYS = 7
# A policy that was given says itself what it requires; only a pool without one requires everything.
PASSWORD_POLICY: Settings = {
    "minimum_length": 8,
    "require_uppercase": False,
    "require_lowercase": False,
    "require_numbers": False,
    "require_symbols": False,
}
NO_PASSWORD_POLICY: Settings = {
    "minimum_length": 8,
    "require_uppercase": True,
    "require_lowercase": True,
    "require_numbers": True,
    "require_symbols": True,
}
SIGN_IN_POLICY: Settings = {"allowed_first_auth_factors": ["PASSWORD"]}

PASSKEY_MFA = "MULTI_FACTOR_WITH_USER_VERIFICATION"

LEGACY_MESSAGES = {
    "sms_verification_message": "sms_message",
    "email_verification_message": "email_message",
    "email_verification_subject": "email_subject",
}

# UpdateUserPool cannot name these (or keeps them when it does not): everything else falls back to its default.
KEPT_BY_UPDATE = (
    "alias_attributes",
    "username_attributes",
    "username_configuration",
    "dcr_configuration",
    "software_token_mfa_configuration",
    "email_mfa_configuration",
    "web_authn_configuration",
)


def created(given: Settings) -> Settings:
    settings = completed(given)
    return {**settings, "sms_is_a_factor": settings["mfa_configuration"] != "OFF" and "sms_configuration" in settings}


def updated(pool: UserPool, given: Settings) -> Settings:
    """A replacement. Text messages stay a second factor when they were one, and become one when there is no other."""
    kept = {member: pool.settings[member] for member in KEPT_BY_UPDATE if member in pool.settings}
    settings = completed({**kept, **given})
    wanted = pool.settings.get("sms_is_a_factor", False) or not has_factor(settings)
    possible = settings["mfa_configuration"] != "OFF" and "sms_configuration" in settings
    return {**settings, "sms_is_a_factor": wanted and possible}


def changed(pool: UserPool, changes: Settings) -> Settings:
    """As it was, but for ``changes``, whose members are replaced whole, or taken away where they are None. What has an
    old name and a new one follows the member that changed."""
    settings = deepcopy({member: value for member, value in {**pool.settings, **changes}.items() if value is not None})
    if "verification_message_template" in changes:
        for legacy in LEGACY_MESSAGES:
            settings.pop(legacy, None)
    if "policies" in changes:
        settings["admin_create_user_config"].pop("unused_account_validity_days", None)
    possible = settings["mfa_configuration"] != "OFF" and "sms_configuration" in settings
    return {**completed(settings), "sms_is_a_factor": settings["sms_is_a_factor"] and possible}


def has_factor(settings: Settings) -> bool:
    """A second factor of another kind than text messages."""
    totp = settings.get("software_token_mfa_configuration", {}).get("enabled", False)
    passkeys = settings.get("web_authn_configuration", {}).get("factor_configuration")
    return bool(totp or "email_mfa_configuration" in settings or passkeys == PASSKEY_MFA)


def completed(given: Settings) -> Settings:
    settings = deepcopy({**SCALARS, **given})
    for member, defaults in ALWAYS.items():
        settings[member] = {**deepcopy(defaults), **settings.get(member, {})}
    for member, defaults in WHEN_GIVEN.items():
        if member in settings:
            settings[member] = {**deepcopy(defaults), **settings[member]}
    _complete_policies(settings)
    _copy_messages(settings)
    return settings


def _complete_policies(settings: Settings) -> None:
    """The days that a temporary password lives have two names; a pool shows the same number under both."""
    given = settings.get("policies", {})
    policy = {**PASSWORD_POLICY, **given["password_policy"]} if "password_policy" in given else {**NO_PASSWORD_POLICY}
    invitations = settings["admin_create_user_config"]
    legacy = invitations.get("unused_account_validity_days", DEFAULT_VALIDITY_DAYS)
    policy.setdefault("temporary_password_validity_days", legacy)
    invitations.setdefault("unused_account_validity_days", policy["temporary_password_validity_days"])
    settings["policies"] = {"sign_in_policy": deepcopy(SIGN_IN_POLICY), **given, "password_policy": policy}


def _copy_messages(settings: Settings) -> None:
    """Three messages have an old member and a new one; a pool shows the same text under both."""
    template = settings["verification_message_template"]
    for legacy, member in LEGACY_MESSAGES.items():
        text = template.get(member, settings.get(legacy))
        if text is not None:
            template.setdefault(member, text)
            settings.setdefault(legacy, text)
