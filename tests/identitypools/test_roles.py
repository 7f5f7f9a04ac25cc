"""Roles through IAM's own protocol."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.identitypools.cast import ACCOUNT, SERVICE, WEB, allowing, document, operator, role, trusting_aws
from tests.refusals import refused

pytestmark = pytest.mark.django_db

TRUST = trusting_aws()


@pytest.mark.proves("CreateRole", "GetRole")
def test_a_role_is_described_as_it_was_made(iam: Any) -> None:
    made = iam.create_role(
        RoleName="captain",
        Path="/crew/",
        AssumeRolePolicyDocument=TRUST,
        Description="Steers",
        MaxSessionDuration=7200,
        Tags=[{"Key": "team", "Value": "red"}],
    )["Role"]
    found = iam.get_role(RoleName="captain")["Role"]
    assert found == made
    assert found["Arn"] == f"arn:aws:iam::{ACCOUNT}:role/crew/captain"
    assert found["RoleId"].startswith("AROA")
    assert len(found["RoleId"]) == 21
    assert found["AssumeRolePolicyDocument"] == json.loads(TRUST)
    assert (found["Description"], found["MaxSessionDuration"]) == ("Steers", 7200)
    assert found["Tags"] == [{"Key": "team", "Value": "red"}]


def test_documents_are_encoded_as_iam_does(iam: Any) -> None:
    """boto3 decodes them; others look at the bytes."""
    captured: list[bytes] = []
    iam.meta.events.register("after-call", lambda http_response, **_: captured.append(http_response.content))
    iam.create_role(RoleName="captain", AssumeRolePolicyDocument=TRUST)
    assert b"%7B%22Version%22%3A%20%222012-10-17%22" in captured[-1]


def test_names_are_unique_whatever_their_case(iam: Any) -> None:
    role(iam, "captain", TRUST)
    assert refused(iam.create_role, RoleName="Captain", AssumeRolePolicyDocument=TRUST) == (
        "EntityAlreadyExists",
        "Role with name Captain already exists.",
    )
    assert refused(iam.get_role, RoleName="Captain")[0] == "NoSuchEntity"


def test_what_is_not_there(iam: Any) -> None:
    missing = ("NoSuchEntity", "The role with name ghost cannot be found.")
    named = {"RoleName": "ghost"}
    policy = {**named, "PolicyName": "p"}
    assert refused(iam.get_role, **named) == missing
    assert refused(iam.delete_role, **named) == missing
    assert refused(iam.update_assume_role_policy, **named, PolicyDocument=TRUST) == missing
    assert refused(iam.put_role_policy, **policy, PolicyDocument=allowing("s3:*")) == missing
    assert refused(iam.get_role_policy, **policy) == missing
    assert refused(iam.delete_role_policy, **policy) == missing
    assert refused(iam.list_role_policies, **named) == missing
    role(iam, "ghost", TRUST)
    gone = ("NoSuchEntity", "The role policy with name p cannot be found.")
    assert refused(iam.get_role_policy, **policy) == gone
    assert refused(iam.delete_role_policy, **policy) == gone


@pytest.mark.proves("ListRoles")
def test_roles_are_listed_by_path_and_page(iam: Any) -> None:
    for name in ("a", "b", "c", "d", "e"):
        iam.create_role(RoleName=name, Path="/Crew/" if name < "d" else "/crew/", AssumeRolePolicyDocument=TRUST)
    assert [found["RoleName"] for found in iam.list_roles()["Roles"]] == ["a", "b", "c", "d", "e"]
    assert [found["RoleName"] for found in iam.list_roles(PathPrefix="/Crew/")["Roles"]] == ["a", "b", "c"]
    pages = list(iam.get_paginator("list_roles").paginate(PaginationConfig={"PageSize": 2}))
    assert [[found["RoleName"] for found in page["Roles"]] for page in pages] == [["a", "b"], ["c", "d"], ["e"]]
    assert [page["IsTruncated"] for page in pages] == [True, True, False]
    assert refused(iam.list_roles, Marker="nonsense")[0] == "ValidationError"


@pytest.mark.proves("PutRolePolicy", "GetRolePolicy", "ListRolePolicies", "DeleteRolePolicy", "DeleteRole")
def test_policies_of_a_role(iam: Any) -> None:
    role(iam, "captain", TRUST, **{name: allowing("s3:*") for name in ("one", "two", "three")})
    iam.put_role_policy(RoleName="captain", PolicyName="one", PolicyDocument=allowing("sts:*"))
    found = iam.get_role_policy(RoleName="captain", PolicyName="one")
    assert found["PolicyDocument"] == json.loads(allowing("sts:*"))
    pages = list(iam.get_paginator("list_role_policies").paginate(RoleName="captain", PaginationConfig={"PageSize": 2}))
    assert [page["PolicyNames"] for page in pages] == [["one", "three"], ["two"]]
    conflict = ("DeleteConflict", "Cannot delete entity, must delete policies first.")
    assert refused(iam.delete_role, RoleName="captain") == conflict
    for name in ("one", "two", "three"):
        iam.delete_role_policy(RoleName="captain", PolicyName=name)
    iam.delete_role(RoleName="captain")
    assert refused(iam.get_role, RoleName="captain")[0] == "NoSuchEntity"


@pytest.mark.proves("UpdateAssumeRolePolicy")
def test_trust_is_replaced(iam: Any) -> None:
    role(iam, "captain", TRUST)
    other = trusting_aws(f"arn:aws:iam::{ACCOUNT}:user/alice")
    iam.update_assume_role_policy(RoleName="captain", PolicyDocument=other)
    assert iam.get_role(RoleName="captain")["Role"]["AssumeRolePolicyDocument"] == json.loads(other)


@pytest.mark.parametrize("text", ["{", "{}", allowing("s3:*"), document({"Effect": "Allow"})])
def test_malformed_trust_is_not_stored(iam: Any, text: str) -> None:
    assert refused(iam.create_role, RoleName="a", AssumeRolePolicyDocument=text)[0] == "MalformedPolicyDocument"
    role(iam, "a", TRUST)
    assert refused(iam.update_assume_role_policy, RoleName="a", PolicyDocument=text)[0] == "MalformedPolicyDocument"
    assert iam.get_role(RoleName="a")["Role"]["AssumeRolePolicyDocument"] == json.loads(TRUST)


@pytest.mark.parametrize("text", ["{", "{}", TRUST, document({"Effect": "Allow", "Action": "s3:*"})])
def test_malformed_policies_are_not_stored(iam: Any, text: str) -> None:
    role(iam, "a", TRUST)
    code, _ = refused(iam.put_role_policy, RoleName="a", PolicyName="p", PolicyDocument=text)
    assert code == "MalformedPolicyDocument"
    assert iam.list_role_policies(RoleName="a")["PolicyNames"] == []


def test_IDP_04_trust_in_every_identity_pool_is_not_stored(iam: Any) -> None:
    statement = {"Effect": "Allow", "Principal": {"Federated": SERVICE}, "Action": WEB}
    code, _ = refused(iam.create_role, RoleName="a", AssumeRolePolicyDocument=document(statement))
    assert code == "MalformedPolicyDocument"
    denies = document({**statement, "Effect": "Deny"})
    iam.create_role(RoleName="a", AssumeRolePolicyDocument=denies)


def test_sizes_are_limited(iam: Any) -> None:
    long = [f"arn:aws:iam::{ACCOUNT}:user/{place:0>60}" for place in range(30)]
    assert refused(iam.create_role, RoleName="a", AssumeRolePolicyDocument=trusting_aws(long)) == (
        "LimitExceeded",
        "Cannot exceed quota for ACLSizePerRole: 2048",
    )
    half = allowing("s3:*", resource=[f"arn:aws:s3:::{'b' * 60}/{place:0>60}" for place in range(40)])
    role(iam, "a", TRUST, one=half)
    assert refused(iam.put_role_policy, RoleName="a", PolicyName="two", PolicyDocument=half) == (
        "LimitExceeded",
        "Maximum policy size of 10240 bytes exceeded for role a",
    )
    iam.put_role_policy(RoleName="a", PolicyName="one", PolicyDocument=half + " " * 20_000)


def test_what_would_have_an_effect_that_is_not_performed(iam: Any) -> None:
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/limit"
    code, message = refused(iam.create_role, RoleName="a", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=boundary)
    assert (code, "PermissionsBoundary is not performed" in message) == ("ValidationError", True)


def test_API_03_a_role_is_judged_by_its_whole_arn(iam: Any) -> None:
    """Callers name a role without its path; a policy that keeps them from a path must not be got round so."""
    iam.create_role(RoleName="boss", Path="/admin/", AssumeRolePolicyDocument=TRUST)
    role(iam, "sailor", TRUST)
    allow = {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}
    deny = {"Effect": "Deny", "Action": "iam:*", "Resource": f"arn:aws:iam::{ACCOUNT}:role/admin/*"}
    mate = operator("iam", "mate", document(allow, deny))
    assert mate.get_role(RoleName="sailor")
    code, message = refused(mate.get_role, RoleName="boss")
    assert code == "AccessDenied"
    assert message == (
        f"User: arn:aws:iam::{ACCOUNT}:user/mate is not authorized to perform: iam:GetRole on resource: "
        f"arn:aws:iam::{ACCOUNT}:role/admin/boss with an explicit deny in an identity-based policy"
    )
    grab = {"RoleName": "next", "Path": "/admin/", "AssumeRolePolicyDocument": TRUST}
    assert refused(mate.create_role, **grab)[0] == "AccessDenied"
