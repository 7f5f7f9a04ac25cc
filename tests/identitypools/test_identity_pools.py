"""Identity pools as operators and infrastructure tools administer them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from cognito_site.contract import services
from tests import maximal
from tests.identitypools.cast import ACCOUNT, Harbour, allowing, operator
from tests.refusals import refused

pytestmark = pytest.mark.django_db

GONE = "us-east-1:00000000-0000-4000-8000-000000000000"
NOT_FOUND = ("ResourceNotFoundException", f"IdentityPool '{GONE}' not found.")
PROVIDER = "cognito-idp.us-east-1.amazonaws.com/us-east-1_Abc"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/any"


def create(identity: Any, name: str = "harbour", **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = identity.create_identity_pool(
        IdentityPoolName=name, AllowUnauthenticatedIdentities=False, **more
    )
    made.pop("ResponseMetadata")
    return made


def described(identity: Any, pool_id: str) -> dict[str, Any]:
    found: dict[str, Any] = identity.describe_identity_pool(IdentityPoolId=pool_id)
    found.pop("ResponseMetadata")
    return found


@pytest.mark.proves("CreateIdentityPool", "DescribeIdentityPool")
def test_a_pool_is_described_as_it_was_made(identity: Any) -> None:
    said = {
        "IdentityPoolName": "harbour",
        "AllowUnauthenticatedIdentities": True,
        "SupportedLoginProviders": {"accounts.google.com": "123.apps"},
        "DeveloperProviderName": "login.harbour",
        "OpenIdConnectProviderARNs": ["arn:aws:iam::123456789012:oidc-provider/example.com"],
        "CognitoIdentityProviders": [{"ProviderName": PROVIDER, "ClientId": "abc", "ServerSideTokenCheck": True}],
        "SamlProviderARNs": ["arn:aws:iam::123456789012:saml-provider/corp"],
        "IdentityPoolTags": {"team": "red"},
    }
    shape = services.service("cognito-identity").operations["CreateIdentityPool"].input
    assert shape is not None
    given = maximal.document(shape, said)
    assert given.keys() == shape.members.keys()
    made = identity.create_identity_pool(**given)
    assert re.fullmatch(
        r"us-east-1:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", made["IdentityPoolId"]
    )
    found = described(identity, made["IdentityPoolId"])
    assert found == {**given, "IdentityPoolId": made["IdentityPoolId"]}
    assert {key: value for key, value in made.items() if key != "ResponseMetadata"} == found


def test_members_that_were_not_given_are_not_described(identity: Any) -> None:
    assert create(identity).keys() == {
        "IdentityPoolId",
        "IdentityPoolName",
        "AllowUnauthenticatedIdentities",
        "IdentityPoolTags",
    }


def test_what_aws_fills_in_is_filled_in(identity: Any) -> None:
    made = create(identity, CognitoIdentityProviders=[{"ProviderName": PROVIDER, "ClientId": "abc"}])
    assert made["CognitoIdentityProviders"] == [
        {"ProviderName": PROVIDER, "ClientId": "abc", "ServerSideTokenCheck": False}
    ]


@pytest.mark.proves("UpdateIdentityPool")
def test_an_update_replaces_everything(identity: Any) -> None:
    made = create(identity, SupportedLoginProviders={"accounts.google.com": "123"}, AllowClassicFlow=False)
    pool_id = made["IdentityPoolId"]
    identity.update_identity_pool(
        IdentityPoolId=pool_id,
        IdentityPoolName="port",
        AllowUnauthenticatedIdentities=True,
        DeveloperProviderName="dev",
    )
    assert described(identity, pool_id) == {
        "IdentityPoolId": pool_id,
        "IdentityPoolName": "port",
        "AllowUnauthenticatedIdentities": True,
        "DeveloperProviderName": "dev",
        "IdentityPoolTags": {},
    }


def test_the_developer_provider_is_set_once(identity: Any) -> None:
    made = create(identity, DeveloperProviderName="dev")
    for changed in ({"DeveloperProviderName": "other"}, {}):
        code, _ = refused(
            identity.update_identity_pool,
            IdentityPoolId=made["IdentityPoolId"],
            IdentityPoolName="x",
            AllowUnauthenticatedIdentities=True,
            **changed,
        )
        assert code == "InvalidParameterException"
    assert described(identity, made["IdentityPoolId"])["DeveloperProviderName"] == "dev"


@pytest.mark.parametrize("name", ["cognito-identity.amazonaws.com", "accounts.google.com", "graph.facebook.com"])
def test_IDP_01_a_back_end_cannot_speak_for_a_public_provider(identity: Any, name: str) -> None:
    code, message = refused(
        identity.create_identity_pool,
        IdentityPoolName="x",
        AllowUnauthenticatedIdentities=False,
        DeveloperProviderName=name,
    )
    assert (code, name in message) == ("InvalidParameterException", True)


def test_a_user_pool_and_client_are_named_once(identity: Any) -> None:
    twice = [
        {"ProviderName": PROVIDER, "ClientId": "abc"},
        {"ProviderName": "localhost:9229/us-east-1_Abc", "ClientId": "abc"},
    ]
    code, _ = refused(
        identity.create_identity_pool,
        IdentityPoolName="x",
        AllowUnauthenticatedIdentities=False,
        CognitoIdentityProviders=twice,
    )
    assert code == "InvalidParameterException"
    create(identity, CognitoIdentityProviders=[twice[0], {**twice[1], "ClientId": "other"}])


@pytest.mark.proves("ListIdentityPools")
def test_pools_are_listed_page_by_page(identity: Any) -> None:
    for name in ("b", "a", "a", "c"):
        create(identity, name)
    paginator = identity.get_paginator("list_identity_pools")
    pages = list(paginator.paginate(MaxResults=3, PaginationConfig={"PageSize": 3}))
    assert [[pool["IdentityPoolName"] for pool in page["IdentityPools"]] for page in pages] == [["a", "a", "b"], ["c"]]


@pytest.mark.proves("DeleteIdentityPool")
def test_a_deleted_pool_takes_everything_with_it(harbour: Harbour) -> None:
    logins = harbour.login()
    identity_id = harbour.get_id(logins)
    harbour.identity.delete_identity_pool(IdentityPoolId=harbour.pool_id)
    assert refused(harbour.identity.describe_identity, IdentityId=identity_id) == (
        "ResourceNotFoundException",
        f"Identity '{identity_id}' not found.",
    )
    code, _ = refused(harbour.public.get_credentials_for_identity, IdentityId=identity_id, Logins=logins)
    assert code == "ResourceNotFoundException"
    assert refused(harbour.public.get_id, IdentityPoolId=harbour.pool_id)[0] == "ResourceNotFoundException"


def test_what_is_not_there(identity: Any, public_identity: Any) -> None:
    named = {"IdentityPoolId": GONE}
    arn = {"ResourceArn": f"arn:aws:cognito-identity:us-east-1:{ACCOUNT}:identitypool/{GONE}"}
    update = {"IdentityPoolName": "x", "AllowUnauthenticatedIdentities": True}
    for call, more in (
        (identity.describe_identity_pool, named),
        (identity.delete_identity_pool, named),
        (identity.update_identity_pool, {**named, **update}),
        (identity.get_identity_pool_roles, named),
        (identity.set_identity_pool_roles, {**named, "Roles": {}}),
        (identity.list_identities, {**named, "MaxResults": 1}),
        (identity.lookup_developer_identity, {**named, "DeveloperUserIdentifier": "x"}),
        (identity.get_open_id_token_for_developer_identity, {**named, "Logins": {"a": "b"}}),
        (identity.set_principal_tag_attribute_map, {**named, "IdentityProviderName": PROVIDER}),
        (identity.list_tags_for_resource, arn),
        (public_identity.get_id, named),
    ):
        assert refused(call, **more) == NOT_FOUND


# --- labels -----------------------------------------------------------------------------------------------------------


@pytest.mark.proves("TagResource", "UntagResource", "ListTagsForResource")
def test_labels(identity: Any) -> None:
    pool_id = create(identity, IdentityPoolTags={"team": "red"})["IdentityPoolId"]
    arn = f"arn:aws:cognito-identity:us-east-1:{ACCOUNT}:identitypool/{pool_id}"
    identity.tag_resource(ResourceArn=arn, Tags={"team": "blue", "stage": "test"})
    assert identity.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"team": "blue", "stage": "test"}
    identity.untag_resource(ResourceArn=arn, TagKeys=["team", "nothing"])
    assert described(identity, pool_id)["IdentityPoolTags"] == {"stage": "test"}
    assert refused(identity.tag_resource, ResourceArn=arn, Tags={"aws:x": "y"})[0] == "InvalidParameterException"
    many = {f"k{place}": "v" for place in range(51)}
    assert refused(identity.tag_resource, ResourceArn=arn, Tags=many)[0] == "InvalidParameterException"
    elsewhere = arn.replace("us-east-1:0", "eu-west-1:0", 1)
    assert refused(identity.list_tags_for_resource, ResourceArn=elsewhere)[0] == "InvalidParameterException"


# --- roles ------------------------------------------------------------------------------------------------------------

RULE = {"Claim": "custom:dept", "MatchType": "Equals", "Value": "legal", "RoleARN": ROLE}


def rules(*entries: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "Type": "Rules",
        "AmbiguousRoleResolution": "Deny",
        "RulesConfiguration": {"Rules": list(entries)},
        **more,
    }


@pytest.mark.proves("SetIdentityPoolRoles", "GetIdentityPoolRoles")
def test_roles_are_replaced_whole(harbour: Harbour) -> None:
    pool = {"IdentityPoolId": harbour.pool_id}
    key = f"{harbour.provider}:{harbour.users.client_id}"
    mappings = {key: rules(RULE)}
    harbour.identity.set_identity_pool_roles(**pool, Roles={"authenticated": ROLE}, RoleMappings=mappings)
    found = harbour.identity.get_identity_pool_roles(**pool)
    assert (found["Roles"], found["RoleMappings"]) == ({"authenticated": ROLE}, mappings)
    harbour.identity.set_identity_pool_roles(**pool, Roles={})
    found = harbour.identity.get_identity_pool_roles(**pool)
    assert found.keys() == {"IdentityPoolId", "ResponseMetadata"}


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"Type": "Token"}, "AmbiguousRoleResolution is missing"),
        ({"Type": "Rules", "AmbiguousRoleResolution": "Deny"}, "between 1 and 25 rules are needed"),
        (rules(*[RULE] * 26), "between 1 and 25 rules are needed"),
        (rules(RULE, Type="Token"), "rules are for the type Rules"),
    ],
)
def test_mappings_that_are_none(harbour: Harbour, mapping: dict[str, Any], message: str) -> None:
    key = f"{harbour.provider}:{harbour.users.client_id}"
    before = harbour.identity.get_identity_pool_roles(IdentityPoolId=harbour.pool_id)["Roles"]
    code, said = refused(
        harbour.identity.set_identity_pool_roles,
        IdentityPoolId=harbour.pool_id,
        Roles={},
        RoleMappings={key: mapping},
    )
    assert (code, message in said) == ("InvalidParameterException", True)
    assert harbour.identity.get_identity_pool_roles(IdentityPoolId=harbour.pool_id)["Roles"] == before


def test_only_configured_providers_are_mapped(harbour: Harbour) -> None:
    token = {"Type": "Token", "AmbiguousRoleResolution": "Deny"}
    for key in (harbour.provider, f"{harbour.provider}:otherclient", "accounts.google.com"):
        assert refused(
            harbour.identity.set_identity_pool_roles,
            IdentityPoolId=harbour.pool_id,
            Roles={},
            RoleMappings={key: token},
        ) == (
            "InvalidParameterException",
            f"{key} is not a valid RoleMapping ProviderName or is not a configured provider.",
        )
    other = {"IdentityPoolId": harbour.pool_id, "Roles": {"administrator": ROLE}}
    assert refused(harbour.identity.set_identity_pool_roles, **other)[0] in (
        "InvalidParameterException",
        "ValidationException",
    )


def test_API_03_nobody_gives_a_role_that_they_may_not_pass(harbour: Harbour) -> None:
    """Else whoever administers a pool would have every role of the account."""
    own = f"arn:aws:iam::{ACCOUNT}:role/members"
    mate = operator("cognito-identity", "mate", allowing("cognito-identity:*"), allowing("iam:PassRole", resource=own))
    pool = {"IdentityPoolId": harbour.pool_id}
    mate.set_identity_pool_roles(**pool, Roles={"authenticated": own})
    code, message = refused(mate.set_identity_pool_roles, **pool, Roles={"authenticated": own, "unauthenticated": ROLE})
    assert code == "AccessDeniedException"
    assert f"is not authorized to perform: iam:PassRole on resource: {ROLE}" in message
    key = f"{harbour.provider}:{harbour.users.client_id}"
    mapped = {"Roles": {"authenticated": own}, "RoleMappings": {key: rules(RULE)}}
    assert refused(mate.set_identity_pool_roles, **pool, **mapped)[0] == "AccessDeniedException"
    assert harbour.identity.get_identity_pool_roles(**pool)["Roles"] == {"authenticated": own}


# --- principal tags ---------------------------------------------------------------------------------------------------


@pytest.mark.proves("SetPrincipalTagAttributeMap", "GetPrincipalTagAttributeMap")
def test_principal_tags_of_a_provider(harbour: Harbour) -> None:
    named = {"IdentityPoolId": harbour.pool_id, "IdentityProviderName": harbour.provider}
    client = harbour.identity
    assert refused(client.get_principal_tag_attribute_map, **named)[0] == "ResourceNotFoundException"
    client.set_principal_tag_attribute_map(**named, PrincipalTags={"team": "custom:team"})
    found = client.get_principal_tag_attribute_map(**named)
    assert (found["UseDefaults"], found["PrincipalTags"]) == (False, {"team": "custom:team"})
    client.set_principal_tag_attribute_map(**named, UseDefaults=True)
    found = client.get_principal_tag_attribute_map(**named)
    assert (found["UseDefaults"], found["PrincipalTags"]) == (True, {"client": "aud", "username": "sub"})
    both = {**named, "UseDefaults": True, "PrincipalTags": {"a": "b"}}
    assert refused(client.set_principal_tag_attribute_map, **both)[0] == "InvalidParameterException"
    other = {**named, "IdentityProviderName": "accounts.google.com"}
    assert refused(client.set_principal_tag_attribute_map, **other)[0] == "InvalidParameterException"


def test_API_03_a_policy_on_one_identity_pool_opens_no_other(harbour: Harbour) -> None:
    other = create(harbour.identity, "other")["IdentityPoolId"]
    arn = f"arn:aws:cognito-identity:us-east-1:{ACCOUNT}:identitypool/"
    mate = operator("cognito-identity", "mate", allowing("cognito-identity:*", resource=arn + harbour.pool_id))
    identity_id = harbour.get_id()
    assert mate.describe_identity_pool(IdentityPoolId=harbour.pool_id)
    assert mate.list_identities(IdentityPoolId=harbour.pool_id, MaxResults=1)["Identities"]
    for call, more in (
        (mate.describe_identity_pool, {"IdentityPoolId": other}),
        (mate.delete_identity_pool, {"IdentityPoolId": other}),
        (mate.lookup_developer_identity, {"IdentityPoolId": other, "IdentityId": identity_id}),
        (mate.tag_resource, {"ResourceArn": arn + other, "Tags": {"a": "b"}}),
        (mate.delete_identities, {"IdentityIdsToDelete": [identity_id]}),
        (mate.describe_identity, {"IdentityId": identity_id}),
        (mate.list_identity_pools, {"MaxResults": 1}),
    ):
        assert refused(call, **more)[0] == "AccessDeniedException"
