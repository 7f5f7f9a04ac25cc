"""PASSWORD_VERIFIER: the password, proved without sending it. NEW_PASSWORD_REQUIRED: a temporary one, replaced."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from hashlib import shake_256
from typing import Any
from uuid import UUID

from django.db import transaction

from cognito_site import keyring
from cognito_site.contract import errors
from userpools.domain import access, attribute_changes, attributes, events, lockout, passwords, srp
from userpools.domain.challenges import custom
from userpools.domain.challenges.base import Attempt, Challenge, Question, required
from userpools.models import User, UserPool


class PasswordVerifier(Challenge):
    """``state`` holds the server's secret, sealed; SECRET_BLOCK is the session's handle in another spelling, so an
    answer without ``Session`` finds its row as well, and spends it."""

    name = "PASSWORD_VERIFIER"

    def applies(self, attempt: Attempt) -> bool:
        is_meant = attempt.flow != custom.FLOW or attempt.notes.get(custom.CHOSEN) == self.name
        return is_meant and "srp_a" in attempt.notes and "pwd" not in attempt.proved

    def ask(self, attempt: Attempt, handle: bytes) -> Question:
        public = srp.parse_public(attempt.notes["srp_a"])
        identity, salt, verifier = _secrets_of(attempt)
        secret = srp.server_secret()
        server_public = srp.server_public(verifier, secret)
        sealed = keyring.seal(secret.to_bytes(srp.SECRET_BITS // 8, "big"), _context(handle))
        parameters = {
            "SALT": salt.hex(),
            "SRP_B": format(server_public, "x"),
            "SECRET_BLOCK": base64.b64encode(handle).decode(),
            "USERNAME": identity,
            "USER_ID_FOR_SRP": identity,
        }
        state = {"client": format(public, "x"), "server": parameters["SRP_B"], "secret": sealed.hex()}
        return Question(parameters, {**state, "handle": parameters["SECRET_BLOCK"], "identity": identity})

    def accept(self, attempt: Attempt, state: Mapping[str, Any], answers: Mapping[str, str]) -> Attempt:
        block = required(answers, "PASSWORD_CLAIM_SECRET_BLOCK")
        signature = required(answers, "PASSWORD_CLAIM_SIGNATURE")
        timestamp = required(answers, "TIMESTAMP")
        with lockout.guess(lockout.counted_for(attempt.client.pool, attempt.user, attempt.name)):
            right = hmac.compare_digest(_claim(attempt, state, timestamp).encode(), signature.encode())
            is_somebody = attempt.user is not None and bool(attempt.user.srp_verifier)
            if not (right and is_somebody and block == state["handle"]):
                raise errors.incorrect_username_or_password()
        return custom.remembering(attempt.having_proved("pwd"), self.name, result=True)


def _claim(attempt: Attempt, state: Mapping[str, Any], timestamp: str) -> str:
    """What the client signs who knows the password."""
    identity, _, verifier = _secrets_of(attempt)
    handle = base64.b64decode(state["handle"])
    secret = int.from_bytes(keyring.unseal(bytes.fromhex(state["secret"]), _context(handle)), "big")
    key = srp.session_key(int(state["client"], 16), int(state["server"], 16), verifier, secret)
    return srp.claim(key, attempt.client.pool.srp_name, identity, handle, timestamp)


def _context(handle: bytes) -> str:
    return f"srp-secret:{keyring.digest(base64.b64encode(handle).decode()).hex()}"


def _secrets_of(attempt: Attempt) -> tuple[str, bytes, int]:
    """Identity, salt and verifier; for nobody, and for users without a password, steady inventions that cost the same
    and lead nowhere (RFC 5054 section 2.5.1.3)."""
    user = attempt.user
    if user is not None and user.srp_verifier:
        return user.username, bytes(user.srp_salt), passwords.srp_verifier(user)
    return _invented(attempt.client.pool, attempt.name, user)


def _invented(pool: UserPool, name: str, user: User | None) -> tuple[str, bytes, int]:
    seed = keyring.fingerprint(f"{pool.pk}\0{pool.fold(name)}", "srp-of-nobody")
    stream = shake_256(seed).digest(16 + srp.SALT_BYTES + 384)
    identity = user.username if user is not None else str(UUID(bytes=stream[:16], version=4))
    salt = bytes([stream[16] or 1]) + stream[17 : 16 + srp.SALT_BYTES]
    return identity, salt, int.from_bytes(stream[16 + srp.SALT_BYTES :], "big") % srp.N


class NewPasswordRequired(Challenge):
    """After a temporary password. Missing required attributes come along with the new one."""

    name = "NEW_PASSWORD_REQUIRED"
    is_retryable = True
    PREFIX = "userAttributes."

    def applies(self, attempt: Attempt) -> bool:
        """Of a password that was typed: other ways in do not need one."""
        return "pwd" in attempt.proved and attempt.known_user.must_change_password

    def ask(self, attempt: Attempt, handle: bytes) -> Question:
        user = attempt.known_user
        shown = {name: value for name, value in user.attributes.items() if attempt.client.may_read(name)}
        missing = [f"{self.PREFIX}{name}" for name in attributes.missing_required(user)]
        return Question(
            {
                "USER_ID_FOR_SRP": user.username,
                "requiredAttributes": json.dumps(missing),
                "userAttributes": json.dumps(shown),
            }
        )

    def accept(self, attempt: Attempt, state: Mapping[str, Any], answers: Mapping[str, str]) -> Attempt:
        password = required(answers, "NEW_PASSWORD")
        given = {
            name.removeprefix(self.PREFIX): value for name, value in answers.items() if name.startswith(self.PREFIX)
        }
        kept = _made(attempt.known_user, password)
        with transaction.atomic():
            user = access.locked_user(attempt.known_user)
            attribute_changes.complete(user, attempt.client, given)
            _keep(user, kept)
            events.record(
                user.pool, user, events.CHANGE_PASSWORD, True, client=attempt.client.pk, context=attempt.context
            )
        return replace(attempt, user=user).having_proved(new_password=True)


def _made(user: User, password: str) -> passwords.Kept:
    try:
        return passwords.made(user, password)
    except errors.InvalidPassword as refusal:
        raise errors.password_refused_in_challenge(refusal.message.partition(": ")[2]) from None


def _keep(user: User, kept: passwords.Kept) -> None:
    """Two answers to two sessions at once: the first one sets the password, the second finds it set."""
    passwords.keep(user, kept)
    user.status = User.Status.CONFIRMED
    columns = [*passwords.COLUMNS, "status"]
    changed = User.objects.filter(pk=user.pk, status=User.Status.FORCE_CHANGE_PASSWORD).update(
        **{column: getattr(user, column) for column in columns}
    )
    if not changed:
        raise errors.invalid_session()
