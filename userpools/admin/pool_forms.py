"""Forms of a pool's settings that are in effect, each about one thing. Bounds come from the contract."""

from __future__ import annotations

from typing import Any

from django import forms

from cognito_site.console import contract_fields as contract
from cognito_site.console.forms import ConsoleForm

CREATE = "CreateUserPool"
TIERS = {"LITE": "Lite", "ESSENTIALS": "Essentials", "PLUS": "Plus"}
MFA = {
    "OFF": "Off: nobody is asked",
    "OPTIONAL": "Optional: whoever set one up is asked",
    "ON": "Required: everybody sets one up at their next sign-in",
}
CHANNELS = {"email": "E-mail address", "phone_number": "Phone number"}
RECOVERY = {
    "": "Text message, else e-mail (as AWS does where nothing is said)",
    "verified_email": "E-mail only",
    "verified_phone_number": "Text message only",
    "verified_email verified_phone_number": "E-mail, else text message",
    "verified_phone_number verified_email": "Text message, else e-mail",
    "admin_only": "Not by themselves: operators reset passwords",
}
NAMES = {
    "username": "A username of their choice",
    "alias": "A username, or their verified e-mail address",
    "email": "Their e-mail address",
    "phone_number": "Their phone number",
    "either": "Their e-mail address or their phone number",
}
NAME_SETTINGS: dict[str, dict[str, Any]] = {
    "username": {},
    "alias": {"alias_attributes": ["email", "preferred_username"]},
    "email": {"username_attributes": ["email"]},
    "phone_number": {"username_attributes": ["phone_number"]},
    "either": {"username_attributes": ["email", "phone_number"]},
}
CODE = "Must contain {####}, where the code goes."


def name(**options: Any) -> forms.CharField:
    says = "Letters, digits, spaces and _+=,.@- only."
    return contract.text(CREATE, "pool_name", says=says, label="Name", **options)


class NewPoolForm(ConsoleForm):
    name = name(help_text="For operators. It can be changed, and need not be unique.")
    sign_in_with = forms.ChoiceField(
        choices=list(NAMES.items()),
        initial="email",
        label="People sign in with",
        widget=forms.RadioSelect,
        help_text="This cannot be changed later.",
    )
    ignore_case = forms.BooleanField(
        required=False,
        initial=True,
        label="Upper and lower case are the same",
        help_text="In user names and addresses. This cannot be changed later.",
    )
    required = forms.MultipleChoiceField(
        required=False,
        label="Everybody must have",
        choices=[("email", "An e-mail address"), ("phone_number", "A phone number"), ("name", "A name")],
        widget=forms.CheckboxSelectMultiple,
        help_text="This cannot be changed later. More attributes can be added at any time.",
    )
    is_open = forms.BooleanField(required=False, initial=True, label="People may sign up by themselves")
    is_protected = forms.BooleanField(required=False, initial=True, label="Protect from deletion")


class GeneralForm(ConsoleForm):
    name = name()
    deletion_protection = forms.BooleanField(
        required=False, label="Protected from deletion", help_text="A protected pool cannot be deleted by anybody."
    )
    user_pool_tier = contract.choice(
        CREATE, "user_pool_tier", TIERS, label="Feature plan", help_text="Which features AWS would offer."
    )
    tags = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono", "spellcheck": "false"}),
        help_text="One per line, as in stage=production. Policies and people read them.",
    )

    def clean_tags(self) -> str:
        labels = labels_of(self.cleaned_data["tags"])
        if not all(labels):
            raise forms.ValidationError("A line is a key, a = and a value.")
        return text_of(labels)


def labels_of(text: str) -> dict[str, str]:
    lines = (line.partition("=") for line in text.splitlines() if line.strip())
    return {key.strip(): value.strip() for key, _, value in lines}


def text_of(labels: dict[str, str]) -> str:
    return "\n".join(f"{key}={value}" for key, value in labels.items())


POLICY = "policies.password_policy"


class PasswordsForm(ConsoleForm):
    minimum_length = contract.whole_number(CREATE, f"{POLICY}.minimum_length", label="At least this long")
    require_lowercase = forms.BooleanField(required=False, label="A lower-case letter")
    require_uppercase = forms.BooleanField(required=False, label="An upper-case letter")
    require_numbers = forms.BooleanField(required=False, label="A digit")
    require_symbols = forms.BooleanField(required=False, label="A special character")
    password_history_size = contract.whole_number(
        CREATE,
        f"{POLICY}.password_history_size",
        label="Different from the last",
        help_text="How many passwords are remembered, the current one included. 0 remembers none.",
    )
    temporary_password_validity_days = contract.whole_number(
        CREATE,
        f"{POLICY}.temporary_password_validity_days",
        label="Days for a temporary one",
        help_text="Afterwards an invitation must be sent again. 0 counts as 7.",
    )
    sections = (
        (
            "A password must have",
            ("minimum_length", "require_lowercase", "require_uppercase", "require_numbers", "require_symbols"),
        ),
        ("And it must be", ("password_history_size", "temporary_password_validity_days")),
    )


class SignUpForm(ConsoleForm):
    is_open = forms.BooleanField(
        required=False,
        label="People may sign up by themselves",
        help_text="Otherwise only operators and applications with a key create users.",
    )
    auto_verified_attributes = contract.several(
        CREATE,
        "auto_verified_attributes",
        CHANNELS,
        required=False,
        label="Send a code to prove",
        help_text="At sign-up, and when the address changes.",
    )
    verified_before_update = contract.several(
        CREATE,
        "user_attribute_update_settings.attributes_require_verification_before_update",
        CHANNELS,
        required=False,
        label="Keep the old one until proved",
        help_text="The old address stays in force until the code for the new one is typed.",
    )


SMS, EMAIL = "sms_mfa_configuration", "email_mfa_configuration"
ASKED_BY_AWS = "AWS asks for it, and tools compare it. Nothing is sent through it here: any ARN of this form will do."


class SecondFactorsForm(ConsoleForm):
    """What AWS wants to know before it sends is asked only where the pool does not say it yet."""

    mfa_configuration = contract.choice(
        "SetUserPoolMfaConfig", "mfa_configuration", MFA, label="Second factor", widget=forms.RadioSelect
    )
    totp = forms.BooleanField(
        required=False, label="Authenticator apps", help_text="Codes of six digits, by the clock."
    )
    sms = forms.BooleanField(
        required=False, label="Text messages", help_text="A code to the phone number. Whoever moves the number gets it."
    )
    email = forms.BooleanField(
        required=False, label="E-mail", help_text="A code to the address. Whoever reads their mail gets it."
    )
    sms_text = contract.text(
        "SetUserPoolMfaConfig",
        f"{SMS}.sms_authentication_message",
        required=False,
        label="Text",
        says=CODE,
        help_text=f"{CODE} Empty: what Poolhouse says by itself.",
    )
    sms_role = contract.text(
        "SetUserPoolMfaConfig",
        f"{SMS}.sms_configuration.sns_caller_arn",
        required=False,
        label="Role that sends",
        says="An ARN, as in arn:aws:iam::000000000000:role/sms.",
        help_text=ASKED_BY_AWS,
        widget=forms.TextInput(attrs={"class": "mono"}),
    )
    email_subject = contract.text("SetUserPoolMfaConfig", f"{EMAIL}.subject", required=False, label="Subject")
    email_message = contract.text(
        "SetUserPoolMfaConfig",
        f"{EMAIL}.message",
        required=False,
        label="E-mail (HTML)",
        says=CODE,
        help_text=f"{CODE} Empty: what Poolhouse says by itself.",
    )
    email_identity = contract.text(
        CREATE,
        "email_configuration.source_arn",
        required=False,
        label="Identity that sends",
        says="An ARN, as in arn:aws:ses:us-east-1:000000000000:identity/id@example.com.",
        help_text=ASKED_BY_AWS,
        widget=forms.TextInput(attrs={"class": "mono"}),
    )
    recovery = forms.ChoiceField(
        choices=list(RECOVERY.items()),
        required=False,
        label="A forgotten password",
        help_text="Where the code goes. An address that also confirms sign-ins is passed over.",
    )
    sections = (
        ("Confirming a sign-in", ("mfa_configuration", "totp", "sms", "email")),
        ("Codes by text message", ("sms_text", "sms_role")),
        ("Codes by e-mail", ("email_subject", "email_message", "email_identity")),
        ("Getting back in", ("recovery",)),
    )

    def prepare(self) -> None:
        settings = self.visit.row.settings
        if "sms_configuration" in settings:
            del self.fields["sms_role"]
        if settings["email_configuration"]["email_sending_account"] == "DEVELOPER":
            del self.fields["email_identity"]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for factor, needed in (("sms", "sms_role"), ("email", "email_identity")):
            if given.get(factor) and needed in self.fields and not given.get(needed, True):
                self.add_error(needed, "This is needed for codes by this way.")
        if given.get("sms") and given.get("mfa_configuration") == "OFF":
            self.add_error("sms", "Text messages are sent only where second factors are on.")
        return given


TEMPLATE = "verification_message_template"
INVITATION = "admin_create_user_config.invite_message_template"


class TemplatesForm(ConsoleForm):
    """An empty field says what Poolhouse says by itself."""

    email_subject = contract.text(CREATE, f"{TEMPLATE}.email_subject", required=False, label="Subject")
    email_message = contract.text(
        CREATE, f"{TEMPLATE}.email_message", required=False, label="E-mail (HTML)", says=CODE, help_text=CODE
    )
    sms_message = contract.text(
        CREATE, f"{TEMPLATE}.sms_message", required=False, label="Text message", says=CODE, help_text=CODE
    )
    invitation_subject = contract.text(CREATE, f"{INVITATION}.email_subject", required=False, label="Subject")
    invitation_email = contract.text(
        CREATE,
        f"{INVITATION}.email_message",
        required=False,
        label="E-mail (HTML)",
        says="Must contain {username} and {####}.",
        help_text="Must contain {username} and {####}, the temporary password.",
    )
    invitation_sms = contract.text(
        CREATE,
        f"{INVITATION}.sms_message",
        required=False,
        label="Text message",
        says="Must contain {username} and {####}.",
    )
    sections = (
        (
            "Verification: sign-up, a new address, a forgotten password",
            ("email_subject", "email_message", "sms_message"),
        ),
        ("Invitation: created by an operator", ("invitation_subject", "invitation_email", "invitation_sms")),
    )


SCHEMA = "custom_attributes"


class NewAttributeForm(ConsoleForm):
    name = contract.text(
        "AddCustomAttributes",
        f"{SCHEMA}.name",
        label="Name",
        help_text="Up to 20 characters. Tokens and the API call it custom:name.",
    )
    attribute_data_type = contract.choice(
        "AddCustomAttributes",
        f"{SCHEMA}.attribute_data_type",
        {"String": "Text", "Number": "Whole number", "Boolean": "Yes or no", "DateTime": "Moment"},
        label="Type",
    )
    mutable = forms.BooleanField(required=False, initial=True, label="Can be changed once it has a value")
    minimum = forms.IntegerField(
        required=False, label="At least", help_text="Characters of a text, or the number itself."
    )
    maximum = forms.IntegerField(required=False, label="At most")
