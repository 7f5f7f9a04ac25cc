"""Identity pools, identities, roles and access keys."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from identitypools.models import AccessKey, Role
from tests.cast import Stage
from tests.clients import in_process
from tests.console.desk import Desk, Page
from tests.console.world import POLICY, TRUST


def copied(page: Page) -> list[str]:
    return re.findall(r'data-copy="([^"]+)"', page.html)


@pytest.fixture
def identity_pool(identity: Any, dana: Desk) -> str:
    made = identity.create_identity_pool(IdentityPoolName="trades", AllowUnauthenticatedIdentities=True)
    return str(made["IdentityPoolId"])


# --- identity pools -------------------------------------------------------------------------------------------------


@pytest.mark.proves("CreateIdentityPool", "SetIdentityPoolRoles")
def test_from_nothing_to_credentials_of_a_role(
    dana: Desk, stage: Stage, identity: Any, public_identity: Any, iam: Any
) -> None:
    """A pool, a role for who comes through it, and a user who gets credentials that may do what the role may."""
    stage.user()
    page = dana.do("/admin/identity-pools/new/", name="trades", clients=[f"{stage.pool_id} {stage.client_id}"])
    pool_id = page.url.split("/")[2]
    dana.do("/admin/iam-roles/new/", role_name="reader", pool=f"members {pool_id}")
    role = Role.objects.get(name="reader")
    dana.do(f"/admin/iam-roles/{role.pk}/put-policy/", policy_name="read", document=json.dumps(POLICY))
    dana.do(f"/admin/{pool_id}/identity-pool/?tab=roles", authenticated=role.arn)
    assert identity.get_identity_pool_roles(IdentityPoolId=pool_id)["Roles"] == {"authenticated": role.arn}
    login = {f"cognito-idp.us-east-1.amazonaws.com/{stage.pool_id}": stage.tokens()["IdToken"]}
    found = public_identity.get_id(IdentityPoolId=pool_id, Logins=login)["IdentityId"]
    keys = public_identity.get_credentials_for_identity(IdentityId=found, Logins=login)["Credentials"]
    caller = in_process.client("cognito-idp", (keys["AccessKeyId"], keys["SecretKey"], keys["SessionToken"]))
    assert caller.describe_user_pool(UserPoolId=stage.pool_id)["UserPool"]["Name"] == "harbour"
    with pytest.raises(ClientError):
        caller.list_users(UserPoolId=stage.pool_id)
    page = dana.get(f"/admin/{pool_id}/identities/{found}/")
    assert stage.pool_id in page.text
    dana.do(f"/admin/{pool_id}/identities/{found}/revoke/")
    with pytest.raises(ClientError):
        caller.describe_user_pool(UserPoolId=stage.pool_id)
    dana.do(f"/admin/{pool_id}/identities/{found}/delete/")
    assert identity.list_identities(IdentityPoolId=pool_id, MaxResults=10)["Identities"] == []


@pytest.mark.proves("UpdateIdentityPool")
def test_settings_change_and_the_others_stay(dana: Desk, stage: Stage, identity: Any, identity_pool: str) -> None:
    identity.update_identity_pool(
        IdentityPoolId=identity_pool,
        IdentityPoolName="trades",
        AllowUnauthenticatedIdentities=True,
        SupportedLoginProviders={"accounts.google.com": "client"},
        IdentityPoolTags={"team": "web"},
    )
    url = f"/admin/{identity_pool}/identity-pool/"
    assert "Nothing was different" in dana.do(url).text
    dana.do(url, name="Trades", allow_guests=None, clients=[f"{stage.pool_id} {stage.client_id}"])
    found = identity.describe_identity_pool(IdentityPoolId=identity_pool)
    assert (found["IdentityPoolName"], found["AllowUnauthenticatedIdentities"]) == ("Trades", False)
    assert found["SupportedLoginProviders"] == {"accounts.google.com": "client"}
    assert found["IdentityPoolTags"] == {"team": "web"}
    assert found["CognitoIdentityProviders"][0]["ClientId"] == stage.client_id
    assert "Guests are welcome: yes → no" in dana.get(f"{url}?tab=changes").text


def test_role_mappings(dana: Desk, stage: Stage, identity: Any, iam: Any, identity_pool: str) -> None:
    iam.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(TRUST))
    role = iam.get_role(RoleName="reader")["Role"]["Arn"]
    url = f"/admin/{identity_pool}/identity-pool/"
    dana.do(url, clients=[f"{stage.pool_id} {stage.client_id}"])
    page = dana.get(f"{url}?tab=roles")
    field = next(name for name in page.main_form.fields if name.startswith("mapping "))
    dana.do(f"{url}?tab=roles", **{"authenticated": role, field: "Token Deny"})
    found = identity.get_identity_pool_roles(IdentityPoolId=identity_pool)
    (mapping,) = found["RoleMappings"].values()
    assert mapping == {"Type": "Token", "AmbiguousRoleResolution": "Deny"}
    rules = {"Rules": [{"Claim": "email", "MatchType": "Equals", "Value": "a@b.c", "RoleARN": role}]}
    (provider,) = found["RoleMappings"]
    identity.set_identity_pool_roles(
        IdentityPoolId=identity_pool,
        Roles={"authenticated": role},
        RoleMappings={provider: {"Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": rules}},
    )
    dana.do(f"{url}?tab=roles", unauthenticated=role)
    kept = identity.get_identity_pool_roles(IdentityPoolId=identity_pool)
    assert kept["RoleMappings"][provider]["RulesConfiguration"] == rules
    assert kept["Roles"] == {"authenticated": role, "unauthenticated": role}


@pytest.mark.proves("DeleteIdentityPool")
def test_an_identity_pool_is_deleted(dana: Desk, identity: Any, identity_pool: str) -> None:
    identity.get_id(IdentityPoolId=identity_pool)
    assert "Its 1 identities are gone" in dana.get(f"/admin/{identity_pool}/identity-pool/delete/").text
    page = dana.do(f"/admin/{identity_pool}/identity-pool/delete/")
    assert page.url == "/admin/"
    assert identity.list_identity_pools(MaxResults=10)["IdentityPools"] == []
    assert dana.status(f"/admin/{identity_pool}/") == 404


def test_identities_are_found_and_chosen(dana: Desk, identity: Any, identity_pool: str) -> None:
    guest = identity.get_id(IdentityPoolId=identity_pool)["IdentityId"]
    url = f"/admin/{identity_pool}/identities/"
    assert guest in dana.get(url, q=guest).text
    assert guest in dana.get(url, kind="guest").text
    assert "Nothing matches" in dana.get(url, kind="member").text
    overview = dana.get(f"/admin/{identity_pool}/").text
    assert "Identities 1" in overview


# --- roles ----------------------------------------------------------------------------------------------------------


@pytest.mark.proves("CreateRole", "UpdateAssumeRolePolicy", "PutRolePolicy", "DeleteRolePolicy", "DeleteRole")
def test_a_role_from_its_making_to_its_end(dana: Desk, iam: Any) -> None:
    dana.do("/admin/iam-roles/new/", role_name="reader", trust=json.dumps(TRUST), description="Reads")
    role = Role.objects.get()
    url = f"/admin/iam-roles/{role.pk}/"
    dana.do(f"{url}put-policy/", policy_name="read", document=json.dumps(POLICY))
    found = iam.get_role_policy(RoleName="reader", PolicyName="read")["PolicyDocument"]
    assert found == POLICY
    assert "It still has policies" in dana.get(f"{url}delete/").text
    assert "errornote" in dana.send(f"{url}delete/").html
    changed = {**POLICY, "Statement": [{**POLICY["Statement"][0], "Effect": "Deny"}]}  # type: ignore[dict-item]
    form = dana.get(f"{url}put-policy/?policy=read").main_form
    assert json.loads(form.fields["document"][0]) == POLICY
    dana.do(f"{url}put-policy/?policy=read", document=json.dumps(changed))
    assert iam.get_role_policy(RoleName="reader", PolicyName="read")["PolicyDocument"] == changed
    dana.do(f"{url}?tab=trust", trust=json.dumps({**TRUST, "Id": "again"}))
    assert iam.get_role(RoleName="reader")["Role"]["AssumeRolePolicyDocument"]["Id"] == "again"
    dana.do(f"{url}delete-policy/?policy=read")
    dana.do(f"{url}delete/")
    with pytest.raises(ClientError):
        iam.get_role(RoleName="reader")


@pytest.mark.parametrize(
    "document", ["", "{", "[]", '{"Version":"2012-10-17"}', '{"Statement":[{"Effect":"Maybe"}]}', "x" * 30_000]
)
def test_what_is_no_policy_is_refused_on_the_form(dana: Desk, iam: Any, document: str) -> None:
    assert "errornote" in dana.send("/admin/iam-roles/new/", role_name="reader", trust=document).html
    assert not Role.objects.exists()
    dana.do("/admin/iam-roles/new/", role_name="reader", trust=json.dumps(TRUST))
    url = f"/admin/iam-roles/{Role.objects.get().pk}/"
    assert "errornote" in dana.send(f"{url}put-policy/", policy_name="p", document=document).html
    assert "errornote" in dana.send(f"{url}?tab=trust", trust=document).html
    assert iam.list_role_policies(RoleName="reader")["PolicyNames"] == []


# --- access keys ----------------------------------------------------------------------------------------------------


def test_an_access_key_is_shown_once_and_works_as_far_as_its_policy(dana: Desk, stage: Stage) -> None:
    shown = dana.do("/admin/access-keys/new/", name="backend", may="people")
    key_id, secret = copied(shown)
    mine = in_process.client("cognito-idp", (key_id, secret))
    assert mine.list_users(UserPoolId=stage.pool_id)["Users"] == []
    with pytest.raises(ClientError):
        mine.create_user_pool(PoolName="other")
    key = AccessKey.objects.get(name="backend")
    url = f"/admin/access-keys/{key.pk}/"
    for tab in ("", "?tab=policies", "?tab=changes"):
        assert secret not in dana.get(url + tab).html
    dana.do(f"{url}?tab=policies", console=json.dumps(POLICY))
    with pytest.raises(ClientError):
        mine.list_users(UserPoolId=stage.pool_id)
    assert mine.describe_user_pool(UserPoolId=stage.pool_id)
    dana.do(f"{url}disable/")
    with pytest.raises(ClientError):
        mine.describe_user_pool(UserPoolId=stage.pool_id)
    dana.do(f"{url}enable/")
    assert mine.describe_user_pool(UserPoolId=stage.pool_id)
    dana.do(f"{url}rename/", name="server")
    assert "server" in dana.get(url).text
    dana.do(f"{url}delete/")
    with pytest.raises(ClientError):
        mine.describe_user_pool(UserPoolId=stage.pool_id)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "two words"}, "Letters, digits"),
        ({"name": "mine", "may": "own"}, "Write the policy"),
        ({"name": "mine", "may": "own", "document": "{"}, "errornote"),
        ({"name": "BACKEND"}, "errornote"),
    ],
)
def test_keys_that_are_refused(dana: Desk, given: dict[str, str], said: str) -> None:
    dana.do("/admin/access-keys/new/", name="backend", may="pools")
    before = AccessKey.objects.count()
    assert said in dana.send("/admin/access-keys/new/", **given).html
    assert AccessKey.objects.count() == before
