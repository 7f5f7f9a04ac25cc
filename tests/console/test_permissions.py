"""ADM-02 and ADM-03: every address of the console, asked by everybody who must not see it, and by who just may.

The table names the right that each address needs. An address that is not in it fails: whoever adds a page says who may
see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from cognito_site.console import rights
from cognito_site.console.site import console
from tests.cast import Stage
from tests.console import world as worlds
from tests.console.desk import HOST, Desk, Page, browser, hire, permit, sit_down
from tests.console.world import World

STEPS = {"login", "second_factor", "enrol", "recovery_codes", "prove", "logout"}
OWN = {"index", "search", "account", "password_change", "jsi18n"}
ENTER = {"pool": "userpools.view_userpool", "identities": "identitypools.view_identitypool"}


def _noun(noun: str, *deeds: str, **others: str) -> dict[str, str]:
    """List, page and deeds of a noun; deeds change it unless they are named in ``others``."""
    app, _, model = noun.rpartition("_")
    verbs = {
        "changelist": "view",
        "change": "view",
        "add": "add",
        "delete": "delete",
        **dict.fromkeys(deeds, "change"),
        **others,
    }
    return {f"{noun}_{view}": f"{app}.{verb}_{model}" for view, verb in verbs.items() if verb}


NEEDS: dict[str, str] = {
    "changes": "console.view_change",
    **_noun("auth_user", "password", "remove_second_factor", "switch_off", "switch_on", delete=""),
    **_noun("auth_group"),
    **_noun("cognito_site_function", "lead", "new_secret"),
    **_noun("userpools_appclient", "rotate_secret", "show_secret", "remove_secret"),
    **_noun("userpools_domain"),
    **_noun("userpools_event", change="", add="", delete=""),
    **_noun("userpools_functioncall", send_again="add", delete=""),
    **_noun("userpools_group", "add_member", "remove_member"),
    **_noun("userpools_message", "body", "try_again", change="", add="", delete=""),
    **_noun("userpools_userpool", "add_attribute"),
    **_noun("userpools_resourceserver"),
    **_noun(
        "userpools_user",
        *("sign_out", "send_reset", "unlock", "confirm", "set_temporary_password", "set_password"),
        *("resend_invitation", "remove_authenticator", "end_sign_in", "enable", "disable"),
    ),
    **_noun("identitypools_accesskey", "rename", "enable", "disable"),
    **_noun("identitypools_identity", "revoke", add=""),
    **_noun("identitypools_identitypool"),
    **_noun("identitypools_role", "put_policy", "delete_policy", "revoke"),
}
POST_ONLY = {"userpools_message_try_again"}


def _names(patterns: Any) -> Iterator[str]:
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _names(pattern.url_patterns)
        else:
            yield pattern.name


ALL = sorted(_names(console.get_urls()))


@pytest.fixture
def world(stage: Stage, identity: Any, iam: Any) -> World:
    return worlds.make(stage, identity, iam)


def _place(name: str) -> str:
    noun = next((known for known in worlds.PLACES if name.startswith(f"{known}_")), "")
    if noun in worlds.IN_THEIR_OWN_PLACE and not name.endswith(("_changelist", "_add")):
        return "pool" if noun == "userpools_userpool" else "identities"
    return worlds.PLACES.get(noun, ("", False))[0]


def _held(name: str) -> set[str]:
    """The least that opens a page: its own right, the right to see the noun, and the right to enter the place."""
    right = NEEDS[name]
    app, _, codename = right.partition(".")
    return {right, f"{app}.view_{codename.partition('_')[2]}", *([ENTER[_place(name)]] if _place(name) else [])}


def test_ADM_02_every_address_is_in_the_table() -> None:
    assert set(ALL) == set(NEEDS) | STEPS | OWN


def test_ADM_02_every_right_can_be_given_by_a_role() -> None:
    assert set(NEEDS.values()) <= set(rights.known())


def test_ADM_02_nobody_who_is_not_in_sees_anything(world: World) -> None:
    outsider = Client(headers={"host": HOST})
    for name in ALL:
        if name in STEPS:
            continue
        for answer in (outsider.get(world.url(name)), outsider.post(world.url(name))):
            assert (answer.status_code, answer["Location"].partition("?")[0]) == (303, "/admin/login/"), name


def test_ADM_02_an_operator_without_rights_sees_nothing(world: World) -> None:
    norma = sit_down(hire("norma"))
    for name in NEEDS:
        url = world.url(name)
        expected = 404 if _place(name) else 403
        assert norma.status(url) == expected, name
        assert norma.browser.post(url).status_code == expected, name


def test_ADM_02_each_right_opens_its_pages_and_no_other(world: World) -> None:
    """Each page, asked with everything but what it needs, and with nothing but that."""
    everything, desk = set(rights.known()), sit_down(hire("rita"))
    for name, right in NEEDS.items():
        needed, url = _held(name), world.url(name)
        permit(desk.operator, everything - {right})
        assert desk.status(url) in (403, 404), name
        assert desk.browser.post(url).status_code in (403, 404), name
        permit(desk.operator, needed)
        # 303: the deed does not apply to this row.
        assert desk.status(url) in ((403,) if name in POST_ONLY else (200, 303)), name


def test_ADM_02_forms_of_pages_are_not_posted_by_who_may_only_look(world: World, vera: Desk) -> None:
    for name in (name for name in NEEDS if name.endswith("_change")):
        url = world.url(name)
        page = vera.get(url)
        assert page.status == 200, name
        tabs = [link for link in page.links if link.startswith("?tab=")] or [""]
        for tab in tabs:
            assert vera.browser.post(f"{url}{tab}").status_code == 403, (name, tab)


def test_ADM_02_a_noun_is_only_where_it_belongs(world: World, dana: Desk) -> None:
    pool, identities = f"/admin/{world.stage.pool_id}", f"/admin/{world.identity_pool_id}"
    for url in (
        *("/admin/calls/", f"{pool}/functions/", f"{identities}/calls/", f"{identities}/functions/"),
        *("/admin/users/", "/admin/messages/", "/admin/settings/", f"{identities}/users/", f"{identities}/settings/"),
        *(
            f"{pool}/operators/",
            f"{pool}/identities/",
            f"{pool}/access-keys/",
            f"{pool}/account/",
            f"{pool}/user-pools/",
        ),
    ):
        assert dana.status(url) == 404, url


def test_TEN_rows_of_another_pool_are_not_there(world: World, dana: Desk, cognito: Any) -> None:
    other = cognito.create_user_pool(PoolName="other")["UserPool"]["Id"]
    for noun in ("appclient", "domain", "functioncall", "group", "message", "resourceserver", "user"):
        name = "userpools_message_body" if noun == "message" else f"userpools_{noun}_change"
        url = world.url(name).replace(world.stage.pool_id, other)
        assert dana.status(url) == 404, noun


@pytest.mark.parametrize("bad", ["0", "-1", "99999999999999999999", "x", "%00", "a b", "../1", "é"])
def test_what_is_no_id_is_not_found(world: World, dana: Desk, bad: str) -> None:
    for noun in ("users", "groups", "app-clients", "domains", "resource-servers", "settings", "calls"):
        assert dana.status(f"/admin/{world.stage.pool_id}/{noun}/{bad}/") == 404, noun


# --- ADM-03 ---------------------------------------------------------------------------------------------------------


def _every_page(desk: Desk, world: World) -> Iterator[tuple[str, Page]]:
    """What can be read by following addresses and links."""
    waiting = ["/admin/", f"/admin/{world.stage.pool_id}/", f"/admin/{world.identity_pool_id}/"]
    waiting += [world.url(name) for name in NEEDS]
    seen: set[str] = set()
    while waiting:
        url = waiting.pop()
        if url in seen:
            continue
        seen.add(url)
        response = desk.browser.get(url)
        if response.status_code != 200 or "html" not in response["Content-Type"]:
            continue
        page = Page(response)
        yield url, page
        if "?" not in url:
            waiting += [f"{url}{link}" for link in page.links if link.startswith("?tab=")]


def test_ADM_03_who_may_only_look_receives_no_secret(world: World, vera: Desk) -> None:
    secrets = [*world.secrets, _reset_code(world)]
    pages = list(_every_page(vera, world))
    assert len(pages) > 40
    for url, page in pages:
        for secret in secrets:
            assert secret not in page.html, url


def _reset_code(world: World) -> str:
    from userpools.domain import messages
    from userpools.models import Message

    return messages.open(Message.objects.get(pk=world.ids["userpools_message"])).code


def test_ADM_03_hashes_and_seals_are_on_no_page_at_all(world: World, dana: Desk) -> None:
    for url, page in _every_page(dana, world):
        assert "argon2" not in page.html, url
        assert "sealed" not in page.html, url
        for secret in world.secrets:
            assert secret not in page.html, url


def test_ADM_07_columns_are_not_asked_about_letter_by_letter(world: World, vera: Desk) -> None:
    for query in (
        *("password__startswith=argon2", "srp_verifier__isnull=1", "pool__settings__contains=a", "sub=1"),
        *("o=-1.2.3", "user__password__startswith=a"),
    ):
        answer = vera.browser.get(f"/admin/{world.stage.pool_id}/users/?{query}")
        assert answer.status_code in (200, 302, 400)
        if not query.startswith("o="):
            assert answer.status_code != 200, query


# --- every page keeps the policy ------------------------------------------------------------------------------------


def test_WEB_05_every_page_is_strict_and_has_nothing_inline(world: World, dana: Desk) -> None:
    pages = list(_every_page(dana, world))
    for url, page in pages:
        if url.endswith("/body/"):
            continue
        assert not page.inline, (url, page.inline)
        answer = dana.browser.get(url)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy, url
        assert "unsafe" not in policy, url
        assert "frame-ancestors 'none'" in policy, url
        assert answer["X-Frame-Options"] == "DENY", url
        assert "no-store" in answer["Cache-Control"], url


def test_no_link_leads_nowhere(world: World, dana: Desk) -> None:
    """Each link of each page, once."""
    checked: set[str] = set()
    for url, page in list(_every_page(dana, world)):
        for link in page.links:
            target = link.partition("#")[0]
            if not target or target.startswith(("http://", "https://")) or target in checked:
                continue
            full = target if target.startswith("/") else _joined(url, target)
            if full in checked:
                continue
            checked.add(full)
            assert dana.browser.get(full).status_code in (200, 302, 303), (url, link)
    assert len(checked) > 80


def _joined(url: str, link: str) -> str:
    from urllib.parse import urljoin

    return urljoin(url, link)


def test_the_frame_around_a_refusal_is_the_console(world: World) -> None:
    norma = sit_down(hire("norma"))
    page = norma.get("/admin/operators/")
    assert page.status == 403
    assert "Your role does not do this" in page.text
    assert not page.inline
    assert Page(browser().get(f"/admin/{world.stage.pool_id}/users/", follow=True)).text.count("Log in")
