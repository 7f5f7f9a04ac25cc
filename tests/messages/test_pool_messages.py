"""``manage.py pool_messages``: what a pool calls itself, its own words, its text messages of a day."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests import inbox
from tests.cast import Stage
from tests.operations.test_sign_up import sign_up
from userpools.domain import access

pytestmark = pytest.mark.django_db


def command(*arguments: str) -> str:
    output = StringIO()
    call_command("pool_messages", *arguments, stdout=output)
    return output.getvalue()


def test_a_pool_finds_its_own_words(verifying: Stage, tmp_path: Path) -> None:
    pool, page = verifying.pool_id, tmp_path / "ahoy.html"
    page.write_text("<p>Ahoi: {####}</p>")
    command("name", pool, "The Lido")
    command("put", pool, "de", "SignUp", "--subject", "Willkommen", "--email", str(page), "--sms", "Ahoi {####}")
    sign_up(verifying, locale="de")
    mail = inbox.newest("alice@example.com")
    assert (mail.subject, mail.html) == ("Willkommen", f"<p>Ahoi: {mail.code}</p>")
    sign_up(verifying, "bob", locale="de", phone_number="+4915112345678")
    assert inbox.newest("+4915112345678").text == f"Ahoi {inbox.newest('+4915112345678').code}"
    command("sms-per-day", pool, "50")
    assert command("list", pool).splitlines() == [
        "name         The Lido",
        "sms-per-day  50",
        "de           SignUp: email, sms, subject",
    ]
    command("put", pool, "de", "SignUp")
    command("sms-per-day", pool, "default")
    assert command("list", pool).splitlines() == ["name         The Lido", "sms-per-day  default"]


def test_an_update_of_the_pool_keeps_them(verifying: Stage) -> None:
    command("name", verifying.pool_id, "The Lido")
    command("sms-per-day", verifying.pool_id, "0")
    verifying.cognito.update_user_pool(UserPoolId=verifying.pool_id)
    pool = access.pool(verifying.pool_id)
    assert (pool.shown_name, pool.sms_per_day) == ("The Lido", 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ("put", "de", "SignUp", "--sms", "no code"),
        ("put", "de", "SignUp", "--email", "/nothing/here.html"),
        ("name", "x" * 129),
    ],
)
def test_what_cannot_be_said(verifying: Stage, arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        command(arguments[0], verifying.pool_id, *arguments[1:])
