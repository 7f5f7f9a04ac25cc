"""What identities are given: the enhanced flow, its roles, and what guests may not do (sections 6, 7 and 8)."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from identitypools.domain import pool_roles
from identitypools.domain.logins import Proof
from identitypools.models import IdentityPool
from tests.identitypools.cast import (
    ACCOUNT,
    SERVICE,
    WEB,
    Harbour,
    allowing,
    document,
    operator,
    role,
    trusting,
    with_credentials,
)
from tests.refusals import refused

pytestmark = pytest.mark.django_db

MISCONFIGURED = (
    "InvalidIdentityPoolConfigurationException",
    "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
)
AMBIGUOUS = ("NotAuthorizedException", "The ambiguous role mapping rules denied this request")
CUSTOM = ("NotAuthorizedException", "CustomRoleArn is not among the roles of this identity.")


def arn(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def role_of(credentials: dict[str, Any]) -> str:
    found: str = with_credentials("sts", credentials).get_caller_identity()["Arn"].split("/")[1]
    return found


# --- the enhanced flow ------------------------------------------------------------------------------------------------


@pytest.mark.proves("GetCredentialsForIdentity")
def test_a_member_gets_what_the_role_allows_and_nothing_else(harbour: Harbour) -> None:
    logins = harbour.login()
    identity_id = harbour.get_id(logins)
    credentials = harbour.credentials(identity_id, logins)
    assert credentials["AccessKeyId"].startswith("ASIA")
    assert len(credentials["AccessKeyId"]) == 20
    assert len(credentials["SecretKey"]) == 40
    hour = datetime.now(UTC) + timedelta(hours=1)
    assert abs(credentials["Expiration"] - hour) < timedelta(seconds=5)
    whoami = with_credentials("sts", credentials).get_caller_identity()
    assert whoami["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/members/CognitoIdentityCredentials"
    assert whoami["UserId"].endswith(":CognitoIdentityCredentials")
    assert whoami["UserId"].startswith("AROA")
    client = with_credentials("cognito-idp", credentials)
    assert client.describe_user_pool(UserPoolId=harbour.users.pool_id)
    code, message = refused(client.delete_user_pool, UserPoolId=harbour.users.pool_id)
    pool = f"arn:aws:cognito-idp:us-east-1:{ACCOUNT}:userpool/{harbour.users.pool_id}"
    assert code == "AccessDeniedException"
    assert message == (
        f"User: {whoami['Arn']} is not authorized to perform: cognito-idp:DeleteUserPool on resource: {pool} because "
        "no identity-based policy allows the cognito-idp:DeleteUserPool action"
    )


def test_policies_can_name_the_identity(harbour: Harbour) -> None:
    """The pattern of user-scoped access: what a variable brings is this identity's id."""
    harbour.users.user("bob")
    alice, bob = harbour.get_id(harbour.login()), harbour.get_id(harbour.login("bob"))
    only = allowing("cognito-idp:ListUserPools", Condition={"StringEquals": {f"{SERVICE}:sub": alice}})
    harbour.iam.put_role_policy(RoleName="members", PolicyName="all", PolicyDocument=only)
    own = with_credentials("cognito-idp", harbour.credentials(alice, harbour.login()))
    assert own.list_user_pools(MaxResults=1)
    theirs = with_credentials("cognito-idp", harbour.credentials(bob, harbour.login("bob")))
    assert refused(theirs.list_user_pools, MaxResults=1)[0] == "AccessDeniedException"
    amr = {"ForAnyValue:StringLike": {f"{SERVICE}:amr": f"{harbour.provider}:CognitoSignIn:*"}}
    harbour.iam.put_role_policy(
        RoleName="members", PolicyName="all", PolicyDocument=allowing("cognito-idp:ListUserPools", Condition=amr)
    )
    assert theirs.list_user_pools(MaxResults=1)


def test_changes_of_a_role_take_effect_at_once(harbour: Harbour) -> None:
    logins = harbour.login()
    client = with_credentials("cognito-idp", harbour.credentials(harbour.get_id(logins), logins))
    harbour.iam.put_role_policy(
        RoleName="members",
        PolicyName="never",
        PolicyDocument=document({"Effect": "Deny", "Action": "*", "Resource": "*"}),
    )
    code, message = refused(client.describe_user_pool, UserPoolId=harbour.users.pool_id)
    assert (code, message.endswith("with an explicit deny in an identity-based policy")) == (
        "AccessDeniedException",
        True,
    )


def test_a_pool_without_roles(harbour: Harbour) -> None:
    harbour.identity.set_identity_pool_roles(IdentityPoolId=harbour.pool_id, Roles={})
    logins = harbour.login()
    assert refused(lambda: harbour.credentials(harbour.get_id(logins), logins)) == MISCONFIGURED
    assert refused(lambda: harbour.credentials(harbour.get_id())) == MISCONFIGURED
    roles = {"authenticated": arn("ghost"), "unauthenticated": arn("ghost")}
    harbour.identity.set_identity_pool_roles(IdentityPoolId=harbour.pool_id, Roles=roles)
    assert refused(lambda: harbour.credentials(harbour.get_id(logins), logins)) == MISCONFIGURED


AUD, AMR = f"{SERVICE}:aud", f"{SERVICE}:amr"


def trust(principal: Any = {"Federated": SERVICE}, action: Any = WEB, **condition: Any) -> str:  # noqa: B006
    return document({"Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition})


@pytest.mark.parametrize(
    "text",
    [
        trust(StringEquals={AUD: "POOL"}),
        trust(**{"ForAnyValue:StringLike": {AMR: "authenticated"}}),
        trust(StringLike={AUD: "*"}, **{"ForAnyValue:StringLike": {AMR: "authenticated"}}),
        trust(StringEquals={AUD: "POOL"}, **{"ForAnyValue:StringLike": {AMR: "*"}}),
        trust(StringEqualsIfExists={AUD: "POOL"}, **{"ForAnyValue:StringLike": {AMR: "authenticated"}}),
        trust(StringNotEquals={AUD: "another"}, **{"ForAnyValue:StringLike": {AMR: "authenticated"}}),
        trust(StringEquals={AUD: "POOL"}, **{"ForAllValues:StringLike": {AMR: ["authenticated", "*"]}}),
        trust(StringEquals={AUD: "another"}, **{"ForAnyValue:StringLike": {AMR: "authenticated"}}),
        trust(StringEquals={AUD: "POOL"}, **{"ForAnyValue:StringLike": {AMR: "unauthenticated"}}),
        trust(StringEquals={AUD: "POOL", AMR: "authenticated"}),
        trust("*", StringEquals={AUD: "POOL"}, **{"ForAnyValue:StringLike": {AMR: "authenticated"}}),
        trust({"AWS": "*"}, StringEquals={AUD: "POOL"}, **{"ForAnyValue:StringLike": {AMR: "authenticated"}}),
        trust(
            {"Federated": "accounts.google.com"},
            StringEquals={AUD: "POOL"},
            **{"ForAnyValue:StringLike": {AMR: "authenticated"}},
        ),
        trust(
            action="sts:AssumeRole", StringEquals={AUD: "POOL"}, **{"ForAnyValue:StringLike": {AMR: "authenticated"}}
        ),
    ],
)
def test_IDP_04_a_role_must_name_this_pool_and_its_members(harbour: Harbour, text: str) -> None:
    """Documents that IAM stores, and that open no role to a pool."""
    logins = harbour.login()
    identity_id = harbour.get_id(logins)
    assert harbour.credentials(identity_id, logins)
    harbour.iam.update_assume_role_policy(RoleName="members", PolicyDocument=text.replace("POOL", harbour.pool_id))
    assert refused(lambda: harbour.credentials(identity_id, logins)) == MISCONFIGURED


# --- guests -----------------------------------------------------------------------------------------------------------


def test_IDP_03_guests_have_their_own_role_and_a_session_policy(harbour: Harbour) -> None:
    """The guests' role allows everything; what a guest of the enhanced flow gets does not reach user pools."""
    credentials = harbour.credentials(harbour.get_id())
    assert role_of(credentials) == "guests"
    client = with_credentials("cognito-idp", credentials)
    code, message = refused(client.list_user_pools, MaxResults=1)
    assert code == "AccessDeniedException"
    assert message.endswith("because no session policy allows the cognito-idp:ListUserPools action")
    for call, given in (
        (with_credentials("iam", credentials).list_roles, {}),
        (with_credentials("sts", credentials).assume_role, {"RoleArn": arn("members"), "RoleSessionName": "up"}),
    ):
        assert refused(call, **given)[0] == "AccessDenied"
    pools = with_credentials("cognito-identity", credentials)
    assert pools.describe_identity_pool(IdentityPoolId=harbour.pool_id), "the role allows it, and the session policy"


def test_IDP_03_a_guest_cannot_ask_for_a_role(harbour: Harbour) -> None:
    guest = harbour.get_id()
    for name in ("members", "guests"):
        assert refused(lambda name=name: harbour.credentials(guest, CustomRoleArn=arn(name))) == CUSTOM


def test_IDP_03_a_guests_token_is_no_members_login(harbour: Harbour) -> None:
    """Role confusion: a token of the classic flow, shown in the enhanced flow, before and after somebody signed in."""
    guest = harbour.get_id()
    token = harbour.open_id_token(guest)
    assert role_of(harbour.credentials(guest, {SERVICE: token})) == "guests"
    client = with_credentials("cognito-idp", harbour.credentials(guest, {SERVICE: token}))
    assert refused(client.list_user_pools, MaxResults=1)[0] == "AccessDeniedException"
    harbour.credentials(guest, harbour.login())
    assert refused(lambda: harbour.credentials(guest, {SERVICE: token}))[0] == "NotAuthorizedException"


def test_IDP_03_the_role_of_members_does_not_trust_guests(harbour: Harbour) -> None:
    harbour.identity.set_identity_pool_roles(
        IdentityPoolId=harbour.pool_id, Roles={"authenticated": arn("guests"), "unauthenticated": arn("members")}
    )
    logins = harbour.login()
    assert refused(lambda: harbour.credentials(harbour.get_id())) == MISCONFIGURED
    assert refused(lambda: harbour.credentials(harbour.get_id(logins), logins)) == MISCONFIGURED


# --- roles from tokens and rules --------------------------------------------------------------------------------------


def map_roles(harbour: Harbour, mapping: dict[str, Any]) -> None:
    for name in ("captains", "crew"):
        role(harbour.iam, name, trusting(harbour.pool_id), all=allowing("cognito-idp:*"))
    roles = harbour.identity.get_identity_pool_roles(IdentityPoolId=harbour.pool_id)["Roles"]
    key = f"{harbour.provider}:{harbour.users.client_id}"
    harbour.identity.set_identity_pool_roles(IdentityPoolId=harbour.pool_id, Roles=roles, RoleMappings={key: mapping})


def join_group(harbour: Harbour, name: str, precedence: int, role_name: str = "") -> None:
    place = {"UserPoolId": harbour.users.pool_id, "GroupName": name}
    more = {"RoleArn": arn(role_name)} if role_name else {}
    harbour.users.cognito.create_group(**place, Precedence=precedence, **more)
    harbour.users.cognito.admin_add_user_to_group(**place, Username="alice")


def granted(harbour: Harbour, **more: Any) -> str:
    logins = harbour.login()
    return role_of(harbour.credentials(harbour.get_id(logins), logins, **more))


@pytest.mark.parametrize("resolution", ["AuthenticatedRole", "Deny"])
def test_IDP_04_roles_of_groups(harbour: Harbour, resolution: str) -> None:
    map_roles(harbour, {"Type": "Token", "AmbiguousRoleResolution": resolution})
    if resolution == "Deny":
        assert refused(lambda: granted(harbour)) == AMBIGUOUS
    else:
        assert granted(harbour) == "members"
    join_group(harbour, "crew", 5, "crew")
    assert granted(harbour) == "crew"
    join_group(harbour, "captains", 1, "captains")
    assert granted(harbour) == "captains"
    assert granted(harbour, CustomRoleArn=arn("crew")) == "crew"
    for name in ("members", "guests", "ghost"):
        assert refused(lambda name=name: granted(harbour, CustomRoleArn=arn(name))) == CUSTOM
    join_group(harbour, "mates", 1, "crew")
    if resolution == "Deny":
        assert refused(lambda: granted(harbour)) == AMBIGUOUS
    else:
        assert granted(harbour) == "members"


def test_API_03_a_group_is_no_way_to_a_role_that_its_maker_may_not_pass(harbour: Harbour) -> None:
    map_roles(harbour, {"Type": "Token", "AmbiguousRoleResolution": "AuthenticatedRole"})
    passing = allowing("iam:PassRole", resource=arn("crew"))
    mate = operator("cognito-idp", "mate", allowing("cognito-idp:*"), passing)
    place = {"UserPoolId": harbour.users.pool_id, "GroupName": "crew"}
    assert refused(mate.create_group, **place, RoleArn=arn("captains"))[0] == "AccessDeniedException"
    mate.create_group(**place, RoleArn=arn("crew"))
    mate.admin_add_user_to_group(**place, Username="alice")
    assert refused(mate.update_group, **place, RoleArn=arn("captains"))[0] == "AccessDeniedException"
    mate.update_group(**place, Description="All hands")
    assert granted(harbour) == "crew"


def test_IDP_04_a_custom_role_needs_a_mapping(harbour: Harbour) -> None:
    for name in ("members", "guests"):
        assert refused(lambda name=name: granted(harbour, CustomRoleArn=arn(name))) == CUSTOM


def test_IDP_04_rules_are_read_in_order(harbour: Harbour) -> None:
    rules = [
        {"Claim": "cognito:groups", "MatchType": "Contains", "Value": "capt", "RoleARN": arn("captains")},
        {"Claim": "email", "MatchType": "StartsWith", "Value": "alice@", "RoleARN": arn("crew")},
    ]
    map_roles(harbour, {"Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": {"Rules": rules}})
    assert granted(harbour) == "crew"
    join_group(harbour, "captains", 1)
    assert granted(harbour) == "captains"
    assert granted(harbour, CustomRoleArn=arn("crew")) == "crew"
    assert refused(lambda: granted(harbour, CustomRoleArn=arn("members"))) == CUSTOM
    harbour.users.user("bob")
    logins = harbour.login("bob")
    assert refused(lambda: harbour.credentials(harbour.get_id(logins), logins)) == AMBIGUOUS


def chosen(rules: list[tuple[str, str, str, str]], claims: dict[str, Any]) -> str:
    """What a pool gives for these rules, ``claim, match type, value, role``."""
    shaped = [
        {"claim": claim, "match_type": kind, "value": value, "role_arn": name} for claim, kind, value, name in rules
    ]
    mapping = {
        "type": "Rules",
        "ambiguous_role_resolution": "AuthenticatedRole",
        "rules_configuration": {"rules": shaped},
    }
    pool = IdentityPool(roles={"authenticated": "default"}, role_mappings={"p:c": mapping})
    return pool_roles.choose(pool, [Proof("p", "s", "", "c", claims)], None)


@pytest.mark.parametrize(
    ("claim", "kind", "value", "matches"),
    [
        ("legal", "Equals", "legal", True),
        ("legal", "Equals", "Legal", False),
        ("legal", "Equals", "leg", False),
        ("legal", "NotEqual", "sales", True),
        ("legal", "NotEqual", "legal", False),
        (None, "NotEqual", "legal", False),
        (None, "Equals", "legal", False),
        ("legal", "StartsWith", "leg", True),
        ("legal", "StartsWith", "egal", False),
        ("legal", "Contains", "ega", True),
        ("legal", "Contains", "x", False),
        (["a", "legal"], "Equals", "legal", True),
        (["a", "legal"], "NotEqual", "legal", False),
        (["a", "b"], "NotEqual", "legal", True),
        (["a", "legal"], "StartsWith", "le", True),
        (["a", "legal"], "Contains", "a, l", False),
        (True, "Equals", "true", True),
        (7, "Equals", "7", True),
        ([], "Equals", "legal", False),
    ],
)
def test_IDP_04_match_types(claim: Any, kind: str, value: str, matches: bool) -> None:
    claims = {} if claim is None else {"dept": claim}
    assert chosen([("dept", kind, value, "mapped")], claims) == ("mapped" if matches else "default")


def test_IDP_04_the_first_rule_that_matches_wins_whatever_the_rules() -> None:
    chance = random.Random(3)
    kinds = {
        "Equals": lambda claim, value: claim == value,
        "NotEqual": lambda claim, value: claim != value,
        "StartsWith": lambda claim, value: claim.startswith(value),
        "Contains": lambda claim, value: value in claim,
    }
    for _ in range(500):
        claims = {name: chance.choice(["a", "ab", "ba", "b"]) for name in "xyz" if chance.random() < 0.7}
        rules = [
            (chance.choice("xyz"), chance.choice(list(kinds)), chance.choice(["a", "b", "ab"]), f"role{place}")
            for place in range(chance.randrange(1, 6))
        ]
        expected = next(
            (name for claim, kind, value, name in rules if claim in claims and kinds[kind](claims[claim], value)),
            "default",
        )
        assert chosen(rules, claims) == expected


# --- attributes for access control ------------------------------------------------------------------------------------


def test_claims_become_tags_of_the_session(harbour: Harbour) -> None:
    harbour.identity.set_principal_tag_attribute_map(
        IdentityPoolId=harbour.pool_id,
        IdentityProviderName=harbour.provider,
        PrincipalTags={"who": "cognito:username", "missing": "custom:nothing"},
    )
    logins = harbour.login()
    identity_id = harbour.get_id(logins)
    assert refused(lambda: harbour.credentials(identity_id, logins)) == MISCONFIGURED, "the role must allow tags"
    harbour.iam.update_assume_role_policy(
        RoleName="members", PolicyDocument=trusting(harbour.pool_id, "authenticated", "sts:TagSession")
    )
    own = {"StringEquals": {"aws:PrincipalTag/who": "alice"}, "Null": {"aws:PrincipalTag/missing": "true"}}
    harbour.iam.put_role_policy(
        RoleName="members", PolicyName="all", PolicyDocument=allowing("cognito-idp:ListUserPools", Condition=own)
    )
    harbour.users.user("bob")
    for name, may in (("alice", True), ("bob", False)):
        given = harbour.login(name)
        client = with_credentials("cognito-idp", harbour.credentials(harbour.get_id(given), given))
        if may:
            assert client.list_user_pools(MaxResults=1)
        else:
            assert refused(client.list_user_pools, MaxResults=1)[0] == "AccessDeniedException"


def test_trust_may_ask_for_tags(harbour: Harbour) -> None:
    harbour.identity.set_principal_tag_attribute_map(
        IdentityPoolId=harbour.pool_id, IdentityProviderName=harbour.provider, UseDefaults=True
    )
    only = {"StringEquals": {AUD: harbour.pool_id, "aws:RequestTag/client": harbour.users.client_id}}
    text = trusting(harbour.pool_id, "authenticated", "sts:TagSession", **only)
    harbour.iam.update_assume_role_policy(RoleName="members", PolicyDocument=text)
    logins = harbour.login()
    assert harbour.credentials(harbour.get_id(logins), logins)
    harbour.iam.update_assume_role_policy(
        RoleName="members", PolicyDocument=text.replace(harbour.users.client_id, "another")
    )
    assert refused(lambda: harbour.credentials(harbour.get_id(logins), logins)) == MISCONFIGURED


# --- the classic flow -------------------------------------------------------------------------------------------------


def test_IDP_03_the_classic_flow_only_where_it_is_allowed(harbour: Harbour) -> None:
    logins, guest = harbour.login(), harbour.get_id()
    alice = harbour.get_id(logins)
    harbour.update(AllowClassicFlow=False)
    off = ("InvalidParameterException", "Basic (classic) flow is not enabled, please use enhanced flow.")
    assert refused(lambda: harbour.open_id_token(alice, logins)) == off
    assert refused(lambda: harbour.open_id_token(guest)) == off
    assert harbour.credentials(alice, logins), "the enhanced flow is another matter"
    harbour.update(AllowClassicFlow=True)
    map_roles(harbour, {"Type": "Token", "AmbiguousRoleResolution": "Deny"})
    assert refused(lambda: harbour.open_id_token(alice, logins)) == (
        "InvalidParameterException",
        "Basic (classic) flow is not supported with RoleMappings, please use enhanced flow.",
    )


def test_IDP_04_a_token_from_before_a_mapping_gets_round_none(harbour: Harbour) -> None:
    logins = harbour.login()
    alice = harbour.get_id(logins)
    token = harbour.open_id_token(alice, logins)
    assert role_of(harbour.credentials(alice, {SERVICE: token})) == "members"
    map_roles(harbour, {"Type": "Token", "AmbiguousRoleResolution": "Deny"})
    assert refused(lambda: harbour.credentials(alice, {SERVICE: token})) == AMBIGUOUS


# --- what it costs ----------------------------------------------------------------------------------------------------


def test_the_queries_of_credentials(harbour: Harbour) -> None:
    """The identity with its pool, the user pool, the logins, the role; and nothing is written."""
    logins = harbour.login()
    identity_id = harbour.get_id(logins)
    harbour.credentials(identity_id, logins)
    with CaptureQueriesContext(connection) as queries:
        credentials = harbour.credentials(identity_id, logins)
    assert len(queries) == 4, [query["sql"] for query in queries]
    with CaptureQueriesContext(connection) as queries:
        harbour.get_id(logins)
    assert len(queries) == 3
    client = with_credentials("sts", credentials)
    with CaptureQueriesContext(connection) as queries:
        client.get_caller_identity()
    assert len(queries) == 2, "the role, and the identity behind it"
