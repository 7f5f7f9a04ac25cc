"""STS: who calls, and becoming a role for a while."""

from __future__ import annotations

from typing import Any

from cognito_site.contract import errors
from cognito_site.wire.call import Call
from cognito_site.wire.registry import Operations
from identitypools.domain import access_keys, assuming, tags, web_identities
from identitypools.domain.assuming import Wish
from identitypools.operations.shapes import sessions as shapes

perform = Operations("sts")

NOT_PERFORMED = ("SerialNumber", "TokenCode", "ProvidedContexts", "ProviderId")


def _wish(call: Call) -> Wish:
    _refuse_what_is_not_performed(call)
    return Wish(
        session_name=call["RoleSessionName"],
        seconds=call.get("DurationSeconds", assuming.SECONDS),
        policy=call.get("Policy"),
        policy_arns=tuple(entry["arn"] for entry in call.get("PolicyArns", []) if "arn" in entry),
        tags=tags.of_pairs((entry["Key"], entry["Value"]) for entry in call.get("Tags", [])),
        transitive_tag_keys=tuple(call.get("TransitiveTagKeys", ())),
        external_id=call.get("ExternalId", ""),
        source_identity=call.get("SourceIdentity", ""),
        context={"aws:SourceIp": call.ip, "aws:UserAgent": call.user_agent},
    )


def _refuse_what_is_not_performed(call: Call) -> None:
    for member in NOT_PERFORMED:
        if member in call.input:
            raise errors.not_performed(member)


@perform
def get_caller_identity(call: Call) -> dict[str, Any]:
    assert call.caller is not None
    return {"UserId": call.caller.user_id, "Account": call.caller.account, "Arn": call.caller.arn}


@perform
def assume_role(call: Call) -> dict[str, Any]:
    assert call.caller is not None
    assumed = assuming.by_caller(call["RoleArn"], call.caller, _wish(call))
    return {**shapes.assumed(assumed), "SourceIdentity": assumed.grant.source_identity or None}


@perform
def assume_role_with_web_identity(call: Call) -> dict[str, Any]:
    wish = _wish(call)
    identity = web_identities.of_token(call["WebIdentityToken"])
    return {
        **shapes.assumed(assuming.by_web_identity(call["RoleArn"], identity, wish)),
        "SubjectFromWebIdentityToken": identity.subject,
        "Provider": identity.provider,
        "Audience": identity.audience,
    }


@perform
def get_session_token(call: Call) -> dict[str, Any]:
    assert call.caller is not None
    _refuse_what_is_not_performed(call)
    seconds = call.get("DurationSeconds", assuming.SESSION_TOKEN_SECONDS)
    return {"Credentials": shapes.credentials(assuming.session_token(call.caller, seconds))}


@perform
def get_access_key_info(call: Call) -> dict[str, Any]:
    return {"Account": access_keys.account_of(call["AccessKeyId"])}
