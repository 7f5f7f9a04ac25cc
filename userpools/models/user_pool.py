"""A user pool: one directory of people, its rules, and the issuer of its tokens."""

from __future__ import annotations

from django.conf import settings as django_settings
from django.db import models

from userpools.values import PasswordPolicy


class UserPool(models.Model):
    """``settings`` holds the contract's members in snake_case, complete with AWS's defaults; rules read them through
    the predicates below, so that a setting has one meaning. ``schema`` lists custom attributes and the standard ones
    that the pool changed; ``userpools.domain.attributes`` knows the rest.

    ``message_texts`` are words by language and kind (``domain.message_texts``), ``log_delivery`` is as the contract has
    it, ``event_webhooks`` are addresses with a sealed secret (``domain.event_webhooks``); ``sms_per_day`` is None where
    the installation's number counts.
    """

    id = models.CharField(primary_key=True, max_length=55)
    name = models.CharField(max_length=128)
    settings = models.JSONField(default=dict)
    schema = models.JSONField(default=list)
    tags = models.JSONField(default=dict)
    # Extensions, which UpdateUserPool does not touch.
    display_name = models.CharField(max_length=128, blank=True)
    message_texts = models.JSONField(default=dict)
    sms_per_day = models.PositiveIntegerField(null=True)
    log_delivery = models.JSONField(default=list)
    event_webhooks = models.JSONField(default=list)
    created_at = models.DateTimeField()
    modified_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def arn(self) -> str:
        place = django_settings.POOLHOUSE
        return f"arn:aws:cognito-idp:{place.region}:{place.account_id}:userpool/{self.id}"

    @property
    def issuer(self) -> str:
        return f"{django_settings.POOLHOUSE.public_url}/{self.id}"

    @property
    def shown_name(self) -> str:
        """What people read as the name of the app."""
        return self.display_name or self.name

    @property
    def srp_name(self) -> str:
        """The part of the id that SRP hashes (after the Region)."""
        return self.id.partition("_")[2]

    @property
    def password_policy(self) -> PasswordPolicy:
        return PasswordPolicy(**self.settings["policies"]["password_policy"])

    @property
    def alias_attributes(self) -> list[str]:
        return list(self.settings.get("alias_attributes", ()))

    @property
    def username_attributes(self) -> list[str]:
        return list(self.settings.get("username_attributes", ()))

    @property
    def auto_verified_attributes(self) -> list[str]:
        return list(self.settings.get("auto_verified_attributes", ()))

    @property
    def confirms_by_link(self) -> bool:
        """Of sign-ups by e-mail."""
        template = self.settings.get("verification_message_template", {})
        return bool(template.get("default_email_option") == "CONFIRM_WITH_LINK")

    @property
    def is_case_sensitive(self) -> bool:
        return bool(self.settings.get("username_configuration", {}).get("case_sensitive", True))

    @property
    def admins_only_create_users(self) -> bool:
        return bool(self.settings["admin_create_user_config"].get("allow_admin_create_user_only"))

    @property
    def is_deletion_protected(self) -> bool:
        return bool(self.settings.get("deletion_protection") == "ACTIVE")

    @property
    def mfa(self) -> str:
        """``OFF``, ``OPTIONAL`` or ``ON``."""
        return str(self.settings.get("mfa_configuration", "OFF"))

    @property
    def has_authentication_levels(self) -> bool:
        """On the smallest plan AWS ignores which of them is asked for."""
        return bool(self.settings["user_pool_tier"] != "LITE")

    @property
    def offers_totp(self) -> bool:
        return bool(self.settings.get("software_token_mfa_configuration", {}).get("enabled"))

    @property
    def second_factors(self) -> frozenset[str]:
        """In the words of ``User.Mfa``."""
        offered = {
            "SOFTWARE_TOKEN_MFA": self.offers_totp,
            "SMS_MFA": bool(self.settings.get("sms_is_a_factor")),
            "EMAIL_OTP": "email_mfa_configuration" in self.settings,
        }
        return frozenset(factor for factor, is_offered in offered.items() if is_offered)

    @property
    def attributes_verified_before_update(self) -> list[str]:
        update = self.settings.get("user_attribute_update_settings", {})
        return list(update.get("attributes_require_verification_before_update", ()))

    @property
    def recovery_channels(self) -> list[str]:
        """``verified_email``, ``verified_phone_number`` or ``admin_only``, best first."""
        mechanisms = self.settings.get("account_recovery_setting", {}).get("recovery_mechanisms", ())
        named = [entry["name"] for entry in sorted(mechanisms, key=lambda entry: entry["priority"])]
        return named or ["verified_phone_number", "verified_email"]

    def fold(self, name: str) -> str:
        """How a sign-in name is compared in this pool."""
        return name if self.is_case_sensitive else name.casefold()
