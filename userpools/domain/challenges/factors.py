"""Second factors: which one is asked, an authenticator app's code, and setting one up where MFA is required."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cognito_site.contract import errors
from userpools.domain import channels, factors
from userpools.domain.challenges import custom
from userpools.domain.challenges.base import Attempt, Challenge, Question, required

SET_UP = "set_up_totp"
CHOSEN = "chosen_mfa"
CHOOSES = "chooses_mfa"
SET_UP_EMAIL = "set_up_email"
# The documentation's word for one of them.
SYNONYMS = {"EMAIL_MFA": factors.EMAIL_MFA}


def is_due(attempt: Attempt) -> bool:
    """Whether a second factor is still owed. Functions that steer a sign-in ask what they like; what the pool demands
    of everybody they cannot leave out."""
    user = attempt.known_user
    if "mfa" in attempt.proved or (attempt.flow == custom.FLOW and user.pool.mfa != "ON"):
        return False
    return factors.is_owed(user)


def due_factor(attempt: Attempt) -> str | None:
    """The factor that is asked now. None: the user has to choose, or to set one up."""
    if not is_due(attempt):
        return None
    if CHOSEN in attempt.notes:
        return str(attempt.notes[CHOSEN])
    usable = factors.in_force(attempt.known_user)
    if len(usable) == 1:
        return usable[0]
    preferred = attempt.known_user.preferred_mfa
    return preferred if preferred in usable and CHOOSES not in attempt.notes else None


def undecided(attempt: Attempt) -> Attempt:
    """The user wants to choose among the factors, whatever was chosen or preferred before."""
    notes = {name: value for name, value in attempt.notes.items() if name != CHOSEN}
    return replace(attempt, notes={**notes, CHOOSES: True})


def check_can_be_met(attempt: Attempt) -> None:
    """Called where a factor is due and no challenge below applies."""
    if is_due(attempt):
        raise errors.no_second_factor_possible()


class SelectMfaType(Challenge):
    """Several factors, and none preferred."""

    name = "SELECT_MFA_TYPE"
    is_retryable = True

    def applies(self, attempt: Attempt) -> bool:
        return is_due(attempt) and due_factor(attempt) is None and len(factors.in_force(attempt.known_user)) > 1

    def ask(self, attempt: Attempt, handle: bytes) -> Question:
        user = attempt.known_user
        offered = json.dumps(factors.in_force(user))
        # Clients read the first, the documentation writes the second.
        parameters = {"MFAS_CAN_CHOOSE": offered, "MFAS_CAN_SELECT": offered, "USER_ID_FOR_SRP": user.username}
        return Question(parameters)

    def accept(self, attempt: Attempt, state: Mapping[str, Any], answers: Mapping[str, str]) -> Attempt:
        answer = required(answers, "ANSWER")
        chosen = SYNONYMS.get(answer, answer)
        if chosen not in factors.in_force(attempt.known_user):
            raise errors.not_a_choice(answer)
        return attempt.having_proved(**{CHOSEN: chosen})


class SoftwareToken(Challenge):
    name = "SOFTWARE_TOKEN_MFA"
    answer = "SOFTWARE_TOKEN_MFA_CODE"
    is_retryable = True

    def applies(self, attempt: Attempt) -> bool:
        return due_factor(attempt) == factors.TOTP_MFA

    def ask(self, attempt: Attempt, handle: bytes) -> Question:
        parameters = {"USER_ID_FOR_SRP": attempt.known_user.username}
        token = factors.totp_of(attempt.known_user)
        if token is not None and token.friendly_name:
            parameters["FRIENDLY_DEVICE_NAME"] = token.friendly_name
        return Question(parameters)

    def accept(self, attempt: Attempt, state: Mapping[str, Any], answers: Mapping[str, str]) -> Attempt:
        code = required(answers, self.answer)
        token = factors.totp_of(attempt.known_user)
        if token is None:
            raise errors.mfa_code_mismatch()
        factors.check_totp(token, code)
        return custom.remembering(attempt.having_proved("otp", "mfa"), self.name, result=True)


class MfaSetup(Challenge):
    """MFA is required and the user has no factor. Associate/VerifySoftwareToken take this session and leave the proof
    in its notes; the answer itself only says "go on". An e-mail address is proved by the EMAIL_OTP that follows."""

    name = "MFA_SETUP"
    is_retryable = True

    def applies(self, attempt: Attempt) -> bool:
        user = attempt.known_user
        return (
            is_due(attempt)
            and not factors.in_force(user)
            and bool(factors.can_be_set_up(user))
            and (CHOSEN not in attempt.notes)
        )

    def ask(self, attempt: Attempt, handle: bytes) -> Question:
        user = attempt.known_user
        return Question({"MFAS_CAN_SETUP": json.dumps(factors.can_be_set_up(user)), "USER_ID_FOR_SRP": user.username})

    def check_owed(self, attempt: Attempt) -> None:
        """Another sign-in may have set up a factor since this one was asked."""
        if not self.applies(attempt):
            raise errors.invalid_session()

    def accept(self, attempt: Attempt, state: Mapping[str, Any], answers: Mapping[str, str]) -> Attempt:
        address = answers.get("EMAIL") or answers.get("email")
        if address:
            self.check_owed(attempt)
            return _with_email(attempt, address)
        if not attempt.notes.get(SET_UP) or factors.totp_of(attempt.known_user) is None:
            raise errors.InvalidParameter("Set up and verify a software token with this session first.")
        return attempt.having_proved("otp", "mfa")


def _with_email(attempt: Attempt, address: str) -> Attempt:
    if factors.EMAIL_MFA not in factors.can_be_set_up(attempt.known_user):
        raise errors.no_delivery_config(factors.EMAIL_MFA)
    channels.check_format(channels.EMAIL, address)
    return attempt.having_proved(**{CHOSEN: factors.EMAIL_MFA, SET_UP_EMAIL: address})
