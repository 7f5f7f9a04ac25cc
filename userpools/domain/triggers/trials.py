"""Calling a function without anything coming of it: with a sample event, or once more with one of the log.

What the function itself does, it does: one that sends a mail sends it. In an event of the log the secrets are masked,
and are so when it is sent again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from cognito_site import encrypted_messages, managed_keys
from cognito_site.functions import invocation
from cognito_site.functions.outcomes import Failure
from userpools.domain.triggers import log
from userpools.domain.triggers.calls import PRE_TOKEN_GENERATION, TRIGGERS, V1, Moment, Trigger, event_of
from userpools.domain.triggers.texts import CODE, LINK, REQUEST_TYPES, USERNAME
from userpools.models import FunctionCall, UserPool
from userpools.values import Context

# Somebody who does not exist.
NAME = "jane"
NEW = {"email": "jane@example.com"}
KNOWN = {"sub": str(UUID(int=0)), **NEW, "email_verified": "true", "cognito:user_status": "CONFIRMED"}
CLAIMS = {"sub": "1234567890", "email": "jane@example.com"}

Request = dict[str, Any]


def sources(pool: UserPool) -> dict[str, Trigger]:
    """The trigger sources that functions of ``pool`` are called with."""
    configured = [trigger for trigger in TRIGGERS.values() if trigger.is_configured(pool)]
    return {source: trigger for trigger in configured for source in trigger.sources_of(pool)}


def sample(pool: UserPool, source: str) -> dict[str, Any]:
    """An event as ``source`` has it, about somebody who does not exist. ``source`` is one of ``sources``."""
    trigger = sources(pool)[source]
    request = SAMPLES[trigger.name](pool, source)
    return event_of(Moment(pool, trigger, source, NAME, Context()), request)


def run(pool: UserPool, event: dict[str, Any]) -> FunctionCall:
    """Raises KeyError for an event whose ``triggerSource`` is none of ``sources``."""
    trigger, begun = sources(pool)[event["triggerSource"]], time.monotonic()
    arn = trigger.arn(pool)
    assert arn is not None
    try:
        answer = invocation.invoke(arn, event, key=pool.pk)
    except Failure as failure:
        return log.failed(pool, arn, event, failure, time.monotonic() - begun, is_trial=True)
    return log.answered(pool, arn, event, answer, is_trial=True)


# --- samples ----------------------------------------------------------------------------------------------------------


def _pre_sign_up(pool: UserPool, source: str) -> Request:
    return {"userAttributes": NEW, "validationData": None}


def _about_somebody(pool: UserPool, source: str) -> Request:
    return {"userAttributes": KNOWN}


def _pre_authentication(pool: UserPool, source: str) -> Request:
    return {"userAttributes": KNOWN, "validationData": {}}


def _post_authentication(pool: UserPool, source: str) -> Request:
    return {"userAttributes": KNOWN, "newDeviceUsed": False}


def _migration(pool: UserPool, source: str) -> Request:
    password = {"password": log.MASK} if source.endswith("Authentication") else {}
    return {**password, "validationData": None}


def _define(pool: UserPool, source: str) -> Request:
    return {"userAttributes": KNOWN, "session": []}


def _create(pool: UserPool, source: str) -> Request:
    return {"userAttributes": KNOWN, "challengeName": "CUSTOM_CHALLENGE", "session": []}


def _verify(pool: UserPool, source: str) -> Request:
    return {"userAttributes": KNOWN, "privateChallengeParameters": {}, "challengeAnswer": ""}


def _token_claims(pool: UserPool, source: str) -> Request:
    is_machine = source.endswith("ClientCredentials")
    scopes = [] if is_machine else ["aws.cognito.signin.user.admin"]
    return {
        "userAttributes": {} if is_machine else KNOWN,
        "groupConfiguration": {"groupsToOverride": [], "iamRolesToOverride": [], "preferredRole": None},
        **({} if PRE_TOKEN_GENERATION.version(pool) == V1 else {"scopes": scopes}),
    }


def _message(pool: UserPool, source: str) -> Request:
    named = USERNAME if source.endswith("AdminCreateUser") else None
    return {"userAttributes": KNOWN, "codeParameter": CODE, "linkParameter": LINK, "usernameParameter": named}


def _sender(kind: str) -> Callable[[UserPool, str], Request]:
    def request(pool: UserPool, source: str) -> Request:
        key = managed_keys.arn_of(str((pool.settings.get("lambda_config") or {}).get("kms_key_id", "")))
        code = encrypted_messages.encrypt("123456", key, {"userpool-id": pool.pk})
        return {"type": kind, "code": code, "userAttributes": KNOWN}

    return request


def _federation(pool: UserPool, source: str) -> Request:
    return {
        "providerName": "Example",
        "providerType": "OIDC",
        "attributes": {"tokenResponse": {"token_type": "Bearer"}, "idToken": CLAIMS, "userInfo": CLAIMS},
    }


SAMPLES: Mapping[str, Callable[[UserPool, str], Request]] = {
    "PreSignUp": _pre_sign_up,
    "PostConfirmation": _about_somebody,
    "PreAuthentication": _pre_authentication,
    "PostAuthentication": _post_authentication,
    "UserMigration": _migration,
    "DefineAuthChallenge": _define,
    "CreateAuthChallenge": _create,
    "VerifyAuthChallengeResponse": _verify,
    "PreTokenGeneration": _token_claims,
    "CustomMessage": _message,
    "CustomEmailSender": _sender(REQUEST_TYPES["EMAIL"]),
    "CustomSMSSender": _sender(REQUEST_TYPES["SMS"]),
    "InboundFederation": _federation,
}
