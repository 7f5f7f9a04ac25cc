"""What a page costs: questions to the database, and bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import PASSWORD
from tests.hostedui.app import App
from tests.hostedui.visitor import Visitor

STATIC = Path(settings.BASE_DIR, "static", "hostedui")
# In bytes; the budget of a first visit is 45 kB, page included.
BUDGETS = {
    "tokens.css": 12_000,
    "hosted.css": 14_000,
    "hosted.js": 3_000,
    "sprite.svg": 6_000,
    "water.svg": 500,
    "icon.svg": 500,
}


@contextmanager
def questions(wanted: dict[str, int]) -> Iterator[None]:
    """How often which table is asked or written; marks of transactions are not counted."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        yield
    asked: dict[str, int] = {}
    for query in captured.captured_queries:
        table = re.match(r'(?:\S+ )*?(?:FROM|INTO|UPDATE) "?userpools_(\w+)', query["sql"])
        if table:
            deed = f"{query['sql'].split()[0].lower()} {table[1]}"
            asked[deed] = asked.get(deed, 0) + 1
    assert asked == wanted


@pytest.fixture
def warm(app: App, visitor: Visitor) -> Callable[..., str]:
    """Where a pool lives is remembered for seconds: that is not what is counted here."""
    visitor.open(app.authorize())
    return app.url


@pytest.mark.django_db
def test_a_sign_in_page_asks_once(app: App, visitor: Visitor, warm: Callable[..., str]) -> None:
    with questions({"select appclient": 1}):
        visitor.get(warm("/oauth2/authorize"))
    with questions({"select appclient": 1}):
        visitor.get(warm("/login"))
    for path in ("/signup", "/forgotPassword"):
        with questions({"select appclient": 1}):
            visitor.get(warm(path))


@pytest.mark.django_db
def test_single_sign_on_asks_for_the_session_and_leaves_a_code(
    app: App, visitor: Visitor, warm: Callable[..., str]
) -> None:
    app.sign_in(visitor)
    with questions({"select appclient": 1, "select browsersession": 1, "insert authorizationcode": 1}):
        assert visitor.get(warm("/oauth2/authorize")).told["code"]
    with questions({"select appclient": 1, "select browsersession": 1}):
        assert visitor.get(warm("/oauth2/authorize", max_age="0")).status == 302


@pytest.mark.django_db
def test_what_a_password_costs(app: App, visitor: Visitor, warm: Callable[..., str]) -> None:
    page = visitor.open(warm("/login"))
    form = {"csrfmiddlewaretoken": page.input("csrfmiddlewaretoken").get("value"), "username": "alice"}
    known = {"select appclient": 1, "select signinname": 1, "update user": 1, "insert event": 1}
    with questions(known):
        visitor.post(page.url, {**form, "password": "Wrong-horse-7"})
    with questions({**known, "update user": 2, "insert browsersession": 1, "insert authorizationcode": 1}):
        assert visitor.post(page.url, {**form, "password": PASSWORD}).told["code"]
    with questions({"select appclient": 1}):
        visitor.post(page.url, {**form, "password": ""})


@pytest.mark.django_db
def test_pages_that_lead_nowhere_ask_nothing(app: App, visitor: Visitor, warm: Callable[..., str]) -> None:
    with questions({}):
        visitor.post(warm("/login"), {})
        visitor.get(f"{app.home}/nothing")
        visitor.get(f"{app.home}/error?error=redirect_mismatch")


@pytest.mark.parametrize("name", BUDGETS)
def test_files_stay_small(name: str) -> None:
    assert (STATIC / name).stat().st_size <= BUDGETS[name]


def test_there_is_no_other_file() -> None:
    assert {path.name for path in STATIC.iterdir()} == BUDGETS.keys()


def test_style_and_script_name_only_what_the_policy_lets_through() -> None:
    sheets = "".join((STATIC / name).read_text() for name in ("tokens.css", "hosted.css"))
    assert set(re.findall(r"url\(([^)]*)\)", sheets)) == {'"water.svg"'}
    assert "@import" not in sheets
    script = (STATIC / "hosted.js").read_text()
    assert not re.search(r"innerHTML|insertAdjacent|document\.write|eval\(|Function\(|fetch\(|https?:", script)


def test_templates_hold_no_style_no_script_and_nothing_unescaped() -> None:
    for path in Path(settings.BASE_DIR, "templates", "hostedui").rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"\sstyle=|\son\w+=|\|safe\b|autoescape|javascript:|<style", text), path
        assert re.findall(r"<script[^>]*>", text) in ([], ["<script src=\"{% static 'hostedui/hosted.js' %}\" defer>"])


def test_every_colour_of_a_component_is_a_token() -> None:
    colours = re.findall(r"#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(|\boklch\(", (STATIC / "hosted.css").read_text())
    assert colours == ["#fff"], "White behind the QR code is the only one that no brand may change."
