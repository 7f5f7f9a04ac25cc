"""What operators see of a user and do to one. What the console did is looked at through the API."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from botocore.exceptions import ClientError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cognito_site.console.models import Change
from tests.cast import PASSWORD, Stage
from tests.console.desk import Desk, hire, sit_down
from tests.refusals import refused
from userpools.domain import factors, lockout
from userpools.models import CodeGuesses, Event, Message, TotpToken, UnknownName, User
from userpools.models.lockable import Lockable


@pytest.fixture
def alice(stage: Stage) -> User:
    stage.user(given_name="Alice", family_name="Moreau")
    return User.objects.get(username="alice")


@pytest.fixture
def page(pool_url: str, alice: User) -> str:
    return f"{pool_url}users/{alice.pk}/"


def shape(stage: Stage, name: str = "alice") -> dict[str, Any]:
    found: dict[str, Any] = stage.cognito.admin_get_user(UserPoolId=stage.pool_id, Username=name)
    return {**found, **{entry["Name"]: entry["Value"] for entry in found["UserAttributes"]}}


def can_sign_in(stage: Stage, password: str = PASSWORD) -> bool:
    try:
        return "AuthenticationResult" in stage.sign_in(password=password)
    except ClientError:
        return False


def shown_secret(html: str) -> str:
    found = re.search(r'data-copy="([^"]+)"', html)
    assert found is not None
    return found[1].replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&#x27;", "'")


# --- the answer -----------------------------------------------------------------------------------------------------


def test_nothing_stands_in_the_way_of_alice(dana: Desk, page: str) -> None:
    assert "Nothing stands in the way of Alice Moreau" in dana.get(page).text


def test_a_locked_account_says_for_how_long_and_offers_to_lift_the_lock(dana: Desk, stage: Stage, page: str) -> None:
    for _ in range(lockout.FREE_GUESSES + 6):
        with pytest.raises(ClientError):
            stage.sign_in(password="wrong")
        User.objects.filter(username="alice").update(locked_until=None)
    User.objects.filter(username="alice").update(locked_until=timezone.now() + timedelta(minutes=11))
    text = dana.get(page).text
    assert "Alice Moreau cannot sign in for another 1" in text
    assert "Lift the lock…" in text
    assert not can_sign_in(stage)
    dana.do(f"{page}unlock/")
    assert can_sign_in(stage)
    assert "Nothing stands in the way" in dana.get(page).text


@pytest.mark.parametrize("kind", [kind for kind in Lockable.__subclasses__() if kind is not UnknownName])
def test_every_lock_is_said_and_lifted(dana: Desk, stage: Stage, page: str, kind: type[Lockable]) -> None:
    user = User.objects.get(username="alice")
    until = timezone.now() + timedelta(minutes=11)
    locks: dict[type[Lockable], Callable[[], Any]] = {
        User: lambda: User.objects.filter(pk=user.pk).update(locked_until=until),
        TotpToken: lambda: user.totp_tokens.create(key=b"", created_at=until, locked_until=until),
        CodeGuesses: lambda: user.code_guesses.create(factor="SMS_MFA", locked_until=until),
    }
    locks[kind]()
    assert "Lift the lock…" in dana.get(page).text
    dana.do(f"{page}unlock/")
    assert "Lift the lock…" not in dana.get(page).text
    assert not kind._default_manager.exclude(locked_until=None).exists()


@pytest.mark.parametrize(
    ("change", "said", "offered"),
    [
        ({"enabled": False}, "the account is disabled", "Enable the account"),
        ({"status": "UNCONFIRMED"}, "the sign-up was never confirmed", "Confirm the sign-up"),
        ({"status": "RESET_REQUIRED"}, "the password must be reset first", "Set a temporary password"),
        ({"password": ""}, "there is no password", "Set a temporary password"),
    ],
)
def test_the_page_opens_with_what_the_api_refuses(
    dana: Desk, stage: Stage, page: str, change: dict[str, Any], said: str, offered: str
) -> None:
    User.objects.filter(username="alice").update(**change)
    assert not can_sign_in(stage)
    text = dana.get(page).text
    assert f"Alice Moreau cannot sign in: {said}" in text
    assert f"{offered}…" in text


def test_an_expired_invitation_is_told_and_can_be_sent_again(dana: Desk, stage: Stage, pool_url: str) -> None:
    stage.cognito.admin_create_user(
        UserPoolId=stage.pool_id, Username="bea", UserAttributes=[{"Name": "email", "Value": "bea@example.com"}]
    )
    url = f"{pool_url}users/{User.objects.get(username='bea').pk}/"
    assert "can sign in, and is asked for something first" in dana.get(url).text
    User.objects.filter(username="bea").update(temporary_password_expires_at=timezone.now() - timedelta(hours=1))
    assert "the temporary password has expired" in dana.get(url).text
    before = Message.objects.count()
    dana.do(f"{url}resend-invitation/")
    assert Message.objects.count() == before + 1
    assert "is asked for something first" in dana.get(url).text


def test_a_second_factor_that_nobody_can_ask_for_is_told(dana: Desk, stage: Stage, page: str) -> None:
    stage.cognito.set_user_pool_mfa_config(
        UserPoolId=stage.pool_id, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    User.objects.filter(username="alice").update(enabled_mfa=["SMS_MFA"])
    assert not can_sign_in(stage)
    assert "a second factor is owed, and none can be asked for" in dana.get(page).text


def test_who_cannot_reset_their_password_is_told_although_they_can_sign_in(
    dana: Desk, stage: Stage, pool_url: str
) -> None:
    stage.user("bea", email_verified="false")
    text = dana.get(f"{pool_url}users/{User.objects.get(username='bea').pk}/").text
    assert "Nothing stands in the way" in text
    assert "No verified address can receive a reset code" in text


# --- deeds ----------------------------------------------------------------------------------------------------------


@pytest.mark.proves("AdminDisableUser")
def test_disabling_says_what_happens_and_ends_every_token(dana: Desk, stage: Stage, page: str) -> None:
    tokens = stage.tokens()
    question = dana.get(f"{page}disable/")
    assert "refresh tokens stop working on every device" in question.text
    assert shape(stage)["Enabled"] is True
    dana.do(f"{page}disable/")
    assert shape(stage)["Enabled"] is False
    assert refused(stage.public.get_user, AccessToken=tokens["AccessToken"])[0] == "NotAuthorizedException"
    dana.do(f"{page}enable/")
    assert can_sign_in(stage)


def test_a_deed_that_was_done_is_not_offered_and_not_done_twice(dana: Desk, page: str) -> None:
    dana.do(f"{page}disable/")
    assert "Disable the account" not in dana.get(page).text
    assert "has been done already" in dana.get(f"{page}disable/").text


def test_confirming_lets_somebody_in_who_signed_up(dana: Desk, stage: Stage, pool_url: str) -> None:
    stage.public.sign_up(ClientId=stage.client_id, Username="bea", Password=PASSWORD)
    dana.do(f"{pool_url}users/{User.objects.get(username='bea').pk}/confirm/")
    assert shape(stage, "bea")["UserStatus"] == "CONFIRMED"
    assert "AuthenticationResult" in stage.sign_in("bea")


def test_a_password_is_set_for_good(dana: Desk, stage: Stage, page: str) -> None:
    assert "not long enough" in dana.send(f"{page}set-password/", password="short1!").text
    assert can_sign_in(stage)
    dana.do(f"{page}set-password/", password="Another-horse-8")
    assert can_sign_in(stage, "Another-horse-8")
    assert not can_sign_in(stage)


def test_a_temporary_password_is_shown_once_and_works(dana: Desk, stage: Stage, page: str) -> None:
    shown = dana.do(f"{page}set-temporary-password/")
    password = shown_secret(shown.html)
    assert stage.sign_in(password=password)["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    assert password not in dana.get(page).html
    assert password not in dana.get(f"{page}?tab=changes").html


def test_loading_the_answer_again_does_not_make_a_second_secret(dana: Desk, stage: Stage, page: str) -> None:
    form = dana.get(f"{page}set-temporary-password/").main_form
    password = shown_secret(dana.post(f"{page}set-temporary-password/", **form.fields).html)
    again = dana.post(f"{page}set-temporary-password/", **form.fields)
    assert "was sent already" in again.text
    assert stage.sign_in(password=password)["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


@pytest.mark.proves("AdminResetUserPassword")
def test_a_reset_kills_the_password_and_sends_a_code(dana: Desk, stage: Stage, page: str) -> None:
    answer = dana.do(f"{page}send-reset/")
    assert "on its way to a***@e***" in answer.text
    assert shape(stage)["UserStatus"] == "RESET_REQUIRED"
    assert Message.objects.filter(kind="ForgotPassword", destination="alice@example.com").count() == 1


def test_a_reset_that_cannot_arrive_is_refused_before_anything_changes(dana: Desk, stage: Stage, pool_url: str) -> None:
    stage.user("bea", email_verified="false")
    url = f"{pool_url}users/{User.objects.get(username='bea').pk}/send-reset/"
    assert "There is no verified address" in dana.get(url).text
    assert "errornote" in dana.send(url).html
    assert shape(stage, "bea")["UserStatus"] == "CONFIRMED"


@pytest.mark.proves("AdminUserGlobalSignOut")
def test_signing_out_everywhere_ends_refresh_tokens(dana: Desk, stage: Stage, page: str) -> None:
    tokens = stage.tokens()
    assert "of 1 sign-in stop working" in dana.get(f"{page}sign-out/").text
    dana.do(f"{page}sign-out/")
    assert refused(_refresh, stage=stage, token=tokens["RefreshToken"])[0] == "NotAuthorizedException"


def test_one_sign_in_ends_and_the_other_lives(dana: Desk, stage: Stage, page: str) -> None:
    first, second = stage.tokens(), stage.tokens()
    listed = dana.get(f"{page}?tab=sign-ins")
    links = [link for link in listed.links if "end-sign-in" in link]
    assert len(links) == 2
    dana.do(links[-1])
    alive = [token for token in (first, second) if _lives(stage, token["RefreshToken"])]
    assert len(alive) == 1
    assert "has ended already" in dana.send(links[-1]).text


def _refresh(stage: Stage, token: str) -> Any:
    return stage.public.initiate_auth(
        ClientId=stage.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token}
    )


def _lives(stage: Stage, token: str) -> bool:
    try:
        return bool(_refresh(stage, token))
    except ClientError:
        return False


def test_an_authenticator_is_removed(dana: Desk, stage: Stage, page: str) -> None:
    stage.cognito.set_user_pool_mfa_config(
        UserPoolId=stage.pool_id, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    access = stage.tokens()["AccessToken"]
    key = stage.public.associate_software_token(AccessToken=access)["SecretCode"]
    stage.public.verify_software_token(AccessToken=access, UserCode=factors.code_at(key))
    stage.public.set_user_mfa_preference(
        AccessToken=access, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
    )
    assert stage.sign_in()["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    assert "Authenticator app" in dana.get(page).text
    dana.do(f"{page}remove-authenticator/")
    assert can_sign_in(stage)
    assert "Second factors changed" in dana.get(page).text


@pytest.fixture
def codes(stage: Stage, alice: User) -> None:
    """A pool that sends codes, and alice with a phone."""
    sending = {"SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::000000000000:role/sms"}}
    stage.cognito.update_user_pool(
        UserPoolId=stage.pool_id,
        EmailConfiguration={
            "EmailSendingAccount": "DEVELOPER",
            "SourceArn": "arn:aws:ses:us-east-1:000000000000:identity/id@example.com",
        },
    )
    stage.cognito.set_user_pool_mfa_config(
        UserPoolId=stage.pool_id,
        MfaConfiguration="OPTIONAL",
        SmsMfaConfiguration=sending,
        EmailMfaConfiguration={},
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    phone = [{"Name": "phone_number", "Value": "+351912345678"}]
    stage.cognito.admin_update_user_attributes(UserPoolId=stage.pool_id, Username="alice", UserAttributes=phone)


@pytest.mark.usefixtures("codes")
def test_codes_by_message_are_chosen_for_somebody(dana: Desk, stage: Stage, page: str) -> None:
    url = f"{page}?tab=factors"
    assert can_sign_in(stage)
    asked = dana.get(url)
    assert "Text message to +351912345678" in asked.text
    assert "They have set up no authenticator app" in asked.text
    dana.do(url, enabled=["SMS_MFA"], preferred="SMS_MFA")
    assert stage.sign_in()["ChallengeName"] == "SMS_MFA"
    dana.do(url, enabled=["SMS_MFA", "EMAIL_OTP"])
    assert stage.sign_in()["ChallengeName"] == "SMS_MFA"
    assert "Text message to +351912345678 asked first" in dana.get(page).text
    dana.do(url, preferred="EMAIL_OTP")
    assert stage.sign_in()["ChallengeName"] == "EMAIL_OTP"
    dana.do(url, preferred="")
    assert stage.sign_in()["ChallengeName"] == "SELECT_MFA_TYPE"
    assert shape(stage)["UserMFASettingList"] == ["SMS_MFA", "EMAIL_OTP"]
    assert "PreferredMfaSetting" not in shape(stage)
    dana.do(url, enabled=None)
    assert can_sign_in(stage)
    event = Event.objects.filter(kind="change_factors").latest("created_at")
    assert (event.actor, event.detail) == ("operator/dana", {"enabled": [], "preferred": ""})
    assert "Confirms sign-ins: SMS_MFA, EMAIL_OTP → none" in dana.get(f"{page}?tab=changes").text


@pytest.mark.usefixtures("codes")
def test_what_cannot_be_asked_for_is_not_offered(dana: Desk, stage: Stage, page: str) -> None:
    url = f"{page}?tab=factors"
    for enabled in ("SOFTWARE_TOKEN_MFA", "WEB_AUTHN"):
        assert "Select a valid choice" in dana.send(url, enabled=[enabled]).text
    assert "tick it above, too" in dana.send(url, enabled=["SMS_MFA"], preferred="EMAIL_OTP").text
    stage.cognito.admin_delete_user_attributes(
        UserPoolId=stage.pool_id, Username="alice", UserAttributeNames=["phone_number"]
    )
    assert "They have no phone number." in dana.get(url).text
    assert "Select a valid choice" in dana.send(url, enabled=["SMS_MFA"]).text
    assert can_sign_in(stage)


@pytest.mark.usefixtures("codes")
def test_a_factor_that_is_not_offered_any_more_can_be_taken_away(dana: Desk, stage: Stage, page: str) -> None:
    url = f"{page}?tab=factors"
    dana.do(url, enabled=["SMS_MFA", "EMAIL_OTP"], preferred="SMS_MFA")
    stage.cognito.set_user_pool_mfa_config(
        UserPoolId=stage.pool_id, MfaConfiguration="OPTIONAL", EmailMfaConfiguration={}
    )
    asked = dana.get(url)
    assert "The pool confirms no sign-ins by text message." in asked.text
    assert asked.main_form.fields["enabled"] == ["SMS_MFA", "EMAIL_OTP"]
    dana.do(url, enabled=["EMAIL_OTP"], preferred="EMAIL_OTP")
    assert shape(stage)["UserMFASettingList"] == ["EMAIL_OTP"]
    assert stage.sign_in()["ChallengeName"] == "EMAIL_OTP"


def test_a_pool_without_factors_offers_none(dana: Desk, stage: Stage, page: str) -> None:
    asked = dana.get(f"{page}?tab=factors")
    assert "The pool offers no authenticator apps." in asked.text
    assert "Nothing was different" in dana.do(f"{page}?tab=factors").text


@pytest.mark.proves("AdminDeleteUser")
def test_deleting_leaves_nothing_but_that_it_happened(dana: Desk, stage: Stage, page: str, alice: User) -> None:
    assert "Delete Alice Moreau?" in dana.get(f"{page}delete/").text
    dana.do(f"{page}delete/")
    assert refused(shape, stage=stage)[0] == "UserNotFoundException"
    change = Change.objects.latest("pk")
    assert (change.object_repr, change.place, change.user.username) == (str(alice.sub), stage.pool_id, "dana")
    assert "Moreau" not in change.change_message


def test_every_deed_is_written_down_with_who_and_from_where(dana: Desk, stage: Stage, page: str) -> None:
    dana.do(f"{page}disable/")
    event = Event.objects.get(kind="disable_user")
    assert (event.actor, event.ip) == ("operator/dana", "127.0.0.1")
    assert "operator/dana" in dana.get(page).text
    change = Change.objects.latest("pk")
    assert (change.user.username, change.ip, change.place) == ("dana", "127.0.0.1", stage.pool_id)
    assert "Disabled the account Alice Moreau" in dana.get(f"/admin/{stage.pool_id}/changes/").text


def test_KEY_05_the_log_names_nobody_and_pages_name_who_is_still_there(
    dana: Desk, stage: Stage, page: str, pool_url: str, alice: User
) -> None:
    stage.cognito.create_group(UserPoolId=stage.pool_id, GroupName="staff")
    staff = f"{pool_url}groups/{alice.pool.groups.get().pk}/"
    dana.do(f"{page}?tab=profile", nickname="Ally", email="ally@example.com")
    for deed in ("sign-out", "disable", "enable", "set-temporary-password"):
        dana.do(f"{page}{deed}/")
    dana.do(f"{page}set-password/", password="Another-horse-78")
    dana.do(f"{staff}add-member/", username="alice")
    dana.do(f"{staff}remove-member/", username="alice")
    dana.post(f"{pool_url}users/", action="sign_out_everywhere", _selected_action=[alice.pk], confirmed="1")
    dana.do(f"{pool_url}users/new/", username="bea", email="bea@example.com", name="Bea Lind")
    dana.get(f"{pool_url}messages/?open={Message.objects.latest('pk').pk}")
    kept = " ".join(f"{change.object_repr} {change.change_message}" for change in Change.objects.all())
    for word in ("alice", "ally", "moreau", "bea", "lind", "example.com"):
        assert word not in kept.lower(), kept
    shown = dana.get(f"{pool_url}changes/").text
    assert "Signed out everywhere Alice Moreau" in shown
    assert "Added Alice Moreau" in shown
    assert "Created user Bea Lind" in shown
    dana.do(f"{page}delete/")
    assert "Moreau" not in dana.get(f"{pool_url}changes/").text


def test_ADM_02_who_may_not_see_users_sees_changes_without_their_names(
    dana: Desk, stage: Stage, page: str, pool_url: str
) -> None:
    dana.do(f"{page}disable/")
    auditor = sit_down(hire("audrey", "userpools.view_userpool", "console.view_change"))
    shown = auditor.get(f"{pool_url}changes/").text
    assert "Disabled the account" in shown
    assert "Moreau" not in shown


# --- making and changing --------------------------------------------------------------------------------------------


@pytest.mark.proves("AdminCreateUser")
def test_a_user_is_added_and_invited(dana: Desk, stage: Stage, pool_url: str) -> None:
    dana.do(f"{pool_url}users/new/", username="bea", email="bea@example.com", name="Bea Lind")
    found = shape(stage, "bea")
    assert (found["UserStatus"], found["email_verified"], found["name"]) == (
        "FORCE_CHANGE_PASSWORD",
        "true",
        "Bea Lind",
    )
    assert Message.objects.get().destination == "bea@example.com"


def test_a_user_is_added_without_a_message_and_the_password_shown(dana: Desk, stage: Stage, pool_url: str) -> None:
    shown = dana.do(f"{pool_url}users/new/", username="bea", invite="")
    assert not Message.objects.exists()
    assert stage.sign_in("bea", shown_secret(shown.html))["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


def test_a_name_that_is_taken_or_wrong_is_refused_on_the_form(dana: Desk, pool_url: str, alice: User) -> None:
    assert "already exists" in dana.send(f"{pool_url}users/new/", username="alice").text
    assert "No spaces" in dana.send(f"{pool_url}users/new/", username="two words").text
    bad_phone = dana.send(f"{pool_url}users/new/", username="bea", phone_number="12345")
    assert "errornote" in bad_phone.html
    assert User.objects.count() == 1


def test_users_that_are_named_by_their_address(dana: Desk, stage: Stage, cognito: Any) -> None:
    pool_id = cognito.create_user_pool(PoolName="by-mail", UsernameAttributes=["email"])["UserPool"]["Id"]
    dana.do(f"/admin/{pool_id}/users/new/", username="bea@example.com")
    found = cognito.admin_get_user(UserPoolId=pool_id, Username="bea@example.com")
    assert {"Name": "email_verified", "Value": "true"} in found["UserAttributes"]


@pytest.mark.proves("AdminUpdateUserAttributes")
def test_attributes_change_through_the_domain(dana: Desk, stage: Stage, page: str) -> None:
    dana.do(f"{page}?tab=profile", nickname="Ally", given_name="")
    found = shape(stage)
    assert found["nickname"] == "Ally"
    assert "given_name" not in found
    assert "Changed given_name, nickname" in dana.get(f"{page}?tab=changes").text


def test_a_changed_address_is_unproved_and_the_pool_may_send_a_code(dana: Desk, stage: Stage, page: str) -> None:
    stage.cognito.update_user_pool(UserPoolId=stage.pool_id, AutoVerifiedAttributes=["email"])
    answer = dana.do(f"{page}?tab=profile", email="new@example.com", email_verified="true")
    assert shape(stage)["email_verified"] == "false" or "Saved" in answer.text
    dana.do(f"{page}?tab=profile", email="newer@example.com", email_verified="")
    assert Message.objects.filter(destination="newer@example.com").count() == 1


def test_what_the_schema_refuses_changes_nothing(dana: Desk, stage: Stage, page: str) -> None:
    before = shape(stage)
    answer = dana.send(f"{page}?tab=profile", birthdate="1990", nickname="Ally")
    assert "errornote" in answer.html
    assert shape(stage)["UserAttributes"] == before["UserAttributes"]


@pytest.mark.proves("AdminAddUserToGroup", "AdminRemoveUserFromGroup")
def test_groups_of_a_user(dana: Desk, stage: Stage, page: str) -> None:
    for name in ("staff", "beta", "press"):
        stage.cognito.create_group(UserPoolId=stage.pool_id, GroupName=name)
    dana.do(f"{page}?tab=groups", groups=["staff", "beta"])
    dana.do(f"{page}?tab=groups", groups=["beta", "press"])
    found = stage.cognito.admin_list_groups_for_user(UserPoolId=stage.pool_id, Username="alice")["Groups"]
    assert [group["GroupName"] for group in found] == ["beta", "press"]
    assert "Is in: beta, staff → beta, press" in dana.get(f"{page}?tab=changes").text


# --- the timeline ---------------------------------------------------------------------------------------------------


def test_equal_neighbours_fold_and_filters_are_links(dana: Desk, stage: Stage, page: str) -> None:
    stage.tokens()
    for _ in range(3):
        with pytest.raises(ClientError):
            stage.sign_in(password="wrong")
    stage.public.forgot_password(ClientId=stage.client_id, Username="alice")
    text = dana.get(page).text
    assert "Sign-in failed × 3 Incorrect username or password." in text
    assert "Signed in with password" in text
    assert "E-mail: Password reset code" in text
    only = dana.get(page, only="message").text
    assert "Password reset code" in only
    assert "Sign-in failed" not in only


def test_the_timeline_goes_on_page_by_page(dana: Desk, page: str, alice: User) -> None:
    now = timezone.now()
    Event.objects.bulk_create(
        Event(
            id=uuid4(), pool=alice.pool, user=alice, kind="sign_in", passed=True, ip=f"192.0.2.{number}", created_at=at
        )
        for number in range(70)
        if (at := now - timedelta(minutes=number))
    )
    seen, url = set[str](), page
    for _ in range(4):
        found = dana.get(url)
        seen |= set(re.findall(r"192\.0\.2\.\d+", found.text))
        older = [link for link in found.links if "before=" in link]
        if not older:
            break
        url = page + older[0]
    assert len(seen) == 70


@pytest.mark.parametrize("query", ["before=nonsense", "before=2026-01-01", "before=", "only=nonsense", "tab=nonsense"])
def test_bad_queries_are_ignored(dana: Desk, page: str, query: str) -> None:
    assert dana.status(f"{page}?{query}") == 200


def test_ADM_02_the_timeline_shows_what_the_role_may_see(stage: Stage, page: str) -> None:
    stage.tokens()
    stage.public.forgot_password(ClientId=stage.client_id, Username="alice")
    enter = ("userpools.view_userpool", "userpools.view_user")
    bare = sit_down(hire("bare", *enter)).get(page).text
    assert "Timeline" not in bare
    mail = sit_down(hire("mail", *enter, "userpools.view_message")).get(page).text
    assert "Password reset code" in mail
    assert "Signed in with password" not in mail


# --- the list -------------------------------------------------------------------------------------------------------


def _crowd(alice: User, count: int) -> None:
    now = timezone.now()
    User.objects.bulk_create(
        User(
            pool=alice.pool,
            username=f"u{number:05}",
            status="CONFIRMED",
            attributes={"email": f"u{number:05}@example.com", "name": f"Person {number}"},
            created_at=now,
            modified_at=now,
        )
        for number in range(count)
    )


def test_search_finds_by_beginning_in_any_usual_case(dana: Desk, pool_url: str, alice: User) -> None:
    for typed in ("alice", "ALICE@EXAMPLE", "alice@ex", "moreau", "Mor", str(alice.sub)):
        assert "Alice Moreau" in dana.get(f"{pool_url}users/", q=typed).text, typed
    nothing = dana.get(f"{pool_url}users/", q="lice")
    assert "Nothing matches “lice”" in nothing.text
    assert dana.get(f"{pool_url}users/", q="\0").status == 200


def test_chips_count_and_choose(dana: Desk, pool_url: str, alice: User) -> None:
    _crowd(alice, 120)
    User.objects.filter(username="u00001").update(status="UNCONFIRMED")
    User.objects.filter(username="u00002").update(enabled=False)
    found = dana.get(f"{pool_url}users/")
    assert "Confirmed 99+" in found.text
    assert "Unconfirmed 1" in found.text
    assert "Users 121" in found.text
    chosen = dana.get(f"{pool_url}users/", status="UNCONFIRMED").text
    assert "Users 1 " in chosen
    assert "u00001@example.com" in chosen
    assert "u00002@example.com" in dana.get(f"{pool_url}users/", problem="disabled").text
    assert dana.get(f"{pool_url}users/", status="nonsense").status == 200


def test_the_list_costs_the_same_for_few_users_and_for_many(dana: Desk, pool_url: str, alice: User) -> None:
    counts = []
    for crowd in (5, 400):
        User.objects.filter(username__startswith="u0").delete()
        _crowd(alice, crowd)
        with CaptureQueriesContext(connection) as asked:
            dana.get(f"{pool_url}users/")
        counts.append(len(asked))
        assert not [query["sql"] for query in asked if _counts_without_bound(query["sql"])]
    assert counts[0] == counts[1]


def _counts_without_bound(sql: str) -> bool:
    return "COUNT(" in sql and "LIMIT" not in sql and "userpools_user" in sql


# --- several at once ------------------------------------------------------------------------------------------------


def test_ADM_06_several_are_disabled_after_a_question_that_names_them(dana: Desk, stage: Stage, pool_url: str) -> None:
    keys = []
    for name in ("alice", "bea", "carl"):
        stage.user(name)
        keys.append(User.objects.get(username=name).pk)
    question = dana.post(f"{pool_url}users/", action="disable", _selected_action=keys[:2])
    assert "2 users" in question.text
    assert "bea@example.com" in question.text
    assert shape(stage)["Enabled"] is True
    dana.post(f"{pool_url}users/", **question.main_form.fields)
    assert [shape(stage, name)["Enabled"] for name in ("alice", "bea", "carl")] == [False, False, True]
    assert Event.objects.filter(kind="disable_user", actor="operator/dana").count() == 2


def test_what_is_refused_for_one_does_not_stop_the_others(dana: Desk, stage: Stage, pool_url: str) -> None:
    stage.user("alice")
    stage.user("bea", email_verified="false")
    keys = list(User.objects.values_list("pk", flat=True))
    answer = dana.post(f"{pool_url}users/", action="send_reset", _selected_action=keys, confirmed="1")
    assert "Sent a password reset to 1 user." in answer.text
    assert "Bea: " in answer.text
    assert shape(stage, "alice")["UserStatus"] == "RESET_REQUIRED"
    assert shape(stage, "bea")["UserStatus"] == "CONFIRMED"


def test_ADM_06_bulk_deeds_need_the_right_and_stay_in_the_pool(
    stage: Stage, pool_url: str, vera: Desk, dana: Desk, cognito: Any, alice: User
) -> None:
    vera.post(f"{pool_url}users/", action="disable", _selected_action=[alice.pk], confirmed="1")
    other = cognito.create_user_pool(PoolName="other")["UserPool"]["Id"]
    dana.post(f"/admin/{other}/users/", action="disable", _selected_action=[alice.pk], confirmed="1")
    assert shape(stage)["Enabled"] is True


def test_hostile_names_are_text(dana: Desk, stage: Stage, pool_url: str) -> None:
    stage.user("eve", name="<img src=x onerror=alert(1)>", nickname="\"'><script>alert(1)</script>")
    eve = User.objects.get(username="eve")
    for url in (f"{pool_url}users/", f"{pool_url}users/{eve.pk}/", f"{pool_url}users/{eve.pk}/?tab=profile"):
        found = dana.get(url)
        assert not found.inline, url
        assert "<img" not in found.html


def test_times_are_relative_with_the_exact_moment_in_the_title(dana: Desk, page: str) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        found = dana.get(page)
    assert "5\xa0minutes ago" in found.text or "5 minutes ago" in found.text
    assert re.search(r'<time datetime="[^"]+" title="\d\d \w{3} \d{4}, \d\d:\d\d:\d\d UTC">', found.html)
