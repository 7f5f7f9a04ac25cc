"""How operators come in, stay in and are put out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django_otp.models import Device

from cognito_site.console import second_factors
from cognito_site.console.models import Authenticator, RecoveryCode
from tests.cast import Stage
from tests.console.desk import HOST, PASSWORD, Desk, Page, browser, hire, key_on, sit_down
from userpools import models as pool_models
from userpools.domain import factors


@pytest.fixture
def omar(db: None) -> User:
    return hire("omar", is_superuser=True)


@pytest.fixture
def reached_by_others(monkeypatch: pytest.MonkeyPatch) -> None:
    place = replace(settings.POOLHOUSE, public_url="https://id.example.org")
    monkeypatch.setattr(settings, "POOLHOUSE", place)


def log_in(client: Client, name: str = "omar", password: str = PASSWORD, **more: str) -> Any:
    return client.post("/admin/login/", {"username": name, "password": password, **more})


# --- the happy path -------------------------------------------------------------------------------------------------


def test_the_first_login_leads_to_a_second_factor_and_recovery_codes(omar: User) -> None:
    client = browser()
    answer = log_in(client, next="/admin/operators/")
    assert (answer.status_code, answer["Location"]) == (303, "/admin/enrol/?next=%2Fadmin%2Foperators%2F")
    page = Page(client.get(answer["Location"]))
    assert "<svg" in page.html
    answer = client.post(answer["Location"], {"code": factors.code_at(key_on(page))})
    assert (answer.status_code, answer["Location"]) == (303, "/admin/recovery-codes/?next=%2Fadmin%2Foperators%2F")
    shown = Page(client.post("/admin/recovery-codes/"))
    assert shown.html.count("<li>") >= second_factors.CODES_ON_A_SHEET
    assert client.get("/admin/operators/").status_code == 200


def test_afterwards_the_second_factor_is_asked_at_every_login(omar: User) -> None:
    sit_down(omar)
    client = browser()
    assert log_in(client)["Location"] == "/admin/second-factor/"
    assert client.get("/admin/operators/").status_code == 303
    key = second_factors.readable_key(second_factors.authenticator(omar)).replace(" ", "")
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        answer = client.post("/admin/second-factor/", {"code": factors.code_at(key)})
        assert (answer.status_code, answer["Location"]) == (303, "/admin/")
        assert client.get("/admin/operators/").status_code == 200


def test_each_step_gives_the_session_a_new_key(omar: User) -> None:
    client = browser()
    keys = [client.session.session_key]
    log_in(client)
    keys.append(client.session.session_key)
    page = Page(client.get("/admin/enrol/"))
    client.post("/admin/enrol/", {"code": factors.code_at(key_on(page))})
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3


def test_a_recovery_code_works_once(omar: User) -> None:
    desk = sit_down(omar)
    codes = second_factors.new_recovery_codes(omar)
    for expected in (303, 200):
        client = browser()
        log_in(client)
        assert client.post("/admin/second-factor/", {"code": codes[0].upper()}).status_code == expected
    assert second_factors.recovery_codes_left(omar) == len(codes) - 1
    assert "9 codes left" in desk.get("/admin/account/").text


def test_an_authenticator_code_works_once(omar: User) -> None:
    sit_down(omar)
    key = second_factors.readable_key(second_factors.authenticator(omar)).replace(" ", "")
    client = browser()
    log_in(client)
    answer = client.post("/admin/second-factor/", {"code": factors.code_at(key)})
    assert answer.status_code == 200
    assert "each works once" in answer.content.decode()


# --- whoever must not come in ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["omar", "nobody"])
def test_a_wrong_password_and_an_unknown_name_are_refused_alike(omar: User, name: str) -> None:
    answer = log_in(browser(), name, "wrong").content.decode().replace(f'value="{name}"', "")
    assert "correct username and password" in answer


def test_who_is_no_operator_stays_out(db: None) -> None:
    User.objects.create_user("customer", password=PASSWORD)
    client = browser()
    assert log_in(client, "customer").status_code == 200
    assert client.get("/admin/").status_code == 303


def test_ADM_01_a_password_alone_opens_nothing_where_others_reach_the_console(
    omar: User, reached_by_others: None
) -> None:
    client = browser()
    log_in(client)
    page = Page(client.get("/admin/enrol/"))
    assert "later" not in page.main_form.buttons
    client.post("/admin/enrol/", {"later": "1"})
    answer = client.get("/admin/operators/")
    assert (answer.status_code, answer["Location"]) == (303, "/admin/login/?next=%2Fadmin%2Foperators%2F")


@pytest.mark.parametrize(
    "seen_from", [{"headers": {"host": "console.example.org"}}, {"headers": {"host": HOST}, "REMOTE_ADDR": "192.0.2.7"}]
)
def test_ADM_01_enrolment_waits_only_for_who_sits_at_this_machine(
    omar: User, embedded: None, seen_from: dict[str, Any]
) -> None:
    client = Client(**seen_from)
    log_in(client)
    client.post("/admin/enrol/", {"later": "1"})
    assert client.get("/admin/operators/").status_code == 303


def test_on_ones_own_machine_enrolment_may_wait_and_is_reminded_of(omar: User, embedded: None) -> None:
    desk = Desk(browser(), omar)
    desk.post("/admin/login/", username="omar", password=PASSWORD)
    desk.post("/admin/enrol/", later="1")
    assert "Only a password protects this account" in desk.get("/admin/operators/").text


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever backends the tests run on."""
    monkeypatch.setattr(settings, "POOLHOUSE", replace(settings.POOLHOUSE, database_url=None, redis_url=None))


def test_a_session_that_put_enrolment_off_ends_when_another_enrols(omar: User, embedded: None) -> None:
    early = browser()
    log_in(early)
    early.post("/admin/enrol/", {"later": "1"})
    assert early.get("/admin/").status_code == 200
    sit_down(omar)
    assert early.get("/admin/").status_code == 303


def test_the_password_alone_does_not_replace_a_second_factor(omar: User) -> None:
    sit_down(omar)
    thief = browser()
    log_in(thief)
    answer = thief.get("/admin/enrol/")
    assert (answer.status_code, answer["Location"]) == (303, "/admin/second-factor/")
    assert thief.post("/admin/enrol/", {"code": "000000"})["Location"] == "/admin/second-factor/"
    assert Authenticator.objects.filter(user=omar, confirmed=False).count() == 0


def test_half_a_login_is_forgotten_after_ten_minutes(omar: User) -> None:
    sit_down(omar)
    client = browser()
    log_in(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert client.get("/admin/second-factor/")["Location"] == "/admin/login/"


def test_ADM_01_a_device_of_a_pool_user_never_answers_for_an_operator(stage: Stage, omar: User) -> None:
    """django-otp compares primary keys: whatever could be a device must point at operators."""
    devices = {model for model in _subclasses(Device) if not model._meta.abstract}
    assert {device._meta.get_field("user").related_model for device in devices} == {User}
    assert not issubclass(pool_models.TotpToken, Device)
    stage.user()
    user = pool_models.User.objects.get()
    token = pool_models.TotpToken.objects.create(
        user=user, key=b"", confirmed=True, created_at=timezone.now(), pk=omar.pk
    )
    client = browser()
    log_in(client)
    session = client.session
    session["otp_device_id"] = f"userpools.totptoken/{token.pk}"
    session.save()
    assert client.get("/admin/operators/").status_code == 303


def _subclasses(model: type) -> set[Any]:
    return {each for child in model.__subclasses__() for each in ({child} | _subclasses(child))}


# --- guessing -------------------------------------------------------------------------------------------------------


def test_guessing_at_a_password_is_slowed_down_and_the_right_one_waits_too(omar: User) -> None:
    client = browser()
    for _ in range(5):
        log_in(client, password="wrong")
    assert "Too many wrong guesses" in log_in(client).content.decode()
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert log_in(client).status_code == 303


def test_a_guesser_elsewhere_does_not_lock_the_operator_out(omar: User) -> None:
    guesser = Client(headers={"host": HOST}, REMOTE_ADDR="203.0.113.9")
    for _ in range(8):
        log_in(guesser, password="wrong")
    assert "Too many wrong guesses" in log_in(guesser).content.decode()
    assert log_in(browser()).status_code == 303


def test_an_address_that_guesses_at_many_names_is_slowed_down(db: None) -> None:
    guesser = Client(headers={"host": HOST}, REMOTE_ADDR="203.0.113.9")
    answers = [log_in(guesser, f"name{number}", "wrong").content.decode() for number in range(31)]
    assert "Too many wrong guesses" in answers[-1]
    assert "Too many wrong guesses" not in answers[0]


def test_guessing_at_codes_is_slowed_down_across_sessions(omar: User) -> None:
    sit_down(omar)
    for number in range(6):
        client = browser()
        log_in(client)
        answer = client.post("/admin/second-factor/", {"code": f"00000{number}"})
    assert "Too many wrong guesses" in answer.content.decode()


# --- how long it lasts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("idle", "expected"), [(timedelta(minutes=59), 200), (timedelta(minutes=61), 303)])
def test_an_idle_session_ends(omar: User, idle: timedelta, expected: int) -> None:
    desk = sit_down(omar)
    with time_machine.travel(timezone.now() + idle):
        assert desk.status("/admin/operators/") == expected


def test_no_session_is_older_than_twelve_hours(omar: User) -> None:
    desk = sit_down(omar)
    start = timezone.now()
    for hour in range(1, 15):
        with time_machine.travel(start + timedelta(minutes=55 * hour)):
            status = desk.status("/admin/operators/")
    assert status == 303


def test_logging_out_needs_a_post_and_ends_the_session(omar: User) -> None:
    desk = sit_down(omar)
    desk.browser.get("/admin/logout/")
    assert desk.status("/admin/operators/") == 200
    desk.browser.post("/admin/logout/")
    assert desk.status("/admin/operators/") == 303


def test_a_changed_password_ends_other_sessions(omar: User) -> None:
    first, second = sit_down(omar), Desk(browser(), omar)
    second.browser.cookies = first.browser.cookies.copy()
    first.do(
        "/admin/account/password/",
        old_password=PASSWORD,
        new_password1="another-long-passphrase",
        new_password2="another-long-passphrase",
    )
    assert first.status("/admin/") == 200
    assert second.status("/admin/") == 303


# --- proving again --------------------------------------------------------------------------------------------------


def test_ADM_01_after_ten_minutes_a_fresh_proof_is_asked_before_rights_are_given(omar: User) -> None:
    desk = sit_down(omar)
    codes = second_factors.new_recovery_codes(omar)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        answer = desk.browser.get("/admin/operators/new/")
        assert (answer.status_code, answer["Location"]) == (303, "/admin/prove/?next=%2Fadmin%2Foperators%2Fnew%2F")
        assert desk.browser.post("/admin/operators/new/", {"username": "mole"}).status_code == 303
        assert not User.objects.filter(username="mole").exists()
        answer = desk.browser.post(answer["Location"], {"code": codes[0]})
        assert answer["Location"] == "/admin/operators/new/"
        assert desk.status("/admin/operators/new/") == 200


def test_who_has_no_second_factor_proves_by_password(omar: User, embedded: None) -> None:
    desk = Desk(browser(), omar)
    desk.post("/admin/login/", username="omar", password=PASSWORD)
    desk.post("/admin/enrol/", later="1")
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert "not your password" in desk.send("/admin/operators/new/", password="wrong").text
        desk.post("/admin/prove/?next=/admin/operators/new/", password=PASSWORD)
        assert desk.status("/admin/operators/new/") == 200


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/admin/../evil", "javascript:alert(1)"])
def test_nobody_is_led_out_of_the_console(omar: User, target: str) -> None:
    client = browser()
    answer = log_in(client, next=target)
    assert "evil" not in answer["Location"].replace("%2F..%2Fevil", "")
    assert "javascript" not in answer["Location"]


# --- secrets at rest ------------------------------------------------------------------------------------------------


def test_KEY_neither_the_key_nor_the_recovery_codes_stand_in_the_database(omar: User) -> None:
    sit_down(omar)
    device = second_factors.authenticator(omar)
    assert device is not None
    raw = second_factors._key(device)
    assert raw not in bytes(device.key)
    codes = second_factors.new_recovery_codes(omar)
    kept = b"".join(bytes(row.fingerprint) for row in RecoveryCode.objects.all())
    assert not any(code.replace("-", "").encode() in kept for code in codes)
