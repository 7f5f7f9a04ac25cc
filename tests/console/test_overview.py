"""First pages, the palette, events and changes: real numbers, and nothing that the role does not show."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError
from django.test import Client
from django.utils import timezone

from cognito_site.console import charts
from tests.cast import Stage
from tests.console import world as worlds
from tests.console.desk import HOST, Desk, hire, sit_down
from userpools.domain import activity
from userpools.models import Event, Message, User, UserPool


@pytest.fixture
def busy(stage: Stage) -> UserPool:
    """Two signed in, three failed, one signed up by themselves."""
    stage.user()
    for _ in range(2):
        stage.tokens()
    for _ in range(3):
        with pytest.raises(ClientError):
            stage.sign_in(password="wrong")
    stage.public.sign_up(ClientId=stage.client_id, Username="bea", Password="Correct-horse-7")
    return UserPool.objects.get(pk=stage.pool_id)


def test_the_numbers_are_those_of_the_day(dana: Desk, pool_url: str, busy: UserPool) -> None:
    text = dana.get(pool_url).text
    assert "Users 2 Signed in 2 24 hours Failed 3 24 hours Signed up 1 24 hours Messages waiting 0" in text
    assert "Incorrect username or password. 3" in text


def test_what_is_older_than_a_day_does_not_count(dana: Desk, pool_url: str, busy: UserPool) -> None:
    Event.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert "Signed in 0 24 hours Failed 0 24 hours" in dana.get(pool_url).text


def test_a_pool_where_more_happened_than_is_counted_says_so(
    busy: UserPool, monkeypatch: pytest.MonkeyPatch, dana: Desk, pool_url: str
) -> None:
    monkeypatch.setattr(activity, "MOST_EVENTS", 3)
    day = activity.of_day(busy)
    assert not day.is_whole
    assert day.signed_in + day.failed <= 4
    assert "More happened than is counted here" in dana.get(pool_url).text


def test_the_plot_says_in_words_what_it_shows(dana: Desk, pool_url: str, busy: UserPool) -> None:
    html = dana.get(pool_url).html
    assert 'role="img" aria-label="Sign-ins by hour, in UTC: 2 good and 3 failed' in html
    assert "Show as a table" in html


@pytest.mark.parametrize(("value", "top"), [(0, 4), (4, 4), (5, 10), (121, 160), (999, 1000), (1001, 2000)])
def test_the_axis_ends_at_a_round_number(value: int, top: int) -> None:
    assert charts.ceiling(value) == top


def test_bars_stay_inside_of_the_plot() -> None:
    plot = charts.bars([("00", 0, 0), ("01", 3, 0), ("02", 7, 9), ("03", 0, 2)])
    for bar in plot.bars:
        assert bar.x >= 0
        assert bar.x + bar.width <= plot.width
        assert bar.bad_y >= -2
        assert bar.good_y + bar.good_height <= plot.height + 0.1


def test_what_needs_a_hand(dana: Desk, stage: Stage, pool_url: str) -> None:
    text = dana.get(pool_url).text
    assert "There are no sign-in pages" in text
    stage.cognito.create_user_pool_domain(UserPoolId=stage.pool_id, Domain="harbour")
    assert "Nothing that shows from here." in dana.get(pool_url).text
    client = stage.client(GenerateSecret=True, ClientName="Storefront")
    stage.cognito.add_user_pool_client_secret(UserPoolId=stage.pool_id, ClientId=client["ClientId"])
    stage.user()
    stage.public.forgot_password(ClientId=stage.client_id, Username="alice")
    Message.objects.update(status="failed")
    text = dana.get(pool_url).text
    assert "1 message failed" in text
    assert "Storefront has two secrets" in text


def test_ADM_02_numbers_are_for_who_may_see_what_they_count(stage: Stage, pool_url: str, busy: UserPool) -> None:
    text = sit_down(hire("bare", "userpools.view_userpool")).get(pool_url).text
    for word in ("Users", "Signed in", "Failed", "Messages", "Who changed what", "App clients"):
        assert word not in text, word


def test_outside_there_are_the_pools_of_both_kinds(dana: Desk, stage: Stage, identity: Any) -> None:
    identity.create_identity_pool(IdentityPoolName="trades", AllowUnauthenticatedIdentities=False)
    page = dana.get("/admin/")
    assert f"/admin/{stage.pool_id}/" in page.links
    assert "trades" in page.text


def test_a_new_installation_says_what_to_do_first(db: None) -> None:
    page = sit_down(hire("first", is_superuser=True)).get("/admin/")
    assert "None yet. A user pool is a directory of people" in page.text
    assert "/admin/user-pools/new/" in page.links


# --- the palette ----------------------------------------------------------------------------------------------------


@pytest.fixture
def world(stage: Stage, identity: Any, iam: Any) -> worlds.World:
    return worlds.make(stage, identity, iam)


def test_the_palette_finds_by_what_a_ticket_says(dana: Desk, world: worlds.World, pool_url: str) -> None:
    alice = User.objects.get(username="alice")
    client = world.ids["userpools_appclient"]
    for typed, expected in (
        ("alice@ex", f"{pool_url}users/{alice.pk}/"),
        (str(alice.sub), f"{pool_url}users/{alice.pk}/"),
        (client, f"{pool_url}app-clients/{client}/"),
        ("storef", f"{pool_url}app-clients/{client}/"),
        ("staff", f"{pool_url}groups/{world.ids['userpools_group']}/"),
        (world.ids["identitypools_identity"], f"/admin/{world.identity_pool_id}/identities/"),
    ):
        links = dana.get(f"{pool_url}search/", q=typed).links
        assert any(link.startswith(expected) for link in links), typed


def test_outside_it_finds_in_all_pools(dana: Desk, world: worlds.World, pool_url: str) -> None:
    alice = User.objects.get(username="alice")
    page = dana.get("/admin/search/", q="alice")
    assert f"{pool_url}users/{alice.pk}/" in page.links
    assert "alice@example.com · harbour" in page.text
    for typed, expected in (
        ("harbour", f"{pool_url}"),
        (world.identity_pool_id, f"/admin/{world.identity_pool_id}/"),
        ("reader", "/admin/iam-roles/"),
        (str(world.ids["identitypools_accesskey"]), "/admin/access-keys/"),
    ):
        assert any(link.startswith(expected) for link in dana.get("/admin/search/", q=typed).links), typed


def test_TEN_inside_of_a_pool_it_finds_nothing_of_another(dana: Desk, world: worlds.World, cognito: Any) -> None:
    other = cognito.create_user_pool(PoolName="other")["UserPool"]["Id"]
    page = dana.get(f"/admin/{other}/search/", q="alice")
    assert "Nothing in other begins with “alice”" in page.text
    assert "/admin/search/?q=alice" in page.links


def test_the_palette_gets_the_results_alone(dana: Desk, world: worlds.World, pool_url: str) -> None:
    fragment = dana.browser.get(f"{pool_url}search/?q=alice", headers={"X-Fragment": "1"}).content.decode()
    assert "alice@example.com" in fragment
    assert "<html" not in fragment


def test_ADM_02_nothing_is_found_that_the_role_does_not_show(world: worlds.World, pool_url: str) -> None:
    bare = sit_down(hire("bare", "userpools.view_userpool", "userpools.view_group"))
    for url in ("/admin/search/", f"{pool_url}search/"):
        for typed in ("alice", "Storefront", "reader", "backend", world.ids["identitypools_identity"]):
            page = bare.get(url, q=typed)
            assert not [link for link in page.links if "/users/" in link or "/app-clients/" in link], (url, typed)
            assert "alice@example.com" not in page.text
            assert "reader" not in page.text.replace(f"“{typed}”", "").replace(f"Search for {typed}", "")


@pytest.mark.parametrize("typed", ["", " ", "%", "_", "'", "\0", "a" * 5000, "<script>", "é🦄"])
def test_whatever_is_typed_is_answered(dana: Desk, pool_url: str, typed: str) -> None:
    for url in (
        "/admin/search/",
        f"{pool_url}search/",
        f"{pool_url}users/",
        f"{pool_url}messages/",
        f"{pool_url}events/",
    ):
        assert dana.browser.get(url, {"q": typed}).status_code == 200, url


# --- events and changes ---------------------------------------------------------------------------------------------


def test_events_are_listed_searched_and_chosen(dana: Desk, stage: Stage, pool_url: str, busy: UserPool) -> None:
    Event.objects.create(
        id=uuid4(), pool=busy, kind="sign_in", passed=False, reason="Other", ip="203.0.113.9", created_at=timezone.now()
    )
    url = f"{pool_url}events/"
    assert "203.0.113.9" in dana.get(url).text
    found = dana.get(url, q="203.0.113.9").text
    assert "Other" in found
    assert "alice@example.com" not in found
    assert "alice@example.com" in dana.get(url, q="alice").text
    failed = dana.get(url, outcome="failed").text
    assert "Signed in with password" not in failed
    assert "Signed in with password" in dana.get(url, kind="sign_in", outcome="passed").text
    reason = dana.get(url, reason="Other").text
    assert "Incorrect username" not in reason


def test_events_link_to_users_only_for_who_may_see_them(stage: Stage, pool_url: str, busy: UserPool) -> None:
    desk = sit_down(hire("bare", "userpools.view_userpool", "userpools.view_event"))
    assert not [link for link in desk.get(f"{pool_url}events/").links if "/users/" in link]


def test_LOG_03_changes_are_told_by_place(dana: Desk, stage: Stage, pool_url: str, cognito: Any) -> None:
    dana.do(f"{pool_url}groups/new/", group_name="staff")
    dana.do("/admin/roles/new/", name="Support")
    inside, outside = dana.get(f"{pool_url}changes/").text, dana.get("/admin/changes/").text
    assert "Created group staff" in inside
    assert "Dana Okafor" in inside
    assert "127.0.0.1" in inside
    assert "Support" not in inside
    assert "Created operator role Support" in outside
    assert "staff" not in outside


# --- cross-site -----------------------------------------------------------------------------------------------------


def test_WEB_02_posts_need_a_token(dana: Desk, pool_url: str) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"host": HOST})
    strict.cookies = dana.browser.cookies
    assert strict.post(f"{pool_url}groups/new/", {"group_name": "staff"}).status_code == 403
    assert strict.post("/admin/logout/").status_code == 403
    assert dana.status("/admin/") == 200


def test_WEB_02_logging_in_needs_a_token(db: None) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"host": HOST})
    assert strict.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 403
