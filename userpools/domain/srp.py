"""SRP-6a as Cognito speaks it (RFC 5054's 3072-bit group, SHA-256; authentication.md section 5).

The arithmetic only: who may try, and what follows, is decided elsewhere. ``scope`` and ``identity`` are the pool's name
and the username for a password, or the device group key and device key for a device.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from typing import Protocol

from cognito_site.contract import errors


class ModularPower(Protocol):
    def __call__(self, base: int, exponent: int, modulus: int, /) -> int: ...


try:
    # Constant time, and eight times as fast as the interpreter's own pow().
    from gmpy2 import powmod_sec as _powmod

    def power(base: int, exponent: int, modulus: int, /) -> int:
        return int(_powmod(base, exponent, modulus))

except ImportError:
    power: ModularPower = pow  # type: ignore[no-redef]

N = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B"
    "302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE6"
    "49286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D"
    "670C354E4ABC9804F1746C08CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"
    "3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7D"
    "B3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
G = 2
SALT_BYTES = 16
SECRET_BITS = 256
LONGEST_PUBLIC_HEX = 770  # 384 bytes, and a sign byte
HEX = re.compile(r"\A[0-9a-fA-F]+\Z")


def pad(number: int) -> bytes:
    """Minimal big-endian bytes, with a zero in front when the top bit is set (Java's ``BigInteger.toByteArray``)."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _hash(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


K = _hash(pad(N), pad(G))


def new_salt() -> bytes:
    """With a first byte that is not zero: clients disagree on leading zeros."""
    return bytes([secrets.randbelow(255) + 1]) + secrets.token_bytes(SALT_BYTES - 1)


def verifier(scope: str, identity: str, secret: str, salt: bytes) -> int:
    inner = hashlib.sha256(f"{scope}{identity}:{secret}".encode()).digest()
    return power(G, _hash(pad(int.from_bytes(salt, "big")), inner), N)


def server_secret() -> int:
    return secrets.randbits(SECRET_BITS) | 1 << (SECRET_BITS - 1)


def server_public(verifier: int, secret: int) -> int:
    return (K * verifier + power(G, secret, N)) % N


def parse_public(text: str) -> int:
    """``SRP_A``: hex of any case and parity. Refused before any arithmetic when it is too long, and when N divides it,
    for then the client would know the key without the password."""
    if len(text) > LONGEST_PUBLIC_HEX or not HEX.match(text):
        raise errors.InvalidParameter("SRP_A must be a hexadecimal number.")
    public = int(text, 16)
    if public % N == 0:
        raise errors.incorrect_username_or_password()
    return public


def session_key(client_public: int, server_public: int, verifier: int, secret: int) -> bytes:
    """16 bytes: HKDF-SHA256 of the shared secret, salted with u."""
    u = _hash(pad(client_public), pad(server_public))
    if u == 0:
        raise errors.incorrect_username_or_password()
    shared = power(client_public * power(verifier, u, N) % N, secret, N)
    extracted = hmac.digest(pad(u), pad(shared), "sha256")
    return hmac.digest(extracted, b"Caldera Derived Key\x01", "sha256")[:16]


def claim(key: bytes, scope: str, identity: str, secret_block: bytes, timestamp: str) -> str:
    """``PASSWORD_CLAIM_SIGNATURE``."""
    signed = f"{scope}{identity}".encode() + secret_block + timestamp.encode()
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def client_key(
    scope: str, identity: str, secret: str, salt: bytes, server_public: int, private: int, public: int
) -> bytes:
    """The other side, for tests and benchmarks: the key of ``session_key``, from the password."""
    x = _hash(pad(int.from_bytes(salt, "big")), hashlib.sha256(f"{scope}{identity}:{secret}".encode()).digest())
    u = _hash(pad(public), pad(server_public))
    shared = power((server_public - K * power(G, x, N)) % N, private + u * x, N)
    extracted = hmac.digest(pad(u), pad(shared), "sha256")
    return hmac.digest(extracted, b"Caldera Derived Key\x01", "sha256")[:16]
