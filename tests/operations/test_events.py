"""LOG-03: whatever changes something leaves an event of its pool, written with the change."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.utils import timezone

from cognito_site.wire import registry
from tests import inbox
from tests.cast import PASSWORD, Stage, set_stage
from tests.refusals import refused
from userpools.domain import factors
from userpools.models import Event

pytestmark = pytest.mark.django_db

WITHOUT_EVENT = {
    "AssociateSoftwareToken": "an offered key counts for nothing until VerifySoftwareToken",
    "DeleteUserPool": "its events go with it",
}
NEW, NEWER = "Another-horse-8", "Third-horse-9"
LOG_GROUP = "arn:aws:logs:us-east-1:000000000000:log-group:/harbour/mail"


def changing() -> set[str]:
    names = {name for service, name in registry.performed() if service == "cognito-idp"}
    return {name for name in names if not name.removeprefix("Admin").startswith(("Describe", "Get", "List"))}


class Journey:
    """Performs operations, and holds each against the events that it left."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.left: dict[str, list[str]] = {}

    def does(self, operation: str, **given: Any) -> dict[str, Any]:
        before = set(Event.objects.values_list("pk", flat=True))
        client = self.stage.cognito
        answer: dict[str, Any] = getattr(client, _snake(client, operation))(**given)
        new = Event.objects.exclude(pk__in=before)
        self.left.setdefault(operation, []).extend(event.kind for event in new)
        return answer


def _snake(client: Any, operation: str) -> str:
    return next(name for name, found in client.meta.method_to_api_mapping.items() if found == operation)


def test_LOG_03_whatever_changes_something_leaves_one_event(cognito: Any, public: Any) -> None:
    journey = Journey(set_stage(cognito, public, AutoVerifiedAttributes=["email"]))
    _settings(journey)
    _groups_and_users(journey)
    _own_account(journey)
    _second_factors(journey)
    journey.does("DeleteUserPool", UserPoolId=journey.stage.pool_id)
    assert set(journey.left) == changing(), "A new operation needs a step here."
    wrong = {name: kinds for name, kinds in journey.left.items() if (len(kinds) != 1) != (name in WITHOUT_EVENT)}
    assert wrong == {}


def _settings(journey: Journey) -> None:
    pool = journey.does("CreateUserPool", PoolName="made")["UserPool"]
    place = {"UserPoolId": pool["Id"]}
    arn = {"ResourceArn": pool["Arn"]}
    journey.does("UpdateUserPool", **place, PoolName="renamed")
    journey.does("AddCustomAttributes", **place, CustomAttributes=[{"Name": "berth", "AttributeDataType": "String"}])
    journey.does("SetUserPoolMfaConfig", **place, MfaConfiguration="OFF")
    journey.does("TagResource", **arn, Tags={"team": "red"})
    journey.does("UntagResource", **arn, TagKeys=["team"])
    log = {"LogLevel": "ERROR", "EventSource": "userNotification"}
    log |= {"CloudWatchLogsConfiguration": {"LogGroupArn": LOG_GROUP}}
    journey.does("SetLogDeliveryConfiguration", **place, LogConfigurations=[log])
    _clients(journey, place)
    journey.does("CreateUserPoolDomain", **place, Domain="quay")
    journey.does("UpdateUserPoolDomain", **place, Domain="quay", ManagedLoginVersion=1)
    journey.does("DeleteUserPoolDomain", **place, Domain="quay")
    server = {**place, "Identifier": "cranes"}
    journey.does("CreateResourceServer", **server, Name="Cranes")
    journey.does("UpdateResourceServer", **server, Name="Winches")
    journey.does("DeleteResourceServer", **server)


def _clients(journey: Journey, place: dict[str, str]) -> None:
    made = journey.does("CreateUserPoolClient", **place, ClientName="web", GenerateSecret=True)["UserPoolClient"]
    client = {**place, "ClientId": made["ClientId"]}
    journey.does("UpdateUserPoolClient", **client, ClientName="site")
    secret = journey.does("AddUserPoolClientSecret", **client)["ClientSecretDescriptor"]["ClientSecretId"]
    journey.does("DeleteUserPoolClientSecret", **client, ClientSecretId=secret)
    journey.does("DeleteUserPoolClient", **client)


def _groups_and_users(journey: Journey) -> None:
    who = {"UserPoolId": journey.stage.pool_id, "Username": "carol"}
    group = {"UserPoolId": journey.stage.pool_id, "GroupName": "crew"}
    mail = [{"Name": "email", "Value": "carol@example.com"}, {"Name": "email_verified", "Value": "true"}]
    journey.does("AdminCreateUser", **who, UserAttributes=mail, TemporaryPassword=PASSWORD)
    journey.does("CreateGroup", **group)
    journey.does("UpdateGroup", **group, Description="All hands")
    journey.does("AdminAddUserToGroup", **who, GroupName="crew")
    journey.does("AdminRemoveUserFromGroup", **who, GroupName="crew")
    journey.does("DeleteGroup", **group)
    journey.does("AdminSetUserPassword", **who, Password=PASSWORD, Permanent=True)
    journey.does("AdminUpdateUserAttributes", **who, UserAttributes=[{"Name": "name", "Value": "Carol"}])
    journey.does("AdminDeleteUserAttributes", **who, UserAttributeNames=["name"])
    journey.does("AdminDisableUser", **who)
    journey.does("AdminEnableUser", **who)
    journey.does("AdminUserGlobalSignOut", **who)
    journey.does("AdminResetUserPassword", **who)
    journey.does("AdminDeleteUser", **who)


def _begin(journey: Journey, operation: str, name: str, password: str) -> dict[str, Any]:
    place = {"ClientId": journey.stage.client_id}
    is_admin = operation.startswith("Admin")
    flow = "ADMIN_USER_PASSWORD_AUTH" if is_admin else "USER_PASSWORD_AUTH"
    place |= {"UserPoolId": journey.stage.pool_id} if is_admin else {}
    return journey.does(operation, **place, AuthFlow=flow, AuthParameters={"USERNAME": name, "PASSWORD": password})


def _own_account(journey: Journey) -> None:
    client = {"ClientId": journey.stage.client_id}
    address = "dave@example.com"
    mail = [{"Name": "email", "Value": address}]
    journey.does("SignUp", **client, Username="dave", Password=PASSWORD, UserAttributes=mail)
    journey.does("ResendConfirmationCode", **client, Username="dave")
    journey.does("ConfirmSignUp", **client, Username="dave", ConfirmationCode=inbox.code(address))
    journey.does("ForgotPassword", **client, Username="dave")
    code = inbox.code(address)
    journey.does("ConfirmForgotPassword", **client, Username="dave", ConfirmationCode=code, Password=NEW)
    tokens = _begin(journey, "InitiateAuth", "dave", NEW)["AuthenticationResult"]
    own = {"AccessToken": tokens["AccessToken"]}
    journey.does("ChangePassword", **own, PreviousPassword=NEW, ProposedPassword=NEWER)
    journey.does("UpdateUserAttributes", **own, UserAttributes=[{"Name": "name", "Value": "Dave"}])
    journey.does("DeleteUserAttributes", **own, UserAttributeNames=["name"])
    journey.stage.public.get_user_attribute_verification_code(**own, AttributeName="email")
    journey.does("VerifyUserAttribute", **own, AttributeName="email", Code=inbox.code(address))
    journey.does("RevokeToken", **client, Token=tokens["RefreshToken"])
    tokens = _begin(journey, "AdminInitiateAuth", "dave", NEWER)["AuthenticationResult"]
    journey.does("GlobalSignOut", AccessToken=tokens["AccessToken"])
    tokens = journey.stage.tokens("dave", NEWER)
    journey.does("DeleteUser", AccessToken=tokens["AccessToken"])
    place = {"UserPoolId": journey.stage.pool_id, "Username": "erin"}
    journey.stage.public.sign_up(**client, Username="erin", Password=PASSWORD)
    journey.does("AdminConfirmSignUp", **place)


def _second_factors(journey: Journey) -> None:
    stage = journey.stage
    who = {"UserPoolId": stage.pool_id, "Username": "erin"}
    on = {"SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True}}
    stage.cognito.set_user_pool_mfa_config(
        UserPoolId=stage.pool_id, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    own = {"AccessToken": stage.tokens("erin")["AccessToken"]}
    with time_machine.travel(timezone.now(), tick=False) as clock:
        key = journey.does("AssociateSoftwareToken", **own)["SecretCode"]
        journey.does("VerifySoftwareToken", **own, UserCode=factors.code_at(key))
        journey.does("SetUserMFAPreference", **own, **on)
        clock.shift(factors.STEP)
        _answer(journey, "RespondToAuthChallenge", key)
        clock.shift(factors.STEP)
        _answer(journey, "AdminRespondToAuthChallenge", key)
    journey.does("AdminSetUserMFAPreference", **who, SoftwareTokenMfaSettings={"Enabled": False})
    journey.does("SetUserSettings", **own, MFAOptions=[])
    journey.does("AdminSetUserSettings", **who, MFAOptions=[])
    journey.does("AdminDeleteSoftwareToken", **who)


def _answer(journey: Journey, operation: str, key: str) -> None:
    """Of what begins the sign-in nothing is left: it is not known yet how it ends."""
    asked = journey.stage.sign_in("erin")
    place = {"UserPoolId": journey.stage.pool_id} if operation.startswith("Admin") else {}
    journey.does(
        operation,
        **place,
        ClientId=journey.stage.client_id,
        ChallengeName=asked["ChallengeName"],
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "erin", "SOFTWARE_TOKEN_MFA_CODE": factors.code_at(key)},
    )


def test_LOG_03_events_of_settings_say_who_changed_what_and_no_value(stage: Stage) -> None:
    secret = "A_secret_of_some_length_123"
    place = {"UserPoolId": stage.pool_id, "ClientId": stage.client(GenerateSecret=True)["ClientId"]}
    stage.cognito.add_user_pool_client_secret(**place, ClientSecret=secret)
    event = Event.objects.filter(kind="change_settings").first()
    assert event
    assert (str(event.pool_id), event.user) == (stage.pool_id, None)
    assert event.actor.startswith("arn:aws:iam::")
    assert event.detail == {
        "operation": "AddUserPoolClientSecret",
        "of": {"ClientId": place["ClientId"]},
        "given": ["ClientSecret"],
    }


def test_LOG_03_a_change_that_is_refused_leaves_no_event(stage: Stage) -> None:
    before = Event.objects.count()
    place = {"UserPoolId": stage.pool_id}
    assert refused(stage.cognito.update_group, **place, GroupName="ghost")[0] == "ResourceNotFoundException"
    assert refused(stage.cognito.delete_user_pool_client, **place, ClientId="ghost")[0] == "ResourceNotFoundException"
    twice = [{"Name": "berth", "AttributeDataType": "String"}, {"Name": "berth", "AttributeDataType": "String"}]
    assert refused(stage.cognito.add_custom_attributes, **place, CustomAttributes=twice)
    assert Event.objects.count() == before


def test_LOG_03_a_new_password_in_the_sign_in_is_an_event(stage: Stage) -> None:
    who = {"UserPoolId": stage.pool_id, "Username": "carol"}
    stage.cognito.admin_create_user(**who, TemporaryPassword=PASSWORD, MessageAction="SUPPRESS")
    asked = stage.sign_in("carol")
    stage.public.respond_to_auth_challenge(
        ClientId=stage.client_id,
        ChallengeName=asked["ChallengeName"],
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": "carol", "NEW_PASSWORD": NEW},
    )
    found = Event.objects.filter(user__username="carol").order_by("created_at")
    assert [(event.kind, event.client) for event in found][1:] == [
        ("change_password", stage.client_id),
        ("sign_in", stage.client_id),
    ]
