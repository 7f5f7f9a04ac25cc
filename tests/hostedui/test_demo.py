"""The first minute: the demo pool's sign-in, and where it ends."""

from __future__ import annotations

import json
import re
import shlex

import pytest
from django.test import Client

from cognito_site import first_start, operators
from tests.hostedui.visitor import Visitor
from userpools import demo

pytestmark = pytest.mark.django_db


@pytest.fixture
def found() -> demo.Demo:
    first_start.prepare()
    introduced = demo.find()
    assert introduced is not None
    return introduced


def password() -> str:
    told = re.search(r"login demo@example\.com   password (\S+)", first_start.welcome())
    assert told is not None
    return told[1]


def test_the_welcome_leads_to_tokens(found: demo.Demo, visitor: Visitor) -> None:
    landed = visitor.open(found.sign_in_url).fill(username="demo@example.com", password=password())
    page = visitor.open(landed.location)
    assert page.heading == "You’re signed in"
    assert page.response["Referrer-Policy"] == "strict-origin"
    command = page.words("//p[@class='key']/code")
    form = [part for part in shlex.split(command) if "=" in part]
    answer = Client().post(
        f"/{found.issuer.rpartition('/')[2]}/oauth2/token", "&".join(form), "application/x-www-form-urlencoded"
    )
    assert json.loads(answer.content).keys() == {
        "access_token",
        "id_token",
        "refresh_token",
        "expires_in",
        "token_type",
    }
    assert visitor.open(page.link("Sign out")).location == demo.callback()
    assert visitor.open(demo.callback()).heading == "You’re signed out"


def test_hostile_words_in_the_address_are_only_words(found: demo.Demo, visitor: Visitor) -> None:
    page = visitor.open(f"{demo.callback()}?code=x;rm%20-rf%20/")
    assert not page.find("//p[@class='key']")
    page = visitor.open(f"{demo.callback()}?error=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in page.text
    assert page.response["Content-Security-Policy"].startswith("default-src 'none'")


def test_who_deletes_it_is_rid_of_it(found: demo.Demo) -> None:
    from userpools.models import Domain, UserPool

    Domain.objects.all().delete()
    UserPool.objects.all().delete()
    assert not first_start.prepare()
    assert demo.find() is None
    assert Client().get("/demo/callback").status_code == 404
    assert "demo" not in first_start.welcome().lower()
    assert operators.anybody()
