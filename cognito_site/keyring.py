"""Secrets at rest: sealed with a ring of keys, of which the newest seals and all open.

::

    sealed = version(1) key id(4) nonce(12) ciphertext and tag        AES-256-GCM, associated data = header + context

``context`` says which secret of which row this is (``"totp:<id>"``): a ciphertext that was copied to another row does
not open there. The keys of the ring are never used themselves; each purpose has its own, derived by HKDF.

To rotate: put a new key in front of ``POOLHOUSE_SECRET_KEYS`` and start again; what is written from then on is sealed
with it. A key may leave the ring when nothing sealed with it is left.
"""

from __future__ import annotations

import hmac
import os
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from cognito_site.key_file import derived

VERSION = b"\x01"
KEY_ID_BYTES = 4
NONCE_BYTES = 12
HEADER_BYTES = len(VERSION) + KEY_ID_BYTES
SHORTEST_SEALED = HEADER_BYTES + NONCE_BYTES + 16


class CannotUnseal(Exception):
    """A sealed secret that no key of the ring opens. The message never holds the secret or a key."""


def seal(plaintext: bytes, context: str) -> bytes:
    newest = settings.POOLHOUSE.secret_keys[0]
    header = VERSION + _key_id(newest)
    nonce = os.urandom(NONCE_BYTES)
    return header + nonce + _cipher(newest).encrypt(nonce, plaintext, header + context.encode())


def unseal(sealed: bytes, context: str) -> bytes:
    if len(sealed) < SHORTEST_SEALED or not sealed.startswith(VERSION):
        raise CannotUnseal(f"{context}: this is not something that the key ring sealed.")
    header, rest = sealed[:HEADER_BYTES], sealed[HEADER_BYTES:]
    nonce, ciphertext = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
    try:
        return _cipher(_key_of(header, context)).decrypt(nonce, ciphertext, header + context.encode())
    except InvalidTag:
        raise CannotUnseal(f"{context}: sealed for another place, or altered since.") from None


def fingerprint(value: str | bytes, purpose: str) -> bytes:
    """What may be stored of a *short* secret, such as a code of six digits: without the ring it cannot be guessed back.

    Made with the oldest key, so that a new key in front of the ring does not invalidate every code that is on its way.
    """
    return hmac.digest(derive(f"fingerprint:{purpose}"), _as_bytes(value), "sha256")


def digest(token: str | bytes) -> bytes:
    """What may be stored of a *long random* token: nothing to guess, so a plain hash is enough."""
    return sha256(_as_bytes(token)).digest()


def derive(purpose: str) -> bytes:
    """32 bytes for ``purpose`` alone, stable for as long as the oldest key stays in the ring."""
    return derived(settings.POOLHOUSE.secret_keys[-1], f"purpose:{purpose}")


def _as_bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def _key_of(header: bytes, context: str) -> bytes:
    for key in settings.POOLHOUSE.secret_keys:
        if VERSION + _key_id(key) == header:
            return key
    key_id = header[len(VERSION) :].hex()
    raise CannotUnseal(f"{context}: sealed with key {key_id}, which is no longer in POOLHOUSE_SECRET_KEYS.")


@lru_cache(maxsize=32)
def _key_id(key: bytes) -> bytes:
    return derived(key, "key-id")[:KEY_ID_BYTES]


@lru_cache(maxsize=32)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(derived(key, "seal"))
