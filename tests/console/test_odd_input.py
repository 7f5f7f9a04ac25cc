"""WEB: whatever is in an address or a form, the console answers: no 5xx, and nothing of it comes back as markup."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cast import Stage
from tests.console import world as worlds
from tests.console.desk import Desk
from tests.console.test_permissions import NEEDS, OWN, POST_ONLY
from tests.console.world import World

ODD = ["\0", "🦄\u202e", "-1", "9" * 40, "a" * 3000, "'\"><script>alert(1)</script>"]
# What pages of ours and Django's read: all at once, then each that would hide the others.
ASKED = (
    *("q", "p", "o", "page", "tab", "only", "before", "next", "language", "secret", "policy", "sign_in", "username"),
    *("all", "e", "reason", "status", "problem", "state", "way", "because", "_popup"),
)
ALONE = ("q", "p", "o", "tab", "before", "status", "reason")
POSTED = ("csrfmiddlewaretoken", "action", "_selected_action", "select_across", "index", "ticket", "next", "confirmed")


@pytest.fixture
def world(stage: Stage, identity: Any, iam: Any) -> World:
    return worlds.make(stage, identity, iam)


@pytest.mark.parametrize("odd", ODD)
def test_odd_parameters_are_answered(world: World, dana: Desk, odd: str) -> None:
    for name in sorted({*NEEDS, *OWN} - POST_ONLY):
        url = world.url(name)
        for asked in (dict.fromkeys(ASKED, odd), *({key: odd} for key in ALONE)):
            answer = dana.browser.get(url, asked)
            assert answer.status_code < 500, (name, asked)
            assert "<script>alert" not in answer.content.decode(), (name, asked)


@pytest.mark.parametrize("odd", ODD)
def test_odd_forms_are_answered(world: World, dana: Desk, odd: str) -> None:
    for name in sorted({*NEEDS, *OWN}):
        url = world.url(name)
        page = dana.get(url) if name not in POST_ONLY else None
        fields = {key for form in page.forms for key in form.fields} if page else set()
        for given in (dict.fromkeys(POSTED, odd), dict.fromkeys({*fields, *POSTED}, odd)):
            answer = dana.browser.post(url, given)
            assert answer.status_code < 500, (name, given)
            assert "<script>alert" not in answer.content.decode(), (name, given)


@pytest.mark.parametrize("odd", ["%00", "-1", "9" * 40, "a" * 3000, "%F0%9F%A6%84", "%FF%FE", "..%2F", "_0A"])
def test_odd_addresses_are_not_there(world: World, dana: Desk, odd: str) -> None:
    """Each part of each address in turn."""
    for name in sorted({*NEEDS, *OWN}):
        parts = world.url(name).strip("/").split("/")
        for at in range(1, len(parts)):
            url = "/".join(["", *parts[:at], odd, *parts[at + 1 :], ""])
            assert dana.status(url) < 500, (name, url)
