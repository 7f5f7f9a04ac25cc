"""Setting up an authenticator app inside the sign-in that asks for it (MFA_SETUP), on a page that shows the key.

A page may be loaded again and must then show the same key; but only to the sign-in that offered it. Whoever knows a
password could otherwise begin to sign in, note the key, and leave it for the owner of the account to confirm.
"""

from __future__ import annotations

from dataclasses import dataclass

from cognito_site import keyring
from cognito_site.contract import errors
from userpools.domain import factors, sessions, sign_in
from userpools.domain.challenges.factors import SET_UP
from userpools.domain.sessions import Held
from userpools.domain.sign_in import Result

OFFERED = "offered_totp"


@dataclass(frozen=True, slots=True)
class Offer:
    """``session`` is what the next answer brings back; it is new when the key is."""

    key: str
    session: str


def offer(held: Held, session: str) -> Offer:
    key = factors.offered_key(held.attempt.known_user)
    if key is not None and _is_ours(held, key):
        return Offer(key, session)
    key = factors.offer_totp(held.attempt.known_user)
    return Offer(key, sign_in.note(held, **{OFFERED: _fingerprint(key)}).session)


def prove(held: Held, code: str, friendly_name: str) -> Result:
    """Raises EnableSoftwareTokenMFA for a wrong code, also for one of a key that another sign-in replaced."""
    user, client = held.attempt.known_user, held.attempt.client
    key = factors.offered_key(user)
    if key is None or not _is_ours(held, key):
        raise errors.software_token_mismatch()
    factors.confirm_totp(user, code, friendly_name)
    asked = sign_in.note(held, **{SET_UP: True})
    return sign_in.answer_held(sessions.hold(client, asked.session, held.attempt.context), asked.challenge, {})


def _is_ours(held: Held, key: str) -> bool:
    return bool(held.attempt.notes.get(OFFERED) == _fingerprint(key))


def _fingerprint(key: str) -> str:
    return keyring.fingerprint(key, OFFERED).hex()
