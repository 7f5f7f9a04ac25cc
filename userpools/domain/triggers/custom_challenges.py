"""DefineAuthChallenge, CreateAuthChallenge and VerifyAuthChallengeResponse: a sign-in that functions steer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cognito_site.contract import errors
from userpools.domain.triggers.calls import (
    CREATE,
    DEFINE,
    VERIFY,
    Moment,
    Trigger,
    ask,
    attributes,
    flag,
    metadata,
    text,
    texts,
)
from userpools.models import User, UserPool
from userpools.values import Context

# What was asked so far, oldest first: challengeName, challengeResult, challengeMetadata.
Session = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Direction:
    """Where a sign-in goes: it fails, or gets tokens, or is asked ``challenge``."""

    challenge: str = ""
    issues_tokens: bool = False


@dataclass(frozen=True, slots=True)
class Riddle:
    """``private`` stays here."""

    public: dict[str, str]
    private: dict[str, str]
    metadata: str | None


@dataclass(frozen=True, slots=True)
class Player:
    """Who is signing in. ``user`` None: nobody has ``name``, and the client hides that."""

    pool: UserPool
    user: User | None
    name: str
    context: Context

    def moment(self, trigger: Trigger) -> Moment:
        named = self.user.username if self.user is not None else self.name
        return Moment(self.pool, trigger, f"{trigger.name}_Authentication", named, self.context)

    def request(self, **more: Any) -> dict[str, Any]:
        known = attributes(self.user) if self.user is not None else {}
        lost = {"userNotFound": True} if self.user is None else {}
        return {"userAttributes": known, **more, **metadata(self.context), **lost}


def check_configured(pool: UserPool) -> None:
    if not all(trigger.is_configured(pool) for trigger in (DEFINE, CREATE, VERIFY)):
        raise errors.custom_auth_not_configured()


def define(player: Player, session: Session) -> Direction:
    """Raises NotAuthorized where the function ends the sign-in."""
    response = ask(player.moment(DEFINE), player.request(session=session))
    if flag(response, "failAuthentication"):
        raise errors.incorrect_username_or_password()
    if flag(response, "issueTokens"):
        return Direction(issues_tokens=True)
    challenge = text(response, "challengeName")
    if not challenge:
        raise errors.trigger_output_unrecognizable()
    return Direction(challenge)


def create(player: Player, challenge: str, session: Session) -> Riddle:
    response = ask(player.moment(CREATE), player.request(challengeName=challenge, session=session))
    return Riddle(
        texts(response, "publicChallengeParameters"),
        texts(response, "privateChallengeParameters"),
        text(response, "challengeMetadata"),
    )


def verify(player: Player, private: dict[str, str], answer: str) -> bool:
    request = player.request(privateChallengeParameters=private, challengeAnswer=answer)
    return flag(ask(player.moment(VERIFY), request), "answerCorrect")
