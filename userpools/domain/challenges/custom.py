"""CUSTOM_CHALLENGE: a question that the pool's functions ask, and how they steer a sign-in (AWS: "Custom authentication
challenge Lambda triggers").

In the CUSTOM_AUTH flow DefineAuthChallenge says at every step what follows. What it said stands in the notes of the
attempt: challenges look there whether they are meant, and nobody else names them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cognito_site import keyring
from cognito_site.contract import errors
from userpools.domain.challenges.base import Attempt, Challenge, Question, required
from userpools.domain.triggers import custom_challenges as triggers
from userpools.domain.triggers.custom_challenges import Player, Session

FLOW = "CUSTOM_AUTH"
NAME = "CUSTOM_CHALLENGE"
SESSION, CHOSEN = "custom_session", "chosen"
PROVED = "custom"
# What may be chosen, and is asked by us.
KNOWN = (NAME, "PASSWORD_VERIFIER")


def entry(challenge: str, *, result: bool, metadata: str | None = None) -> dict[str, Any]:
    return {"challengeName": challenge, "challengeResult": result, "challengeMetadata": metadata}


def directed(attempt: Attempt) -> Attempt:
    """Where the functions lead from here. Raises NotAuthorized where they end the sign-in, and where they would let in
    somebody who does not exist."""
    if attempt.flow != FLOW or attempt.notes.get(CHOSEN) == "":
        return attempt
    direction = triggers.define(_player(attempt), _session(attempt))
    if direction.issues_tokens:
        if attempt.user is None:
            raise errors.incorrect_username_or_password()
        return attempt.having_proved(PROVED, **{CHOSEN: ""})
    if direction.challenge not in KNOWN:
        raise errors.trigger_output_unrecognizable()
    if direction.challenge == "PASSWORD_VERIFIER" and ("srp_a" not in attempt.notes or "pwd" in attempt.proved):
        raise errors.trigger_output_unrecognizable()
    return attempt.having_proved(**{CHOSEN: direction.challenge})


def remembering(attempt: Attempt, challenge: str, *, result: bool, metadata: str | None = None) -> Attempt:
    """What DefineAuthChallenge reads of the steps so far."""
    if attempt.flow != FLOW:
        return attempt
    return attempt.having_proved(**{SESSION: [*_session(attempt), entry(challenge, result=result, metadata=metadata)]})


def _session(attempt: Attempt) -> Session:
    return list(attempt.notes.get(SESSION, ()))


def _player(attempt: Attempt) -> Player:
    return Player(attempt.client.pool, attempt.user, attempt.name, attempt.context)


class CustomChallenge(Challenge):
    """``state`` keeps what only VerifyAuthChallengeResponse may know, sealed. Each answer spends the session; whether
    another one is asked, the functions decide."""

    name = NAME

    def applies(self, attempt: Attempt) -> bool:
        return attempt.flow == FLOW and attempt.notes.get(CHOSEN) == NAME

    def ask(self, attempt: Attempt, handle: bytes) -> Question:
        riddle = triggers.create(_player(attempt), NAME, _session(attempt))
        named = attempt.user.username if attempt.user is not None else attempt.name
        private = keyring.seal(json.dumps(riddle.private).encode(), _context(handle))
        state = {"private": private.hex(), "handle": handle.hex(), "metadata": riddle.metadata, "identity": named}
        return Question({**riddle.public, "USERNAME": named}, state)

    def accept(self, attempt: Attempt, state: Mapping[str, Any], answers: Mapping[str, str]) -> Attempt:
        answer = required(answers, "ANSWER")
        sealed = bytes.fromhex(state["private"])
        private = json.loads(keyring.unseal(sealed, _context(bytes.fromhex(state["handle"]))))
        is_right = triggers.verify(_player(attempt), private, answer)
        return remembering(attempt, NAME, result=is_right, metadata=state["metadata"])


def _context(handle: bytes) -> str:
    return f"custom-challenge:{keyring.digest(handle).hex()}"
