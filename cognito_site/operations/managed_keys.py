"""KMS, as far as a function needs it that was sent a secret: opening a data key."""

from __future__ import annotations

from typing import Any

from cognito_site import managed_keys
from cognito_site.contract import errors
from cognito_site.wire.call import Call
from cognito_site.wire.registry import Operations

perform = Operations("kms")

ALGORITHM = "SYMMETRIC_DEFAULT"


@perform
def decrypt(call: Call) -> dict[str, Any]:
    if call.get("EncryptionAlgorithm", ALGORITHM) != ALGORITHM or "Recipient" in call.input:
        raise errors.key_usage_refused()
    if "CiphertextBlob" not in call.input:
        raise errors.ciphertext_missing()
    wanted = managed_keys.arn_of(call["KeyId"]) if "KeyId" in call.input else None
    arn, plaintext = managed_keys.unwrap(call["CiphertextBlob"], wanted, call.get("EncryptionContext", {}))
    if call.get("DryRun"):
        raise errors.would_have_succeeded()
    return {"KeyId": arn, "Plaintext": plaintext, "EncryptionAlgorithm": ALGORITHM}
