"""Pools: stored and described without drift, replaced as AWS replaces, refused where settings contradict."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from cognito_site.contract import services
from tests import maximal
from tests.cast import PASSWORD, Stage, set_stage
from tests.refusals import refused
from userpools.domain import setting_effects
from userpools.models import SigningKey, UserPool

pytestmark = pytest.mark.django_db

COGNITO = services.service("cognito-idp")
ROLE = "arn:aws:iam::123456789012:role/any"
SES = "arn:aws:ses:us-east-1:123456789012:identity/any"
# What rules forbid together, or demand of a value.
SAID: dict[str, Any] = {
    "Policies.SignInPolicy.AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"],
    "LambdaConfig.PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": maximal.LAMBDA},
    "LambdaConfig.KMSKeyID": "arn:aws:kms:us-east-1:123456789012:key/any",
    "AutoVerifiedAttributes": ["email", "phone_number"],
    "AliasAttributes": ["email", "preferred_username"],
    "UsernameAttributes": None,
    "UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate": ["email"],
    "SmsVerificationMessage": "Code {####}",
    "VerificationMessageTemplate.SmsMessage": "Code {####}",
    "VerificationMessageTemplate.EmailMessage": "Your code: {####}",
    "VerificationMessageTemplate.EmailSubject": "Your code",
    "VerificationMessageTemplate.DefaultEmailOption": "CONFIRM_WITH_CODE",
    "SmsAuthenticationMessage": "Code {####}",
    "MfaConfiguration": "OPTIONAL",
    "EmailConfiguration": {"EmailSendingAccount": "DEVELOPER", "SourceArn": SES, "From": "Harbour <h@example.com>"},
    "SmsConfiguration": {"SnsCallerArn": ROLE, "ExternalId": "any", "SnsRegion": "eu-west-1"},
    "UserPoolTags": {"team": "red"},
    "AdminCreateUserConfig.UnusedAccountValidityDays": None,
    "AdminCreateUserConfig.InviteMessageTemplate": {
        "SMSMessage": "{username}: {####}",
        "EmailMessage": "{username}: {####}",
        "EmailSubject": "Aboard",
    },
    "Schema": [{"Name": "rank", "AttributeDataType": "Number", "Mutable": True}],
    "AccountRecoverySetting.RecoveryMechanisms": [
        {"Priority": 1, "Name": "verified_phone_number"},
        {"Priority": 2, "Name": "verified_email"},
    ],
    "UserPoolTier": "PLUS",
    "KeyConfiguration": {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": "arn:aws:kms:us-east-1:1:key/any"},
    "AcrConfiguration": {"Level1": {"AcrValue": "low"}},
    "DcrConfiguration.AllowedScopes": ["openid"],
}


def everything() -> dict[str, Any]:
    shape = COGNITO.operations["CreateUserPool"].input
    assert shape is not None
    found: dict[str, Any] = maximal.document(shape, SAID)
    return found


# --- without drift --------------------------------------------------------------------------------------------------


@pytest.mark.proves("CreateUserPool", "DescribeUserPool", "ListUserPools", "DeleteUserPool")
def test_a_pool_lives_and_goes(cognito: Any) -> None:
    created = cognito.create_user_pool(PoolName="harbour")["UserPool"]
    assert created["Arn"].endswith(f":userpool/{created['Id']}")
    assert cognito.describe_user_pool(UserPoolId=created["Id"])["UserPool"] == created
    assert [pool["Id"] for pool in cognito.list_user_pools(MaxResults=10)["UserPools"]] == [created["Id"]]
    cognito.delete_user_pool(UserPoolId=created["Id"])
    gone = ("ResourceNotFoundException", f"User pool {created['Id']} does not exist.")
    assert refused(cognito.describe_user_pool, UserPoolId=created["Id"]) == gone
    assert not SigningKey.objects.exclude(pool=None).exists()


def test_a_pool_with_only_a_name_is_described_as_aws_does(cognito: Any) -> None:
    pool = cognito.create_user_pool(PoolName="harbour")["UserPool"]
    names = [entry["Name"] for entry in pool.pop("SchemaAttributes")]
    assert len(names) == 20
    assert names[0] == "sub"
    for name in ("Id", "Arn", "CreationDate", "LastModifiedDate", "KeyConfiguration", "IssuerConfiguration"):
        assert pool.pop(name)
    assert {level["AcrValue"] for level in pool.pop("AcrConfiguration").values()} == {
        f"urn:cognito:loa:{n}" for n in range(1, 5)
    }
    policy = {f"Require{kind}": True for kind in ("Uppercase", "Lowercase", "Numbers", "Symbols")}
    assert pool == {
        "Name": "harbour",
        "Policies": {
            "PasswordPolicy": {"MinimumLength": 8, "TemporaryPasswordValidityDays": 7, **policy},
            "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]},
        },
        "DeletionProtection": "INACTIVE",
        "LambdaConfig": {},
        "VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_CODE"},
        "MfaConfiguration": "OFF",
        "EstimatedNumberOfUsers": 0,
        "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"},
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": False, "UnusedAccountValidityDays": 7},
        "UserPoolTags": {},
        "UserPoolTier": "ESSENTIALS",
    }


def test_every_setting_is_described_as_it_was_given(cognito: Any) -> None:
    given = everything()
    pool = cognito.create_user_pool(**given)["UserPool"]
    described = cognito.describe_user_pool(UserPoolId=pool["Id"])["UserPool"]
    assert described == pool
    assert {entry["Name"] for entry in pool["SchemaAttributes"]} >= {"custom:rank"}
    given["Name"] = given.pop("PoolName")
    del given["Schema"]
    assert maximal.lost(given, described) == []


@pytest.mark.proves("UpdateUserPool")
def test_an_update_with_everything_that_is_described_changes_nothing(cognito: Any) -> None:
    """As infrastructure tools do it, at every run."""
    pool = cognito.create_user_pool(**everything())["UserPool"]
    shape = COGNITO.operations["UpdateUserPool"].input
    assert shape is not None
    same = copy.deepcopy({name: value for name, value in pool.items() if name in shape.members})
    del same["AdminCreateUserConfig"]["UnusedAccountValidityDays"]
    cognito.update_user_pool(UserPoolId=pool["Id"], **same)
    again = cognito.describe_user_pool(UserPoolId=pool["Id"])["UserPool"]
    assert again | {"LastModifiedDate": 0} == pool | {"LastModifiedDate": 0}


def test_an_update_replaces(cognito: Any) -> None:
    pool = cognito.create_user_pool(
        PoolName="harbour",
        AliasAttributes=["email"],
        AutoVerifiedAttributes=["email"],
        UsernameConfiguration={"CaseSensitive": False},
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
        LambdaConfig={"PreSignUp": maximal.LAMBDA},
        Policies={"PasswordPolicy": {"MinimumLength": 12}},
    )["UserPool"]
    cognito.update_user_pool(UserPoolId=pool["Id"], PoolName="haven")
    found = cognito.describe_user_pool(UserPoolId=pool["Id"])["UserPool"]
    assert (found["Name"], found["LambdaConfig"], found["AliasAttributes"]) == ("haven", {}, ["email"])
    assert found["UsernameConfiguration"] == {"CaseSensitive": False}
    assert "AutoVerifiedAttributes" not in found
    assert found["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is False
    assert found["Policies"]["PasswordPolicy"]["MinimumLength"] == 8


def test_every_setting_says_whether_it_has_an_effect() -> None:
    """A member of a model to come must be sorted in."""
    for operation, effects in (
        ("CreateUserPool", setting_effects.USER_POOL),
        ("SetUserPoolMfaConfig", setting_effects.SECOND_FACTORS),
        ("CreateUserPoolClient", setting_effects.APP_CLIENT),
        ("CreateUserPoolDomain", setting_effects.DOMAIN),
    ):
        shape = COGNITO.operations[operation].input
        assert shape is not None
        unsaid = [
            name
            for name in services_members(shape)
            if name not in ("user_pool_id", "publish_secrets_in_aws_secrets_manager")
            and not any(path == name or path.startswith(f"{name}.") for path in effects)
        ]
        assert not unsaid, "userpools.domain.setting_effects: in effect now, or only stored?"


def services_members(shape: Any) -> list[str]:
    from botocore import xform_name

    return [xform_name(name) for name in shape.members]


# --- settings have effects --------------------------------------------------------------------------------------------


def test_the_password_policy_decides(cognito: Any, public: Any) -> None:
    stage = set_stage(cognito, public, Policies={"PasswordPolicy": {"MinimumLength": 12, "RequireNumbers": True}})
    for password, reason in (
        ("short-1", "Password not long enough"),
        ("long enough but none", "Password must have numeric characters"),
    ):
        answer = refused(stage.public.sign_up, ClientId=stage.client_id, Username="alice", Password=password)
        assert answer == ("InvalidPasswordException", f"Password did not conform with policy: {reason}")
    stage.public.sign_up(ClientId=stage.client_id, Username="alice", Password="long enough with 1")


def test_a_pool_takes_its_keys_from_the_reserve(cognito: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from userpools.domain import keys

    keys.refill_reserve()

    def generate() -> None:
        raise AssertionError("a request waits for a key")

    monkeypatch.setattr(keys, "generate", generate)
    pool = cognito.create_user_pool(PoolName="harbour")["UserPool"]
    uses = SigningKey.objects.filter(pool=pool["Id"]).values_list("use", flat=True)
    assert sorted(uses) == ["access", "id"]
    monkeypatch.undo()
    assert keys.refill_reserve() == 2


@pytest.mark.proves("AddCustomAttributes")
def test_custom_attributes_are_added_for_ever(stage: Stage) -> None:
    add = stage.cognito.add_custom_attributes
    rank = {"Name": "rank", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MaxValue": "9"}}
    add(UserPoolId=stage.pool_id, CustomAttributes=[rank])
    stage.user(**{"custom:rank": "7"})
    assert refused(add, UserPoolId=stage.pool_id, CustomAttributes=[rank]) == (
        "InvalidParameterException",
        "custom:rank: Existing attribute already has name custom:rank.",
    )
    listed = stage.cognito.describe_user_pool(UserPoolId=stage.pool_id)["UserPool"]["SchemaAttributes"]
    assert listed[-1]["Name"] == "custom:rank"
    assert listed[-1]["NumberAttributeConstraints"] == {"MaxValue": "9"}


@pytest.mark.proves("TagResource", "UntagResource", "ListTagsForResource")
def test_tags(stage: Stage) -> None:
    arn = stage.settings["Arn"]
    stage.cognito.tag_resource(ResourceArn=arn, Tags={"team": "red", "stage": "test"})
    stage.cognito.untag_resource(ResourceArn=arn, TagKeys=["stage", "nobody"])
    assert stage.cognito.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "red"}
    assert stage.cognito.describe_user_pool(UserPoolId=stage.pool_id)["UserPool"]["UserPoolTags"] == {"team": "red"}
    many = {str(number): "x" for number in range(50)}
    assert refused(stage.cognito.tag_resource, ResourceArn=arn, Tags=many)[0] == "InvalidParameterException"
    assert refused(stage.cognito.tag_resource, ResourceArn=arn, Tags={"aws:x": "y"})[0] == "InvalidParameterException"
    other = arn.replace("us-east-1:", "eu-west-1:")
    assert refused(stage.cognito.list_tags_for_resource, ResourceArn=other)[0] == "InvalidParameterException"


@pytest.mark.proves("SetUserPoolMfaConfig", "GetUserPoolMfaConfig")
def test_second_factors_are_replaced(stage: Stage) -> None:
    configure = stage.cognito.set_user_pool_mfa_config
    totp = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
    set_to = configure(UserPoolId=stage.pool_id, MfaConfiguration="OPTIONAL", **totp)
    set_to.pop("ResponseMetadata")
    assert set_to == {"MfaConfiguration": "OPTIONAL", **totp}
    found = stage.cognito.get_user_pool_mfa_config(UserPoolId=stage.pool_id)
    found.pop("ResponseMetadata")
    assert found == set_to
    assert refused(configure, UserPoolId=stage.pool_id, MfaConfiguration="ON") == (
        "InvalidParameterException",
        "At least one of [SmsMfaConfiguration] or [SoftwareTokenMfaConfiguration] must be provided.",
    )
    configure(UserPoolId=stage.pool_id, MfaConfiguration="OFF")
    assert "SoftwareTokenMfaConfiguration" not in stage.cognito.get_user_pool_mfa_config(UserPoolId=stage.pool_id)


def test_ADM_06_a_protected_pool_stays(stage: Stage) -> None:
    stage.cognito.update_user_pool(UserPoolId=stage.pool_id, DeletionProtection="ACTIVE")
    assert refused(stage.cognito.delete_user_pool, UserPoolId=stage.pool_id)[1].startswith("The user pool cannot be")
    stage.cognito.update_user_pool(UserPoolId=stage.pool_id, DeletionProtection="INACTIVE")
    stage.cognito.create_user_pool_domain(UserPoolId=stage.pool_id, Domain="harbour")
    assert "It has a domain" in refused(stage.cognito.delete_user_pool, UserPoolId=stage.pool_id)[1]
    stage.cognito.delete_user_pool_domain(UserPoolId=stage.pool_id, Domain="harbour")
    stage.user()
    stage.cognito.delete_user_pool(UserPoolId=stage.pool_id)
    assert not UserPool.objects.exists()


# --- what contradicts -------------------------------------------------------------------------------------------------


def with_policy(**policy: Any) -> dict[str, Any]:
    return {"Policies": {"PasswordPolicy": policy}}


CONTRADICTIONS: dict[str, dict[str, Any]] = {
    "aliases and username attributes": {"AliasAttributes": ["email"], "UsernameAttributes": ["email"]},
    "verified before update, not verified": {
        "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    },
    "admin_only with company": {
        "AccountRecoverySetting": {
            "RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}, {"Priority": 2, "Name": "verified_email"}]
        }
    },
    "one priority for two": {
        "AccountRecoverySetting": {
            "RecoveryMechanisms": [
                {"Priority": 1, "Name": "verified_phone_number"},
                {"Priority": 1, "Name": "verified_email"},
            ]
        }
    },
    "MFA without a factor": {"MfaConfiguration": "ON"},
    "two lives of a temporary password": {
        **with_policy(TemporaryPasswordValidityDays=3),
        "AdminCreateUserConfig": {"UnusedAccountValidityDays": 4},
    },
    "two texts of one message": {
        "EmailVerificationMessage": "one {####}",
        "VerificationMessageTemplate": {"EmailMessage": "other {####}"},
    },
    "two triggers of one kind": {
        "LambdaConfig": {
            "PreTokenGeneration": maximal.LAMBDA,
            "PreTokenGenerationConfig": {"LambdaVersion": "V1_0", "LambdaArn": f"{maximal.LAMBDA}2"},
        }
    },
    "a custom sender without a key": {
        "LambdaConfig": {"CustomSMSSender": {"LambdaVersion": "V1_0", "LambdaArn": maximal.LAMBDA}}
    },
    "a developer's mail without a source": {"EmailConfiguration": {"EmailSendingAccount": "DEVELOPER"}},
    "a key without its kind": {"KeyConfiguration": {"KmsKeyArn": "arn:aws:kms:us-east-1:1:key/any"}},
    "one name for two levels": {"AcrConfiguration": {"Level1": {"AcrValue": "a"}, "Level2": {"AcrValue": "a"}}},
    "passkeys alone": {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["WEB_AUTHN"]}}},
    "TOTP first": {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["SOFTWARE_TOKEN"]}}},
    "a reserved tag": {"UserPoolTags": {"aws:x": "y"}},
}
TIERS: dict[str, dict[str, Any]] = {
    "history": {"UserPoolTier": "LITE", **with_policy(PasswordHistorySize=3)},
    "passwordless": {
        "UserPoolTier": "LITE",
        "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}},
    },
    "threat protection": {"UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"}},
}
SCHEMAS: dict[str, tuple[dict[str, Any], str]] = {
    "a required custom attribute": (
        {"Name": "x", "AttributeDataType": "String", "Required": True},
        "Required custom attributes are not supported currently.",
    ),
    "no type": (
        {"Name": "x"},
        "Invalid AttributeDataType input, consider using the provided AttributeDataType enum.",
    ),
    "another type for a standard attribute": (
        {"Name": "email", "AttributeDataType": "Number"},
        "You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute email",
    ),
    "crossed lengths": (
        {
            "Name": "x",
            "AttributeDataType": "String",
            "StringAttributeConstraints": {"MinLength": "5", "MaxLength": "4"},
        },
        "user.custom:x: Max length cannot be less than min length.",
    ),
    "too long": (
        {"Name": "x", "AttributeDataType": "String", "StringAttributeConstraints": {"MaxLength": "4000"}},
        "user.custom:x: String attributes cannot have a length of more than 2048",
    ),
    "crossed values": (
        {"Name": "x", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MinValue": "5", "MaxValue": "4"}},
        "user.custom:x: Max value cannot be less than min value.",
    ),
    "no number": (
        {"Name": "x", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MinValue": "five"}},
        "Invalid NumberAttributeConstraints for schema attribute custom:x",
    ),
}


@pytest.mark.parametrize("what", CONTRADICTIONS)
def test_settings_that_contradict(cognito: Any, what: str) -> None:
    """On creation, and on update where the setting can be updated; nothing is stored."""
    given = CONTRADICTIONS[what]
    assert refused(cognito.create_user_pool, PoolName="harbour", **given)[0] == "InvalidParameterException"
    assert not UserPool.objects.exists()
    update = COGNITO.operations["UpdateUserPool"].input
    assert update is not None
    if given.keys() <= update.members.keys():
        pool = cognito.create_user_pool(PoolName="harbour")["UserPool"]
        before = copy.deepcopy(UserPool.objects.get().settings)
        assert refused(cognito.update_user_pool, UserPoolId=pool["Id"], **given)[0] == "InvalidParameterException"
        assert UserPool.objects.get().settings == before


@pytest.mark.parametrize("what", TIERS)
def test_features_that_the_plan_does_not_have(cognito: Any, what: str) -> None:
    answer = refused(cognito.create_user_pool, PoolName="harbour", **TIERS[what])
    assert answer[0] == "FeatureUnavailableInTierException"


@pytest.mark.parametrize("what", SCHEMAS)
def test_schemas_that_cannot_be(cognito: Any, what: str) -> None:
    entry, message = SCHEMAS[what]
    answer = refused(cognito.create_user_pool, PoolName="harbour", Schema=[entry])
    assert answer == ("InvalidParameterException", message)


def test_triggers_that_are_configured_are_never_skipped(cognito: Any, public: Any) -> None:
    """TRG-05: a function that could have refused must not be left out in silence."""
    for trigger in ("PreAuthentication", "PostAuthentication", "PreTokenGeneration"):
        stage = set_stage(cognito, public)
        stage.user()
        cognito.update_user_pool(UserPoolId=stage.pool_id, LambdaConfig={trigger: maximal.LAMBDA})
        code, message = refused(stage.sign_in, password=PASSWORD)
        assert code == "UnexpectedLambdaException"
        assert message.startswith(trigger)
