"""The RSA keys that sign tokens: two for each pool, sealed, rotated with overlap, and a reserve so that nobody waits.

::

    reserve --assign()--> current --rotate()--> retired --(tokens expired) forget()--> gone
                next -----rotate()---^

A ``next`` key is published before it signs, so that a verifier with a cached JWKS knows it; a ``retired`` one stays
published until the last token that it signed has expired.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.db import transaction
from django.utils import timezone

from cognito_site import jose, keyring, lookups
from cognito_site.remembered import Remembered
from userpools.models import SigningKey, UserPool

BITS = 2048
CERTIFICATE_YEARS = 10
LONGEST_TOKEN_LIFE = timedelta(days=1)
RESERVE = 8
SECONDS_REMEMBERED = 10


@dataclass(frozen=True, slots=True)
class PublicKey:
    pool_id: str
    use: str
    key: rsa.RSAPublicKey


class Sealed(Protocol):
    """A row that keeps what ``generate`` made."""

    @property
    def kid(self) -> str: ...
    @property
    def private_key(self) -> Any: ...


_opened: Remembered[str, rsa.RSAPrivateKey] = Remembered(3600, 2000)
_current: Remembered[str, dict[str, SigningKey]] = Remembered(SECONDS_REMEMBERED, 2000)
_public: Remembered[str, PublicKey] = Remembered(SECONDS_REMEMBERED, 4000)


def _base64url(number: int) -> str:
    return jose.base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _certificate(private: rsa.RSAPrivateKey, kid: str) -> str:
    """Self-signed, base64 DER: some verifiers (Ceph) look for the key in ``x5c`` only."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, kid)])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * CERTIFICATE_YEARS))
        .sign(private, hashes.SHA256())
    )
    return base64.b64encode(built.public_bytes(serialization.Encoding.DER)).decode()


def generate(algorithm: str = "RS256") -> SigningKey:
    """A new key, not saved. Takes tens of milliseconds: no request waits for it, but for an empty reserve."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    numbers = private.public_key().public_numbers()
    # A kid of Cognito is 32 bytes in standard base64, so it ends in "=".
    kid = base64.b64encode(sha256(_base64url(numbers.n).encode()).digest()).decode()
    der = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    now = timezone.now()
    jwk = {"kty": "RSA", "use": "sig", "alg": algorithm, "kid": kid, "e": "AQAB", "n": _base64url(numbers.n)}
    return SigningKey(
        kid=kid,
        private_key=keyring.seal(der, f"signing-key:{kid}"),
        jwk={**jwk, "x5c": [_certificate(private, kid)]},
        created_at=now,
        state_since=now,
    )


def private_key(key: Sealed) -> rsa.RSAPrivateKey:
    """Opened once for each process. OpenSSL's own check of the primes (fifty signatures' worth) is left out: the seal
    already proves that the bytes are the ones that ``generate`` made."""
    found = _opened.get(key.kid)
    if found is not None:
        return found
    der = keyring.unseal(bytes(key.private_key), f"signing-key:{key.kid}")
    opened = serialization.load_der_private_key(der, None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(opened, rsa.RSAPrivateKey)
    return _opened.put(key.kid, opened)


# --- the reserve ----------------------------------------------------------------------------------------------------


def refill_reserve() -> int:
    """Generates what is missing; a background task. Returns how many keys were added."""
    missing = RESERVE - SigningKey.objects.filter(pool=None).count()
    for _ in range(missing):
        generate().save(force_insert=True)
    return max(missing, 0)


def _take(pool: UserPool, use: str, state: str) -> SigningKey:
    """A key of the reserve, taken by one statement that only one taker wins; or, when it is empty, a fresh one."""
    for kid in SigningKey.objects.filter(pool=None).values_list("kid", flat=True)[:RESERVE]:
        taken = SigningKey.objects.filter(kid=kid, pool=None).update(
            pool=pool, use=use, state=state, state_since=timezone.now()
        )
        if taken:
            return SigningKey.objects.get(kid=kid)
    key = generate()
    key.pool, key.use, key.state = pool, use, state
    key.save(force_insert=True)
    return key


def assign(pool: UserPool) -> None:
    """Gives a new pool its two keys; called in the transaction that makes the pool."""
    for use in SigningKey.Use.values:
        _take(pool, use, SigningKey.State.CURRENT)


# --- life of a pool's keys ------------------------------------------------------------------------------------------


def prepare_rotation(pool: UserPool) -> None:
    """Publishes the keys that will sign after ``rotate``; wait as long as verifiers cache the JWKS in between."""
    for use in SigningKey.Use.values:
        if not pool.signing_keys.filter(use=use, state=SigningKey.State.NEXT).exists():
            _take(pool, use, SigningKey.State.NEXT)


@transaction.atomic
def rotate(pool: UserPool) -> None:
    prepare_rotation(pool)
    now = timezone.now()
    for use in SigningKey.Use.values:
        keys = pool.signing_keys.filter(use=use)
        keys.filter(state=SigningKey.State.CURRENT).update(state=SigningKey.State.RETIRED, state_since=now)
        newest = keys.filter(state=SigningKey.State.NEXT).earliest("created_at")
        keys.filter(pk=newest.pk).update(state=SigningKey.State.CURRENT, state_since=now)
    transaction.on_commit(lambda: _current.forget(pool.pk))


def forget_retired(pool: UserPool) -> int:
    """Removes retired keys that no living token can carry. Returns how many."""
    before = timezone.now() - LONGEST_TOKEN_LIFE
    return pool.signing_keys.filter(state=SigningKey.State.RETIRED, state_since__lt=before).delete()[0]


def published(pool: UserPool) -> list[dict[str, Any]]:
    """The JWK set: public members only, oldest first."""
    return list(pool.signing_keys.order_by("created_at", "kid").values_list("jwk", flat=True))


# --- signing and checking -------------------------------------------------------------------------------------------


def current(pool: UserPool) -> dict[str, SigningKey]:
    """The keys that sign now, by use. Remembered for some seconds: a retired key stays published far longer."""
    known = _current.get(pool.pk)
    if known is None:
        rows = pool.signing_keys.filter(state=SigningKey.State.CURRENT)
        known = _current.put(pool.pk, {row.use: row for row in rows})
    return known


def sign(pool: UserPool, use: str, claims: dict[str, Any]) -> str:
    key = current(pool)[use]
    return jose.sign(claims, key.kid, private_key(key))


def public_key(kid: str) -> PublicKey | None:
    """Of any pool's published key. Remembered for some seconds, which is how long an emergency removal takes."""
    known = _public.get(kid)
    if known is None:
        row = lookups.one(SigningKey.objects.filter(kid=kid, pool__isnull=False))
        if row is None or row.pool_id is None:
            return None
        known = _public.put(kid, PublicKey(row.pool_id, row.use, public_half(row.jwk)))
    return known


def public_half(jwk: dict[str, Any]) -> rsa.RSAPublicKey:
    modulus = base64.urlsafe_b64decode(jwk["n"] + "==")
    return rsa.RSAPublicNumbers(65537, int.from_bytes(modulus, "big")).public_key()


# --- emergencies ----------------------------------------------------------------------------------------------------


@transaction.atomic
def remove(kid: str) -> UserPool | None:
    """Takes a stolen key away: what it signed is refused within ``SECONDS_REMEMBERED``. Returns its pool."""
    key = lookups.one(SigningKey.objects.select_related("pool").filter(kid=kid, pool__isnull=False))
    if key is None or key.pool is None:
        return None
    key.delete()
    if key.state == SigningKey.State.CURRENT:
        _take(key.pool, key.use, SigningKey.State.CURRENT)
    _public.forget(kid)
    _current.forget(key.pool.pk)
    return key.pool
