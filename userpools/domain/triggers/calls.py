"""One call of one trigger: which function, the event around a request, and AWS's words for what can go wrong."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.conf import settings

from cognito_site.contract import errors
from cognito_site.functions import invocation
from cognito_site.functions.outcomes import Failure, FunctionFailed, NotAnswered
from userpools.domain.triggers import log
from userpools.models import User, UserPool
from userpools.values import Context

Collection = TypeVar("Collection", dict[str, Any], list[Any])
NO_CLIENT = "CLIENT_ID_NOT_APPLICABLE"
MACHINES = "TokenGeneration_ClientCredentials"
NO_SDK = "aws-sdk-unknown-unknown"


@dataclass(frozen=True, slots=True)
class Trigger:
    """A slot of ``LambdaConfig``. ``setting`` holds an ARN; ``versioned_setting`` an ARN and the version of the event.
    ``sources``: the trigger sources that it is called with. ``response``: its members, as they are before an answer."""

    name: str
    sources: tuple[str, ...]
    setting: str = ""
    versioned_setting: str = ""
    response: Mapping[str, Any] = field(default_factory=dict)

    def arn(self, pool: UserPool) -> str | None:
        named: Mapping[str, Any] = pool.settings.get("lambda_config") or {}
        versioned = (named.get(self.versioned_setting) or {}).get("lambda_arn") if self.versioned_setting else None
        return versioned or (named.get(self.setting) if self.setting else None)

    def version(self, pool: UserPool) -> str:
        named: Mapping[str, Any] = pool.settings.get("lambda_config") or {}
        return str((named.get(self.versioned_setting) or {}).get("lambda_version", "V1_0"))

    def sources_of(self, pool: UserPool) -> tuple[str, ...]:
        """Machines are the third version's business."""
        is_for_machines = self.version(pool) == V3
        return tuple(source for source in self.sources if is_for_machines or source != MACHINES)

    def is_configured(self, pool: UserPool) -> bool:
        return self.arn(pool) is not None


def _sources(prefix: str, *suffixes: str) -> tuple[str, ...]:
    return tuple(f"{prefix}_{suffix}" for suffix in suffixes)


MESSAGES = (
    *("SignUp", "AdminCreateUser", "ResendCode", "ForgotPassword"),
    *("UpdateUserAttribute", "VerifyUserAttribute", "Authentication"),
)
PRE_SIGN_UP = Trigger(
    "PreSignUp",
    _sources("PreSignUp", "SignUp", "AdminCreateUser", "ExternalProvider"),
    "pre_sign_up",
    response=dict.fromkeys(("autoConfirmUser", "autoVerifyEmail", "autoVerifyPhone"), False),
)
POST_CONFIRMATION = Trigger(
    "PostConfirmation", _sources("PostConfirmation", "ConfirmSignUp", "ConfirmForgotPassword"), "post_confirmation"
)
PRE_AUTHENTICATION = Trigger("PreAuthentication", _sources("PreAuthentication", "Authentication"), "pre_authentication")
POST_AUTHENTICATION = Trigger(
    "PostAuthentication", _sources("PostAuthentication", "Authentication"), "post_authentication"
)
USER_MIGRATION = Trigger(
    "UserMigration",
    _sources("UserMigration", "Authentication", "ForgotPassword"),
    "user_migration",
    response=dict.fromkeys(
        (
            *("userAttributes", "forceAliasCreation", "enableSMSMFA"),
            *("finalUserStatus", "messageAction", "desiredDeliveryMediums"),
        )
    ),
)
DEFINE = Trigger(
    "DefineAuthChallenge",
    _sources("DefineAuthChallenge", "Authentication"),
    "define_auth_challenge",
    response=dict.fromkeys(("challengeName", "issueTokens", "failAuthentication")),
)
CREATE = Trigger(
    "CreateAuthChallenge",
    _sources("CreateAuthChallenge", "Authentication"),
    "create_auth_challenge",
    response=dict.fromkeys(("publicChallengeParameters", "privateChallengeParameters", "challengeMetadata")),
)
VERIFY = Trigger(
    "VerifyAuthChallengeResponse",
    _sources("VerifyAuthChallengeResponse", "Authentication"),
    "verify_auth_challenge_response",
    response={"answerCorrect": None},
)
PRE_TOKEN_GENERATION = Trigger(
    "PreTokenGeneration",
    _sources(
        "TokenGeneration",
        *("Authentication", "HostedAuth", "NewPasswordChallenge", "RefreshTokens", "ClientCredentials"),
    ),
    "pre_token_generation",
    "pre_token_generation_config",
)
CUSTOM_MESSAGE = Trigger(
    "CustomMessage",
    _sources("CustomMessage", *MESSAGES),
    "custom_message",
    response=dict.fromkeys(("smsMessage", "emailMessage", "emailSubject")),
)
EMAIL_SENDER = Trigger(
    "CustomEmailSender", _sources("CustomEmailSender", *MESSAGES), versioned_setting="custom_email_sender"
)
SMS_SENDER = Trigger("CustomSMSSender", _sources("CustomSMSSender", *MESSAGES), versioned_setting="custom_sms_sender")
INBOUND_FEDERATION = Trigger(
    "InboundFederation",
    _sources("InboundFederation", "ExternalProvider"),
    versioned_setting="inbound_federation",
    response={"userAttributesToMap": None},
)
TRIGGERS = {
    trigger.name: trigger
    for trigger in (
        *(PRE_SIGN_UP, POST_CONFIRMATION, PRE_AUTHENTICATION, POST_AUTHENTICATION, USER_MIGRATION),
        *(DEFINE, CREATE, VERIFY, PRE_TOKEN_GENERATION, CUSTOM_MESSAGE),
        *(EMAIL_SENDER, SMS_SENDER, INBOUND_FEDERATION),
    )
}
# The versions of PreTokenGeneration: of the event, and which member of the response its function fills.
V1, V2, V3 = "V1_0", "V2_0", "V3_0"
EVENT_VERSIONS = {V1: "1", V2: "2", V3: "3"}


def claims_member(version: str) -> str:
    return "claimsOverrideDetails" if version == V1 else "claimsAndScopeOverrideDetails"


@dataclass(frozen=True, slots=True)
class Moment:
    """When and about whom a trigger is called: ``source`` is the suffix of AWS's ``triggerSource``. ``event_id`` is
    told to a function that is asked again later for the same reason; else each call has a new one."""

    pool: UserPool
    trigger: Trigger
    source: str
    user_name: str
    context: Context
    event_id: str = ""


def ask(moment: Moment, request: Mapping[str, Any]) -> dict[str, Any]:
    """The ``response`` of the function's answer, None left out.

    Raises UserLambdaValidation for what the function raised, UnexpectedLambda when there was no answer,
    InvalidLambdaResponse when it was none.
    """
    event = event_of(moment, request)
    arn = moment.trigger.arn(moment.pool)
    assert arn is not None
    begun = time.monotonic()
    try:
        answer = invocation.invoke(arn, event, key=moment.pool.pk, event_id=moment.event_id)
    except Failure as failure:
        log.failed(moment.pool, arn, event, failure, time.monotonic() - begun)
        raise _refusal(moment.trigger.name, failure) from None
    log.answered(moment.pool, arn, event, answer)
    return _response(answer.value)


def _refusal(trigger: str, failure: Failure) -> errors.Refusal:
    match failure:
        case FunctionFailed():
            return errors.trigger_refused(trigger, failure.error_message)
        case NotAnswered():
            return errors.trigger_not_answered(trigger, failure.name)
        case _:
            return errors.trigger_output_is_no_json()


def event_of(moment: Moment, request: Mapping[str, Any]) -> dict[str, Any]:
    version, response = "1", moment.trigger.response
    if moment.trigger is PRE_TOKEN_GENERATION:
        asked = moment.trigger.version(moment.pool)
        version, response = EVENT_VERSIONS[asked], {claims_member(asked): None}
    return {
        "version": version,
        "triggerSource": moment.source,
        "region": settings.POOLHOUSE.region,
        "userPoolId": moment.pool.pk,
        "userName": moment.user_name,
        "callerContext": {"awsSdkVersion": NO_SDK, "clientId": moment.context.client or NO_CLIENT},
        "request": dict(request),
        "response": dict(response),
    }


def _response(result: Any) -> dict[str, Any]:
    """Functions return the whole event. A ``response`` that is missing or null asks for nothing."""
    if not isinstance(result, dict):
        raise errors.trigger_output_unrecognizable()
    response = result.get("response")
    if response is None:
        return {}
    if not isinstance(response, dict):
        raise errors.trigger_output_unrecognizable()
    return {name: value for name, value in response.items() if value is not None}


# --- reading answers, strictly ----------------------------------------------------------------------------------------


def flag(response: Mapping[str, Any], name: str) -> bool:
    """True only where the answer says exactly that."""
    value = response.get(name, False)
    if not isinstance(value, bool):
        raise errors.trigger_output_unrecognizable()
    return value


def text(response: Mapping[str, Any], name: str) -> str | None:
    value = response.get(name)
    if value is not None and not isinstance(value, str):
        raise errors.trigger_output_unrecognizable()
    return value


def texts(response: Mapping[str, Any], name: str) -> dict[str, str]:
    """A flat map."""
    value = _given(response, name, dict)
    if not all(isinstance(entry, str) for entry in value.values()):
        raise errors.trigger_output_unrecognizable()
    return value


def listed(response: Mapping[str, Any], name: str) -> list[str]:
    value = _given(response, name, list)
    if not all(isinstance(entry, str) for entry in value):
        raise errors.trigger_output_unrecognizable()
    return value


def structure(response: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: entry for key, entry in _given(response, name, dict).items() if entry is not None}


def _given(response: Mapping[str, Any], name: str, kind: type[Collection]) -> Collection:
    """What is missing or null is empty."""
    value = response.get(name)
    if value is None:
        return kind()
    if not isinstance(value, kind):
        raise errors.trigger_output_unrecognizable()
    return value


# --- parts of requests ------------------------------------------------------------------------------------------------


def attributes(user: User) -> dict[str, str]:
    """``userAttributes`` of somebody who exists."""
    return {**user.all_attributes, "cognito:user_status": user.status}


def metadata(context: Context) -> dict[str, Any]:
    """``clientMetadata`` is absent where the caller gave none."""
    return {"clientMetadata": context.client_metadata} if context.client_metadata else {}
