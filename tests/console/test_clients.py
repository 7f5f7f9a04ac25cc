"""App clients: settings in effect, secrets shown once, and code that works."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cognito_site.console.models import Change
from tests.cast import PASSWORD, Stage
from tests.clients import in_process
from tests.console.desk import Desk, Page
from userpools.admin import snippets
from userpools.domain import client_secrets
from userpools.models import AppClient


def described(stage: Stage, client_id: str) -> dict[str, Any]:
    found: dict[str, Any] = stage.cognito.describe_user_pool_client(UserPoolId=stage.pool_id, ClientId=client_id)
    return found["UserPoolClient"]


def copied(page: Page) -> list[str]:
    return re.findall(r'data-copy="([^"]+)"', page.html)


@pytest.fixture
def secretive(stage: Stage) -> dict[str, Any]:
    return stage.client(GenerateSecret=True, ClientName="Storefront")


@pytest.fixture
def page(pool_url: str, secretive: dict[str, Any]) -> str:
    return f"{pool_url}app-clients/{secretive['ClientId']}/"


# --- making ---------------------------------------------------------------------------------------------------------


@pytest.mark.proves("CreateUserPoolClient")
def test_a_web_server_gets_a_secret_that_is_shown_once_and_works(dana: Desk, stage: Stage, pool_url: str) -> None:
    shown = dana.do(
        f"{pool_url}app-clients/new/",
        name="Storefront",
        callback_urls="https://shop.example/cb\nhttp://localhost:3000/",
    )
    client_id, secret = copied(shown)
    found = described(stage, client_id)
    assert found["ClientSecret"] == secret
    assert found["CallbackURLs"] == ["https://shop.example/cb", "http://localhost:3000/"]
    assert (found["AllowedOAuthFlows"], found["PreventUserExistenceErrors"]) == (["code"], "ENABLED")
    for url in (f"{pool_url}app-clients/{client_id}/", f"{pool_url}app-clients/{client_id}/?tab=changes"):
        assert secret not in dana.get(url).html


def test_an_application_that_cannot_keep_a_secret_gets_none(dana: Desk, stage: Stage, pool_url: str) -> None:
    page = dana.do(f"{pool_url}app-clients/new/", name="App", application="public")
    assert "Public client" in page.text
    client = AppClient.objects.get(name="App")
    assert "ClientSecret" not in described(stage, client.pk)


def test_a_machine_needs_a_scope_and_gets_a_token(dana: Desk, stage: Stage, pool_url: str) -> None:
    refused = dana.send(f"{pool_url}app-clients/new/", name="Robot", application="machine")
    assert "add a resource server first" in refused.text
    stage.cognito.create_resource_server(
        UserPoolId=stage.pool_id,
        Identifier="orders",
        Name="Orders",
        Scopes=[{"ScopeName": "read", "ScopeDescription": "Read"}],
    )
    stage.cognito.create_user_pool_domain(UserPoolId=stage.pool_id, Domain="harbour")
    dana.do(f"{pool_url}app-clients/new/", name="Robot", application="machine", scopes=["orders/read"])
    client = AppClient.objects.get(name="Robot")
    assert _run(snippets.of(client, snippets.PYTHON), client_secret=client_secrets.current(client)).count(".") == 2


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "x" * 200}, "at most 128"),
        ({"name": "App", "callback_urls": "javascript:alert(1)"}, "scheme javascript is not allowed"),
        ({"name": "App", "callback_urls": "http://shop.example/"}, "http://shop.example/"),
    ],
)
def test_what_is_refused_makes_no_client(
    dana: Desk, stage: Stage, pool_url: str, given: dict[str, str], said: str
) -> None:
    before = AppClient.objects.count()
    assert said in dana.send(f"{pool_url}app-clients/new/", **given).text
    assert AppClient.objects.count() == before


# --- settings -------------------------------------------------------------------------------------------------------


@pytest.mark.proves("UpdateUserPoolClient")
def test_settings_are_saved_and_what_is_not_on_the_page_stays(
    dana: Desk, stage: Stage, page: str, secretive: Any
) -> None:
    client_id = secretive["ClientId"]
    stage.cognito.update_user_pool_client(
        UserPoolId=stage.pool_id,
        ClientId=client_id,
        ReadAttributes=["email", "name"],
        ExplicitAuthFlows=["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )
    form = dana.get(f"{page}?tab=settings").main_form
    assert "ALLOW_CUSTOM_AUTH" in form.fields["explicit_auth_flows"]
    dana.do(f"{page}?tab=settings", access_token_validity="30", access_token_unit="minutes", auth_session_validity="5")
    found = described(stage, client_id)
    assert (found["AccessTokenValidity"], found["TokenValidityUnits"]["AccessToken"]) == (30, "minutes")
    assert found["AuthSessionValidity"] == 5
    assert found["ReadAttributes"] == ["email", "name"]
    assert set(found["ExplicitAuthFlows"]) == {"ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}
    assert "Access token: 1 → 30; in: hours → minutes" in dana.get(f"{page}?tab=changes").text


def test_a_page_that_is_saved_as_it_came_changes_nothing(dana: Desk, stage: Stage, page: str, secretive: Any) -> None:
    before = described(stage, secretive["ClientId"])
    for tab in ("settings", "oauth", "attributes"):
        assert "Nothing was different" in dana.do(f"{page}?tab={tab}").text, tab
    assert described(stage, secretive["ClientId"]) == before


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"access_token_validity": "2", "access_token_unit": "days"}, "Invalid"),
        ({"refresh_token_validity": "1", "refresh_token_unit": "minutes"}, "alid"),
        ({"auth_session_validity": "99"}, "less than or equal to 15"),
        ({"rotates": "on", "explicit_auth_flows": ["ALLOW_REFRESH_TOKEN_AUTH"]}, "otation"),
        ({"explicit_auth_flows": ["ALLOW_NONSENSE"]}, "not one of the available choices"),
    ],
)
def test_refused_settings_are_told_and_nothing_is_saved(
    dana: Desk, stage: Stage, page: str, secretive: Any, given: dict[str, Any], said: str
) -> None:
    before = described(stage, secretive["ClientId"])
    answer = dana.send(f"{page}?tab=settings", **given)
    assert "errornote" in answer.html
    assert said in answer.text
    assert described(stage, secretive["ClientId"]) == before


def test_addresses_and_scopes(dana: Desk, stage: Stage, page: str, secretive: Any) -> None:
    dana.do(
        f"{page}?tab=oauth",
        offers="on",
        callback_urls="https://shop.example/cb",
        grants=["code"],
        scopes=["openid", "email"],
        is_local="on",
    )
    found = described(stage, secretive["ClientId"])
    assert found["AllowedOAuthFlowsUserPoolClient"] is True
    assert (found["CallbackURLs"], found["AllowedOAuthScopes"]) == (["https://shop.example/cb"], ["email", "openid"])
    assert found["SupportedIdentityProviders"] == ["COGNITO"]
    assert "openid" in dana.send(f"{page}?tab=oauth", scopes=["email"]).text.partition("URLs and scopes")[2]
    dana.do(f"{page}?tab=oauth", offers=None, callback_urls="", grants=None, scopes=None, is_local=None)
    assert "CallbackURLs" not in described(stage, secretive["ClientId"])


def test_attributes_of_a_client(dana: Desk, stage: Stage, page: str, secretive: Any) -> None:
    dana.do(f"{page}?tab=attributes", read_attributes=["email", "name"])
    assert described(stage, secretive["ClientId"])["ReadAttributes"] == ["email", "name"]


# --- secrets --------------------------------------------------------------------------------------------------------


def test_ADM_03_a_secret_is_shown_on_demand_and_that_is_written_down(
    dana: Desk, page: str, secretive: dict[str, Any]
) -> None:
    assert secretive["ClientSecret"] not in dana.get(page).html
    shown = dana.do(f"{page}show-secret/")
    assert copied(shown) == [secretive["ClientSecret"]]
    change = Change.objects.latest("pk")
    assert change.change_message.startswith("Showed the secret")
    assert secretive["ClientSecret"] not in change.change_message


@pytest.mark.proves("AddUserPoolClientSecret", "DeleteUserPoolClientSecret")
def test_rotating_keeps_both_secrets_until_the_old_one_is_taken_away(
    dana: Desk, stage: Stage, page: str, secretive: dict[str, Any]
) -> None:
    stage.user()
    client_id, old = secretive["ClientId"], secretive["ClientSecret"]
    (new,) = copied(dana.do(f"{page}rotate-secret/"))
    assert _signs_in(stage, client_id, old)
    assert _signs_in(stage, client_id, new)
    assert "It has two secrets already" in dana.get(f"{page}rotate-secret/").text
    dana.do(f"{page}remove-secret/")  # the older one is chosen
    assert not _signs_in(stage, client_id, old)
    assert _signs_in(stage, client_id, new)
    assert "does not apply any more" in dana.get(f"{page}remove-secret/").text


def _signs_in(stage: Stage, client_id: str, secret: str) -> bool:
    hashed = client_secrets.secret_hash(secret, "alice", client_id)
    with contextlib.suppress(ClientError):
        return bool(stage.tokens(ClientId=client_id, SECRET_HASH=hashed))
    return False


@pytest.mark.proves("DeleteUserPoolClient")
def test_a_client_is_deleted_after_a_question(dana: Desk, stage: Stage, page: str, secretive: dict[str, Any]) -> None:
    assert "Delete Storefront?" in dana.get(f"{page}delete/").text
    assert described(stage, secretive["ClientId"])
    dana.do(f"{page}delete/")
    with pytest.raises(ClientError):
        described(stage, secretive["ClientId"])
    assert "The app client Storefront is deleted." in dana.get(f"/admin/{stage.pool_id}/changes/").text


# --- snippets -------------------------------------------------------------------------------------------------------


def _run(code: str, **names: Any) -> str:
    """As a reader would, but for the network."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("boto3.client", lambda service, **_: in_process.client(service))
        patch.setattr("requests.post", _post)
        with contextlib.redirect_stdout(out):
            exec(compile(code, "snippet", "exec"), dict(names))
    return out.getvalue()


def _post(url: str, **given: Any) -> Any:
    from base64 import b64encode
    from urllib.parse import urlencode

    import requests

    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if given.get("auth"):
        headers["Authorization"] = f"Basic {b64encode(':'.join(given['auth']).encode()).decode()}"
    answered = in_process.send("POST", url, headers, urlencode(given["data"]).encode())
    response = requests.Response()
    response.status_code, response._content = answered.status_code, answered.content
    return response


@pytest.mark.parametrize("secret", [True, False])
@pytest.mark.parametrize("flow", ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"])
def test_the_python_on_the_page_signs_somebody_in(
    dana: Desk, stage: Stage, pool_url: str, flow: str, secret: bool
) -> None:
    stage.user()
    made = stage.client(GenerateSecret=secret, ExplicitAuthFlows=[flow])
    client = AppClient.objects.get(pk=made["ClientId"])
    code = snippets.of(client, snippets.PYTHON)
    from html import escape

    assert escape(code, quote=True).replace("&#x27;", "&#x27;") in dana.get(f"{pool_url}app-clients/{client.pk}/").html
    said = _run(code, username="alice", password=PASSWORD, client_secret=made.get("ClientSecret", ""))
    assert "AccessToken" in said


def test_the_addresses_in_snippets_are_this_installations(dana: Desk, stage: Stage, secretive: dict[str, Any]) -> None:
    client = AppClient.objects.get(pk=secretive["ClientId"])
    for language in snippets.languages(client):
        code = snippets.of(client, language)
        assert "http://localhost:9229" in code
        assert client.pk in code
        assert secretive["ClientSecret"] not in code


@pytest.mark.node
@pytest.mark.parametrize(
    "settings",
    [
        {"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"], "GenerateSecret": True},
        {"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]},
        {"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"]},
        {
            "AllowedOAuthFlowsUserPoolClient": True,
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid"],
            "CallbackURLs": ["https://shop.example/cb"],
            "ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH"],
            "GenerateSecret": True,
        },
    ],
)
def test_the_javascript_on_the_page_is_javascript(stage: Stage, settings: dict[str, Any], tmp_path: Any) -> None:
    client = AppClient.objects.get(pk=stage.client(**settings)["ClientId"])
    file = tmp_path / "snippet.mjs"
    file.write_text(snippets.of(client, snippets.JAVASCRIPT))
    checked = subprocess.run(["node", "--check", str(file)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
