"""The code of a custom sender, from a running Poolhouse to the official AWS Encryption SDKs and back for its key."""

from __future__ import annotations

import base64
import json
from typing import Any

import aws_encryption_sdk
import pytest
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import CreateAwsKmsKeyringInput

from tests.clients import test_node
from tests.server import Server

KEY = "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-4333-8444-555555555555"
CONTEXT = {"userpool-id": "us-east-1_AbCdEf123"}
NEEDS_NODE = test_node.pytestmark[-1]
SECRET = "Tëmp&lt;pass&gt;7"


@pytest.fixture(scope="module")
def code(poolhouse: Server) -> str:
    program = f"from cognito_site import encrypted_messages as m; print(m.encrypt({SECRET!r}, {KEY!r}, {CONTEXT!r}))"
    return poolhouse.manage("shell", "--no-imports", "-c", program).stdout.strip()


@pytest.mark.server
def test_for_python(code: str, operator: Any) -> None:
    providers = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())
    wanted = CreateAwsKmsKeyringInput(kms_key_id=KEY, kms_client=operator("kms"))
    policy = aws_encryption_sdk.CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT
    client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=policy)
    keyring = providers.create_aws_kms_keyring(wanted)
    assert client.decrypt(source=base64.b64decode(code), keyring=keyring)[0].decode() == SECRET


def for_javascript(code: str, url: str, keys: dict[str, str], key: str = KEY) -> Any:
    pair = {"accessKeyId": keys["AWS_ACCESS_KEY_ID"], "secretAccessKey": keys["AWS_SECRET_ACCESS_KEY"]}
    return test_node.node("decrypt", code=code, key=key, endpoint=url, credentials=pair)


@pytest.mark.server
@pytest.mark.node
@NEEDS_NODE
def test_for_javascript(code: str, poolhouse: Server, keys: dict[str, str]) -> None:
    found = for_javascript(code, poolhouse.url, keys)
    assert found["secret"] == SECRET
    assert found["context"]["userpool-id"] == CONTEXT["userpool-id"]
    wrong = for_javascript(code, poolhouse.url, {**keys, "AWS_SECRET_ACCESS_KEY": "wrong"})
    assert "signature" in json.dumps(wrong).lower()
    assert "error" in for_javascript(code, poolhouse.url, keys, KEY.replace("1111", "9999"))
