"""Second factors: authenticator apps and what a user prefers."""

from __future__ import annotations

from typing import Any

from cognito_site.contract import errors
from cognito_site.wire.call import Call
from cognito_site.wire.registry import Operations
from userpools.domain import access, factors, presented, sessions, totp_setup
from userpools.models import User
from userpools.operations.context import context

perform = Operations("cognito-idp")

SETTINGS = {
    "SMSMfaSettings": User.Mfa.SMS.value,
    "SoftwareTokenMfaSettings": User.Mfa.TOTP.value,
    "EmailMfaSettings": User.Mfa.EMAIL.value,
    "WebAuthnMfaSettings": "WEB_AUTHN",
}


def _held(call: Call) -> sessions.Held:
    """The session of an MFA_SETUP challenge; it leads to its client by itself."""
    return sessions.hold_by_session(call["Session"], context(call))


def _named(call: Call) -> User:
    return access.user(access.pool(call["UserPoolId"]), call["Username"])


def _check_one_proof(call: Call) -> None:
    if bool(call.get("AccessToken")) == bool(call.get("Session")):
        raise errors.InvalidParameter("Exactly one of AccessToken and Session must be provided.")


@perform
def associate_software_token(call: Call) -> dict[str, Any]:
    _check_one_proof(call)
    if call.get("AccessToken"):
        return {"SecretCode": factors.offer_totp(presented.bearer(call["AccessToken"]).user)}
    offer = totp_setup.offer(_held(call))
    return {"SecretCode": offer.key, "Session": offer.session}


@perform
def verify_software_token(call: Call) -> dict[str, Any]:
    _check_one_proof(call)
    name = call.get("FriendlyDeviceName") or ""
    if call.get("AccessToken"):
        bearer = presented.bearer(call["AccessToken"])
        factors.confirm_totp(bearer.user, call["UserCode"], context(call).at(bearer.client.pk), name)
        return {"Status": "SUCCESS"}
    return {"Status": "SUCCESS", "Session": totp_setup.prove(_held(call), call["UserCode"], name).session}


def _wishes(call: Call) -> dict[str, tuple[bool, bool]]:
    given = {factor: call.get(member) for member, factor in SETTINGS.items()}
    return {
        factor: (bool(wish.get("Enabled")), bool(wish.get("PreferredMfa")))
        for factor, wish in given.items()
        if wish is not None
    }


@perform
def set_user_mfa_preference(call: Call) -> dict[str, Any]:
    bearer = presented.bearer(call["AccessToken"])
    factors.set_preference(bearer.user, _wishes(call), context(call).at(bearer.client.pk))
    return {}


@perform
def admin_set_user_mfa_preference(call: Call) -> dict[str, Any]:
    factors.set_preference(_named(call), _wishes(call), context(call))
    return {}


@perform
def set_user_settings(call: Call) -> dict[str, Any]:
    """The time when text messages were all there was; an empty list switches them off."""
    bearer = presented.bearer(call["AccessToken"])
    factors.set_text_messages(bearer.user, context(call).at(bearer.client.pk), wanted=bool(call["MFAOptions"]))
    return {}


@perform
def admin_set_user_settings(call: Call) -> dict[str, Any]:
    factors.set_text_messages(_named(call), context(call), wanted=bool(call["MFAOptions"]))
    return {}


@perform
def admin_delete_software_token(call: Call) -> dict[str, Any]:
    factors.remove_totp(_named(call), context(call))
    return {}


def _auth_factors(user: User) -> dict[str, Any]:
    return {
        "Username": user.username,
        "PreferredMfaSetting": user.preferred_mfa or None,
        "UserMFASettingList": user.enabled_mfa or None,
        "ConfiguredUserAuthFactors": factors.configured(user),
    }


@perform
def get_user_auth_factors(call: Call) -> dict[str, Any]:
    return _auth_factors(presented.bearer(call["AccessToken"]).user)


@perform
def admin_get_user_auth_factors(call: Call) -> dict[str, Any]:
    return _auth_factors(_named(call))
