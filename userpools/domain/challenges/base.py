"""What a challenge is, and what is known of a sign-in while it lasts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from cognito_site.contract import errors
from userpools.models import AppClient, User
from userpools.values import Context


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in as far as it got. ``user`` is None when nobody has ``name`` and the client hides that.

    ``proved`` holds what was shown so far, in ``amr`` words: ``pwd``, ``otp`` ...; ``flow`` is the AuthFlow;
    ``source`` is a ``TokenFamily.Source``. ``notes`` are facts that only challenges read, plain JSON. A challenge never
    changes an attempt: it returns a new one.
    """

    client: AppClient
    user: User | None
    name: str
    flow: str
    source: str
    context: Context
    proved: tuple[str, ...] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def known_user(self) -> User:
        """Past the first factor there is always one."""
        if self.user is None:
            raise errors.incorrect_username_or_password()
        return self.user

    def having_proved(self, *methods: str, **notes: Any) -> Attempt:
        return replace(self, proved=(*self.proved, *methods), notes={**self.notes, **notes})


def _nothing() -> None:
    """Most questions send nobody a message."""


@dataclass(frozen=True, slots=True)
class Question:
    """What goes out: ``parameters`` to the client, ``state`` into the row of the session. ``send`` writes a message
    into the outbox, in the transaction that asks."""

    parameters: dict[str, str]
    state: dict[str, Any] = field(default_factory=dict)
    send: Callable[[], object] = _nothing


class Challenge:
    """``is_retryable``: a wrong answer leaves the session open (codes), or ends it (passwords)."""

    name: ClassVar[str]
    is_retryable: ClassVar[bool] = False

    def applies(self, attempt: Attempt) -> bool:
        raise NotImplementedError

    def ask(self, attempt: Attempt, handle: bytes) -> Question:
        """``handle``: the random bytes behind the session, for a challenge that binds something to it."""
        raise NotImplementedError

    def accept(self, attempt: Attempt, state: Mapping[str, Any], answers: Mapping[str, str]) -> Attempt:
        """The attempt with what ``answers`` proved. Raises the refusal of a wrong answer."""
        raise NotImplementedError


def required(answers: Mapping[str, str], name: str) -> str:
    if not answers.get(name):
        raise errors.missing_parameter(name)
    return answers[name]
