"""Signing in: one conversation, whichever door it is held at.

::

    begin() --> [first factor] --> next_step() --+--> Asked --> answer() --> next_step() ...
                                                 |
                                                 +--> SignedIn

    ``flows``       proves a first factor, or notes what PASSWORD_VERIFIER will ask for
    ``next_step``   checks the state of the account, then asks the first challenge of LADDER that applies, or issues
    ``answer``      finds the session, hands the answers to the challenge that was asked, and goes on
    ``sessions``    finds what was asked by the ``Session`` string, also without answering it (pages)

Invariants:

1. ``next_step`` alone decides what follows; challenges and flows never name one another.
2. A session answers only the challenge that it was issued for, at the client and for the user that began it.
3. A session is spent once, by one statement in the transaction that begins what follows, also under concurrency.
4. Counters of failed attempts, and the end of a session that was answered wrongly, outlive the rollback that their
   refusal causes: they are written before the transaction begins.
5. Tokens come out of ``_finish`` only, after every challenge of the ladder has said that it does not apply.
6. Triggers and messages are asked for outside of transactions: what takes seconds holds no row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from cognito_site.contract import errors
from userpools.domain import claims, client_secrets, events, factors, flows, lockout, sessions, tokens
from userpools.domain.challenges import custom
from userpools.domain.challenges.base import Attempt, Challenge
from userpools.domain.challenges.custom import CustomChallenge
from userpools.domain.challenges.factors import MfaSetup, SelectMfaType, SoftwareToken, check_can_be_met, undecided
from userpools.domain.challenges.message_codes import EmailOtp, SmsMfa
from userpools.domain.challenges.passwords import NewPasswordRequired, PasswordVerifier
from userpools.domain.sessions import Held
from userpools.domain.tokens import Tokens
from userpools.domain.triggers.authentication import post_authentication
from userpools.models import AppClient, TokenFamily, User
from userpools.values import Context

SIGN_IN_TRIGGER = "TokenGeneration_Authentication"
NEW_PASSWORD_TRIGGER = "TokenGeneration_NewPasswordChallenge"
DEVICE_KEY = "DEVICE_KEY"
FIRST_FACTORS = frozenset({"pwd"})
LADDER: tuple[Challenge, ...] = (
    PasswordVerifier(),
    CustomChallenge(),
    NewPasswordRequired(),
    SelectMfaType(),
    SmsMfa(),
    SoftwareToken(),
    EmailOtp(),
    MfaSetup(),
)
MESSAGE_CODES = frozenset({SmsMfa.name, EmailOtp.name})
SECOND_FACTORS = MESSAGE_CODES | {SoftwareToken.name}
CHALLENGES = {challenge.name: challenge for challenge in LADDER}


@dataclass(frozen=True, slots=True)
class Asked:
    """``session`` is the opaque string that the answer brings back."""

    challenge: str
    parameters: dict[str, str]
    session: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """``tokens`` is None on the pages, which issue them later, for an authorization code. ``user`` is None after a
    refresh, where nobody signed in. ``methods``: what was proved, in ``amr`` words."""

    tokens: Tokens | None
    user: User | None = None
    methods: tuple[str, ...] = ()


Result = Asked | SignedIn
Spend = Callable[[], None]


# --- begin ----------------------------------------------------------------------------------------------------------


def begin(client: AppClient, flow: str, door: str, parameters: Mapping[str, str], context: Context) -> Result:
    """InitiateAuth and AdminInitiateAuth (``door``: ``flows.PUBLIC`` or ``flows.ADMIN``)."""
    flow = flows.canonical(flow)
    flows.check_allowed(client, flow, door)
    if flow == "REFRESH_TOKEN_AUTH":
        return _refresh(client, parameters, context)
    name = parameters.get("USERNAME") or ""
    if not name:
        raise errors.missing_parameter("USERNAME")
    client_secrets.check_secret_hash(client, parameters.get("SECRET_HASH"), name)
    return _first_factor(client, flow, name, parameters, TokenFamily.Source.API, context)


def begin_on_page(client: AppClient, name: str, password: str, context: Context) -> Result:
    """The hosted pages: a password flow whatever flows the API of the client allows."""
    parameters = {"PASSWORD": password}
    return _first_factor(client, "USER_PASSWORD_AUTH", name, parameters, TokenFamily.Source.HOSTED, context)


def _first_factor(
    client: AppClient, flow: str, name: str, parameters: Mapping[str, str], source: str, context: Context
) -> Result:
    beginning = context.at(client.pk).beginning()
    user = flows.find_user(client, flow, name, parameters, beginning)
    attempt = Attempt(client, user, name, flow, source, beginning)
    try:
        attempt = _naming_device(flows.FLOWS[flow](attempt, parameters), parameters)
        return next_step(replace(attempt, context=beginning.without_metadata()), _nothing)
    except errors.Refusal as refusal:
        _record_failure(attempt, refusal)
        raise


def _nothing() -> None:
    """What the first step of a conversation spends."""


def _refresh(client: AppClient, parameters: Mapping[str, str], context: Context) -> SignedIn:
    token = parameters.get("REFRESH_TOKEN") or ""
    if not token:
        raise errors.missing_parameter("REFRESH_TOKEN")
    if client.rotates_refresh_tokens:
        raise errors.flow_not_enabled("REFRESH_TOKEN_AUTH")
    owner = tokens.owner(client, token) if client.has_secret else None
    names = (owner.username, str(owner.sub)) if owner else ()
    client_secrets.check_secret_hash_on_refresh(client, parameters.get("SECRET_HASH"), *names)
    return SignedIn(tokens.refresh(client, token, context.without_metadata()))


# --- answer ---------------------------------------------------------------------------------------------------------


def answer(
    client: AppClient, challenge: str, session: str | None, answers: Mapping[str, str], context: Context
) -> Result:
    """RespondToAuthChallenge and AdminRespondToAuthChallenge."""
    name = answers.get("USERNAME") or ""
    if not name:
        raise errors.missing_parameter("USERNAME")
    client_secrets.check_secret_hash(client, answers.get("SECRET_HASH"), name)
    held = sessions.begun_at_the_api(sessions.hold(client, session or sessions.of_block(answers), context))
    _check_name(held, name)
    attempt = _naming_device(held.attempt, answers)
    if attempt.proved:
        _check_device(attempt)
    return answer_held(replace(held, attempt=attempt), challenge, answers)


def answer_held(held: Held, challenge: str, answers: Mapping[str, str]) -> Result:
    if held.row.challenge != challenge:
        raise errors.challenge_mismatch()
    asked = CHALLENGES[challenge]
    spend: Spend = partial(sessions.spend, held.row)
    if not asked.is_retryable:
        spend()
        spend = _nothing
    try:
        attempt = asked.accept(held.attempt, held.row.state["question"], answers)
        return next_step(attempt, spend)
    except errors.Refusal as refusal:
        _record_failure(held.attempt, refusal)
        raise


def _check_name(held: Held, name: str) -> None:
    """The name that was typed, the one that the question gave, or any other name of the user. For nobody the first two
    are all there is, so a wrong name is refused alike whether or not somebody exists."""
    user, fold = held.attempt.user, held.attempt.client.pool.fold
    known = {held.attempt.name, held.row.state["question"].get("identity", "")}
    if user is not None:
        known |= {user.username, str(user.sub), *user.attributes.values()}
    if fold(name) not in set(map(fold, known)):
        raise errors.invalid_session()


def note(held: Held, **notes: Any) -> Asked:
    """Asks the same question again under a new session that knows ``notes``; the old session is spent."""
    attempt = held.attempt.having_proved(**notes)
    return _ask(CHALLENGES[held.row.challenge], attempt, partial(sessions.spend, held.row))


def send_again(held: Held) -> Asked:
    """Another code by message in place of the one that did not arrive. An extension, for pages."""
    if held.row.challenge not in MESSAGE_CODES:
        raise errors.challenge_mismatch()
    return note(held)


def choose_again(held: Held) -> Result:
    """Lets the user choose another second factor. An extension, for pages."""
    if held.row.challenge not in SECOND_FACTORS:
        raise errors.challenge_mismatch()
    return next_step(undecided(held.attempt), partial(sessions.spend, held.row))


# --- what follows ---------------------------------------------------------------------------------------------------


def next_step(attempt: Attempt, spend: Spend) -> Result:
    """``spend`` ends the session that led here: what is written stands or falls with it."""
    attempt = custom.directed(attempt)
    if attempt.proved:
        _check_state(attempt.known_user)
        _check_device(attempt)
        factors.read_once(attempt.known_user)
    for challenge in LADDER:
        if challenge.applies(attempt):
            return _ask(challenge, attempt, spend)
    check_can_be_met(attempt)
    return _finish(attempt, spend)


def _check_state(user: User) -> None:
    """Told only to who knows the password."""
    if user.is_unconfirmed:
        raise errors.user_not_confirmed()
    if user.must_reset_password:
        raise errors.password_reset_required()
    expires_at = user.temporary_password_expires_at
    if user.must_change_password and expires_at is not None and expires_at <= timezone.now():
        raise errors.temporary_password_expired()


def _naming_device(attempt: Attempt, given: Mapping[str, str]) -> Attempt:
    return attempt.having_proved(**{DEVICE_KEY: True}) if given.get(DEVICE_KEY) else attempt


def _check_device(attempt: Attempt) -> None:
    """No device is remembered here. SDKs that bring a key from elsewhere forget it when they hear this, and begin anew;
    like AWS, it is told only to who knows the password."""
    if DEVICE_KEY in attempt.notes:
        raise errors.device_not_found()


def _forgive_guesses(attempt: Attempt) -> None:
    """The password was right, whatever becomes of the rest: second factors count their own guesses. (``tokens.issue``
    does the same where nothing more is asked.)"""
    if "pwd" in attempt.proved and attempt.known_user.failed_attempts:
        lockout.forgive(attempt.known_user)


def _ask(challenge: Challenge, attempt: Attempt, spend: Spend) -> Asked:
    handle = sessions.new_handle()
    question = challenge.ask(attempt, handle)
    with transaction.atomic():
        spend()
        _forgive_guesses(attempt)
        sessions.remember(challenge, attempt, question, handle)
        question.send()
    return Asked(challenge.name, question.parameters, sessions.of_handle(handle))


def _finish(attempt: Attempt, spend: Spend) -> SignedIn:
    user = attempt.known_user
    enough = {custom.PROVED} if attempt.flow == custom.FLOW else FIRST_FACTORS
    if not enough.intersection(attempt.proved):
        raise errors.incorrect_username_or_password()
    post_authentication(user, attempt.context)
    if attempt.source == TokenFamily.Source.HOSTED:
        return _finish_on_page(attempt, spend)

    def commit(family: TokenFamily) -> None:
        spend()
        _record(attempt, passed=True)

    return SignedIn(tokens.issue(_grant(attempt), attempt.context, commit), user, attempt.proved)


def _finish_on_page(attempt: Attempt, spend: Spend) -> SignedIn:
    """Without tokens: they are for whoever brings the authorization code."""
    with transaction.atomic():
        spend()
        _forgive_guesses(attempt)
        _record(attempt, passed=True)
    return SignedIn(None, attempt.known_user, attempt.proved)


def _grant(attempt: Attempt) -> tokens.Grant:
    return tokens.Grant(
        attempt.client,
        attempt.known_user,
        TokenFamily.Source.API,
        [claims.SELF_SERVICE],
        timezone.now(),
        attempt.proved,
        trigger=NEW_PASSWORD_TRIGGER if "new_password" in attempt.notes else SIGN_IN_TRIGGER,
    )


def _record_failure(attempt: Attempt, refusal: errors.Refusal) -> None:
    if attempt.user is not None:
        _record(attempt, passed=False, reason=refusal.message)


def _record(attempt: Attempt, *, passed: bool, reason: str = "") -> None:
    events.record(
        attempt.client.pool,
        attempt.user,
        events.SIGN_IN,
        passed,
        reason,
        attempt.client.pk,
        attempt.context,
        {"flow": attempt.flow, "source": attempt.source, "methods": list(attempt.proved)},
    )
