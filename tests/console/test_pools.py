"""User pools: made, changed setting by setting, and deleted only when nothing stands in the way."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests import inbox
from tests.cast import Stage
from tests.console.desk import Desk
from userpools.admin import client_forms, pool_forms
from userpools.admin.triggers import TriggersForm
from userpools.domain import setting_effects
from userpools.domain.setting_effects import Effect
from userpools.models import UserPool


def described(stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = stage.cognito.describe_user_pool(UserPoolId=stage.pool_id)
    return found["UserPool"]


@pytest.mark.proves("CreateUserPool")
def test_a_pool_is_made_with_what_cannot_be_changed_later(dana: Desk, cognito: Any) -> None:
    page = dana.do("/admin/user-pools/new/", name="Crew", sign_in_with="email", required=["name"])
    assert page.url.startswith("/admin/us-east-1_")
    found = cognito.describe_user_pool(UserPoolId=page.url.split("/")[2])["UserPool"]
    assert (found["UsernameAttributes"], found["AutoVerifiedAttributes"]) == (["email"], ["email"])
    assert found["UsernameConfiguration"] == {"CaseSensitive": False}
    assert found["DeletionProtection"] == "ACTIVE"
    assert next(entry for entry in found["SchemaAttributes"] if entry["Name"] == "name")["Required"] is True


@pytest.mark.parametrize("way", list(pool_forms.NAMES))
def test_every_way_to_sign_in_makes_a_pool(dana: Desk, stage: Stage, way: str) -> None:
    dana.do("/admin/user-pools/new/", name=way, sign_in_with=way)
    assert UserPool.objects.filter(name=way).count() == 1


@pytest.mark.proves("UpdateUserPool")
def test_a_setting_changes_and_the_others_stay(dana: Desk, stage: Stage, pool_url: str) -> None:
    stage.cognito.update_user_pool(
        UserPoolId=stage.pool_id,
        AutoVerifiedAttributes=["email"],
        Policies={"PasswordPolicy": {"MinimumLength": 12, "RequireNumbers": True}},
        LambdaConfig={"PreSignUp": "arn:aws:lambda:us-east-1:000000000000:function:f"},
        UserPoolTags={"stage": "test"},
    )
    before = described(stage)
    dana.do(f"{pool_url}settings/?tab=passwords", minimum_length="10", password_history_size="3")
    after = described(stage)
    policy = after["Policies"]["PasswordPolicy"]
    assert (policy["MinimumLength"], policy["PasswordHistorySize"], policy["RequireNumbers"]) == (10, 3, True)
    assert after["LambdaConfig"] == before["LambdaConfig"]
    assert after["AutoVerifiedAttributes"] == ["email"]
    assert after["UserPoolTags"] == {"stage": "test"}
    assert "At least this long: 12 → 10" in dana.get(f"{pool_url}settings/?tab=changes").text


TABS = ("general", "passwords", "sign-up", "factors", "templates", "triggers")


def test_a_page_that_is_saved_as_it_came_changes_nothing(dana: Desk, stage: Stage, pool_url: str) -> None:
    before = described(stage)
    for tab in TABS:
        assert "Nothing was different" in dana.do(f"{pool_url}settings/?tab={tab}").text, tab
    assert described(stage) == before


def test_general_settings(dana: Desk, stage: Stage, pool_url: str) -> None:
    dana.do(f"{pool_url}settings/", name="Harbour Shop", tags="stage=production\nteam=web", user_pool_tier="PLUS")
    found = described(stage)
    assert (found["Name"], found["UserPoolTier"]) == ("Harbour Shop", "PLUS")
    assert found["UserPoolTags"] == {"stage": "production", "team": "web"}
    assert "A line is a key" in dana.send(f"{pool_url}settings/", tags="=x").text
    assert "aws:" in dana.send(f"{pool_url}settings/", tags="aws:x=1").text


def test_sign_up_settings(dana: Desk, stage: Stage, pool_url: str) -> None:
    dana.do(
        f"{pool_url}settings/?tab=sign-up",
        is_open=None,
        auto_verified_attributes=["email"],
        verified_before_update=["email"],
    )
    found = described(stage)
    assert found["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert found["AutoVerifiedAttributes"] == ["email"]
    assert found["UserAttributeUpdateSettings"] == {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    answer = dana.send(f"{pool_url}settings/?tab=sign-up", auto_verified_attributes=None)
    assert "errornote" in answer.html


@pytest.mark.proves("SetUserPoolMfaConfig")
def test_second_factors_and_recovery(dana: Desk, stage: Stage, pool_url: str) -> None:
    url = f"{pool_url}settings/?tab=factors"
    assert "errornote" in dana.send(url, mfa_configuration="ON").html
    dana.do(url, mfa_configuration="ON", totp="on", recovery="verified_email")
    found = stage.cognito.get_user_pool_mfa_config(UserPoolId=stage.pool_id)
    assert (found["MfaConfiguration"], found["SoftwareTokenMfaConfiguration"]) == ("ON", {"Enabled": True})
    assert described(stage)["AccountRecoverySetting"] == {
        "RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]
    }


ROLE, IDENTITY = "arn:aws:iam::000000000000:role/sms", "arn:aws:ses:us-east-1:000000000000:identity/id@example.com"


def factors_of(stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = stage.cognito.get_user_pool_mfa_config(UserPoolId=stage.pool_id)
    return {name: value for name, value in found.items() if name != "ResponseMetadata"}


@pytest.mark.proves("SetUserPoolMfaConfig")
def test_codes_by_text_message(dana: Desk, stage: Stage, pool_url: str) -> None:
    url = f"{pool_url}settings/?tab=factors"
    assert "This is needed for codes by this way." in dana.send(url, mfa_configuration="ON", sms="on").text
    assert "only where second factors are on" in dana.send(url, sms="on", sms_role=ROLE).text
    assert "Must contain" in dana.send(url, mfa_configuration="ON", sms="on", sms_role=ROLE, sms_text="No code.").text
    assert factors_of(stage) == {"MfaConfiguration": "OFF"}
    dana.do(url, mfa_configuration="ON", sms="on", sms_role=ROLE, sms_text="Ahoy: {####}")
    assert factors_of(stage) == {
        "MfaConfiguration": "ON",
        "SmsMfaConfiguration": {"SmsAuthenticationMessage": "Ahoy: {####}", "SmsConfiguration": {"SnsCallerArn": ROLE}},
        "SoftwareTokenMfaConfiguration": {"Enabled": False},
    }
    stage.user(phone_number="+351912345678", phone_number_verified="true")
    assert stage.sign_in()["ChallengeName"] == "SMS_MFA"
    assert inbox.newest("+351912345678").text.startswith("Ahoy: ")
    assert "sms_role" not in dana.get(url).main_form.fields, "the pool says it already"
    assert "Nothing was different" in dana.do(url).text
    dana.do(url, sms_text="")
    assert "SmsAuthenticationMessage" not in factors_of(stage)["SmsMfaConfiguration"]
    dana.do(url, mfa_configuration="OPTIONAL", sms=None, totp="on")
    assert stage.tokens()


@pytest.mark.proves("SetUserPoolMfaConfig")
def test_codes_by_email(dana: Desk, stage: Stage, pool_url: str) -> None:
    url = f"{pool_url}settings/?tab=factors"
    stage.user()
    assert "This is needed for codes by this way." in dana.send(url, mfa_configuration="ON", email="on").text
    given = {"email": "on", "email_identity": IDENTITY, "mfa_configuration": "ON", "recovery": "admin_only"}
    dana.do(url, **given, email_subject="Ahoy", email_message="<p>Ahoy: {####}</p>")
    assert factors_of(stage)["EmailMfaConfiguration"] == {"Message": "<p>Ahoy: {####}</p>", "Subject": "Ahoy"}
    assert described(stage)["EmailConfiguration"]["SourceArn"] == IDENTITY
    assert stage.sign_in()["ChallengeName"] == "EMAIL_OTP"
    assert inbox.newest("alice@example.com").subject == "Ahoy"
    assert "email_identity" not in dana.get(url).main_form.fields
    dana.do(url, email_subject="", email_message="")
    assert factors_of(stage)["EmailMfaConfiguration"] == {}
    stage.sign_in()
    assert inbox.newest("alice@example.com").subject != "Ahoy"
    assert "errornote" in dana.send(url, recovery="verified_email").html
    dana.do(url, mfa_configuration="OFF", email=None)
    assert "EmailMfaConfiguration" not in factors_of(stage)
    assert stage.tokens()


def test_templates_reach_the_next_message(dana: Desk, stage: Stage, pool_url: str) -> None:
    url = f"{pool_url}settings/?tab=templates"
    assert "Must contain" in dana.send(url, email_message="no code here").text
    dana.do(url, email_subject="Ahoy", email_message="<p>Ahoy, your code is {####}</p>")
    found = described(stage)
    assert found["VerificationMessageTemplate"]["EmailSubject"] == "Ahoy"
    assert found["EmailVerificationSubject"] == "Ahoy"
    stage.user()
    stage.public.forgot_password(ClientId=stage.client_id, Username="alice")
    assert "Ahoy" in dana.get(f"{pool_url}messages/?open={_newest(stage)}").text
    dana.do(url, email_subject="", email_message="")
    assert "EmailSubject" not in described(stage)["VerificationMessageTemplate"]
    assert "EmailVerificationSubject" not in described(stage)


def _newest(stage: Stage) -> str:
    from userpools.models import Message

    return str(Message.objects.filter(pool=stage.pool_id).latest("created_at").pk)


@pytest.mark.proves("AddCustomAttributes")
def test_an_attribute_is_added(dana: Desk, stage: Stage, pool_url: str) -> None:
    url = f"{pool_url}settings/add-attribute/"
    page = dana.do(url, name="tier", attribute_data_type="String", maximum="20")
    assert "custom:tier" in page.text
    entry = next(entry for entry in described(stage)["SchemaAttributes"] if entry["Name"] == "custom:tier")
    assert entry["StringAttributeConstraints"] == {"MaxLength": "20"}
    assert "errornote" in dana.send(url, name="tier", attribute_data_type="String").html


@pytest.mark.proves("DeleteUserPool")
def test_a_pool_is_deleted_only_unprotected_without_domain_and_by_name(dana: Desk, stage: Stage, pool_url: str) -> None:
    url = f"{pool_url}settings/delete/"
    dana.do(f"{pool_url}settings/", deletion_protection="on")
    assert "protected from deletion" in dana.get(url).text
    assert "errornote" in dana.send(url, typed="harbour").html
    dana.do(f"{pool_url}settings/", deletion_protection=None)
    stage.cognito.create_user_pool_domain(UserPoolId=stage.pool_id, Domain="harbour")
    assert "Delete the domain first" in dana.get(url).text
    assert "errornote" in dana.send(url, typed="harbour").html
    dana.do(f"{pool_url}domains/harbour/delete/")
    assert "The pool is called harbour" in dana.send(url, typed="Harbour").text
    assert described(stage)
    page = dana.do(url, typed="harbour")
    assert page.url == "/admin/"
    with pytest.raises(ClientError):
        described(stage)
    assert "is deleted" in page.text


def test_the_console_offers_only_settings_that_are_in_effect() -> None:
    """The forms name members of the contract: each must have an effect in this version."""
    offered = {
        "USER_POOL": {
            "pool_name": pool_forms.GeneralForm,
            **dict.fromkeys(("deletion_protection", "user_pool_tier", "user_pool_tags"), pool_forms.GeneralForm),
            "policies.password_policy": pool_forms.PasswordsForm,
            "auto_verified_attributes": pool_forms.SignUpForm,
            "lambda_config": TriggersForm,
            "sms_authentication_message": pool_forms.SecondFactorsForm,
            "user_attribute_update_settings": pool_forms.SignUpForm,
            "admin_create_user_config": pool_forms.SignUpForm,
            "account_recovery_setting": pool_forms.SecondFactorsForm,
            "verification_message_template.email_message": pool_forms.TemplatesForm,
            "verification_message_template.sms_message": pool_forms.TemplatesForm,
        },
        "SECOND_FACTORS": dict.fromkeys(
            (
                *("mfa_configuration", "software_token_mfa_configuration"),
                *("sms_mfa_configuration", "email_mfa_configuration"),
            ),
            pool_forms.SecondFactorsForm,
        ),
        "APP_CLIENT": dict.fromkeys(
            (
                *("client_name", "explicit_auth_flows", "prevent_user_existence_errors", "auth_session_validity"),
                *("access_token_validity", "enable_token_revocation", "refresh_token_rotation", "callback_urls"),
                *("allowed_o_auth_flows", "allowed_o_auth_scopes", "read_attributes", "write_attributes"),
            ),
            client_forms.ClientSettingsForm,
        ),
    }
    for listed, paths in offered.items():
        for path in paths:
            assert setting_effects.effect(getattr(setting_effects, listed), path) == Effect.NOW, path
