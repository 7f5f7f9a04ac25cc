"""What the settings of a pool may not say. ``check`` holds complete settings against every rule, whoever changed them:
creation, update, or the second factors alone. Texts without a counterpart in AWS's catalogue are our own; the types are
AWS's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cognito_site.contract import errors
from userpools.domain import mail_senders
from userpools.domain.pool_settings import LEGACY_MESSAGES, PASSKEY_MFA, Settings, has_factor

TIERS = ("LITE", "ESSENTIALS", "PLUS")


def check_given(given: Settings) -> None:
    """What only the request can get wrong: two names of one setting that disagree."""
    policy = given.get("policies", {}).get("password_policy", {})
    invitations = given.get("admin_create_user_config", {})
    if "temporary_password_validity_days" in policy and "unused_account_validity_days" in invitations:
        raise errors.validity_days_twice()
    template = given.get("verification_message_template", {})
    for legacy, member in LEGACY_MESSAGES.items():
        if legacy in given and template.get(member, given[legacy]) != given[legacy]:
            raise errors.settings_contradict(legacy, f"verification_message_template.{member}")


def check(settings: Settings) -> None:
    for rule in RULES:
        rule(settings)


def _names(settings: Settings) -> None:
    if settings.get("alias_attributes") and settings.get("username_attributes"):
        raise errors.alias_and_username_attributes()


def _verified_before_update(settings: Settings) -> None:
    named = settings.get("user_attribute_update_settings", {}).get("attributes_require_verification_before_update", ())
    if not set(named) <= set(settings.get("auto_verified_attributes", ())):
        raise errors.not_auto_verified()


def _recovery(settings: Settings) -> None:
    mechanisms = settings.get("account_recovery_setting", {}).get("recovery_mechanisms", [])
    named = [mechanism["name"] for mechanism in mechanisms]
    if "admin_only" in named and len(named) > 1:
        raise errors.admin_only_not_alone()
    if len(set(named)) < len(named) or len({mechanism["priority"] for mechanism in mechanisms}) < len(named):
        raise errors.recovery_mechanisms_repeat()


def _first_factors(settings: Settings) -> None:
    factors = settings["policies"]["sign_in_policy"].get("allowed_first_auth_factors", ["PASSWORD"])
    if "SOFTWARE_TOKEN" in factors:
        raise errors.first_factor_refused("SOFTWARE_TOKEN cannot be a first factor.")
    if set(factors) == {"WEB_AUTHN"}:
        raise errors.first_factor_refused("WEB_AUTHN cannot be the only first factor.")
    if len(set(factors)) < len(factors):
        raise errors.first_factor_refused("A first factor is named twice.")


def _triggers(settings: Settings) -> None:
    triggers = settings["lambda_config"]
    versioned = triggers.get("pre_token_generation_config", {}).get("lambda_arn")
    if versioned and triggers.get("pre_token_generation", versioned) != versioned:
        raise errors.settings_contradict("pre_token_generation", "pre_token_generation_config.lambda_arn")
    if {"custom_sms_sender", "custom_email_sender"} & triggers.keys() and "kms_key_id" not in triggers:
        raise errors.setting_needs("a custom sender trigger", "KMSKeyID")


def _senders(settings: Settings) -> None:
    email = settings["email_configuration"]
    if email["email_sending_account"] == "DEVELOPER" and "source_arn" not in email:
        raise errors.setting_needs("EmailSendingAccount DEVELOPER", "SourceArn")
    if "from" in email and not mail_senders.is_sender(email["from"]):
        raise errors.sender_refused()
    sms = settings.get("sms_configuration")
    if sms is not None and bool(sms.get("sns_caller_arn")) == ("eums_sms" in sms):
        raise errors.one_sms_sender()


def _encryption_key(settings: Settings) -> None:
    key = settings["key_configuration"]
    if (key["key_type"] == "CUSTOMER_MANAGED_KEY") != ("kms_key_arn" in key):
        raise errors.setting_needs("KeyType CUSTOMER_MANAGED_KEY (and only this type)", "KmsKeyArn")


def _assurance_levels(settings: Settings) -> None:
    values = [level.get("acr_value") for level in settings["acr_configuration"].values()]
    if len(set(values)) < len(values):
        raise errors.acr_values_repeat()


def _second_factors(settings: Settings) -> None:
    if settings["mfa_configuration"] != "OFF" and not (settings["sms_is_a_factor"] or has_factor(settings)):
        raise errors.mfa_without_factor()
    if "email_mfa_configuration" not in settings:
        return
    if settings["email_configuration"]["email_sending_account"] != "DEVELOPER":
        raise errors.setting_needs("EmailMfaConfiguration", "EmailSendingAccount DEVELOPER")
    recovery = settings.get("account_recovery_setting", {}).get("recovery_mechanisms", [])
    if [mechanism["name"] for mechanism in recovery] == ["verified_email"]:
        raise errors.email_mfa_with_email_recovery()


def _passkeys(settings: Settings) -> None:
    passkeys = settings.get("web_authn_configuration", {})
    if passkeys.get("factor_configuration") == PASSKEY_MFA and passkeys.get("user_verification") != "required":
        raise errors.setting_needs(f"FactorConfiguration {PASSKEY_MFA}", "UserVerification required")


def _gated(settings: Settings) -> Iterator[tuple[str, str]]:
    """The features that these settings turn on, each with the smallest tier that has it."""
    policies = settings["policies"]
    if policies["password_policy"].get("password_history_size"):
        yield "Password history", "ESSENTIALS"
    if set(policies["sign_in_policy"].get("allowed_first_auth_factors", ())) - {"PASSWORD"}:
        yield "Passwordless sign-in", "ESSENTIALS"
    if settings["lambda_config"].get("pre_token_generation_config", {}).get("lambda_version", "V1_0") != "V1_0":
        yield "Access token customization", "ESSENTIALS"
    if "email_mfa_configuration" in settings:
        yield "Email MFA", "ESSENTIALS"
    if settings.get("dcr_configuration", {}).get("enable_status") == "Enabled":
        yield "Dynamic client registration", "ESSENTIALS"
    if settings.get("user_pool_add_ons", {}).get("advanced_security_mode", "OFF") != "OFF":
        yield "Threat protection", "PLUS"


def _tier(settings: Settings) -> None:
    tier = settings["user_pool_tier"]
    for feature, needed in _gated(settings):
        if TIERS.index(tier) < TIERS.index(needed):
            raise errors.feature_unavailable(feature, tier)


RULES: tuple[Callable[[Settings], None], ...] = (
    _names,
    _verified_before_update,
    _recovery,
    _first_factors,
    _triggers,
    _senders,
    _encryption_key,
    _assurance_levels,
    _second_factors,
    _passkeys,
    _tier,
)
