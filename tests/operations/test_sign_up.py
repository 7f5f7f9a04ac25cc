"""Signing up and confirming, by the SDK; codes are read where their owner would read them."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError
from django.db import connection

from tests import inbox
from tests.cast import PASSWORD, Stage, set_stage
from tests.refusals import refused
from userpools.domain import client_secrets, steady
from userpools.models import Code, Message, SignInName, User

pytestmark = pytest.mark.django_db

EMAIL = "alice@example.com"
VERIFIES = {"AutoVerifiedAttributes": ["email"]}
NOT_FOUND = ("UserNotFoundException", "Username/client id combination not found.")
MISMATCH = ("CodeMismatchException", "Invalid verification code provided, please try again.")
EXPIRED = ("ExpiredCodeException", "Invalid code provided, please request a code again.")


@pytest.fixture
def verifying(cognito: Any, public: Any) -> Stage:
    return set_stage(cognito, public, **VERIFIES)


def sign_up(stage: Stage, name: str = "alice", password: str = PASSWORD, **attributes: str) -> dict[str, Any]:
    given = {"email": f"{name}@example.com", **attributes}
    answer: dict[str, Any] = stage.public.sign_up(
        ClientId=stage.client_id,
        Username=name,
        Password=password,
        UserAttributes=[{"Name": key, "Value": value} for key, value in given.items()],
    )
    return answer


def confirm(stage: Stage, code: str, name: str = "alice", **more: Any) -> None:
    client_id = more.pop("ClientId", stage.client_id)
    stage.public.confirm_sign_up(ClientId=client_id, Username=name, ConfirmationCode=code, **more)


def attributes(stage: Stage, name: str = "alice") -> dict[str, str]:
    found = stage.cognito.admin_get_user(UserPoolId=stage.pool_id, Username=name)
    return {entry["Name"]: entry["Value"] for entry in found["UserAttributes"]} | {"status": found["UserStatus"]}


# --- the happy path -------------------------------------------------------------------------------------------------


@pytest.mark.proves("SignUp", "ConfirmSignUp")
def test_somebody_signs_up_confirms_and_signs_in(verifying: Stage) -> None:
    answer = sign_up(verifying)
    assert answer["UserConfirmed"] is False
    assert answer["CodeDeliveryDetails"] == {
        "Destination": "a***@e***",
        "DeliveryMedium": "EMAIL",
        "AttributeName": "email",
    }
    assert refused(verifying.sign_in) == ("UserNotConfirmedException", "User is not confirmed.")
    confirm(verifying, inbox.code(EMAIL))
    found = attributes(verifying)
    assert (found["status"], found["email_verified"], found["sub"]) == ("CONFIRMED", "true", answer["UserSub"])
    assert verifying.tokens()


@pytest.mark.proves("ResendConfirmationCode")
def test_a_newer_code_makes_the_older_one_void(verifying: Stage) -> None:
    sign_up(verifying)
    first = inbox.code(EMAIL)
    resent = verifying.public.resend_confirmation_code(ClientId=verifying.client_id, Username="alice")
    assert resent["CodeDeliveryDetails"]["Destination"] == "a***@e***"
    second = inbox.code(EMAIL)
    if first != second:
        assert refused(confirm, stage=verifying, code=first) == MISMATCH
    confirm(verifying, second)
    assert refused(verifying.public.resend_confirmation_code, ClientId=verifying.client_id, Username="alice") == (
        "InvalidParameterException",
        "User is already confirmed.",
    )


@pytest.mark.proves("AdminConfirmSignUp")
def test_an_administrator_confirms_and_proves_no_address(verifying: Stage) -> None:
    sign_up(verifying)
    code = inbox.code(EMAIL)
    verifying.cognito.admin_confirm_sign_up(UserPoolId=verifying.pool_id, Username="alice")
    assert attributes(verifying)["status"] == "CONFIRMED"
    assert attributes(verifying).get("email_verified") != "true"
    assert refused(verifying.cognito.admin_confirm_sign_up, UserPoolId=verifying.pool_id, Username="alice") == (
        "NotAuthorizedException",
        "User cannot be confirmed. Current status is CONFIRMED",
    )
    assert refused(confirm, stage=verifying, code=code)[1] == "User cannot be confirmed. Current status is CONFIRMED"


def test_without_verification_no_code_is_sent(stage: Stage) -> None:
    answer = sign_up(stage)
    assert "CodeDeliveryDetails" not in answer
    assert not Message.objects.exists()
    assert refused(stage.public.resend_confirmation_code, ClientId=stage.client_id, Username="alice") == (
        "InvalidParameterException",
        "Cannot resend codes. Auto verification not turned on.",
    )


def test_of_two_addresses_the_phone_number_gets_the_code(cognito: Any, public: Any) -> None:
    stage = set_stage(cognito, public, AutoVerifiedAttributes=["email", "phone_number"])
    answer = sign_up(stage, phone_number="+15555550100")
    assert answer["CodeDeliveryDetails"]["DeliveryMedium"] == "SMS"
    confirm(stage, inbox.code("+15555550100"))
    found = attributes(stage)
    assert found["phone_number_verified"] == "true"
    assert found.get("email_verified") != "true"


# --- what is refused ------------------------------------------------------------------------------------------------


def test_a_name_is_taken_once(verifying: Stage) -> None:
    sign_up(verifying)
    hiding = verifying.client(PreventUserExistenceErrors="ENABLED")["ClientId"]
    for client_id in (verifying.client_id, hiding):
        answer = refused(verifying.public.sign_up, ClientId=client_id, Username="alice", Password=PASSWORD)
        assert answer == ("UsernameExistsException", "User already exists")


def test_what_sign_up_refuses(cognito: Any, public: Any) -> None:
    stage = set_stage(cognito, public, Schema=[{"Name": "email", "Required": True}], AliasAttributes=["phone_number"])

    def try_with(name: str = "alice", password: str | None = PASSWORD, **given: str) -> tuple[str, str]:
        listed = [{"Name": key, "Value": value} for key, value in given.items()]
        more = {} if password is None else {"Password": password}
        return refused(stage.public.sign_up, ClientId=stage.client_id, Username=name, UserAttributes=listed, **more)

    schema = "Attributes did not conform to the schema: "
    assert try_with() == ("InvalidParameterException", f"{schema}email: The attribute is required\n")
    assert try_with(email="nobody") == ("InvalidParameterException", "Invalid email address format.")
    assert try_with(email=EMAIL, phone_number="123") == ("InvalidParameterException", "Invalid phone number format.")
    assert try_with(email=EMAIL, phone_number="+15555550100", name="+15555550100")[1].startswith(
        "Username cannot be of"
    )
    assert try_with(email=EMAIL, password="short") == (
        "InvalidPasswordException",
        "Password did not conform with policy: Password not long enough",
    )
    assert try_with(email=EMAIL, password=None)[1].endswith("Member must not be null")
    unknown = refused(
        stage.public.sign_up,
        ClientId=stage.client_id,
        Username="alice",
        Password=PASSWORD,
        UserAttributes=[{"Name": "email", "Value": EMAIL}, {"Name": "custom:x", "Value": "1"}],
    )
    assert unknown == ("InvalidParameterException", f"{schema}user.custom:x: Attribute does not exist in the schema.\n")
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["sub", "email_verified", "phone_number_verified", "identities", "dev:custom:rank"])
def test_API_07_nobody_vouches_for_themselves(verifying: Stage, name: str) -> None:
    verifying.cognito.add_custom_attributes(
        UserPoolId=verifying.pool_id,
        CustomAttributes=[{"Name": "rank", "AttributeDataType": "String", "DeveloperOnlyAttribute": True}],
    )
    answer = refused(sign_up, stage=verifying, **{name: "true"})
    assert answer == ("NotAuthorizedException", "A client attempted to write unauthorized attribute")
    assert not User.objects.exists()


def test_API_08_a_client_writes_only_what_it_may(verifying: Stage) -> None:
    client_id = verifying.client(WriteAttributes=["email"])["ClientId"]
    answer = refused(
        verifying.public.sign_up,
        ClientId=client_id,
        Username="alice",
        Password=PASSWORD,
        UserAttributes=[{"Name": "nickname", "Value": "al"}],
    )
    assert answer == ("NotAuthorizedException", "A client attempted to write unauthorized attribute")


def test_a_pool_may_be_closed(cognito: Any, public: Any) -> None:
    stage = set_stage(cognito, public, AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
    assert refused(sign_up, stage=stage) == ("NotAuthorizedException", "SignUp is not permitted for this user pool")


def test_API_09_a_client_with_a_secret_proves_it_everywhere(verifying: Stage) -> None:
    client = verifying.client(GenerateSecret=True)
    client_id, secret = client["ClientId"], client["ClientSecret"]
    calls = {
        "sign_up": {"Password": PASSWORD},
        "confirm_sign_up": {"ConfirmationCode": "123456"},
        "resend_confirmation_code": {},
        "forgot_password": {},
        "confirm_forgot_password": {"ConfirmationCode": "123456", "Password": PASSWORD},
    }
    for operation, parameters in calls.items():
        call = getattr(verifying.public, operation)
        given = {"ClientId": client_id, "Username": "alice", **parameters}
        assert refused(call, **given)[1].endswith("SECRET_HASH was not received"), operation
        for other in (client_secrets.secret_hash(secret, "bob", client_id), "x"):
            wrong = ("NotAuthorizedException", f"Unable to verify secret hash for client {client_id}")
            assert refused(call, **given, SecretHash=other) == wrong, operation
    right = client_secrets.secret_hash(secret, "alice", client_id)
    verifying.public.sign_up(ClientId=client_id, Username="alice", Password=PASSWORD, SecretHash=right)
    assert attributes(verifying)["status"] == "UNCONFIRMED"


# --- codes ----------------------------------------------------------------------------------------------------------


def test_REC_02_a_code_is_good_once_for_its_user_and_its_purpose(verifying: Stage) -> None:
    sign_up(verifying)
    sign_up(verifying, "bob")
    code = inbox.code(EMAIL)
    if code != inbox.code("bob@example.com"):
        assert refused(confirm, stage=verifying, code=code, name="bob") == MISMATCH
    confirm(verifying, code)
    reset = refused(
        verifying.public.confirm_forgot_password,
        ClientId=verifying.client_id,
        Username="alice",
        ConfirmationCode=code,
        Password="Other-horse-7",
    )
    assert reset == EXPIRED
    assert not Code.objects.filter(user__username="alice").exists()


def test_REC_02_a_code_expires_after_a_day(verifying: Stage) -> None:
    sign_up(verifying)
    code = inbox.code(EMAIL)
    with time_machine.travel(timedelta(hours=24, seconds=1), tick=False):
        assert refused(confirm, stage=verifying, code=code) == EXPIRED
    with time_machine.travel(timedelta(hours=23, minutes=59), tick=False):
        confirm(verifying, code)


def test_REC_03_attempts_are_counted_for_everybody(verifying: Stage) -> None:
    sign_up(verifying)
    limit = ("LimitExceededException", "Attempt limit exceeded, please try after some time.")
    for name in ("alice", "mallory"):
        for _ in range(15):
            assert refused(confirm, stage=verifying, code="000000", name=name)[0] != limit[0]
        assert refused(confirm, stage=verifying, code="000000", name=name) == limit
    for _ in range(5):
        verifying.public.resend_confirmation_code(ClientId=verifying.client_id, Username="alice")
    resend = verifying.public.resend_confirmation_code
    assert refused(resend, ClientId=verifying.client_id, Username="alice") == limit


@pytest.mark.django_db(transaction=True)
def test_REL_02_of_many_confirmations_at_once_one_succeeds(verifying: Stage) -> None:
    sign_up(verifying)
    code = inbox.code(EMAIL)
    results: list[str] = []

    def once() -> None:
        try:
            confirm(verifying, code)
            results.append("confirmed")
        except ClientError as error:
            results.append(error.response["Error"]["Code"])
        finally:
            connection.close()

    threads = [threading.Thread(target=once) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count("confirmed") == 1
    assert set(results) <= {"confirmed", "ExpiredCodeException", "NotAuthorizedException"}


@pytest.mark.django_db(transaction=True)
def test_REC_07_of_many_with_one_name_one_gets_it(cognito: Any, public: Any) -> None:
    stage = set_stage(cognito, public, UsernameAttributes=["email"], UsernameConfiguration={"CaseSensitive": False})
    results: list[str] = []

    def once(spelling: str) -> None:
        try:
            stage.public.sign_up(ClientId=stage.client_id, Username=spelling, Password=PASSWORD)
            results.append("signed up")
        except ClientError as error:
            results.append(error.response["Error"]["Message"])
        finally:
            connection.close()

    spellings = ["alice@example.com", "Alice@example.com", "ALICE@EXAMPLE.COM", "alice@Example.com"]
    threads = [threading.Thread(target=once, args=(spelling,)) for spelling in spellings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = "An account with the given email already exists."
    assert sorted(results) == sorted(["signed up", taken, taken, taken])
    assert User.objects.count() == SignInName.objects.filter(kind="email").count() == 1


# --- names ----------------------------------------------------------------------------------------------------------


def test_an_address_is_the_name_where_the_pool_says_so(cognito: Any, public: Any) -> None:
    stage = set_stage(cognito, public, UsernameAttributes=["email"], **VERIFIES)
    answer = stage.public.sign_up(ClientId=stage.client_id, Username=EMAIL, Password=PASSWORD)
    confirm(stage, inbox.code(EMAIL), EMAIL)
    assert stage.tokens(EMAIL)
    assert stage.cognito.admin_get_user(UserPoolId=stage.pool_id, Username=EMAIL)["Username"] == answer["UserSub"]
    assert refused(stage.public.sign_up, ClientId=stage.client_id, Username="alice", Password=PASSWORD) == (
        "InvalidParameterException",
        "Username should be an email.",
    )
    assert refused(stage.public.sign_up, ClientId=stage.client_id, Username=EMAIL, Password=PASSWORD) == (
        "UsernameExistsException",
        "An account with the given email already exists.",
    )


def test_REC_07_an_alias_is_whose_owner_proves_it(cognito: Any, public: Any) -> None:
    stage = set_stage(cognito, public, AliasAttributes=["email"], **VERIFIES)
    sign_up(stage)
    first = inbox.code(EMAIL)
    sign_up(stage, "mallory", email=EMAIL)
    second = inbox.code(EMAIL)
    assert refused(stage.sign_in, name=EMAIL)[0] == "UserNotFoundException", "nobody has proved it yet"
    confirm(stage, first)
    assert stage.tokens(EMAIL)
    taken = ("AliasExistsException", "An account with the email already exists.")
    assert refused(confirm, stage=stage, code=second, name="mallory") == taken
    assert attributes(stage, "mallory")["status"] == "UNCONFIRMED"
    confirm(stage, second, "mallory", ForceAliasCreation=True)
    assert stage.cognito.admin_get_user(UserPoolId=stage.pool_id, Username=EMAIL)["Username"] == "mallory"
    assert attributes(stage)["email_verified"] == "false"


def test_case_counts_where_the_pool_says_so(cognito: Any, public: Any) -> None:
    exact = set_stage(cognito, public)
    exact.user("alice")
    exact.user("Alice", email="other@example.com")
    folded = set_stage(cognito, public, UsernameConfiguration={"CaseSensitive": False})
    folded.user("alice")
    assert folded.tokens("ALICE")
    assert refused(sign_up, stage=folded, name="Alice")[0] == "UsernameExistsException"


# --- who exists -----------------------------------------------------------------------------------------------------


def test_PWD_05_a_client_that_hides_users_answers_alike(verifying: Stage) -> None:
    """Nobody, somebody confirmed, and a wrong code."""
    client_id = verifying.client(PreventUserExistenceErrors="ENABLED")["ClientId"]
    verifying.user("bob")
    sign_up(verifying)
    for name in ("mallory", "bob", "alice"):
        answer = refused(confirm, stage=verifying, code="000000", name=name, ClientId=client_id)
        assert answer == MISMATCH, name
        resent = verifying.public.resend_confirmation_code(ClientId=client_id, Username=name)
        assert resent["CodeDeliveryDetails"].keys() == {"Destination", "DeliveryMedium", "AttributeName"}, name
    again = [
        verifying.public.resend_confirmation_code(ClientId=client_id, Username="mallory")["CodeDeliveryDetails"]
        for _ in range(2)
    ]
    assert again[0] == again[1]
    assert not inbox.to("bob@example.com")


def test_REC_06_nobody_is_answered_sooner(verifying: Stage) -> None:
    client_id = verifying.client(PreventUserExistenceErrors="ENABLED")["ClientId"]
    sign_up(verifying)
    for name in ("alice", "mallory"):
        begun = time.perf_counter()
        refused(confirm, stage=verifying, code="000000", name=name, ClientId=client_id)
        tried = time.perf_counter()
        verifying.public.resend_confirmation_code(ClientId=client_id, Username=name)
        assert min(tried - begun, time.perf_counter() - tried) >= steady.SECONDS, name


def test_PWD_05_a_code_that_died_is_told_of_to_who_has_it(verifying: Stage) -> None:
    client_id = verifying.client(PreventUserExistenceErrors="ENABLED")["ClientId"]
    sign_up(verifying)
    code = inbox.code(EMAIL)
    with time_machine.travel(timedelta(hours=24, seconds=1), tick=False):
        for name in ("mallory", "alice"):
            wrong = f"{(int(code) + 1) % 1_000_000:06}"
            assert refused(confirm, stage=verifying, code=wrong, name=name, ClientId=client_id) == MISMATCH, name
        assert refused(confirm, stage=verifying, code=code, ClientId=client_id) == EXPIRED
        assert refused(confirm, stage=verifying, code=wrong) == EXPIRED


@pytest.mark.parametrize(("required", "medium"), [("phone_number", "SMS"), ("email", "EMAIL")])
def test_PWD_05_nobody_hears_by_the_medium_of_those_who_signed_up(
    cognito: Any, public: Any, required: str, medium: str
) -> None:
    stage = set_stage(
        cognito,
        public,
        AutoVerifiedAttributes=["email", "phone_number"],
        Schema=[{"Name": required, "Required": True}],
    )
    client_id = stage.client(PreventUserExistenceErrors="ENABLED")["ClientId"]
    sign_up(stage, **({"phone_number": "+15555550100"} if required == "phone_number" else {}))
    told = {
        stage.public.resend_confirmation_code(ClientId=client_id, Username=name)["CodeDeliveryDetails"][
            "DeliveryMedium"
        ]
        for name in ("alice", "mallory")
    }
    assert told == {medium}


def test_a_legacy_client_tells(verifying: Stage) -> None:
    assert refused(confirm, stage=verifying, code="000000", name="mallory") == NOT_FOUND
    resend = verifying.public.resend_confirmation_code
    assert refused(resend, ClientId=verifying.client_id, Username="mallory") == NOT_FOUND
