"""SMS_MFA and EMAIL_OTP: a code by message, as the second factor.

The code lives as long as the session that it belongs to, and proves nothing in another one. Only its keyed fingerprint
is kept. Wrong guesses are counted over all sign-ins of a user, so that beginning anew gains nothing.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar

from django.db import IntegrityError
from django.utils import timezone

from cognito_site import keyring
from cognito_site.contract import errors
from userpools.domain import attribute_changes, channels, codes, drafts, factors, lockout, messages, sendable
from userpools.domain.challenges import custom
from userpools.domain.challenges.base import Attempt, Challenge, Question, required
from userpools.domain.challenges.factors import SET_UP_EMAIL, due_factor
from userpools.models import CodeGuesses, User


class MessageCode(Challenge):
    factor: ClassVar[str]
    channel: ClassVar[str]
    answer: ClassVar[str]
    proof: ClassVar[str]
    is_retryable = True

    def applies(self, attempt: Attempt) -> bool:
        return due_factor(attempt) == self.factor

    def ask(self, attempt: Attempt, handle: bytes) -> Question:
        user, address = attempt.known_user, self._address(attempt)
        # Sign-in declares neither refusal.
        sendable.check(user.pool, self.channel, address, declared=())
        letter = messages.compose(user, drafts.AUTHENTICATION, channels.MEDIUMS[self.channel], attempt.context)
        code = codes.generate()
        state = {"handle": handle.hex(), "code": _fingerprint(user, handle, code), "address": address}
        delivery = channels.delivery(self.channel, address)
        parameters = {
            "CODE_DELIVERY_DELIVERY_MEDIUM": delivery.medium,
            "CODE_DELIVERY_DESTINATION": delivery.destination,
            "USER_ID_FOR_SRP": user.username,
        }
        expires_at = timezone.now() + _lifetime(attempt)
        return Question(parameters, state, partial(messages.send, letter, address, code, expires_at))

    def _address(self, attempt: Attempt) -> str:
        return str(attempt.notes.get(SET_UP_EMAIL) or attempt.known_user.attributes[self.channel])

    def accept(self, attempt: Attempt, state: Mapping[str, Any], answers: Mapping[str, str]) -> Attempt:
        code, user = required(answers, self.answer), attempt.known_user
        guesses = _guesses(user, self.factor)
        with lockout.guess(guesses):
            expected = _fingerprint(user, bytes.fromhex(state["handle"]), code)
            if not hmac.compare_digest(expected, state["code"]):
                raise errors.mfa_code_mismatch()
        lockout.forgive(guesses)
        attribute_changes.prove(user, self.channel, state["address"], attempt.context)
        return custom.remembering(attempt.having_proved(self.proof, "mfa"), self.name, result=True)


class SmsMfa(MessageCode):
    name = "SMS_MFA"
    factor, channel, answer, proof = factors.SMS_MFA, channels.PHONE_NUMBER, "SMS_MFA_CODE", "sms"


class EmailOtp(MessageCode):
    name = "EMAIL_OTP"
    factor, channel, answer, proof = factors.EMAIL_MFA, channels.EMAIL, "EMAIL_OTP_CODE", "email_otp"


def _lifetime(attempt: Attempt) -> timedelta:
    return attempt.client.session_lifetime


def _fingerprint(user: User, handle: bytes, code: str) -> str:
    return keyring.fingerprint(f"{user.sub}\0{handle.hex()}\0{code}", "mfa-code").hex()


def _guesses(user: User, factor: str) -> CodeGuesses:
    try:
        found, _ = CodeGuesses.objects.get_or_create(user=user, factor=factor)
    except IntegrityError:
        found = CodeGuesses.objects.get(user=user, factor=factor)
    return found
