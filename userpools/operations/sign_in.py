"""The sign-in conversation over the API, and what ends it."""

from __future__ import annotations

from typing import Any

from cognito_site.contract import errors
from cognito_site.wire.call import Call
from cognito_site.wire.registry import Operations
from userpools.domain import access, client_secrets, flows, presented, sign_in, tokens
from userpools.domain.tokens import Tokens
from userpools.models import AppClient
from userpools.operations.context import context, refuse

perform = Operations("cognito-idp")


def authentication_result(issued: Tokens) -> dict[str, Any]:
    return {
        "AccessToken": issued.access_token,
        "ExpiresIn": issued.expires_in,
        "TokenType": "Bearer",
        "RefreshToken": issued.refresh_token,
        "IdToken": issued.id_token,
    }


def _shape(result: sign_in.Result) -> dict[str, Any]:
    if isinstance(result, sign_in.Asked):
        return {
            "ChallengeName": result.challenge,
            "Session": result.session,
            "ChallengeParameters": result.parameters,
        }
    assert result.tokens is not None
    return {"ChallengeParameters": {}, "AuthenticationResult": authentication_result(result.tokens)}


@perform
def initiate_auth(call: Call) -> dict[str, Any]:
    refuse(call, "Session")
    client = access.client_by_id(call["ClientId"])
    parameters = call.get("AuthParameters") or {}
    return _shape(sign_in.begin(client, call["AuthFlow"], flows.PUBLIC, parameters, context(call)))


@perform
def admin_initiate_auth(call: Call) -> dict[str, Any]:
    refuse(call, "Session")
    client = access.client_of_pool(call["UserPoolId"], call["ClientId"])
    parameters = call.get("AuthParameters") or {}
    return _shape(sign_in.begin(client, call["AuthFlow"], flows.ADMIN, parameters, context(call)))


def _respond(call: Call, client: AppClient) -> dict[str, Any]:
    answers = call.get("ChallengeResponses") or {}
    return _shape(sign_in.answer(client, call["ChallengeName"], call.get("Session"), answers, context(call)))


@perform
def respond_to_auth_challenge(call: Call) -> dict[str, Any]:
    return _respond(call, access.client_by_id(call["ClientId"]))


@perform
def admin_respond_to_auth_challenge(call: Call) -> dict[str, Any]:
    return _respond(call, access.client_of_pool(call["UserPoolId"], call["ClientId"]))


@perform
def get_tokens_from_refresh_token(call: Call) -> dict[str, Any]:
    client = access.client_by_id(call["ClientId"])
    client_secrets.check_secret(client, call.get("ClientSecret"))
    issued = tokens.refresh(client, call["RefreshToken"], context(call))
    return {"AuthenticationResult": authentication_result(issued)}


@perform
def revoke_token(call: Call) -> dict[str, Any]:
    refuse(call, "RevokeAssociatedSessions", "NONE")
    client = access.find_client(call["ClientId"])
    if client is None or not client_secrets.proves(client, call.get("ClientSecret")):
        raise errors.client_unauthorized()
    tokens.revoke_refresh_token(client, call["Token"], context(call))
    return {}


@perform
def global_sign_out(call: Call) -> dict[str, Any]:
    bearer = presented.bearer(call["AccessToken"])
    tokens.sign_out_everywhere(bearer.user, context(call))
    return {}


@perform
def admin_user_global_sign_out(call: Call) -> dict[str, Any]:
    user = access.user(access.pool(call["UserPoolId"]), call["Username"])
    tokens.sign_out_everywhere(user, context(call))
    return {}
