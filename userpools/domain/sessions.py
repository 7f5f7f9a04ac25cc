"""The state of a sign-in between two answers: a row, and the ``Session`` string that leads to it once.

Only the digest of the string is kept. A row is spent by one statement, so that of two answers at once one counts.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from cognito_site import keyring
from cognito_site.contract import errors
from cognito_site.prepared import Prepared
from userpools.domain.challenges.base import Attempt, Challenge, Question
from userpools.models import AppClient, SignIn, TokenFamily
from userpools.values import Context

HANDLE_BYTES = 48
# Of a name that nobody can have.
LONGEST_NAME = 2048
_asked = Prepared(lambda: SignIn.objects.select_related("user", "client__pool").filter(digest=b"a digest"))


@dataclass(frozen=True, slots=True)
class Held:
    """A session that was found good, not spent yet."""

    row: SignIn
    attempt: Attempt


def new_handle() -> bytes:
    return secrets.token_bytes(HANDLE_BYTES)


def of_handle(handle: bytes) -> str:
    return base64.urlsafe_b64encode(handle).decode()


def of_block(answers: Mapping[str, str]) -> str:
    """SECRET_BLOCK carries the session for clients that leave it out with PASSWORD_VERIFIER."""
    try:
        handle = base64.b64decode(answers.get("PASSWORD_CLAIM_SECRET_BLOCK") or "", validate=True)
    except (binascii.Error, ValueError):
        raise errors.invalid_session() from None
    if not handle:
        raise errors.missing_parameter("Session")
    return of_handle(handle)


def hold(client: AppClient, session: str, context: Context) -> Held:
    """Raises NotAuthorized for a session that is foreign, garbled, expired or spent."""
    row = _row(session)
    if row is None or row.client_id != client.pk:
        raise errors.invalid_session()
    row.client = client
    return _check(row, context)


def hold_by_session(session: str, context: Context) -> Held:
    """For operations that take a session and no client id."""
    row = _row(session)
    if row is None:
        raise errors.invalid_session()
    return begun_at_the_api(_check(row, context))


def begun_at_the_api(held: Held) -> Held:
    """What a page began, a page finishes: who signs in there gets an authorization code, and tokens for that."""
    if held.attempt.source != TokenFamily.Source.API:
        raise errors.invalid_session()
    return held


def _row(session: str) -> SignIn | None:
    return _asked.one(digest=keyring.digest(session))


def _check(row: SignIn, context: Context) -> Held:
    if row.spent_at is not None:
        raise errors.session_used()
    if row.expires_at <= timezone.now():
        raise errors.session_expired()
    user, state, context = row.user, row.state, context.at(row.client_id)
    if user is not None:
        user.pool = row.client.pool
        if not user.enabled:
            raise errors.user_disabled()
    proved, notes = tuple(state["proved"]), state["notes"]
    return Held(row, Attempt(row.client, user, row.name, state["flow"], state["source"], context, proved, notes))


def spend(row: SignIn) -> None:
    if not SignIn.objects.filter(pk=row.pk, spent_at=None).update(spent_at=timezone.now()):
        raise errors.session_used()


def remember(challenge: Challenge, attempt: Attempt, question: Question, handle: bytes) -> None:
    now = timezone.now()
    SignIn.objects.create(
        digest=keyring.digest(of_handle(handle)),
        pool=attempt.client.pool,
        client=attempt.client,
        user=attempt.user,
        name=attempt.name[:LONGEST_NAME],
        challenge=challenge.name,
        state=_state(attempt, question),
        created_at=now,
        expires_at=now + attempt.client.session_lifetime,
    )


def _state(attempt: Attempt, question: Question) -> dict[str, Any]:
    return {
        "flow": attempt.flow,
        "source": attempt.source,
        "proved": list(attempt.proved),
        "notes": dict(attempt.notes),
        "question": question.state,
    }
