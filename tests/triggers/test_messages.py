"""CustomMessage and the custom senders: at every occasion, by both mediums."""

from __future__ import annotations

import base64
import re
from typing import Any

import aws_encryption_sdk
import pytest
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import CreateAwsKmsKeyringInput
from aws_encryption_sdk import CommitmentPolicy
from django.conf import settings

from tests import clients, inbox
from tests.cast import PASSWORD, Stage, set_stage
from tests.refusals import refused
from tests.triggers.conftest import KEY_ARN, Functions
from tests.triggers.occasions import ADDRESSES, ATTRIBUTES, METADATA, NUMBER, OCCASIONS, SENDING, Occasion, newest
from userpools import tasks
from userpools.models import Message

pytestmark = pytest.mark.django_db
UNRECOGNIZABLE = ("InvalidLambdaResponseException", "Unrecognizable lambda output")
EVERY = pytest.mark.parametrize("occasion", OCCASIONS.values(), ids=OCCASIONS)
MEDIUMS = pytest.mark.parametrize("medium", ["EMAIL", "SMS"])
WRITE = """
name = " for " + request["usernameParameter"] if request["usernameParameter"] else ""
words = "Ahoy" + name + ": " + request["codeParameter"]
response.update(smsMessage=words, emailMessage="<b>" + words + "</b>", emailSubject="Harbour {####}")
"""


@pytest.fixture
def stage(cognito: Any, public: Any) -> Stage:
    recovery = [{"Name": "verified_phone_number", "Priority": 1}]
    return set_stage(
        cognito,
        public,
        AutoVerifiedAttributes=["email", "phone_number"],
        AccountRecoverySetting={"RecoveryMechanisms": recovery},
        **SENDING,
    )


def recover_by(stage: Stage, medium: str, occasion: Occasion) -> None:
    if occasion.source == "ForgotPassword":
        name = f"verified_{ATTRIBUTES[medium]}"
        stage.settings["AccountRecoverySetting"] = {"RecoveryMechanisms": [{"Name": name, "Priority": 1}]}


@EVERY
@MEDIUMS
def test_a_function_writes_the_message(functions: Functions, stage: Stage, occasion: Occasion, medium: str) -> None:
    recover_by(stage, medium, occasion)
    functions.configure(CustomMessage=functions.install("write", WRITE))
    occasion.happen(stage, medium)
    event = functions.events("write")[-1]
    assert event["triggerSource"] == f"CustomMessage_{occasion.source}"
    is_invitation = occasion.source == "AdminCreateUser"
    request = event["request"]
    assert request["codeParameter"] == "{####}"
    assert request["linkParameter"] == "{##Click Here##}"
    assert request["usernameParameter"] == ("{username}" if is_invitation else None)
    assert request.get("clientMetadata") == (METADATA if occasion.passes_metadata else None)
    assert request["userAttributes"]["sub"]
    assert event["response"] == {"smsMessage": None, "emailMessage": None, "emailSubject": None}
    message = newest(medium)
    secret = r"\S+" if is_invitation else r"\d{6}"
    name = " for alice" if is_invitation else ""
    assert re.fullmatch(f"Ahoy{name}: {secret}", message.text)
    if medium == "EMAIL":
        assert re.fullmatch(f"<b>Ahoy{name}: {secret}</b>", message.html)
        assert message.subject == "Harbour {####}", "the code stands in the body only"


@EVERY
@MEDIUMS
def test_a_function_delivers_in_our_place(functions: Functions, stage: Stage, occasion: Occasion, medium: str) -> None:
    recover_by(stage, medium, occasion)
    name = {"EMAIL": "CustomEmailSender", "SMS": "CustomSMSSender"}[medium]
    sender = {"LambdaVersion": "V1_0", "LambdaArn": functions.install("send")}
    writer = functions.install("write")
    functions.configure(CustomMessage=writer, KMSKeyID=KEY_ARN, **{name: sender})
    occasion.happen(stage, medium)
    deliver()
    event = functions.events("send")[-1]
    assert event["triggerSource"] == f"{name}_{occasion.source}"
    request = event["request"]
    assert request["type"] == {"EMAIL": "customEmailSenderRequestV1", "SMS": "customSMSSenderRequestV1"}[medium]
    assert request["userAttributes"][ATTRIBUTES[medium]]
    assert request.get("clientMetadata") == (METADATA if occasion.passes_metadata else None)
    secret = opened(request["code"], stage.pool_id)
    assert re.fullmatch(r"\S{6,}" if occasion.source == "AdminCreateUser" else r"\d{6}", secret)
    assert not functions.events("write")
    assert not inbox.to(ADDRESSES[medium]) or not newest(medium).text


def deliver() -> None:
    """What a worker does."""
    for message in Message.objects.filter(status=Message.Status.PENDING):
        tasks.deliver("message", str(message.pk))


def opened(code: str, pool_id: str) -> str:
    """As a function does it: with the official client, by calls to KMS that reach us."""
    providers = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())
    keyring = providers.create_aws_kms_keyring(
        CreateAwsKmsKeyringInput(kms_key_id=KEY_ARN, kms_client=clients.signed("kms"))
    )
    policy = CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT
    client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=policy)
    plaintext, header = client.decrypt(source=base64.b64decode(code), keyring=keyring)
    assert header.encryption_context["userpool-id"] == pool_id
    return plaintext.decode()


# --- what is written --------------------------------------------------------------------------------------------------


def sign_up(stage: Stage) -> None:
    OCCASIONS["SignUp"].happen(stage, "EMAIL")


@pytest.mark.parametrize(
    "body",
    [
        'response["emailMessage"] = "no code"',
        'response["emailMessage"] = "{####}" + "x" * 20000',
        'response["emailMessage"] = ["{####}"]',
        'response["emailSubject"] = "x" * 141',
        'response["emailMessage"] = ""',
    ],
)
def test_what_is_no_message(functions: Functions, stage: Stage, body: str) -> None:
    functions.configure(CustomMessage=functions.install("write", body))
    assert refused(sign_up, stage=stage) == UNRECOGNIZABLE
    assert not inbox.to(ADDRESSES["EMAIL"])


def test_what_is_not_written_is_the_pools_own(functions: Functions, stage: Stage) -> None:
    functions.configure(CustomMessage=functions.install("write", 'response["smsMessage"] = "useless here"'))
    sign_up(stage)
    assert re.search(r"\d{6}", newest("EMAIL").text)
    assert "useless" not in newest("EMAIL").text


def test_a_failure_is_the_operations(functions: Functions, stage: Stage) -> None:
    functions.configure(CustomMessage=functions.install("write", 'raise Exception("no")'))
    assert refused(sign_up, stage=stage) == ("UserLambdaValidationException", "CustomMessage failed with error no.")


def test_nobody_is_asked_about_a_message_that_is_not_sent(functions: Functions, stage: Stage) -> None:
    functions.configure(CustomMessage=functions.install("write", WRITE))
    stage.user()
    assert not functions.events("write")


def test_what_the_function_wrote_is_no_template_of_names(functions: Functions, stage: Stage) -> None:
    functions.configure(CustomMessage=functions.install("write", WRITE))
    stage.cognito.admin_create_user(
        UserPoolId=stage.pool_id,
        Username="<i>{####}</i>",
        TemporaryPassword=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": ADDRESSES["EMAIL"]}],
        DesiredDeliveryMediums=["EMAIL"],
    )
    assert newest("EMAIL").html == f"<b>Ahoy for &lt;i&gt;{{####}}&lt;/i&gt;: {PASSWORD}</b>"


# --- senders ----------------------------------------------------------------------------------------------------------


def send_by_function(functions: Functions, body: str = "pass") -> None:
    sender = {"LambdaVersion": "V1_0", "LambdaArn": functions.install("send", body)}
    functions.configure(KMSKeyID=KEY_ARN, CustomEmailSender=sender)


def test_no_caller_hears_of_a_sender_that_fails(functions: Functions, stage: Stage) -> None:
    send_by_function(functions, 'raise Exception("no")')
    sign_up(stage)
    deliver()
    assert functions.events("send")


def test_a_temporary_password_is_escaped(functions: Functions, stage: Stage) -> None:
    send_by_function(functions)
    stage.cognito.admin_create_user(
        UserPoolId=stage.pool_id,
        Username="alice",
        TemporaryPassword="Long<&>enough7",
        UserAttributes=[{"Name": "email", "Value": ADDRESSES["EMAIL"]}],
        DesiredDeliveryMediums=["EMAIL"],
    )
    deliver()
    assert opened(functions.event("send")["request"]["code"], stage.pool_id) == "Long&lt;&amp;&gt;enough7"


def test_the_other_medium_is_ours(functions: Functions, stage: Stage) -> None:
    send_by_function(functions)
    OCCASIONS["SignUp"].happen(stage, "SMS")
    assert re.search(r"\d{6}", inbox.newest(NUMBER).text)
    assert not functions.events("send")


def test_the_region_is_the_installations(functions: Functions, stage: Stage) -> None:
    send_by_function(functions)
    sign_up(stage)
    deliver()
    assert functions.event("send")["region"] == settings.POOLHOUSE.region
