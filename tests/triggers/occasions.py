"""Everything that sends somebody a message, through the front door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests import inbox
from tests.cast import PASSWORD, Stage

EMAIL, NUMBER = "alice@example.com", "+351912345678"
ADDRESSES = {"EMAIL": EMAIL, "SMS": NUMBER}
ATTRIBUTES = {"EMAIL": "email", "SMS": "phone_number"}
METADATA = {"campaign": "spring"}
SENDING = {
    "SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"},
    "EmailConfiguration": {
        "EmailSendingAccount": "DEVELOPER",
        "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/harbour@example.com",
    },
}


@dataclass(frozen=True)
class Occasion:
    """``source``: the suffix of AWS's trigger source. ``passes_metadata``: functions get what the caller gives."""

    source: str
    happen: Callable[[Stage, str], Any]
    passes_metadata: bool = True


def _attribute(medium: str) -> dict[str, str]:
    return {"Name": ATTRIBUTES[medium], "Value": ADDRESSES[medium]}


def _sign_up(stage: Stage, medium: str) -> None:
    stage.public.sign_up(
        ClientId=stage.client_id,
        Username="alice",
        Password=PASSWORD,
        UserAttributes=[_attribute(medium)],
        ClientMetadata=METADATA,
    )


def _resend_code(stage: Stage, medium: str) -> None:
    _sign_up(stage, medium)
    stage.public.resend_confirmation_code(ClientId=stage.client_id, Username="alice", ClientMetadata=METADATA)


def _invite(stage: Stage, medium: str, **more: Any) -> None:
    stage.cognito.admin_create_user(
        UserPoolId=stage.pool_id,
        Username="alice",
        UserAttributes=[_attribute(medium)],
        DesiredDeliveryMediums=[medium],
        ClientMetadata=METADATA,
        **more,
    )


def _invite_again(stage: Stage, medium: str) -> None:
    _invite(stage, medium, MessageAction="SUPPRESS")
    stage.cognito.admin_create_user(
        UserPoolId=stage.pool_id,
        Username="alice",
        MessageAction="RESEND",
        DesiredDeliveryMediums=[medium],
        ClientMetadata=METADATA,
    )


def _known(stage: Stage, medium: str) -> None:
    """alice, whom messages of ``medium`` reach."""
    name = ATTRIBUTES[medium]
    stage.cognito.admin_create_user(
        UserPoolId=stage.pool_id,
        Username="alice",
        MessageAction="SUPPRESS",
        UserAttributes=[_attribute(medium), {"Name": f"{name}_verified", "Value": "true"}],
    )
    stage.cognito.admin_set_user_password(UserPoolId=stage.pool_id, Username="alice", Password=PASSWORD, Permanent=True)


def _forget(stage: Stage, medium: str) -> None:
    _known(stage, medium)
    stage.public.forgot_password(ClientId=stage.client_id, Username="alice", ClientMetadata=METADATA)


def _reset(stage: Stage, medium: str) -> None:
    _known(stage, medium)
    stage.cognito.admin_reset_user_password(UserPoolId=stage.pool_id, Username="alice", ClientMetadata=METADATA)


def _update(stage: Stage, medium: str) -> None:
    """Another address in place of the first."""
    stage.user("alice", email="old@example.com")
    stage.public.update_user_attributes(
        AccessToken=stage.tokens()["AccessToken"], UserAttributes=[_attribute(medium)], ClientMetadata=METADATA
    )


def _update_by_administrator(stage: Stage, medium: str) -> None:
    stage.user("alice", email="old@example.com")
    stage.cognito.admin_update_user_attributes(
        UserPoolId=stage.pool_id, Username="alice", UserAttributes=[_attribute(medium)], ClientMetadata=METADATA
    )


def _verify(stage: Stage, medium: str) -> None:
    _known(stage, medium)
    stage.public.get_user_attribute_verification_code(
        AccessToken=stage.tokens()["AccessToken"], AttributeName=ATTRIBUTES[medium], ClientMetadata=METADATA
    )


def require_message_factors(stage: Stage) -> None:
    stage.cognito.set_user_pool_mfa_config(
        UserPoolId=stage.pool_id,
        SmsMfaConfiguration={"SmsConfiguration": SENDING["SmsConfiguration"]},
        EmailMfaConfiguration={},
        MfaConfiguration="ON",
    )


def _second_factor(stage: Stage, medium: str) -> None:
    _known(stage, medium)
    require_message_factors(stage)
    stage.public.initiate_auth(
        ClientId=stage.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "alice", "PASSWORD": PASSWORD},
        ClientMetadata=METADATA,
    )


OCCASIONS = {
    "SignUp": Occasion("SignUp", _sign_up),
    "ResendConfirmationCode": Occasion("ResendCode", _resend_code),
    "AdminCreateUser": Occasion("AdminCreateUser", _invite),
    "AdminCreateUser RESEND": Occasion("AdminCreateUser", _invite_again),
    "ForgotPassword": Occasion("ForgotPassword", _forget),
    "AdminResetUserPassword": Occasion("ForgotPassword", _reset),
    "UpdateUserAttributes": Occasion("UpdateUserAttribute", _update),
    "AdminUpdateUserAttributes": Occasion("UpdateUserAttribute", _update_by_administrator),
    "GetUserAttributeVerificationCode": Occasion("VerifyUserAttribute", _verify),
    "a second factor": Occasion("Authentication", _second_factor, passes_metadata=False),
}


def newest(medium: str) -> inbox.Content:
    return inbox.newest(ADDRESSES[medium])
