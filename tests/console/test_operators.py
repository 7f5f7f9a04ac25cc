"""Operators and roles: made and changed by operators, who give away no more than they have (ADM-04)."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User

from cognito_site.console import rights, second_factors
from tests.cast import Stage
from tests.console.desk import PASSWORD, Desk, browser, hire, sit_down

PERSONNEL = [
    "auth.view_user",
    "auth.add_user",
    "auth.change_user",
    "auth.view_group",
    "auth.add_group",
    "auth.change_group",
    "userpools.view_userpool",
    "userpools.view_user",
]


@pytest.fixture
def pia(stage: Stage) -> Desk:
    """Looks after operators, and may look at users."""
    return sit_down(hire("pia", *PERSONNEL))


def test_an_operator_is_added_and_works_with_their_role(dana: Desk, stage: Stage, pool_url: str) -> None:
    dana.do(
        "/admin/roles/new/",
        **{
            "name": "Support",
            "rights-Users": ["userpools.change_user"],
            "rights-User pools": ["userpools.view_userpool"],
        },
    )
    assert rights.of_role(Group.objects.get()) == {
        "userpools.change_user",
        "userpools.view_user",
        "userpools.view_userpool",
    }
    page = dana.do("/admin/operators/new/", username="omar", password=PASSWORD, roles=["Support"], first_name="Omar")
    assert "Change users: attributes" in page.text
    omar = sit_down(User.objects.get(username="omar"))
    assert omar.status(f"{pool_url}users/") == 200
    assert omar.status(f"{pool_url}app-clients/") == 403
    assert "App clients" not in omar.get(pool_url).text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"username": "dana"}, "There is an operator of this name"),
        ({"username": "DANA"}, "There is an operator of this name"),
        ({"username": "two words"}, "Enter a valid username"),
        ({"username": "omar", "password": "short"}, "too short"),
        ({"username": "omar", "password": "password123"}, "too common"),
    ],
)
def test_who_no_operator_may_be(dana: Desk, given: dict[str, str], said: str) -> None:
    assert said in dana.send("/admin/operators/new/", **{"password": PASSWORD, **given}).text


def test_ADM_04_nobody_gives_a_role_more_than_they_have(pia: Desk) -> None:
    assert "rights-App clients" not in pia.get("/admin/roles/new/").main_form.fields
    answer = pia.send(
        "/admin/roles/new/",
        **{
            "name": "Mole",
            "rights-Users": ["userpools.delete_user"],
            "rights-App clients": ["userpools.add_appclient"],
        },
    )
    assert "errornote" in answer.html
    assert not Group.objects.filter(name="Mole").exists()
    pia.do("/admin/roles/new/", **{"name": "Looks", "rights-Users": ["userpools.view_user"]})
    assert rights.of_role(Group.objects.get(name="Looks")) == {"userpools.view_user"}


def test_ADM_04_nobody_gives_an_operator_more_than_they_have(pia: Desk, dana: Desk) -> None:
    dana.do("/admin/roles/new/", **{"name": "Chief", "rights-Users": ["userpools.delete_user"]})
    page = pia.get("/admin/operators/new/")
    assert "Chief" not in page.html
    assert "is_superuser" not in page.html
    answer = pia.send(
        "/admin/operators/new/", username="mole", password=PASSWORD, roles=["Chief"], is_superuser="on", is_staff="on"
    )
    assert "errornote" in answer.html
    pia.send("/admin/operators/new/", username="mole", password=PASSWORD, is_superuser="on")
    assert User.objects.get(username="mole").is_superuser is False


@pytest.mark.parametrize("deed", ["password", "remove-second-factor", "switch-off", "edit"])
def test_ADM_04_nobody_lays_a_hand_on_who_may_do_more(pia: Desk, dana: Desk, deed: str) -> None:
    url = f"/admin/operators/{dana.operator.pk}/"
    target = f"{url}?tab=edit" if deed == "edit" else f"{url}{deed}/"
    given = {"password": "a-brand-new-passphrase", "first_name": "Mallory"}
    assert pia.post(target, **given).status == 403
    before = dana.operator.password
    dana.operator.refresh_from_db()
    assert (dana.operator.password, dana.operator.is_active) == (before, True)
    assert dana.operator.first_name == "Dana"
    assert second_factors.is_enrolled(dana.operator)


def test_ADM_04_a_role_with_more_rights_is_not_changed(pia: Desk, dana: Desk) -> None:
    dana.do("/admin/roles/new/", **{"name": "Chief", "rights-Users": ["userpools.delete_user"]})
    role = Group.objects.get(name="Chief")
    assert pia.post(f"/admin/roles/{role.pk}/?tab=edit", name="Mine").status == 403
    role.refresh_from_db()
    assert role.name == "Chief"
    assert rights.of_role(role) == {"userpools.delete_user", "userpools.view_user"}


def test_ADM_04_an_operator_cannot_raise_themselves(pia: Desk) -> None:
    url = f"/admin/operators/{pia.operator.pk}/?tab=edit"
    pia.send(url, is_superuser="on", is_staff="on", first_name="Pia")
    pia.operator.refresh_from_db()
    assert (pia.operator.is_superuser, pia.operator.first_name) == (False, "Pia")


def test_roles_that_the_actor_cannot_grant_stay_where_they_are(pia: Desk, dana: Desk) -> None:
    Group.objects.create(name="Empty")
    ben = hire("ben")
    pia.do(f"/admin/operators/{ben.pk}/?tab=edit", roles=["Empty"])
    assert [role.name for role in ben.groups.all()] == ["Empty"]
    ben.groups.add(Group.objects.create(name="Second"))
    pia.do(f"/admin/operators/{ben.pk}/?tab=edit", roles=["Second"])
    assert [role.name for role in ben.groups.all()] == ["Second"]


def test_the_last_one_with_all_rights_keeps_them(dana: Desk) -> None:
    url = f"/admin/operators/{dana.operator.pk}/"
    assert "Somebody else must take this from you" in dana.send(f"{url}?tab=edit", is_superuser=None).text
    assert "Nobody switches off their own account" in dana.send(f"{url}switch-off/").text
    dana.operator.refresh_from_db()
    assert (dana.operator.is_superuser, dana.operator.is_active) == (True, True)


def test_switching_off_ends_sessions_and_keeps_the_log(dana: Desk) -> None:
    omar = sit_down(hire("omar", is_superuser=True))
    omar.do("/admin/roles/new/", name="Support")
    url = f"/admin/operators/{omar.operator.pk}/"
    dana.do(f"{url}switch-off/")
    assert omar.status("/admin/") == 303
    assert "Created operator role Support" in dana.get(url).text
    dana.do(f"{url}switch-on/")
    assert browser().post("/admin/login/", {"username": "omar", "password": PASSWORD}).status_code == 303


def test_a_new_password_and_a_lost_second_factor(dana: Desk) -> None:
    omar = sit_down(hire("omar"))
    url = f"/admin/operators/{omar.operator.pk}/"
    dana.do(f"{url}password/", password="a-brand-new-passphrase")
    assert omar.status("/admin/") == 303
    dana.do(f"{url}remove-second-factor/")
    answer = browser().post("/admin/login/", {"username": "omar", "password": "a-brand-new-passphrase"})
    assert answer["Location"] == "/admin/enrol/"


def test_a_role_is_deleted_and_its_operators_stay(dana: Desk) -> None:
    dana.do("/admin/roles/new/", **{"name": "Support", "rights-Users": ["userpools.view_user"]})
    role = Group.objects.get()
    omar = hire("omar")
    omar.groups.add(role)
    assert "1 operators have it" in dana.get(f"/admin/roles/{role.pk}/delete/").text
    dana.do(f"/admin/roles/{role.pk}/delete/")
    assert User.objects.filter(username="omar").exists()
    assert "The role Support is deleted." in dana.get("/admin/changes/").text


def test_operators_are_never_deleted(dana: Desk) -> None:
    assert dana.status(f"/admin/operators/{dana.operator.pk}/delete/") == 404


def test_people_with_accounts_in_django_who_are_no_operators_are_not_listed(dana: Desk, stage: Stage) -> None:
    User.objects.create_user("machine", password=PASSWORD)
    assert "machine" not in dana.get("/admin/operators/").text
