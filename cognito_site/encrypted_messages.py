"""Short secrets for functions of others: messages of the AWS Encryption SDK, which only its own clients read.

::

    header   version 1, type 0x80, algorithm, message id, encryption context, one data key (wrapped), framing
    tag      AES-256-GCM over nothing, with the header as associated data
    body     one final frame
    footer   ECDSA P-384 over all of it; its public key is in the encryption context

Written after the published message format (AWS Encryption SDK Developer Guide, "Message format reference"), with the
algorithm that Cognito uses: 0x0378, AES-256-GCM with HKDF-SHA384 and a signature, without key commitment. Clients
therefore need the commitment policy that AWS's guide to custom senders names, REQUIRE_ENCRYPT_ALLOW_DECRYPT. The data
key is opened by ``kms:Decrypt``.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cognito_site import managed_keys

VERSION, TYPE, ALGORITHM = b"\x01", b"\x80", b"\x03\x78"
PROVIDER = b"aws-kms"
PUBLIC_KEY = "aws-crypto-public-key"
MESSAGE_ID_BYTES = 16
DATA_KEY_BYTES = 32
IV_BYTES = 12
FRAMED, FRAME_BYTES = b"\x02", 4096
FINAL_FRAME = b"\xff\xff\xff\xff"
FINAL_FRAME_SAYS = b"AWSKMSEncryptionClient Final Frame"


def encrypt(secret: str, key_arn: str, encryption_context: Mapping[str, str]) -> str:
    """In base64, as functions get it. At most a frame's worth of text."""
    plaintext = secret.encode()
    assert len(plaintext) <= FRAME_BYTES
    signer, data_key, message_id = ec.generate_private_key(ec.SECP384R1()), os.urandom(DATA_KEY_BYTES), _message_id()
    context = {**encryption_context, PUBLIC_KEY: _public_key(signer)}
    header = _header(message_id, context, key_arn, managed_keys.wrap(data_key, key_arn, context))
    cipher = AESGCM(HKDF(SHA384(), DATA_KEY_BYTES, salt=None, info=ALGORITHM + message_id).derive(data_key))
    nothing = bytes(IV_BYTES)
    signed = header + nothing + cipher.encrypt(nothing, b"", header) + _body(cipher, message_id, plaintext)
    signature = signer.sign(signed, ec.ECDSA(SHA384()))
    return base64.b64encode(signed + _sized(signature)).decode()


def _message_id() -> bytes:
    return os.urandom(MESSAGE_ID_BYTES)


def _public_key(signer: ec.EllipticCurvePrivateKey) -> str:
    point = signer.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return base64.b64encode(point).decode()


def _sized(content: bytes) -> bytes:
    return len(content).to_bytes(2) + content


def _header(message_id: bytes, context: Mapping[str, str], key_arn: str, wrapped: bytes) -> bytes:
    pairs = sorted((name.encode(), value.encode()) for name, value in context.items())
    told = len(pairs).to_bytes(2) + b"".join(_sized(name) + _sized(value) for name, value in pairs)
    data_keys = (1).to_bytes(2) + _sized(PROVIDER) + _sized(key_arn.encode()) + _sized(wrapped)
    framing = FRAMED + bytes(4) + IV_BYTES.to_bytes() + FRAME_BYTES.to_bytes(4)
    return VERSION + TYPE + ALGORITHM + message_id + _sized(told) + data_keys + framing


def _body(cipher: AESGCM, message_id: bytes, plaintext: bytes) -> bytes:
    number, size = (1).to_bytes(4), len(plaintext)
    iv = (1).to_bytes(IV_BYTES)
    sealed = cipher.encrypt(iv, plaintext, message_id + FINAL_FRAME_SAYS + number + size.to_bytes(8))
    return FINAL_FRAME + number + iv + size.to_bytes(4) + sealed
