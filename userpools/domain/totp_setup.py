"""Setting up an authenticator app inside the sign-in that asks for it (MFA_SETUP): by the API, or on a page that shows
the key.

Only a sign-in that still owes the set-up may offer a key: a session of any other question proves less, and one that
waited until its user had a second factor would put another in its place. A key belongs to the sign-in that offered it:
whoever knows a password could otherwise note a key, and leave it for the owner of the account to confirm. A page may be
loaded again, and shows the same key then.
"""

from __future__ import annotations

from dataclasses import dataclass

from cognito_site import keyring
from cognito_site.contract import errors
from userpools.domain import factors, sessions, sign_in
from userpools.domain.challenges.factors import SET_UP, MfaSetup
from userpools.domain.sessions import Held
from userpools.domain.sign_in import Asked, Result

OFFERED = "offered_totp"
_setup = MfaSetup()


@dataclass(frozen=True, slots=True)
class Offer:
    """``session`` is what the next answer brings back; it is new when the key is."""

    key: str
    session: str


def offer(held: Held) -> Offer:
    """A new key."""
    _check_owed(held)
    key = factors.offer_totp(held.attempt.known_user)
    return Offer(key, sign_in.note(held, **{OFFERED: _fingerprint(key)}).session)


def offer_on_page(held: Held, session: str) -> Offer:
    """The key that the page already shows, or a new one."""
    key = factors.offered_key(held.attempt.known_user)
    return Offer(key, session) if key is not None and _is_ours(held, key) else offer(held)


def prove(held: Held, code: str, friendly_name: str) -> Asked:
    """MFA_SETUP again, to be answered with nothing more. Raises EnableSoftwareTokenMFA for a wrong code, also for one
    of a key that another sign-in replaced."""
    _check_owed(held)
    user = held.attempt.known_user
    key = factors.offered_key(user)
    if key is None or not _is_ours(held, key):
        raise errors.software_token_mismatch()
    factors.confirm_totp(user, code, held.attempt.context.at(held.attempt.client.pk), friendly_name)
    return sign_in.note(held, **{SET_UP: True})


def prove_on_page(held: Held, code: str, friendly_name: str) -> Result:
    """As ``prove``, and on to what follows."""
    asked = prove(held, code, friendly_name)
    client, context = held.attempt.client, held.attempt.context
    return sign_in.answer_held(sessions.hold(client, asked.session, context), asked.challenge, {})


def _check_owed(held: Held) -> None:
    if held.row.challenge != _setup.name:
        raise errors.invalid_session()
    _setup.check_owed(held.attempt)


def _is_ours(held: Held, key: str) -> bool:
    return bool(held.attempt.notes.get(OFFERED) == _fingerprint(key))


def _fingerprint(key: str) -> str:
    return keyring.fingerprint(key, OFFERED).hex()
