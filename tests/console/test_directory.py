"""Groups, resource servers and domains."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import Stage
from tests.console.desk import Desk
from tests.refusals import refused


@pytest.mark.proves("CreateGroup", "UpdateGroup", "DeleteGroup")
def test_a_group_from_its_making_to_its_end(dana: Desk, stage: Stage, pool_url: str) -> None:
    page = dana.do(f"{pool_url}groups/new/", group_name="staff", description="Works here", precedence="3")
    found = _group(stage)
    assert (found["Description"], found["Precedence"]) == ("Works here", 3)
    dana.do(f"{page.url}?tab=edit", precedence="", role_arn="arn:aws:iam::000000000000:role/reader")
    found = _group(stage)
    assert found["RoleArn"] == "arn:aws:iam::000000000000:role/reader"
    assert "Precedence" not in found
    assert "Precedence: 3 → none" in dana.get(f"{page.url}?tab=changes").text
    dana.do(f"{page.url}delete/")
    assert refused(_group, stage=stage)[0] == "ResourceNotFoundException"


def _group(stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = stage.cognito.get_group(UserPoolId=stage.pool_id, GroupName="staff")
    return found["Group"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"group_name": "two words"}, "No spaces"),
        ({"group_name": ""}, "required"),
        ({"group_name": "x" * 129}, "at most 128"),
        ({"group_name": "staff", "precedence": "-1"}, "greater than or equal to 0"),
        ({"group_name": "staff", "role_arn": "nonsense"}, "at least 20"),
    ],
)
def test_what_no_group_may_be(dana: Desk, stage: Stage, pool_url: str, given: dict[str, str], said: str) -> None:
    assert said in dana.send(f"{pool_url}groups/new/", **given).text
    assert stage.cognito.list_groups(UserPoolId=stage.pool_id)["Groups"] == []


def test_a_name_twice_is_refused(dana: Desk, pool_url: str) -> None:
    dana.do(f"{pool_url}groups/new/", group_name="staff")
    assert "already exists" in dana.send(f"{pool_url}groups/new/", group_name="staff").text


def test_members_come_and_go_by_any_name(dana: Desk, stage: Stage, pool_url: str) -> None:
    stage.user()
    page = dana.do(f"{pool_url}groups/new/", group_name="staff")
    assert "User does not exist" in dana.send(f"{page.url}add-member/", username="nobody").text
    sub = {
        entry["Name"]: entry["Value"]
        for entry in stage.cognito.admin_get_user(UserPoolId=stage.pool_id, Username="alice")["UserAttributes"]
    }["sub"]
    dana.do(f"{page.url}add-member/", username=sub)
    assert "alice@example.com" in dana.get(page.url).text
    assert [user["Username"] for user in _members(stage)] == ["alice"]
    dana.do(next(f"{page.url}{link}" for link in dana.get(page.url).links if "username=alice" in link))
    assert _members(stage) == []


def _members(stage: Stage) -> list[dict[str, Any]]:
    found: dict[str, Any] = stage.cognito.list_users_in_group(UserPoolId=stage.pool_id, GroupName="staff")
    return found["Users"]


@pytest.mark.proves("CreateResourceServer", "UpdateResourceServer", "DeleteResourceServer")
def test_a_resource_server_from_its_making_to_its_end(dana: Desk, stage: Stage, pool_url: str) -> None:
    page = dana.do(
        f"{pool_url}resource-servers/new/",
        identifier="https://api.example",
        name="Orders",
        scopes="read Read all orders\nwrite Change orders",
    )
    assert _scopes(stage) == [("read", "Read all orders"), ("write", "Change orders")]
    assert "say after the name what it is for" in dana.send(page.url, scopes="read").text
    assert "no spaces" in dana.send(page.url, scopes='"quoted" x').text
    dana.do(page.url, scopes="read Read orders")
    assert _scopes(stage) == [("read", "Read orders")]
    dana.do(f"{page.url}delete/")
    assert stage.cognito.list_resource_servers(UserPoolId=stage.pool_id, MaxResults=10)["ResourceServers"] == []


def _scopes(stage: Stage) -> list[tuple[str, str]]:
    server = stage.cognito.describe_resource_server(UserPoolId=stage.pool_id, Identifier="https://api.example")
    return [(scope["ScopeName"], scope["ScopeDescription"]) for scope in server["ResourceServer"]["Scopes"]]


@pytest.mark.proves("CreateUserPoolDomain", "DeleteUserPoolDomain")
@pytest.mark.parametrize("name", ["harbour", "new"])
def test_a_domain_opens_the_sign_in_pages_and_closes_them(dana: Desk, stage: Stage, pool_url: str, name: str) -> None:
    client = stage.client(
        ClientName="Shop",
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid"],
        CallbackURLs=["https://shop.example/cb"],
        SupportedIdentityProviders=["COGNITO"],
    )
    assert "Try its sign-in page" not in dana.get(f"{pool_url}app-clients/{client['ClientId']}/").text
    page = dana.do(f"{pool_url}domains/+/", domain=name)
    assert page.url == f"{pool_url}domains/{name}/"
    link = next(link for link in page.links if "/oauth2/authorize" in link)
    assert link.startswith(f"http://localhost:9229/{stage.pool_id}/oauth2/authorize?client_id={client['ClientId']}")
    asked = dana.browser.get(link)
    assert (asked.status_code, asked["Location"].partition("?")[0]) == (
        302,
        f"/{stage.pool_id}/login",
    )
    assert link in dana.get(f"{pool_url}app-clients/{client['ClientId']}/").links
    dana.do(f"{page.url}delete/")
    assert stage.cognito.describe_user_pool_domain(Domain=name)["DomainDescription"] == {}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"domain": "Capital"}, "Lower-case"),
        ({"domain": "my-cognito"}, "cognito"),
        ({"domain": "localhost", "kind": "custom"}, "custom domain"),
    ],
)
def test_domains_that_are_refused(dana: Desk, stage: Stage, pool_url: str, given: dict[str, str], said: str) -> None:
    answer = dana.send(f"{pool_url}domains/+/", **given)
    assert "errornote" in answer.html
    assert said in answer.text


def test_a_host_name_of_its_own(dana: Desk, stage: Stage, pool_url: str) -> None:
    dana.do(f"{pool_url}domains/+/", domain="id.shop.example", kind="custom")
    found = stage.cognito.describe_user_pool(UserPoolId=stage.pool_id)["UserPool"]
    assert found["CustomDomain"] == "id.shop.example"
