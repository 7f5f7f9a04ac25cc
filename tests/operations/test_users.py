"""Users, as administrators make, change, find and remove them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tests import inbox
from tests.cast import PASSWORD, Stage, set_stage
from tests.refusals import refused
from userpools.models import Event, Message, SignInName, User

pytestmark = pytest.mark.django_db

NOT_FOUND = ("UserNotFoundException", "User does not exist.")
SCHEMA = "Attributes did not conform to the schema: "


def create(stage: Stage, name: str = "alice", given: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    listed = [{"Name": key, "Value": value} for key, value in (given or {}).items()]
    answer = stage.cognito.admin_create_user(UserPoolId=stage.pool_id, Username=name, UserAttributes=listed, **more)
    found: dict[str, Any] = answer["User"]
    return found


def described(stage: Stage, name: str = "alice") -> dict[str, Any]:
    found: dict[str, Any] = stage.cognito.admin_get_user(UserPoolId=stage.pool_id, Username=name)
    return found


def attributes(stage: Stage, name: str = "alice") -> dict[str, str]:
    return {entry["Name"]: entry["Value"] for entry in described(stage, name)["UserAttributes"]}


def update(stage: Stage, name: str = "alice", /, **given: str) -> None:
    listed = [{"Name": key, "Value": value} for key, value in given.items()]
    stage.cognito.admin_update_user_attributes(UserPoolId=stage.pool_id, Username=name, UserAttributes=listed)


# --- creating -------------------------------------------------------------------------------------------------------


@pytest.mark.proves("AdminCreateUser", "AdminGetUser")
def test_an_invitation_by_mail_leads_to_a_first_sign_in(stage: Stage) -> None:
    created = create(stage, given={"email": "alice@example.com"}, DesiredDeliveryMediums=["EMAIL"])
    assert (created["UserStatus"], created["Enabled"]) == ("FORCE_CHANGE_PASSWORD", True)
    mail = inbox.newest("alice@example.com")
    assert mail.subject == "Your temporary password · harbour"
    said = dict(line.split(": ", 1) for line in mail.text.splitlines() if ": " in line)
    assert said["Username"] == "alice"
    asked = stage.sign_in(password=said["Temporary password"])
    assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    found = described(stage)
    assert {key: found[key] for key in ("Username", "UserStatus", "Enabled")} == {
        "Username": "alice",
        "UserStatus": "FORCE_CHANGE_PASSWORD",
        "Enabled": True,
    }
    assert attributes(stage).keys() == {"sub", "email"}


def test_an_invitation_by_text_message(cognito: Any, public: Any) -> None:
    template = {"InviteMessageTemplate": {"SMSMessage": "Ahoy {username}: {####}"}}
    stage = set_stage(cognito, public, AdminCreateUserConfig=template)
    create(stage, given={"phone_number": "+15555550100"}, TemporaryPassword="Temporary-1")
    assert inbox.newest("+15555550100").text == "Ahoy alice: Temporary-1"


def test_no_invitation_when_somebody_else_tells_them(stage: Stage) -> None:
    create(stage, given={"email": "alice@example.com"}, MessageAction="SUPPRESS", TemporaryPassword="Temporary-1")
    assert not Message.objects.exists()
    assert stage.sign_in(password="Temporary-1")["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_an_invitation_is_sent_again_with_a_new_password(stage: Stage) -> None:
    create(stage, given={"email": "alice@example.com"}, TemporaryPassword="Temporary-1")
    with time_machine.travel(timedelta(days=8), tick=False):
        assert refused(stage.sign_in, password="Temporary-1")[1].startswith("Temporary password has expired")
        stage.cognito.admin_create_user(
            UserPoolId=stage.pool_id, Username="alice", MessageAction="RESEND", TemporaryPassword="Temporary-2"
        )
        assert stage.sign_in(password="Temporary-2")["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
        assert "Temporary-2" in inbox.newest("alice@example.com").text
    assert refused(create, stage=stage, name="mallory", MessageAction="RESEND") == NOT_FOUND
    stage.user("bob")
    assert refused(create, stage=stage, name="bob", MessageAction="RESEND") == (
        "UnsupportedUserStateException",
        "Resend not possible. bob status is not FORCE_CHANGE_PASSWORD",
    )


def test_what_creation_refuses(stage: Stage) -> None:
    create(stage, given={"email": "alice@example.com"})
    assert refused(create, stage=stage) == ("UsernameExistsException", "User account already exists")
    assert refused(create, stage=stage, name="bob", DesiredDeliveryMediums=["SMS"])[0] == "InvalidParameterException"
    given = {"email_verified": "true"}
    assert refused(create, stage=stage, name="bob", given=given)[1] == "Email is required to verify/un-verify an email"
    assert refused(create, stage=stage, name="bob", given={"email": "x"})[1] == "Invalid email address format."
    assert refused(create, stage=stage, name="bob", given={"sub": "x"})[1].startswith(SCHEMA)
    weak = refused(create, stage=stage, name="bob", TemporaryPassword="password")
    assert weak[0] == "InvalidPasswordException"
    assert [user.username for user in User.objects.all()] == ["alice"]


def test_an_alias_is_given_and_taken(cognito: Any, public: Any) -> None:
    stage = set_stage(cognito, public, AliasAttributes=["email"])
    proved = {"email": "alice@example.com", "email_verified": "true"}
    create(stage, given=proved, MessageAction="SUPPRESS")
    taken = refused(create, stage=stage, name="bob", given=proved)
    assert taken == ("UsernameExistsException", "An account with the given email already exists.")
    create(stage, "bob", proved, MessageAction="SUPPRESS", ForceAliasCreation=True)
    assert described(stage, "alice@example.com")["Username"] == "bob"
    assert attributes(stage)["email_verified"] == "false"


# --- changing -------------------------------------------------------------------------------------------------------


@pytest.mark.proves("AdminUpdateUserAttributes", "AdminDeleteUserAttributes")
def test_attributes_are_changed_and_removed(stage: Stage) -> None:
    stage.user()
    update(stage, "alice", given_name="Alice", nickname="Al")
    assert attributes(stage)["given_name"] == "Alice"
    update(stage, nickname="")
    stage.cognito.admin_delete_user_attributes(
        UserPoolId=stage.pool_id, Username="alice", UserAttributeNames=["given_name"]
    )
    assert attributes(stage).keys() == {"sub", "email", "email_verified"}
    unknown = refused(lambda: update(stage, **{"custom:x": "1"}))
    assert unknown == ("InvalidParameterException", f"{SCHEMA}user.custom:x: Attribute does not exist in the schema.\n")


def test_REC_04_a_new_address_is_unproved_and_leads_nowhere(cognito: Any, public: Any) -> None:
    stage = set_stage(cognito, public, AliasAttributes=["email"], AutoVerifiedAttributes=["email"])
    stage.user()
    assert stage.tokens("alice@example.com")
    update(stage, email="new@example.com")
    assert attributes(stage)["email_verified"] == "false"
    assert refused(stage.sign_in, name="new@example.com") == NOT_FOUND
    assert refused(stage.sign_in, name="alice@example.com") == NOT_FOUND
    assert inbox.code("new@example.com")
    update(stage, email_verified="true")
    assert stage.tokens("new@example.com")


def test_schema_rules_hold_for_everybody(cognito: Any, public: Any) -> None:
    rules = [
        {"Name": "rank", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MaxValue": "9"}},
        {"Name": "ship", "AttributeDataType": "String", "Mutable": False},
        {"Name": "crew", "AttributeDataType": "Boolean"},
        {"Name": "name", "Required": True},
    ]
    stage = set_stage(cognito, public, Schema=rules)
    create(stage, given={"custom:ship": "Mary", "name": "Alice"}, MessageAction="SUPPRESS")
    change = stage.cognito.admin_update_user_attributes
    for name, value, reason in (
        ("custom:rank", "10", "Value must have value less than or equal to 9."),
        ("custom:rank", "ten", "Value must be a whole number."),
        ("custom:crew", "perhaps", "Value must be true or false."),
        ("custom:ship", "Anne", "Attribute cannot be updated."),
    ):
        given = [{"Name": name, "Value": value}]
        assert (
            refused(change, UserPoolId=stage.pool_id, Username="alice", UserAttributes=given)[1]
            == f"{SCHEMA}user.{name}: {reason}\n"
        )
    removal = refused(
        stage.cognito.admin_delete_user_attributes,
        UserPoolId=stage.pool_id,
        Username="alice",
        UserAttributeNames=["name"],
    )
    assert removal[0] == "InvalidParameterException"
    update(stage, **{"custom:rank": "9", "custom:crew": "True"})
    assert attributes(stage)["custom:crew"] == "true"


@pytest.mark.proves("AdminSetUserPassword")
def test_passwords_are_set_for_good_or_for_now(stage: Stage) -> None:
    create(stage, MessageAction="SUPPRESS")
    set_password = stage.cognito.admin_set_user_password
    set_password(UserPoolId=stage.pool_id, Username="alice", Password=PASSWORD, Permanent=True)
    assert described(stage)["UserStatus"] == "CONFIRMED"
    assert stage.tokens()
    set_password(UserPoolId=stage.pool_id, Username="alice", Password="Temporary-1")
    assert described(stage)["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    assert stage.sign_in(password="Temporary-1")["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    weak = refused(set_password, UserPoolId=stage.pool_id, Username="alice", Password="horse", Permanent=True)
    assert weak == ("InvalidPasswordException", "Password did not conform with policy: Password not long enough")


@pytest.mark.proves("AdminDisableUser", "AdminEnableUser")
def test_disabling_shuts_every_door(stage: Stage) -> None:
    stage.user()
    tokens = stage.tokens()
    for _ in range(2):
        stage.cognito.admin_disable_user(UserPoolId=stage.pool_id, Username="alice")
    assert refused(stage.sign_in) == ("NotAuthorizedException", "User is disabled.")
    assert refused(stage.public.get_user, AccessToken=tokens["AccessToken"])[0] == "NotAuthorizedException"
    assert described(stage)["Enabled"] is False
    stage.cognito.admin_enable_user(UserPoolId=stage.pool_id, Username="alice")
    assert stage.tokens()


@pytest.mark.proves("AdminDeleteUser")
def test_TEN_04_a_deleted_user_leaves_nothing_to_a_namesake(stage: Stage) -> None:
    stage.user()
    tokens = stage.tokens()
    stage.cognito.create_group(UserPoolId=stage.pool_id, GroupName="crew")
    stage.cognito.admin_add_user_to_group(UserPoolId=stage.pool_id, GroupName="crew", Username="alice")
    sub = attributes(stage)["sub"]
    stage.cognito.admin_delete_user(UserPoolId=stage.pool_id, Username="alice")
    assert refused(described, stage=stage) == NOT_FOUND
    assert not SignInName.objects.exists()
    stage.user()
    assert attributes(stage)["sub"] != sub
    assert not stage.cognito.admin_list_groups_for_user(UserPoolId=stage.pool_id, Username="alice")["Groups"]
    assert refused(stage.public.get_user, AccessToken=tokens["AccessToken"]) == NOT_FOUND
    kept = Event.objects.get(kind="delete_user")
    assert kept.user is None
    assert kept.detail == {"sub": sub}
    assert kept.actor.endswith(":root")


def test_TEN_01_users_of_another_pool_do_not_exist(stage: Stage, cognito: Any, public: Any) -> None:
    other = set_stage(cognito, public)
    other.user("bob")
    who = {"UserPoolId": stage.pool_id, "Username": "bob"}
    calls: dict[str, dict[str, Any]] = {
        "admin_get_user": {},
        "admin_delete_user": {},
        "admin_enable_user": {},
        "admin_disable_user": {},
        "admin_confirm_sign_up": {},
        "admin_reset_user_password": {},
        "admin_user_global_sign_out": {},
        "admin_list_groups_for_user": {},
        "admin_set_user_password": {"Password": PASSWORD},
        "admin_update_user_attributes": {"UserAttributes": [{"Name": "name", "Value": "x"}]},
        "admin_delete_user_attributes": {"UserAttributeNames": ["name"]},
    }
    for operation, more in calls.items():
        assert refused(getattr(cognito, operation), **who, **more) == NOT_FOUND, operation
    assert other.tokens("bob")


def test_a_user_is_found_by_every_active_name(cognito: Any, public: Any) -> None:
    stage = set_stage(cognito, public, AliasAttributes=["email", "phone_number", "preferred_username"])
    stage.user(phone_number="+15555550100", phone_number_verified="true", preferred_username="al")
    sub = attributes(stage)["sub"]
    for name in ("alice", sub, "alice@example.com", "+15555550100", "al"):
        assert described(stage, name)["Username"] == "alice", name
        assert stage.tokens(name)


# --- listing --------------------------------------------------------------------------------------------------------


@pytest.fixture
def crowd(cognito: Any, public: Any) -> Stage:
    stage = set_stage(cognito, public)
    for number in range(7):
        stage.user(f"user-{number}", given_name="Ann" if number % 2 else 'Quo"te\\d')
    stage.user("Alice", name="100%")
    stage.cognito.admin_disable_user(UserPoolId=stage.pool_id, Username="user-3")
    create(stage, "invited", MessageAction="SUPPRESS")
    return stage


def listed(stage: Stage, text: str | None = None, **more: Any) -> list[str]:
    given = {"Filter": text} if text is not None else {}
    found = stage.cognito.list_users(UserPoolId=stage.pool_id, **given, **more)
    return [user["Username"] for user in found["Users"]]


@pytest.mark.proves("ListUsers")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('username = "user-1"', {"user-1"}),
        ('username="USER-1"', set()),
        ('username ^= "user-"', {f"user-{n}" for n in range(7)}),
        ('username ^= "User-"', set()),
        ('  email  ^=  "alice@"  ', set()),
        ('email = "Alice@example.com"', {"Alice"}),
        ('email ^= "user-6@"', {"user-6"}),
        ('name = "100%"', {"Alice"}),
        ('name ^= "100"', {"Alice"}),
        ('name ^= "1_0"', set()),
        ('given_name = "Quo\\"te\\\\d"', {"user-0", "user-2", "user-4", "user-6"}),
        ('given_name ^= "An"', {"user-1", "user-3", "user-5"}),
        ('status = "Disabled"', {"user-3"}),
        ('cognito:user_status = "force_change_password"', {"invited"}),
        ('cognito:user_status ^= "FORCE"', {"invited"}),
        ('sub = "nobody"', set()),
        ('phone_number = "+1"', set()),
        ('username ^= ""', {*(f"user-{n}" for n in range(7)), "Alice", "invited"}),
        ("", {*(f"user-{n}" for n in range(7)), "Alice", "invited"}),
    ],
)
def test_filters(crowd: Stage, text: str, found: set[str]) -> None:
    assert set(listed(crowd, text)) == found


def test_a_user_is_found_by_sub(crowd: Stage) -> None:
    sub = attributes(crowd, "user-2")["sub"]
    assert listed(crowd, f'sub = "{sub}"') == ["user-2"]


@pytest.mark.parametrize(
    "text",
    [
        "username",
        "username =",
        "username = user-1",
        "username = 'user-1'",
        'username == "user-1"',
        'username != "user-1"',
        'username = "user-1" and status = "Enabled"',
        'username = "user"1"',
        'username = "back\\slash"',
        'username = "open',
        '= "x"',
        '"username" = "x"',
    ],
)
def test_API_11_what_is_no_filter(crowd: Stage, text: str) -> None:
    assert refused(listed, stage=crowd, text=text) == ("InvalidParameterException", "Error while parsing filter")


@pytest.mark.parametrize(
    "name", ["custom:x", "password", "pool__id", "user__password", "email__startswith", "Username"]
)
def test_API_11_attributes_that_are_not_searched(crowd: Stage, name: str) -> None:
    answer = refused(listed, stage=crowd, text=f'{name} = "x"')
    assert answer == ("InvalidParameterException", f"Invalid search attribute: {name}")


def test_pages_hold_everybody_once(crowd: Stage) -> None:
    for text in ("", 'username ^= "user-"', 'given_name ^= ""', 'cognito:user_status = "CONFIRMED"'):
        whole, seen, token = listed(crowd, text), [], None
        while True:
            more = {"PaginationToken": token} if token else {}
            page = crowd.cognito.list_users(UserPoolId=crowd.pool_id, Filter=text, Limit=2, **more)
            assert len(page["Users"]) <= 2
            seen += [user["Username"] for user in page["Users"]]
            token = page.get("PaginationToken")
            if token is None:
                break
        assert seen == whole


def test_API_12_a_token_belongs_to_its_filter(crowd: Stage) -> None:
    page = crowd.cognito.list_users(UserPoolId=crowd.pool_id, Filter='username ^= "user-"', Limit=2)
    for other in ('username ^= "user"', ""):
        again = refused(listed, stage=crowd, text=other, PaginationToken=page["PaginationToken"])
        assert again == ("InvalidParameterException", "Invalid pagination token")


def test_only_what_was_asked_for_is_shown(crowd: Stage) -> None:
    found = crowd.cognito.list_users(
        UserPoolId=crowd.pool_id, Filter='username = "Alice"', AttributesToGet=["name", "nickname"]
    )
    assert found["Users"][0]["Attributes"] == [{"Name": "name", "Value": "100%"}]
    unknown = refused(crowd.cognito.list_users, UserPoolId=crowd.pool_id, AttributesToGet=["custom:x"])
    assert unknown == ("InvalidParameterException", "One or more requested attributes do not exist.")
