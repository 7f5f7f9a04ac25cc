"""Second factors."""

from __future__ import annotations

from django.db import models

from userpools.models.lockable import Lockable
from userpools.models.user import User


class TotpToken(Lockable):
    """An authenticator app. Deliberately *not* a ``django_otp.models.Device``: a device of a pool user must never be
    able to answer for an operator with the same primary key. ``key`` is sealed; ``last_step`` is the newest time step
    that was accepted, so that each code works once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="totp_tokens")
    key = models.BinaryField()
    friendly_name = models.CharField(max_length=131072, blank=True)
    confirmed = models.BooleanField(default=False)
    last_step = models.BigIntegerField(default=-1)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("user", "confirmed", name="one_totp_of_a_user_and_one_waiting")]


class CodeGuesses(Lockable):
    """Wrong guesses at the codes that a user gets by one medium, over all sign-ins: beginning anew forgives none."""

    user = models.ForeignKey(User, models.CASCADE, related_name="code_guesses")
    factor = models.CharField(max_length=24)

    class Meta:
        constraints = [models.UniqueConstraint("user", "factor", name="one_count_for_a_factor_of_a_user")]
