"""Second factors: an authenticator app's code, the choice between factors, and setting one up where MFA is required.

SMS_MFA and EMAIL_OTP are not asked yet. A pool that requires them therefore lets nobody past this point: better no
sign-in than one without the factor that was configured.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cognito_site.contract import errors
from userpools.domain import factors
from userpools.domain.challenges.base import Attempt, Challenge, Question, required

SET_UP = "set_up_totp"


def is_due(attempt: Attempt) -> bool:
    """Whether a second factor is still owed."""
    return "mfa" not in attempt.proved and factors.is_owed(attempt.known_user)


def check_can_be_met(attempt: Attempt) -> None:
    """Called where a factor is due and no challenge below applies."""
    if is_due(attempt):
        raise errors.no_second_factor_possible()


class SoftwareToken(Challenge):
    name = "SOFTWARE_TOKEN_MFA"
    is_retryable = True

    def applies(self, attempt: Attempt) -> bool:
        return is_due(attempt) and factors.totp_is_in_force(attempt.known_user)

    def ask(self, attempt: Attempt, handle: bytes) -> Question:
        parameters = {"USER_ID_FOR_SRP": attempt.known_user.username}
        token = factors.totp_of(attempt.known_user)
        if token is not None and token.friendly_name:
            parameters["FRIENDLY_DEVICE_NAME"] = token.friendly_name
        return Question(parameters)

    def accept(self, attempt: Attempt, state: Mapping[str, Any], answers: Mapping[str, str]) -> Attempt:
        code = required(answers, "SOFTWARE_TOKEN_MFA_CODE")
        token = factors.totp_of(attempt.known_user)
        if token is None:
            raise errors.mfa_code_mismatch()
        factors.check_totp(token, code)
        return attempt.having_proved("otp", "mfa")


class MfaSetup(Challenge):
    """MFA is required and the user has no factor. Associate/VerifySoftwareToken take this session and leave the proof
    in its notes; the answer itself only says "go on"."""

    name = "MFA_SETUP"
    is_retryable = True

    def applies(self, attempt: Attempt) -> bool:
        user = attempt.known_user
        return is_due(attempt) and user.pool.mfa == "ON" and user.pool.offers_totp

    def ask(self, attempt: Attempt, handle: bytes) -> Question:
        return Question(
            {
                "MFAS_CAN_SETUP": json.dumps([factors.TOTP_MFA]),
                "USER_ID_FOR_SRP": attempt.known_user.username,
            }
        )

    def accept(self, attempt: Attempt, state: Mapping[str, Any], answers: Mapping[str, str]) -> Attempt:
        if not attempt.notes.get(SET_UP) or factors.totp_of(attempt.known_user) is None:
            raise errors.InvalidParameter("Set up and verify a software token with this session first.")
        return attempt.having_proved("otp", "mfa")
