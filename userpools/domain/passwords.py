"""Passwords: the pool's policy, the two forms in which one is kept, and the history rule.

A password is kept as an Argon2id hash, for the flows that send it, and as an SRP verifier, for those that do not. The
verifier is sealed: it resists guessing no better than one SHA-256.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from django.utils import timezone

from cognito_site import keyring
from cognito_site.contract import errors
from userpools.domain import hashing, srp
from userpools.models import PasswordRecord, User, UserPool
from userpools.values import PasswordPolicy

SYMBOLS = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- "  # AWS: "Password policies"; a space counts inside, not at the ends
GENERATED_SYMBOLS = "!@#$%*?+-="
GENERATED_LENGTH = 16
DEFAULT_VALIDITY_DAYS = 7  # what 0 asks for
COLUMNS = ("password", "srp_salt", "srp_verifier", "temporary_password_expires_at")


# --- policy ---------------------------------------------------------------------------------------------------------


def _has(characters: str) -> Callable[[str], bool]:
    return lambda password: any(character in characters for character in password)


def violation(policy: PasswordPolicy, password: str) -> str | None:
    """The first rule that ``password`` breaks, in AWS's words."""
    rules = (
        (len(password) >= policy.minimum_length, "Password not long enough"),
        (not policy.require_uppercase or any(map(str.isupper, password)), "Password must have uppercase characters"),
        (not policy.require_lowercase or any(map(str.islower, password)), "Password must have lowercase characters"),
        (not policy.require_numbers or _has(string.digits)(password), "Password must have numeric characters"),
        (not policy.require_symbols or _has(SYMBOLS)(password.strip()), "Password must have symbol characters"),
    )
    return next((reason for holds, reason in rules if not holds), None)


def check_policy(pool: UserPool, password: str) -> None:
    reason = violation(pool.password_policy, password)
    if reason:
        raise errors.password_refused(reason)


def generate(policy: PasswordPolicy) -> str:
    """A temporary password that any policy accepts: one of each kind, the rest at random, shuffled."""
    kinds = (string.ascii_uppercase, string.ascii_lowercase, string.digits, GENERATED_SYMBOLS)
    length = max(GENERATED_LENGTH, policy.minimum_length)
    chosen = [secrets.choice(kind) for kind in kinds]
    chosen += [secrets.choice(string.ascii_letters + string.digits) for _ in range(length - len(chosen))]
    secrets.SystemRandom().shuffle(chosen)
    return "".join(chosen)


# --- setting and checking -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """Both forms of a password, ready to be stored."""

    hashed: str
    srp_salt: bytes
    srp_verifier: bytes


def made(user: User, password: str) -> Kept:
    """Raises InvalidPassword, or PasswordHistoryPolicyViolation. Takes as long as a sign-in: call it before the
    transaction that keeps the password, which would hold rows meanwhile."""
    check_policy(user.pool, password)
    _check_history(user, password)
    return made_without_policy(user, password)


def made_without_policy(user: User, password: str) -> Kept:
    """For a password that was good enough somewhere else."""
    salt = srp.new_salt()
    verifier = srp.verifier(user.pool.srp_name, user.username, password, salt)
    return Kept(hashing.hashed(password), salt, keyring.seal(srp.pad(verifier), _verifier_context(user)))


def keep(user: User, kept: Kept) -> None:
    """On ``user``, not saved: ``COLUMNS`` change. The former password becomes history; call it in a transaction."""
    if user.pk and user.password and user.pool.password_policy.password_history_size > 1:
        PasswordRecord.objects.create(user=user, password=user.password, created_at=timezone.now())
    user.password, user.srp_salt, user.srp_verifier = kept.hashed, kept.srp_salt, kept.srp_verifier
    user.temporary_password_expires_at = None


def keep_temporarily(user: User, kept: Kept) -> None:
    """As ``keep``, good for the policy's days only."""
    keep(user, kept)
    days = user.pool.password_policy.temporary_password_validity_days or DEFAULT_VALIDITY_DAYS
    user.temporary_password_expires_at = timezone.now() + timedelta(days=days)


def _check_history(user: User, password: str) -> None:
    """``password_history_size`` n: the current password and the n-1 before it."""
    size = user.pool.password_policy.password_history_size
    if not size or not user.pk:
        return
    earlier = user.password_records.values_list("password", flat=True)[: size - 1]
    if any(hashing.matches(password, known) for known in filter(None, (user.password, *earlier))):
        raise errors.password_used_before()


@cache
def _nobodys_password() -> str:
    return hashing.hashed(secrets.token_urlsafe())


def matches(user: User | None, password: str) -> bool:
    """Also for nobody and for users without a password: the same work, and never true."""
    known = user.password if user is not None else ""
    return hashing.matches(password, known or _nobodys_password()) and bool(known)


# --- the SRP form ---------------------------------------------------------------------------------------------------


def _verifier_context(user: User) -> str:
    return f"srp-verifier:{user.sub}"


def srp_verifier(user: User) -> int:
    return int.from_bytes(keyring.unseal(bytes(user.srp_verifier), _verifier_context(user)), "big")
