"""A forgotten password, by the SDK."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from cognito_site.contract import errors
from tests import inbox
from tests.cast import PASSWORD, Stage, set_stage
from tests.operations.test_sign_up import EXPIRED, MISMATCH, NOT_FOUND
from tests.refusals import refused
from userpools.domain import authorization_codes, steady, tokens
from userpools.models import AppClient, TokenFamily, User
from userpools.values import Context

pytestmark = pytest.mark.django_db

EMAIL = "alice@example.com"
NEW = "Brand-new-horse-1"
NO_CHANNEL = (
    "InvalidParameterException",
    "Cannot reset password for the user as there is no registered/verified email or phone_number",
)
WRONG_STATE = ("NotAuthorizedException", "User password cannot be reset in the current state.")


def forgot(stage: Stage, name: str = "alice", **more: str) -> dict[str, str]:
    answer = stage.public.forgot_password(ClientId=more.get("ClientId", stage.client_id), Username=name)
    found: dict[str, str] = answer["CodeDeliveryDetails"]
    return found


def reset(stage: Stage, code: str, password: str = NEW, name: str = "alice", **more: str) -> None:
    client_id = more.get("ClientId", stage.client_id)
    stage.public.confirm_forgot_password(ClientId=client_id, Username=name, ConfirmationCode=code, Password=password)


@pytest.mark.proves("ForgotPassword", "ConfirmForgotPassword")
def test_a_forgotten_password_is_replaced(stage: Stage) -> None:
    stage.user()
    assert forgot(stage) == {"Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    assert stage.tokens(), "the old password works until the new one is set"
    reset(stage, inbox.code(EMAIL))
    assert stage.tokens(password=NEW)
    assert refused(stage.sign_in)[1] == "Incorrect username or password."


@pytest.mark.proves("AdminResetUserPassword")
def test_an_administrator_demands_a_reset(stage: Stage) -> None:
    stage.user()
    stage.cognito.admin_reset_user_password(UserPoolId=stage.pool_id, Username="alice")
    assert refused(stage.sign_in) == ("PasswordResetRequiredException", "Password reset required for the user")
    assert refused(stage.sign_in, password="Wrong-horse-7")[1] == "Incorrect username or password."
    reset(stage, inbox.code(EMAIL))
    assert stage.tokens(password=NEW)


def test_REC_01_the_code_is_the_only_way(stage: Stage) -> None:
    stage.user()
    stage.user("bob")
    assert refused(reset, stage=stage, code="123456") == EXPIRED
    forgot(stage)
    forgot(stage, "bob")
    code = inbox.code(EMAIL)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    assert refused(reset, stage=stage, code=wrong) == MISMATCH
    if code != inbox.code("bob@example.com"):
        assert refused(reset, stage=stage, code=code, name="bob") == MISMATCH
    assert refused(reset, stage=stage, code=code, password="short")[0] == "InvalidPasswordException"
    assert stage.tokens()
    reset(stage, code)
    assert refused(reset, stage=stage, code=code, password="Other-horse-7") == EXPIRED
    assert stage.tokens(password=NEW)


def test_REC_02_a_code_expires_after_an_hour_and_with_a_new_password(stage: Stage) -> None:
    stage.user()
    forgot(stage)
    code = inbox.code(EMAIL)
    with time_machine.travel(timedelta(hours=1, seconds=1), tick=False):
        assert refused(reset, stage=stage, code=code) == EXPIRED
    stage.cognito.admin_set_user_password(UserPoolId=stage.pool_id, Username="alice", Password=NEW, Permanent=True)
    assert refused(reset, stage=stage, code=code) == EXPIRED


def test_REC_02_a_changed_address_voids_the_code(stage: Stage) -> None:
    stage.user()
    forgot(stage)
    code = inbox.code(EMAIL)
    stage.cognito.admin_update_user_attributes(
        UserPoolId=stage.pool_id,
        Username="alice",
        UserAttributes=[{"Name": "email", "Value": "new@example.com"}, {"Name": "email_verified", "Value": "true"}],
    )
    assert refused(reset, stage=stage, code=code) == EXPIRED
    assert forgot(stage)["Destination"] == "n***@e***"


def test_REC_05_only_proved_addresses_in_the_pools_order(cognito: Any, public: Any) -> None:
    ways = [{"Priority": 1, "Name": "verified_email"}, {"Priority": 2, "Name": "verified_phone_number"}]
    stage = set_stage(cognito, public, AccountRecoverySetting={"RecoveryMechanisms": ways})
    stage.user(phone_number="+15555550100", phone_number_verified="true")
    assert forgot(stage)["DeliveryMedium"] == "EMAIL"
    stage.cognito.admin_update_user_attributes(
        UserPoolId=stage.pool_id, Username="alice", UserAttributes=[{"Name": "email_verified", "Value": "false"}]
    )
    assert forgot(stage)["DeliveryMedium"] == "SMS"
    stage.user("bob", email_verified="false")
    assert refused(forgot, stage=stage, name="bob") == NO_CHANNEL


def test_a_pool_where_only_administrators_reset(cognito: Any, public: Any) -> None:
    ways = [{"Priority": 1, "Name": "admin_only"}]
    stage = set_stage(cognito, public, AccountRecoverySetting={"RecoveryMechanisms": ways})
    stage.user()
    only = ("NotAuthorizedException", "Contact administrator to reset password.")
    assert refused(forgot, stage=stage) == only
    assert refused(stage.cognito.admin_reset_user_password, UserPoolId=stage.pool_id, Username="alice") == only


def test_a_reset_ends_a_lock_and_leaves_tokens_alone(stage: Stage) -> None:
    stage.user()
    tokens = stage.tokens()
    for _ in range(5):
        refused(stage.sign_in, password="Wrong-horse-7")
    assert refused(stage.sign_in)[1] == "Password attempts exceeded"
    forgot(stage)
    reset(stage, inbox.code(EMAIL))
    assert stage.tokens(password=NEW)
    assert stage.public.get_user(AccessToken=tokens["AccessToken"])


def test_states_in_which_nothing_is_reset(stage: Stage) -> None:
    stage.user()
    stage.cognito.admin_disable_user(UserPoolId=stage.pool_id, Username="alice")
    assert refused(forgot, stage=stage) == ("NotAuthorizedException", "User is disabled.")
    stage.cognito.admin_enable_user(UserPoolId=stage.pool_id, Username="alice")
    stage.cognito.admin_set_user_password(UserPoolId=stage.pool_id, Username="alice", Password="Temporary-1")
    assert refused(forgot, stage=stage) == WRONG_STATE
    demand = stage.cognito.admin_reset_user_password
    assert refused(demand, UserPoolId=stage.pool_id, Username="alice") == WRONG_STATE


def test_the_history_of_passwords(cognito: Any, public: Any) -> None:
    policy = {"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 2}}
    stage = set_stage(cognito, public, Policies=policy)
    stage.user()
    used = ("PasswordHistoryPolicyViolationException", "Password has previously been used")

    def change_to(password: str) -> None:
        forgot(stage)
        reset(stage, inbox.code(EMAIL), password)

    assert refused(change_to, password=PASSWORD) == used
    change_to("Second-horse-8")
    assert refused(change_to, password=PASSWORD) == used
    change_to("Third-horse-9")
    change_to(PASSWORD)


def test_PWD_05_a_client_that_hides_users_answers_alike(stage: Stage) -> None:
    client_id = stage.client(PreventUserExistenceErrors="ENABLED")["ClientId"]
    stage.user()
    stage.user("bob")
    stage.cognito.admin_disable_user(UserPoolId=stage.pool_id, Username="bob")
    stage.user("carol", email_verified="false")
    for name in ("alice", "bob", "carol", "mallory"):
        assert refused(reset, stage=stage, code="000000", name=name, ClientId=client_id) == EXPIRED, name
        told = forgot(stage, name, ClientId=client_id)
        assert told == forgot(stage, name, ClientId=client_id), name
        assert told.keys() == {"Destination", "DeliveryMedium", "AttributeName"}
    for name in ("alice", "bob", "carol", "mallory"):
        for _ in range(7):
            assert refused(reset, stage=stage, code="000000", name=name, ClientId=client_id) == MISMATCH, name
    assert not inbox.to("bob@example.com")
    assert User.objects.filter(status="CONFIRMED").count() == 3


@pytest.mark.parametrize(
    ("settings", "medium"),
    [
        ({}, "EMAIL"),
        ({"AutoVerifiedAttributes": ["email"]}, "EMAIL"),
        ({"AutoVerifiedAttributes": ["phone_number"]}, "SMS"),
        ({"UsernameAttributes": ["phone_number"]}, "SMS"),
        ({"Schema": [{"Name": "phone_number", "Required": True}]}, "SMS"),
        ({"AutoVerifiedAttributes": ["email"], "Schema": [{"Name": "phone_number", "Required": True}]}, "EMAIL"),
        ({"AutoVerifiedAttributes": ["email"], "AliasAttributes": ["email", "phone_number"]}, "EMAIL"),
        ({"AliasAttributes": ["email", "phone_number"]}, "EMAIL"),
    ],
)
def test_PWD_05_nobody_is_told_of_a_medium_that_users_have(
    cognito: Any, public: Any, settings: dict[str, Any], medium: str
) -> None:
    stage = set_stage(cognito, public, **settings)
    client_id = stage.client(PreventUserExistenceErrors="ENABLED")["ClientId"]
    told = {forgot(stage, name, ClientId=client_id)["DeliveryMedium"] for name in ("mallory", "trent", "oscar")}
    assert told == {medium}


def test_PWD_05_only_who_asked_for_a_code_learns_of_one(stage: Stage) -> None:
    """Not of one that an administrator sent, nor of a later one when the hour of the first is over."""
    client_id = stage.client(PreventUserExistenceErrors="ENABLED")["ClientId"]
    stage.user()
    stage.user("bob")
    stage.cognito.admin_reset_user_password(UserPoolId=stage.pool_id, Username="bob")
    for name in ("bob", "mallory"):
        assert refused(reset, stage=stage, code="000000", name=name, ClientId=client_id) == EXPIRED, name
    names = ("alice", "trent")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for minutes in (0, 50):
            clock.shift(timedelta(minutes=minutes))
            for name in names:
                forgot(stage, name, ClientId=client_id)
        clock.shift(timedelta(minutes=15))
        answers = [refused(reset, stage=stage, code="000000", name=name, ClientId=client_id) for name in names]
        assert answers[0] == answers[1]
        reset(stage, inbox.code(EMAIL), ClientId=client_id)


def test_REC_06_nobody_is_answered_sooner(stage: Stage) -> None:
    client_id = stage.client(PreventUserExistenceErrors="ENABLED")["ClientId"]
    stage.user()
    for name in ("alice", "mallory"):
        begun = time.perf_counter()
        forgot(stage, name, ClientId=client_id)
        asked = time.perf_counter()
        refused(reset, stage=stage, code="000000", name=name, ClientId=client_id)
        assert min(asked - begun, time.perf_counter() - asked) >= steady.SECONDS, name


def test_TOK_01_a_reset_ends_tokens_that_were_not_fetched(stage: Stage) -> None:
    """Between the password and its tokens an administrator demands a reset."""
    stage.user()
    user = User.objects.select_related("pool").get(username="alice")
    client = AppClient.objects.select_related("pool").get(pk=stage.client_id)
    grant = tokens.Grant(client, user, "api", [], timezone.now(), ("pwd",))
    stage.cognito.admin_reset_user_password(UserPoolId=stage.pool_id, Username="alice")
    with pytest.raises(errors.PasswordResetRequired):
        tokens.issue(grant, Context(), authorization_codes._no_code)
    assert not TokenFamily.objects.exists()


def test_a_legacy_client_tells(stage: Stage) -> None:
    assert refused(forgot, stage=stage, name="mallory") == NOT_FOUND
    assert refused(reset, stage=stage, code="000000", name="mallory") == NOT_FOUND


def test_REC_03_resets_are_counted(stage: Stage) -> None:
    stage.user()
    limit = ("LimitExceededException", "Attempt limit exceeded, please try after some time.")
    client_id = stage.client(PreventUserExistenceErrors="ENABLED")["ClientId"]
    for name in ("alice", "mallory"):
        for _ in range(10):
            forgot(stage, name, ClientId=client_id)
        assert refused(forgot, stage=stage, name=name, ClientId=client_id) == limit
        for _ in range(20):
            assert refused(reset, stage=stage, code="000000", name=name, ClientId=client_id) != limit
        assert refused(reset, stage=stage, code="000000", name=name, ClientId=client_id) == limit
