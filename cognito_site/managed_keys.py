"""Keys that AWS would keep in KMS: each ARN is a key, and none of them is stored.

::

    wrapped = version(1) length(2) ARN sealed        sealed by the key ring, for this ARN and this encryption context

What is wrapped under one ARN, or with one encryption context, opens under no other. The key ring does the rest, so keys
of all ARNs are rotated with it. Whether somebody may open what is wrapped under an ARN is asked of policies, in
``wire.authentication``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.conf import settings

from cognito_site import keyring
from cognito_site.contract import errors

VERSION = b"\x01"
LENGTH_BYTES = 2
HEADER_BYTES = len(VERSION) + LENGTH_BYTES


def arn_of(key_id: str) -> str:
    """An ARN, or the id of a key of this installation."""
    here = settings.POOLHOUSE
    return key_id if key_id.startswith("arn:") else f"arn:aws:kms:{here.region}:{here.account_id}:key/{key_id}"


def arn_in(wrapped: bytes) -> str | None:
    """As claimed: not proved before ``unwrap``."""
    end = HEADER_BYTES + int.from_bytes(wrapped[len(VERSION) : HEADER_BYTES])
    if not wrapped.startswith(VERSION) or len(wrapped) <= end:
        return None
    try:
        return wrapped[HEADER_BYTES:end].decode()
    except UnicodeDecodeError:
        return None


def wrap(plaintext: bytes, arn: str, encryption_context: Mapping[str, str]) -> bytes:
    name = arn.encode()
    sealed = keyring.seal(plaintext, _place(arn, encryption_context))
    return VERSION + len(name).to_bytes(LENGTH_BYTES) + name + sealed


def unwrap(wrapped: bytes, arn: str | None, encryption_context: Mapping[str, str]) -> tuple[str, bytes]:
    """The ARN of the key, and what was wrapped. ``arn``: whose caller insists on one."""
    found = arn_in(wrapped)
    if found is None:
        raise errors.invalid_ciphertext()
    if arn is not None and arn != found:
        raise errors.incorrect_key()
    try:
        sealed = wrapped[HEADER_BYTES + len(found.encode()) :]
        return found, keyring.unseal(sealed, _place(found, encryption_context))
    except keyring.CannotUnseal:
        raise errors.invalid_ciphertext() from None


def _place(arn: str, encryption_context: Mapping[str, str]) -> str:
    return f"key:{json.dumps([arn, sorted(encryption_context.items())])}"
