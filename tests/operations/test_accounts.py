"""People's own accounts, with the access token of their sign-in."""

from __future__ import annotations

from typing import Any

import pytest

from tests import inbox
from tests.cast import PASSWORD, Stage, set_stage
from tests.operations.test_sign_up import EXPIRED, MISMATCH
from tests.refusals import refused
from userpools.domain import messages

pytestmark = pytest.mark.django_db

NEW = "Brand-new-horse-1"
WRONG = ("NotAuthorizedException", "Incorrect username or password.")
UNAUTHORIZED = ("NotAuthorizedException", "A client attempted to write unauthorized attribute")


def own(stage: Stage, token: str) -> dict[str, str]:
    return {entry["Name"]: entry["Value"] for entry in stage.public.get_user(AccessToken=token)["UserAttributes"]}


def update(stage: Stage, token: str, **given: str) -> list[dict[str, str]]:
    listed = [{"Name": name, "Value": value} for name, value in given.items()]
    answer = stage.public.update_user_attributes(AccessToken=token, UserAttributes=listed)
    found: list[dict[str, str]] = answer["CodeDeliveryDetailsList"]
    return found


@pytest.fixture
def verifying(cognito: Any, public: Any) -> Stage:
    return set_stage(cognito, public, AutoVerifiedAttributes=["email"])


@pytest.mark.proves("GetUser", "UpdateUserAttributes", "DeleteUserAttributes")
def test_people_change_themselves(stage: Stage) -> None:
    stage.user()
    token = stage.tokens()["AccessToken"]
    assert update(stage, token, nickname="Al", given_name="Alice") == []
    assert own(stage, token)["nickname"] == "Al"
    stage.public.delete_user_attributes(AccessToken=token, UserAttributeNames=["nickname"])
    seen = stage.cognito.admin_get_user(UserPoolId=stage.pool_id, Username="alice")["UserAttributes"]
    names = {entry["Name"] for entry in seen}
    assert "given_name" in names
    assert "nickname" not in names


def test_API_08_a_client_sees_and_writes_only_what_it_may(stage: Stage) -> None:
    stage.user(nickname="Al")
    limited = stage.client(ReadAttributes=["email"], WriteAttributes=["given_name"])["ClientId"]
    token = stage.tokens(ClientId=limited)["AccessToken"]
    assert own(stage, token).keys() == {"sub", "email"}
    assert refused(update, stage=stage, token=token, nickname="x") == UNAUTHORIZED
    delete = stage.public.delete_user_attributes
    assert refused(delete, AccessToken=token, UserAttributeNames=["nickname"]) == UNAUTHORIZED
    assert update(stage, token, given_name="Alice") == []


@pytest.mark.parametrize("name", ["email_verified", "phone_number_verified", "sub", "identities"])
def test_API_07_nobody_vouches_for_themselves(stage: Stage, name: str) -> None:
    stage.user()
    token = stage.tokens()["AccessToken"]
    assert refused(update, stage=stage, token=token, **{name: "true"}) == UNAUTHORIZED


@pytest.mark.proves("VerifyUserAttribute", "GetUserAttributeVerificationCode")
def test_a_new_address_is_proved_by_its_code(verifying: Stage) -> None:
    verifying.user()
    token = verifying.tokens()["AccessToken"]
    sent = update(verifying, token, email="new@example.com")
    assert sent == [{"Destination": "n***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}]
    assert own(verifying, token)["email_verified"] == "false"
    verify = verifying.public.verify_user_attribute
    code = inbox.code("new@example.com")
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert refused(verify, AccessToken=token, AttributeName="email", Code=wrong) == MISMATCH
    asked = verifying.public.get_user_attribute_verification_code(AccessToken=token, AttributeName="email")
    assert asked["CodeDeliveryDetails"]["Destination"] == "n***@e***"
    newer = inbox.code("new@example.com")
    if newer != code:
        assert refused(verify, AccessToken=token, AttributeName="email", Code=code) == MISMATCH
    verify(AccessToken=token, AttributeName="email", Code=newer)
    assert own(verifying, token)["email_verified"] == "true"
    assert refused(verify, AccessToken=token, AttributeName="email", Code=newer) == EXPIRED


def test_REC_04_where_the_pool_says_so_the_old_address_stays_until_the_new_one_is_proved(
    cognito: Any, public: Any
) -> None:
    stage = set_stage(
        cognito,
        public,
        AutoVerifiedAttributes=["email"],
        AliasAttributes=["email"],
        UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": ["email"]},
    )
    stage.user()
    token = stage.tokens("alice@example.com")["AccessToken"]
    update(stage, token, email="new@example.com")
    assert own(stage, token) | {"sub": ""} == {"sub": "", "email": "alice@example.com", "email_verified": "true"}
    assert stage.tokens("alice@example.com")
    code = inbox.code("new@example.com")
    stage.public.verify_user_attribute(AccessToken=token, AttributeName="email", Code=code)
    assert own(stage, token)["email"] == "new@example.com"
    assert stage.tokens("new@example.com")
    assert refused(stage.sign_in, name="alice@example.com")[0] == "UserNotFoundException"


def test_an_alias_of_somebody_else_cannot_be_proved(cognito: Any, public: Any) -> None:
    stage = set_stage(cognito, public, AutoVerifiedAttributes=["email"], AliasAttributes=["email"])
    stage.user()
    stage.user("mallory", email="mallory@example.com")
    token = stage.tokens("mallory")["AccessToken"]
    update(stage, token, email="alice@example.com")
    code = inbox.code("alice@example.com")
    answer = refused(stage.public.verify_user_attribute, AccessToken=token, AttributeName="email", Code=code)
    assert answer == ("AliasExistsException", "An account with the given email already exists.")
    assert stage.cognito.admin_get_user(UserPoolId=stage.pool_id, Username="alice@example.com")["Username"] == "alice"


def test_only_addresses_are_proved(stage: Stage) -> None:
    stage.user()
    token = stage.tokens()["AccessToken"]
    send = stage.public.get_user_attribute_verification_code
    for name in ("nickname", "phone_number"):
        assert refused(send, AccessToken=token, AttributeName=name)[0] == "InvalidParameterException"


def test_REC_03_codes_for_attributes_are_counted(verifying: Stage) -> None:
    verifying.user()
    token = verifying.tokens()["AccessToken"]
    limit = ("LimitExceededException", "Attempt limit exceeded, please try after some time.")
    send = verifying.public.get_user_attribute_verification_code
    for _ in range(5):
        send(AccessToken=token, AttributeName="email")
    assert refused(send, AccessToken=token, AttributeName="email") == limit
    verify = verifying.public.verify_user_attribute
    for _ in range(15):
        refused(verify, AccessToken=token, AttributeName="email", Code="000000")
    assert refused(verify, AccessToken=token, AttributeName="email", Code="000000") == limit


# --- passwords ------------------------------------------------------------------------------------------------------


@pytest.mark.proves("ChangePassword")
def test_PWD_09_a_password_is_changed_by_who_knows_it(stage: Stage) -> None:
    stage.user()
    token = stage.tokens()["AccessToken"]
    change = stage.public.change_password
    for former in ({"PreviousPassword": "Wrong-horse-7"}, {}):
        assert refused(change, AccessToken=token, ProposedPassword=NEW, **former) == WRONG
    weak = refused(change, AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword="short")
    assert weak[0] == "InvalidPasswordException"
    change(AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword=NEW)
    assert stage.tokens(password=NEW)
    assert refused(stage.sign_in) == WRONG
    assert stage.public.get_user(AccessToken=token), "tokens live on"


def test_PWD_09_guesses_at_a_password_are_counted(stage: Stage) -> None:
    stage.user()
    token = stage.tokens()["AccessToken"]
    change = stage.public.change_password
    for _ in range(5):
        assert refused(change, AccessToken=token, PreviousPassword="Wrong-horse-7", ProposedPassword=NEW) == WRONG
    limit = refused(change, AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword=NEW)
    assert limit[0] == "LimitExceededException"
    assert refused(stage.sign_in)[1] == "Password attempts exceeded", "the same lock as a sign-in's"


@pytest.mark.proves("DeleteUser")
def test_people_leave(stage: Stage) -> None:
    stage.user()
    tokens = stage.tokens()
    stage.public.delete_user(AccessToken=tokens["AccessToken"])
    gone = ("UserNotFoundException", "User does not exist.")
    assert refused(stage.public.get_user, AccessToken=tokens["AccessToken"]) == gone
    assert refused(stage.sign_in) == gone
    assert stage.cognito.list_users(UserPoolId=stage.pool_id)["Users"] == []


def test_API_02_an_access_token_and_nothing_else(stage: Stage) -> None:
    stage.user()
    tokens = stage.tokens()
    for other in (tokens["IdToken"], tokens["RefreshToken"], tokens["AccessToken"][:-2], "a.b.c"):
        for operation, more in {
            "get_user": {},
            "delete_user": {},
            "change_password": {"ProposedPassword": NEW},
            "update_user_attributes": {"UserAttributes": [{"Name": "name", "Value": "x"}]},
            "delete_user_attributes": {"UserAttributeNames": ["name"]},
            "get_user_attribute_verification_code": {"AttributeName": "email"},
            "verify_user_attribute": {"AttributeName": "email", "Code": "123456"},
            "global_sign_out": {},
            "set_user_mfa_preference": {},
            "get_user_auth_factors": {},
        }.items():
            answer = refused(getattr(stage.public, operation), AccessToken=other, **more)
            assert answer[0] == "NotAuthorizedException", operation
    assert stage.public.get_user(AccessToken=tokens["AccessToken"])


def test_MSG_03_changes_send_no_more_codes_than_questions_do(verifying: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor do they ask the function that writes messages more often."""
    compose, composed = messages.compose, []
    monkeypatch.setattr(messages, "compose", lambda *given: composed.append(given) or compose(*given))
    verifying.user()
    token = verifying.tokens()["AccessToken"]
    for number in range(5):
        assert update(verifying, token, email=f"alice{number}@example.com")
    refusal = refused(update, stage=verifying, token=token, email="alice5@example.com")
    assert refusal[0] == "TooManyRequestsException"
    assert len(composed) == 5
    assert own(verifying, token)["email"] == "alice4@example.com"
    assert update(verifying, token, name="Alice") == [], "where no code is sent, nothing is counted"
    verifying.cognito.admin_update_user_attributes(
        UserPoolId=verifying.pool_id, Username="alice", UserAttributes=[{"Name": "email", "Value": "new@example.com"}]
    )
