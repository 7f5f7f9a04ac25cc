"""Signing up, and getting back in with a forgotten password: without a token, by client id."""

from __future__ import annotations

from typing import Any

from cognito_site.wire.call import Call
from cognito_site.wire.registry import Operations
from userpools.domain import access, client_secrets, recovery
from userpools.domain import sign_up as signing_up
from userpools.models import AppClient
from userpools.operations.context import context, refuse
from userpools.operations.shapes import messages, users

perform = Operations("cognito-idp")


def _client(call: Call) -> AppClient:
    """That has proved itself, if it has a secret."""
    client = access.client_by_id(call["ClientId"])
    client_secrets.check_secret_hash(client, call.get("SecretHash"), call["Username"])
    return client


@perform
def sign_up(call: Call) -> dict[str, Any]:
    given = users.attributes(call.get("UserAttributes"))
    signed_up = signing_up.sign_up(_client(call), call["Username"], call.get("Password"), given, context(call))
    return {
        "UserConfirmed": signed_up.user.is_confirmed,
        "UserSub": str(signed_up.user.sub),
        "CodeDeliveryDetails": messages.delivery(signed_up.delivery) if signed_up.delivery else None,
    }


@perform
def confirm_sign_up(call: Call) -> dict[str, Any]:
    refuse(call, "Session")
    signing_up.confirm(
        _client(call),
        call["Username"],
        call["ConfirmationCode"],
        context(call),
        force_alias_creation=bool(call.get("ForceAliasCreation")),
    )
    return {}


@perform
def resend_confirmation_code(call: Call) -> dict[str, Any]:
    delivery = signing_up.resend(_client(call), call["Username"], context(call))
    return {"CodeDeliveryDetails": messages.delivery(delivery)}


@perform
def forgot_password(call: Call) -> dict[str, Any]:
    delivery = recovery.forgot(_client(call), call["Username"], context(call))
    return {"CodeDeliveryDetails": messages.delivery(delivery)}


@perform
def confirm_forgot_password(call: Call) -> dict[str, Any]:
    code, password = call["ConfirmationCode"], call["Password"]
    recovery.reset(_client(call), call["Username"], code, password, context(call))
    return {}
