"""Codes for custom senders: the official AWS Encryption SDK opens them, by KMS calls that reach us and ask policies."""

from __future__ import annotations

import base64
import json
from typing import Any

import aws_encryption_sdk
import pytest
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.errors import CollectionOfErrors
from aws_cryptographic_material_providers.mpl.models import CreateAwsKmsKeyringInput
from aws_encryption_sdk import CommitmentPolicy
from botocore.exceptions import ClientError

from cognito_site import encrypted_messages, managed_keys
from identitypools.domain import access_keys
from tests import clients
from tests.refusals import refused

KEY = "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-4333-8444-555555555555"
OTHER = KEY.replace("1111", "9999")
CONTEXT = {"userpool-id": "us-east-1_AbCdEf123"}


@pytest.fixture
def kms(db: None) -> Any:
    return clients.signed("kms")


def opened(code: str, kms: Any, key: str = KEY) -> tuple[bytes, dict[str, str]]:
    providers = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())
    keyring = providers.create_aws_kms_keyring(CreateAwsKmsKeyringInput(kms_key_id=key, kms_client=kms))
    policy = CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT
    client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=policy)
    plaintext, header = client.decrypt(source=base64.b64decode(code), keyring=keyring)
    return plaintext, header.encryption_context


@pytest.mark.proves("Decrypt")
@pytest.mark.parametrize("secret", ["123456", "Tëmp&lt;pass&gt;☂", "x" * 2000, ""])
def test_the_official_client_opens_it(kms: Any, secret: str) -> None:
    code = encrypted_messages.encrypt(secret, KEY, CONTEXT)
    assert code.startswith("AYADe"), "as Cognito's begin"
    plaintext, context = opened(code, kms)
    assert plaintext.decode() == secret
    assert context["userpool-id"] == CONTEXT["userpool-id"]


def test_no_two_are_alike() -> None:
    assert len({encrypted_messages.encrypt("123456", KEY, CONTEXT)[40:] for _ in range(3)}) == 3


def test_what_was_altered_does_not_open(kms: Any) -> None:
    whole = base64.b64decode(encrypted_messages.encrypt("123456", KEY, CONTEXT))
    for place in range(0, len(whole), 37):
        altered = bytearray(whole)
        altered[place] ^= 1
        with pytest.raises(Exception):  # noqa: B017, PT011  (the client has many; that it gives out nothing counts)
            opened(base64.b64encode(altered).decode(), kms)


def test_another_key_does_not_open_it(kms: Any) -> None:
    with pytest.raises((aws_encryption_sdk.exceptions.AWSEncryptionSDKClientError, CollectionOfErrors)):
        opened(encrypted_messages.encrypt("123456", KEY, CONTEXT), kms, OTHER)


# --- kms:Decrypt ----------------------------------------------------------------------------------------------------


def test_a_wrapped_key_opens_in_its_own_context_only(kms: Any) -> None:
    wrapped = managed_keys.wrap(b"data key", KEY, CONTEXT)
    found = kms.decrypt(CiphertextBlob=wrapped, EncryptionContext=CONTEXT, KeyId=KEY)
    assert (found["Plaintext"], found["KeyId"]) == (b"data key", KEY)
    assert found["EncryptionAlgorithm"] == "SYMMETRIC_DEFAULT"
    assert kms.decrypt(CiphertextBlob=wrapped, EncryptionContext=CONTEXT)["Plaintext"] == b"data key"
    by_id = kms.decrypt(CiphertextBlob=wrapped, EncryptionContext=CONTEXT, KeyId=KEY.rpartition("/")[2])
    assert by_id["KeyId"] == KEY
    for context in ({}, {"userpool-id": "us-east-1_Other0000"}, {**CONTEXT, "more": "1"}):
        assert (
            refused(kms.decrypt, CiphertextBlob=wrapped, EncryptionContext=context)[0] == "InvalidCiphertextException"
        )


def test_a_wrapped_key_is_bound_to_its_arn(kms: Any) -> None:
    wrapped = managed_keys.wrap(b"data key", KEY, CONTEXT)
    assert (
        refused(kms.decrypt, CiphertextBlob=wrapped, EncryptionContext=CONTEXT, KeyId=OTHER)[0]
        == "IncorrectKeyException"
    )
    assert (
        refused(kms.decrypt, CiphertextBlob=wrapped.replace(KEY.encode(), OTHER.encode()), EncryptionContext=CONTEXT)[0]
        == "InvalidCiphertextException"
    )


@pytest.mark.parametrize(
    "blob", [b"x", b"\x01", b"\x01\xff\xff", b"\x01\x00\x01\xffx", b"\x01\x00\x01a", b"\x01\x00\x00"]
)
def test_what_was_never_wrapped(kms: Any, blob: bytes) -> None:
    assert refused(kms.decrypt, CiphertextBlob=blob)[0] == "InvalidCiphertextException"


def test_nothing_to_open(kms: Any) -> None:
    assert refused(kms.decrypt, KeyId=KEY)[0] == "ValidationException"


def test_what_is_not_offered(kms: Any) -> None:
    wrapped = managed_keys.wrap(b"data key", KEY, {})
    assert (
        refused(kms.decrypt, CiphertextBlob=wrapped, EncryptionAlgorithm="RSAES_OAEP_SHA_256")[0]
        == "InvalidKeyUsageException"
    )
    assert refused(kms.decrypt, CiphertextBlob=wrapped, DryRun=True)[0] == "DryRunOperationException"


def key_pair(name: str, *statements: dict[str, Any]) -> Any:
    policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    made = access_keys.create(name, {"policy": policy})
    return clients.client("kms", (made.key.key_id, made.secret))


def test_API_03_policies_are_asked_for_the_key(db: None) -> None:
    allow = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY}
    sender = key_pair("sender", allow)
    assert opened(encrypted_messages.encrypt("123456", KEY, CONTEXT), sender)[0] == b"123456"
    other = managed_keys.wrap(b"data key", OTHER, {})
    for more in ({}, {"KeyId": OTHER}):
        assert refused(sender.decrypt, CiphertextBlob=other, **more)[0] == "AccessDeniedException"
    assert refused(sender.decrypt, CiphertextBlob=other, KeyId=KEY)[0] == "IncorrectKeyException"


def test_API_03_a_denied_key_stays_denied_when_it_is_not_named(db: None) -> None:
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    deny = {"Effect": "Deny", "Action": "kms:Decrypt", "Resource": KEY}
    barred = key_pair("barred", everything, deny)
    assert barred.decrypt(CiphertextBlob=managed_keys.wrap(b"data key", OTHER, {}))["Plaintext"] == b"data key"
    for more in ({}, {"KeyId": KEY}, {"KeyId": KEY.rpartition("/")[2]}):
        assert (
            refused(barred.decrypt, CiphertextBlob=managed_keys.wrap(b"data key", KEY, {}), **more)[0]
            == "AccessDeniedException"
        )


def test_nobody_opens_anything_without_a_signature(db: None) -> None:
    with pytest.raises(ClientError, match="MissingAuthenticationToken"):
        clients.client("kms").decrypt(CiphertextBlob=managed_keys.wrap(b"data key", KEY, {}))
