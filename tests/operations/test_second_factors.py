"""Codes by message as second factors, the choice among several, and setting one up in the sign-in."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import inbox
from tests.cast import PASSWORD, Stage
from tests.refusals import refused
from userpools.domain import factors, limits, sign_in
from userpools.models import SignIn, TotpToken

pytestmark = pytest.mark.django_db
ADDRESS, NUMBER = "alice@example.com", "+351912345678"
SMS = {"SmsMfaConfiguration": {"SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"}}}
EMAIL = {"EmailMfaConfiguration": {"Subject": "Harbour", "Message": "Say {####} aloud"}}
TOTP = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
WRONG = ("CodeMismatchException", "Invalid code or auth state for the user.")
ON = {"Enabled": True}
PREFERRED = {"Enabled": True, "PreferredMfa": True}


def require(stage: Stage, *kinds: dict[str, Any], mfa: str = "ON") -> None:
    stage.cognito.update_user_pool(
        UserPoolId=stage.pool_id,
        EmailConfiguration={
            "EmailSendingAccount": "DEVELOPER",
            "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/harbour@example.com",
        },
        AccountRecoverySetting={"RecoveryMechanisms": [{"Name": "verified_phone_number", "Priority": 1}]},
    )
    merged = {name: value for kind in kinds for name, value in kind.items()}
    stage.cognito.set_user_pool_mfa_config(UserPoolId=stage.pool_id, MfaConfiguration=mfa, **merged)


def alice(stage: Stage, **attributes: str) -> None:
    stage.user("alice", PASSWORD, phone_number=NUMBER, phone_number_verified="true", **attributes)


def answer(stage: Stage, asked: dict[str, Any], **answers: str) -> dict[str, Any]:
    found: dict[str, Any] = stage.public.respond_to_auth_challenge(
        ClientId=stage.client_id,
        ChallengeName=asked["ChallengeName"],
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "alice", **answers},
    )
    return found


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


@pytest.mark.parametrize(
    ("kind", "name", "member", "destination", "medium", "masked"),
    [
        (SMS, "SMS_MFA", "SMS_MFA_CODE", NUMBER, "SMS", "+********5678"),
        (EMAIL, "EMAIL_OTP", "EMAIL_OTP_CODE", ADDRESS, "EMAIL", "a***@e***"),
    ],
)
def test_a_code_by_message(
    stage: Stage, kind: dict[str, Any], name: str, member: str, destination: str, medium: str, masked: str
) -> None:
    require(stage, kind)
    alice(stage)
    asked = stage.sign_in()
    assert asked["ChallengeName"] == name
    parameters = asked["ChallengeParameters"]
    assert parameters["CODE_DELIVERY_DELIVERY_MEDIUM"] == medium
    assert parameters["CODE_DELIVERY_DESTINATION"] == masked
    assert parameters["USER_ID_FOR_SRP"] == "alice"
    code = inbox.code(destination)
    assert refused(answer, stage=stage, asked=asked, **{member: other_than(code)}) == WRONG
    assert refused(answer, stage=stage, asked=asked)[0] == "InvalidParameterException"
    assert code not in str(SignIn.objects.get().state)
    assert answer(stage, asked, **{member: code})["AuthenticationResult"]
    assert refused(answer, stage=stage, asked=asked, **{member: code})[0] == "NotAuthorizedException"


def test_the_words_are_the_pools(stage: Stage) -> None:
    require(stage, EMAIL)
    alice(stage)
    stage.sign_in()
    message = inbox.newest(ADDRESS)
    assert (message.subject, message.text) == ("Harbour", f"Say {inbox.code(ADDRESS)} aloud")
    stage.cognito.set_user_pool_mfa_config(
        UserPoolId=stage.pool_id,
        MfaConfiguration="ON",
        SmsMfaConfiguration={**SMS["SmsMfaConfiguration"], "SmsAuthenticationMessage": "Harbour {####}"},
        EmailMfaConfiguration=EMAIL["EmailMfaConfiguration"],
    )
    stage.cognito.admin_set_user_mfa_preference(
        UserPoolId=stage.pool_id, Username="alice", SMSMfaSettings=PREFERRED, EmailMfaSettings=ON
    )
    stage.sign_in()
    assert inbox.newest(NUMBER).text == f"Harbour {inbox.code(NUMBER)}"


def test_MFA_02_a_code_is_of_its_own_sign_in(stage: Stage) -> None:
    require(stage, EMAIL)
    alice(stage)
    first = stage.sign_in()
    code = inbox.code(ADDRESS)
    second = stage.sign_in()
    if code != inbox.code(ADDRESS):
        assert refused(answer, stage=stage, asked=second, EMAIL_OTP_CODE=code) == WRONG
    assert answer(stage, first, EMAIL_OTP_CODE=code)["AuthenticationResult"]


def test_MFA_02_guesses_are_counted_over_all_sign_ins(stage: Stage) -> None:
    require(stage, EMAIL)
    alice(stage)
    for _ in range(5):
        asked = stage.sign_in()
        refused(answer, stage=stage, asked=asked, EMAIL_OTP_CODE=other_than(inbox.code(ADDRESS)))
    asked = stage.sign_in()
    refusal = refused(answer, stage=stage, asked=asked, EMAIL_OTP_CODE=inbox.code(ADDRESS))
    assert refusal[0] == "NotAuthorizedException", "not even the right one"
    with time_machine.travel(timedelta(minutes=2)):
        assert answer(stage, asked, EMAIL_OTP_CODE=inbox.code(ADDRESS))["AuthenticationResult"]


def test_a_code_lives_as_long_as_its_session(stage: Stage) -> None:
    require(stage, EMAIL)
    alice(stage)
    asked = stage.sign_in()
    with time_machine.travel(timedelta(minutes=3, seconds=1)):
        refusal = refused(answer, stage=stage, asked=asked, EMAIL_OTP_CODE=inbox.code(ADDRESS))
        assert refusal == ("NotAuthorizedException", "Invalid session for the user, session is expired.")


def test_MSG_nobody_is_flooded_by_sign_ins(stage: Stage) -> None:
    require(stage, EMAIL)
    alice(stage)
    for _ in range(limits.SEND_TO_DESTINATION.count):
        stage.sign_in()
    assert refused(stage.sign_in)[0] == "TooManyRequestsException"
    assert len(inbox.to(ADDRESS)) == limits.SEND_TO_DESTINATION.count


def test_a_code_proves_its_address(stage: Stage) -> None:
    require(stage, EMAIL)
    stage.user("alice", PASSWORD, email_verified="false")
    answer(stage, stage.sign_in(), EMAIL_OTP_CODE=inbox.code(ADDRESS))
    user = stage.cognito.admin_get_user(UserPoolId=stage.pool_id, Username="alice")
    assert {"Name": "email_verified", "Value": "true"} in user["UserAttributes"]


# --- the choice -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["EMAIL_OTP", "EMAIL_MFA"])
def test_who_has_several_chooses(stage: Stage, word: str) -> None:
    require(stage, SMS, EMAIL)
    alice(stage)
    asked = stage.sign_in()
    assert asked["ChallengeName"] == "SELECT_MFA_TYPE"
    parameters = asked["ChallengeParameters"]
    assert json.loads(parameters["MFAS_CAN_CHOOSE"]) == ["SMS_MFA", "EMAIL_OTP"]
    assert parameters["MFAS_CAN_SELECT"] == parameters["MFAS_CAN_CHOOSE"]
    assert not inbox.to(ADDRESS) + inbox.to(NUMBER)
    assert refused(answer, stage=stage, asked=asked, ANSWER="SOFTWARE_TOKEN_MFA")[0] == "InvalidParameterException"
    chosen = answer(stage, asked, ANSWER=word)
    assert chosen["ChallengeName"] == "EMAIL_OTP"
    assert answer(stage, chosen, EMAIL_OTP_CODE=inbox.code(ADDRESS))["AuthenticationResult"]


def test_what_is_preferred_is_asked(stage: Stage) -> None:
    require(stage, SMS, EMAIL, mfa="OPTIONAL")
    alice(stage)
    access = stage.tokens()["AccessToken"]
    stage.public.set_user_mfa_preference(AccessToken=access, SMSMfaSettings=ON, EmailMfaSettings=PREFERRED)
    assert stage.sign_in()["ChallengeName"] == "EMAIL_OTP"
    stage.public.set_user_mfa_preference(AccessToken=access, EmailMfaSettings={"Enabled": False})
    assert stage.sign_in()["ChallengeName"] == "SMS_MFA"
    stage.public.set_user_mfa_preference(AccessToken=access, SMSMfaSettings={"Enabled": False})
    assert stage.tokens()


@pytest.mark.proves("SetUserSettings")
@pytest.mark.proves("AdminSetUserSettings")
def test_text_messages_by_the_operations_of_old(stage: Stage) -> None:
    require(stage, SMS, mfa="OPTIONAL")
    alice(stage)
    access = stage.tokens()["AccessToken"]
    wish = [{"DeliveryMedium": "SMS", "AttributeName": "phone_number"}]
    stage.public.set_user_settings(AccessToken=access, MFAOptions=wish)
    assert stage.sign_in()["ChallengeName"] == "SMS_MFA"
    who = {"UserPoolId": stage.pool_id, "Username": "alice"}
    stage.cognito.admin_set_user_settings(**who, MFAOptions=[])
    assert stage.tokens()
    stage.cognito.admin_set_user_settings(**who, MFAOptions=wish)
    assert stage.sign_in()["ChallengeName"] == "SMS_MFA"


# --- setting one up ---------------------------------------------------------------------------------------------------


def nameless(stage: Stage) -> None:
    stage.user("alice")
    stage.cognito.admin_delete_user_attributes(
        UserPoolId=stage.pool_id, Username="alice", UserAttributeNames=["email", "email_verified"]
    )


@pytest.mark.parametrize("member", ["EMAIL", "email"])
def test_an_address_is_set_up_by_its_code(stage: Stage, member: str) -> None:
    require(stage, EMAIL, TOTP)
    nameless(stage)
    asked = stage.sign_in()
    assert asked["ChallengeName"] == "MFA_SETUP"
    assert json.loads(asked["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["SOFTWARE_TOKEN_MFA", "EMAIL_OTP"]
    assert refused(answer, stage=stage, asked=asked, **{member: "nothing"})[0] == "InvalidParameterException"
    sent = answer(stage, asked, **{member: "new@example.com"})
    assert sent["ChallengeName"] == "EMAIL_OTP"
    user = stage.cognito.admin_get_user(UserPoolId=stage.pool_id, Username="alice")
    assert "new@example.com" not in str(user), "not proved yet"
    assert answer(stage, sent, EMAIL_OTP_CODE=inbox.code("new@example.com"))["AuthenticationResult"]
    assert stage.sign_in()["ChallengeName"] == "EMAIL_OTP"


def test_API_10_no_address_is_set_up_where_none_may_be(stage: Stage) -> None:
    require(stage, TOTP)
    nameless(stage)
    asked = stage.sign_in()
    assert json.loads(asked["ChallengeParameters"]["MFAS_CAN_SETUP"]) == ["SOFTWARE_TOKEN_MFA"]
    assert refused(answer, stage=stage, asked=asked, EMAIL="new@example.com")[0] == "InvalidParameterException"
    assert not inbox.to("new@example.com")


def test_a_factor_that_was_set_up_is_no_way_around_the_password(stage: Stage) -> None:
    require(stage, EMAIL)
    alice(stage)
    asked = stage.sign_in()
    refusal = refused(
        stage.public.respond_to_auth_challenge,
        ClientId=stage.client_id,
        ChallengeName="SOFTWARE_TOKEN_MFA",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "alice", "SOFTWARE_TOKEN_MFA_CODE": factors.code_at("A" * 52)},
    )
    assert refusal[0] in ("NotAuthorizedException", "InvalidParameterException")


# --- a session sets up an app only where that is asked ----------------------------------------------------------------


def setup_is_refused(stage: Stage, session: str) -> None:
    attempts = (
        lambda: stage.public.associate_software_token(Session=session),
        lambda: stage.public.verify_software_token(Session=session, UserCode="000000"),
    )
    for attempt in attempts:
        assert refused(attempt)[0] == "NotAuthorizedException"


@pytest.mark.parametrize("challenge", sorted(sign_in.CHALLENGES.keys() - {"MFA_SETUP"}))
def test_MFA_01_no_other_session_sets_up_an_app(stage: Stage, challenge: str) -> None:
    require(stage, TOTP)
    stage.user()
    asked = stage.sign_in()
    assert asked["ChallengeName"] == "MFA_SETUP"
    SignIn.objects.update(challenge=challenge)
    setup_is_refused(stage, asked["Session"])
    assert not TotpToken.objects.exists()


def test_MFA_01_a_name_alone_sets_up_nothing(stage: Stage) -> None:
    """SRP gives a session to whoever knows a name."""
    require(stage, TOTP, mfa="OPTIONAL")
    stage.user()
    for name in ("alice", "nobody"):
        asked = stage.public.initiate_auth(
            ClientId=stage.client(PreventUserExistenceErrors="ENABLED")["ClientId"],
            AuthFlow="USER_SRP_AUTH",
            AuthParameters={"USERNAME": name, "SRP_A": "f" * 700},
        )
        setup_is_refused(stage, asked["Session"])
    assert not TotpToken.objects.exists()


def test_MFA_05_a_session_that_waited_replaces_no_app(stage: Stage) -> None:
    """Somebody with the password alone begins, and goes on after the owner has set up a factor."""
    require(stage, TOTP, EMAIL)
    nameless(stage)
    early, offered = stage.sign_in(), stage.sign_in()
    offered |= stage.public.associate_software_token(Session=offered["Session"])
    owner = stage.sign_in()
    owner |= stage.public.associate_software_token(Session=owner["Session"])
    theirs = refused(
        stage.public.verify_software_token,
        Session=offered["Session"],
        UserCode=factors.code_at(owner["SecretCode"]),
    )
    assert theirs[0] == "EnableSoftwareTokenMFAException", "another's key"
    code = factors.code_at(owner["SecretCode"])
    verified = stage.public.verify_software_token(Session=owner["Session"], UserCode=code)
    assert answer(stage, {**owner, "Session": verified["Session"]})["AuthenticationResult"]
    setup_is_refused(stage, early["Session"])
    setup_is_refused(stage, offered["Session"])
    assert refused(answer, stage=stage, asked=early, EMAIL="thief@example.com")[0] == "NotAuthorizedException"
    assert stage.sign_in()["ChallengeName"] == "SOFTWARE_TOKEN_MFA"


@pytest.mark.parametrize("drift", [-1, 0, 1])
def test_MFA_02_a_code_is_the_one_of_its_own_step(stage: Stage, drift: int) -> None:
    """What is kept of an early or late code refuses that code, and not the next."""
    require(stage, TOTP)
    stage.user()
    with time_machine.travel(1_900_000_000, tick=False) as clock:
        asked = stage.sign_in()
        asked |= stage.public.associate_software_token(Session=asked["Session"])
        code = factors.code_at(asked["SecretCode"], drift)
        stage.public.verify_software_token(Session=asked["Session"], UserCode=code)
        assert TotpToken.objects.get().last_step == 1_900_000_000 // 30 + drift
        again = stage.sign_in()
        assert refused(answer, stage=stage, asked=again, SOFTWARE_TOKEN_MFA_CODE=code)[0] == "ExpiredCodeException"
        clock.shift(30)
        following = factors.code_at(asked["SecretCode"], drift)
        assert answer(stage, again, SOFTWARE_TOKEN_MFA_CODE=following)["AuthenticationResult"]


def test_what_a_user_has_is_asked_once_in_a_step(stage: Stage) -> None:
    require(stage, TOTP, EMAIL)
    stage.user()
    with CaptureQueriesContext(connection) as asked_for:
        stage.sign_in()
    assert sum("userpools_totptoken" in query["sql"] for query in asked_for.captured_queries) == 1
