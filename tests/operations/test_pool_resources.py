"""What belongs to a pool beside its users and clients: groups, resource servers, domains."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from tests.cast import Stage, set_stage
from tests.identitypools.cast import allowing, operator
from tests.operations.test_sign_in import claims_of
from tests.refusals import refused
from userpools.domain import domains, housekeeping
from userpools.models import Membership

pytestmark = pytest.mark.django_db

ROLE = "arn:aws:iam::123456789012:role/crew"


# --- groups ---------------------------------------------------------------------------------------------------------


@pytest.mark.proves("CreateGroup", "GetGroup", "UpdateGroup", "ListGroups", "DeleteGroup")
def test_a_group_lives_and_goes(stage: Stage) -> None:
    who = {"UserPoolId": stage.pool_id, "GroupName": "crew"}
    created = stage.cognito.create_group(**who, Description="All hands", RoleArn=ROLE, Precedence=0)["Group"]
    assert created["Precedence"] == 0
    assert stage.cognito.get_group(**who)["Group"] == created
    assert refused(stage.cognito.create_group, **who) == (
        "GroupExistsException",
        "A group with the name already exists.",
    )
    updated = stage.cognito.update_group(**who, Description="Some hands")["Group"]
    assert (updated["Description"], updated["RoleArn"], updated["Precedence"]) == ("Some hands", ROLE, 0)
    assert stage.cognito.list_groups(UserPoolId=stage.pool_id)["Groups"] == [updated]
    stage.cognito.delete_group(**who)
    assert refused(stage.cognito.get_group, **who) == ("ResourceNotFoundException", "Group not found.")


@pytest.mark.proves("AdminAddUserToGroup", "AdminRemoveUserFromGroup", "AdminListGroupsForUser", "ListUsersInGroup")
def test_membership_shows_in_the_next_tokens(stage: Stage) -> None:
    stage.user()
    stage.cognito.create_group(UserPoolId=stage.pool_id, GroupName="crew")
    who = {"UserPoolId": stage.pool_id, "GroupName": "crew", "Username": "alice"}
    for _ in range(2):
        stage.cognito.admin_add_user_to_group(**who)
    assert claims_of(stage.tokens()["AccessToken"])["cognito:groups"] == ["crew"]
    members = stage.cognito.list_users_in_group(UserPoolId=stage.pool_id, GroupName="crew")["Users"]
    assert [user["Username"] for user in members] == ["alice"]
    groups = stage.cognito.admin_list_groups_for_user(UserPoolId=stage.pool_id, Username="alice")["Groups"]
    assert [group["GroupName"] for group in groups] == ["crew"]
    for _ in range(2):
        stage.cognito.admin_remove_user_from_group(**who)
    assert "cognito:groups" not in claims_of(stage.tokens()["AccessToken"])
    stage.cognito.admin_add_user_to_group(**who)
    stage.cognito.delete_group(UserPoolId=stage.pool_id, GroupName="crew")
    assert not Membership.objects.exists()


def test_two_best_groups_with_different_roles_prefer_none(stage: Stage) -> None:
    stage.user()
    for name in ("crew", "guests"):
        role = ROLE.replace("crew", name)
        stage.cognito.create_group(UserPoolId=stage.pool_id, GroupName=name, Precedence=1, RoleArn=role)
        stage.cognito.admin_add_user_to_group(UserPoolId=stage.pool_id, GroupName=name, Username="alice")
    claims = claims_of(stage.tokens()["IdToken"])
    assert len(claims["cognito:roles"]) == 2
    assert "cognito:preferred_role" not in claims


def test_TEN_01_groups_of_another_pool_do_not_exist(stage: Stage, cognito: Any, public: Any) -> None:
    other = set_stage(cognito, public)
    cognito.create_group(UserPoolId=other.pool_id, GroupName="crew")
    stage.user()
    who = {"UserPoolId": stage.pool_id, "GroupName": "crew"}
    missing = ("ResourceNotFoundException", "Group not found.")
    for call in (cognito.get_group, cognito.update_group, cognito.delete_group, cognito.list_users_in_group):
        assert refused(call, **who) == missing
    assert refused(cognito.admin_add_user_to_group, **who, Username="alice") == missing


# --- resource servers -----------------------------------------------------------------------------------------------


@pytest.mark.proves(
    "CreateResourceServer",
    "DescribeResourceServer",
    "UpdateResourceServer",
    "ListResourceServers",
    "DeleteResourceServer",
)
def test_a_resource_server_lives_and_goes(stage: Stage) -> None:
    who = {"UserPoolId": stage.pool_id, "Identifier": "https://api.example.com"}
    scopes = [{"ScopeName": "read", "ScopeDescription": "Read"}]
    created = stage.cognito.create_resource_server(**who, Name="api", Scopes=scopes)["ResourceServer"]
    assert created == {**who, "Name": "api", "Scopes": scopes}
    assert stage.cognito.describe_resource_server(**who)["ResourceServer"] == created
    again = refused(stage.cognito.create_resource_server, **who, Name="api")
    assert again[1] == f"https://api.example.com already exists in user pool {stage.pool_id}."
    updated = stage.cognito.update_resource_server(**who, Name="API")["ResourceServer"]
    assert (updated["Name"], updated["Scopes"]) == ("API", [])
    listed = stage.cognito.list_resource_servers(UserPoolId=stage.pool_id, MaxResults=50)["ResourceServers"]
    assert listed == [updated]
    stage.cognito.delete_resource_server(**who)
    gone = ("ResourceNotFoundException", "Resource server https://api.example.com does not exist.")
    assert refused(stage.cognito.describe_resource_server, **who) == gone


# --- domains --------------------------------------------------------------------------------------------------------


@pytest.mark.proves("CreateUserPoolDomain", "DescribeUserPoolDomain", "UpdateUserPoolDomain", "DeleteUserPoolDomain")
def test_a_domain_lives_and_goes(stage: Stage) -> None:
    cognito, who = stage.cognito, {"UserPoolId": stage.pool_id, "Domain": "harbour"}
    assert cognito.describe_user_pool_domain(Domain="harbour")["DomainDescription"] == {}
    cognito.create_user_pool_domain(**who)
    found = cognito.describe_user_pool_domain(Domain="harbour")["DomainDescription"]
    assert (found["UserPoolId"], found["Status"], found["ManagedLoginVersion"]) == (stage.pool_id, "ACTIVE", 1)
    assert cognito.describe_user_pool(UserPoolId=stage.pool_id)["UserPool"]["Domain"] == "harbour"
    cognito.update_user_pool_domain(**who, ManagedLoginVersion=2)
    found = cognito.describe_user_pool_domain(Domain="harbour")["DomainDescription"]
    assert found["ManagedLoginVersion"] == 2
    cognito.delete_user_pool_domain(**who)
    assert cognito.describe_user_pool_domain(Domain="harbour")["DomainDescription"] == {}


def test_TEN_03_a_name_leads_to_one_pool(stage: Stage, cognito: Any, public: Any) -> None:
    other = set_stage(cognito, public)
    cognito.create_user_pool_domain(UserPoolId=stage.pool_id, Domain="harbour")
    taken = refused(cognito.create_user_pool_domain, UserPoolId=other.pool_id, Domain="harbour")
    assert taken == ("InvalidParameterException", "Domain already associated with another user pool.")
    for call in (cognito.delete_user_pool_domain, cognito.update_user_pool_domain):
        assert refused(call, UserPoolId=other.pool_id, Domain="harbour")[0] == "ResourceNotFoundException"
    second = refused(cognito.create_user_pool_domain, UserPoolId=stage.pool_id, Domain="haven")
    assert second[0] == "InvalidParameterException"
    custom = {
        "Domain": "login.example.com",
        "CustomDomainConfig": {"CertificateArn": "arn:aws:acm:us-east-1:1:certificate/x"},
    }
    cognito.create_user_pool_domain(UserPoolId=stage.pool_id, **custom)
    assert cognito.describe_user_pool(UserPoolId=stage.pool_id)["UserPool"]["CustomDomain"] == "login.example.com"


def test_TEN_03_a_released_prefix_is_kept_from_other_tenants_for_a_time(
    stage: Stage, cognito: Any, public: Any
) -> None:
    """Links and bookmarks of its users go on leading there."""
    other = set_stage(cognito, public)
    tenant = operator("cognito-idp", "tenant", allowing("cognito-idp:*"))
    tenant.create_user_pool_domain(UserPoolId=stage.pool_id, Domain="harbour")
    tenant.delete_user_pool_domain(UserPoolId=stage.pool_id, Domain="harbour")
    taken = ("InvalidParameterException", "Domain already associated with another user pool.")
    assert refused(tenant.create_user_pool_domain, UserPoolId=other.pool_id, Domain="harbour") == taken
    tenant.create_user_pool_domain(UserPoolId=stage.pool_id, Domain="harbour")
    tenant.delete_user_pool_domain(UserPoolId=stage.pool_id, Domain="harbour")
    cognito.delete_user_pool(UserPoolId=stage.pool_id)
    assert refused(tenant.create_user_pool_domain, UserPoolId=other.pool_id, Domain="harbour") == taken
    with time_machine.travel(timezone.now() + domains.QUARANTINE - timedelta(hours=1)):
        housekeeping.sweep()
        assert refused(tenant.create_user_pool_domain, UserPoolId=other.pool_id, Domain="harbour") == taken
    with time_machine.travel(timezone.now() + domains.QUARANTINE + timedelta(hours=1)):
        assert housekeeping.sweep()
        tenant.create_user_pool_domain(UserPoolId=other.pool_id, Domain="harbour")


def test_the_account_itself_moves_a_prefix_at_once(stage: Stage, cognito: Any, public: Any) -> None:
    """As at AWS: an infrastructure tool replaces a pool, and the new one gets the old one's name."""
    other = set_stage(cognito, public)
    cognito.create_user_pool_domain(UserPoolId=stage.pool_id, Domain="harbour")
    cognito.delete_user_pool_domain(UserPoolId=stage.pool_id, Domain="harbour")
    cognito.create_user_pool_domain(UserPoolId=other.pool_id, Domain="harbour")
    found = cognito.describe_user_pool_domain(Domain="harbour")["DomainDescription"]
    assert found["UserPoolId"] == other.pool_id


@pytest.mark.parametrize("name", ["aws-harbour", "myamazon", "cognito1", "Harbour", "-harbour", "har_bour"])
def test_prefixes_that_cannot_be(stage: Stage, name: str) -> None:
    answer = refused(stage.cognito.create_user_pool_domain, UserPoolId=stage.pool_id, Domain=name)
    assert answer[0] == "InvalidParameterException"


@pytest.mark.parametrize("name", ["localhost", "a.localhost", "login.auth.localhost", "127.0.0.1", "example", "a..com"])
def test_custom_names_that_cannot_be(stage: Stage, name: str) -> None:
    config = {"CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/x"}
    answer = refused(
        stage.cognito.create_user_pool_domain, UserPoolId=stage.pool_id, Domain=name, CustomDomainConfig=config
    )
    assert answer[0] == "InvalidParameterException"
