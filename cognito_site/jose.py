"""JSON Web Tokens as Poolhouse signs and reads them (RFC 7515, 7519): RSA signatures only, keys only from our store.

A header names a key and nothing else. Whatever else a header may carry to choose a key or an algorithm (``jwk``,
``jku``, ``x5u``, ``crit``, ``none``, HMAC) makes the token malformed, so there is no algorithm to confuse.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA512, HashAlgorithm

LONGEST = 32_768
HEADER_MEMBERS = {"alg", "kid", "typ"}
HASHES: dict[str, HashAlgorithm] = {"RS256": SHA256(), "RS512": SHA512()}
_PADDING = PKCS1v15()


class Malformed(ValueError):
    """Not a token that we could have signed."""


class BadSignature(ValueError):
    """Shaped like ours, but not signed by the key it names."""


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _raw(text: str) -> bytes:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("not base64url") from error
    if base64url(raw) != text:
        raise Malformed("not canonical base64url")  # the last character has spare bits: one token, one spelling
    return raw


def _object(raw: bytes) -> dict[str, Any]:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) != len(pairs):
            raise Malformed("duplicate member")
        return dict(pairs)

    try:
        found = json.loads(raw, object_pairs_hook=unique)
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON") from error
    if not isinstance(found, dict):
        raise Malformed("not an object")
    return found


def sign(claims: dict[str, Any], kid: str, key: RSAPrivateKey, header: dict[str, str] | None = None) -> str:
    """A compact JWT. ``header`` replaces the default ``{"kid", "alg": "RS256"}`` and names the algorithm."""
    header = header or {"kid": kid, "alg": "RS256"}
    signed = ".".join(
        base64url(json.dumps(part, separators=(",", ":"), ensure_ascii=False).encode()) for part in (header, claims)
    )
    return f"{signed}.{base64url(key.sign(signed.encode(), _PADDING, HASHES[header['alg']]))}"


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it was read; nothing in it may be believed before ``verify``."""

    kid: str
    algorithm: str
    claims: dict[str, Any]
    signed: bytes
    signature: bytes

    def verify(self, key: RSAPublicKey) -> None:
        try:
            key.verify(self.signature, self.signed, _PADDING, HASHES[self.algorithm])
        except InvalidSignature as error:
            raise BadSignature("signature") from error


def read(text: str, algorithm: str = "RS256") -> Token:
    """Splits and decodes. Raises ``Malformed``."""
    if len(text) > LONGEST:
        raise Malformed("too long")
    parts = text.split(".")
    if len(parts) != 3:
        raise Malformed("not three parts")
    header = _object(_raw(parts[0]))
    if header.get("alg") != algorithm or not header.keys() <= HEADER_MEMBERS or not isinstance(header.get("kid"), str):
        raise Malformed("header")
    claims = _object(_raw(parts[1]))
    return Token(header["kid"], algorithm, claims, f"{parts[0]}.{parts[1]}".encode(), _raw(parts[2]))
