"""The keys that sign OpenID tokens: one set for the installation, made and rotated as those of user pools are.

::

    next --rotate()--> current --rotate()--> retired --(tokens expired) forget_retired()--> gone
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.db import IntegrityError, transaction
from django.utils import timezone

from cognito_site import jose, lookups
from cognito_site.remembered import Remembered
from identitypools.domain import access
from identitypools.models import SigningKey
from userpools.domain import keys

ALGORITHM = "RS512"
# A back end may ask for tokens that live for a day.
LONGEST_TOKEN_LIFE = timedelta(days=1)
SECONDS_REMEMBERED = 10

State = SigningKey.State
_public: Remembered[str, RSAPublicKey] = Remembered(SECONDS_REMEMBERED, 100)


def ensure() -> None:
    """The first key of an installation; of several that make one at once, one wins."""
    if not access.signing_keys().filter(state=State.CURRENT).exists():
        _add(State.CURRENT)


def sign(claims: dict[str, Any]) -> str:
    key = _current()
    header = {"kid": key.kid, "typ": "JWS", "alg": ALGORITHM}
    return jose.sign(claims, key.kid, keys.private_key(key), header)


def public_key(kid: str) -> RSAPublicKey | None:
    """Remembered for some seconds, which is how long an emergency removal takes."""
    known = _public.get(kid)
    if known is None:
        key = lookups.one(access.signing_keys().filter(kid=kid))
        known = _public.put(kid, keys.public_half(key.jwk)) if key is not None else None
    return known


def published() -> list[dict[str, Any]]:
    """The JWK set: public members only, oldest first."""
    ensure()
    return list(access.signing_keys().order_by("created_at", "kid").values_list("jwk", flat=True))


# --- rotation -------------------------------------------------------------------------------------------------------


def prepare_rotation() -> None:
    """Publishes the key that will sign after ``rotate``; wait as long as verifiers cache the JWKS in between."""
    if not access.signing_keys().filter(state=State.NEXT).exists():
        _add(State.NEXT)


@transaction.atomic
def rotate() -> None:
    prepare_rotation()
    now = timezone.now()
    access.signing_keys().filter(state=State.CURRENT).update(state=State.RETIRED, state_since=now)
    access.signing_keys().filter(state=State.NEXT).update(state=State.CURRENT, state_since=now)


def forget_retired() -> int:
    """Removes retired keys that no living token can carry. Returns how many."""
    before = timezone.now() - LONGEST_TOKEN_LIFE
    return access.signing_keys().filter(state=State.RETIRED, state_since__lt=before).delete()[0]


@transaction.atomic
def remove(kid: str) -> bool:
    """Takes a stolen key away: what it signed is refused within ``SECONDS_REMEMBERED``."""
    deleted, _ = access.signing_keys().filter(kid=kid).delete()
    ensure()
    _public.forget(kid)
    return bool(deleted)


def _current() -> SigningKey:
    """Asked anew at each token, so that a removed key signs no more."""
    found = lookups.one(access.signing_keys().filter(state=State.CURRENT))
    if found is None:
        ensure()
        found = access.signing_keys().get(state=State.CURRENT)
    return found


def _add(state: str) -> None:
    made = keys.generate(ALGORITHM)
    key = SigningKey(kid=made.kid, state=state, private_key=made.private_key, jwk=made.jwk)
    key.created_at = key.state_since = made.created_at
    try:
        with transaction.atomic():
            key.save(force_insert=True)
    except IntegrityError:
        return  # somebody else was quicker
