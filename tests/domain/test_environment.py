"""Settings from the environment: what is accepted, and what is said of what is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cognito_site.environment import VARIABLES, ConfigurationError, Environment, from_mapping
from cognito_site.transports.targets import Aws, Console, Inbox, Provider, Smtp, Twilio, Webhook
from cognito_site.variables import PostgresTarget, SqliteTarget

ROOT = Path(__file__).resolve().parents[2]
KEY = "8f14e45fceea167a5a36dedd4bea2543a3c65c2b1d7e9f80c4b6a1d2e3f40516"
OTHER_KEY = "lkqrPPW7eULaxiCBsfXg4d6E8pTqRg0Jg4vXo0bNnZs"


def read(**variables: str) -> Environment:
    return from_mapping(variables, Path("/srv/poolhouse"))


def refused(**variables: str) -> tuple[str, ...]:
    with pytest.raises(ConfigurationError) as wrong:
        read(**variables)
    return wrong.value.problems


def test_nothing_needs_to_be_set() -> None:
    environment = read()
    assert environment.public_url == "http://localhost:9229"
    assert environment.database == SqliteTarget(Path("/srv/poolhouse/var/poolhouse.sqlite3"))
    assert (environment.region, environment.account_id) == ("us-east-1", "000000000000")
    assert environment.is_embedded
    assert environment.is_loopback
    assert environment.allow_private_network


def test_an_empty_variable_counts_as_none() -> None:
    assert read(**dict.fromkeys(VARIABLES, "")) == read()


def test_the_port_is_part_of_the_default_public_url() -> None:
    assert read(PORT="8000").public_url == "http://localhost:8000"


@pytest.mark.parametrize(
    ("given", "understood", "host"),
    [
        ("https://ID.example.com/", "https://id.example.com", "id.example.com"),
        ("https://id.example.com:443", "https://id.example.com", "id.example.com"),
        ("http://id.example.com:8080", "http://id.example.com:8080", "id.example.com:8080"),
        ("http://[::1]:9229", "http://[::1]:9229", "[::1]:9229"),
    ],
)
def test_the_public_url_is_spelled_in_one_way(given: str, understood: str, host: str) -> None:
    environment = read(PUBLIC_URL=given, POOLHOUSE_SECRET_KEYS=KEY)
    assert (environment.public_url, environment.public_host) == (understood, host)


@pytest.mark.parametrize("url", ["http://localhost", "http://auth.localhost:1", "http://127.0.0.9", "http://[::1]"])
def test_loopback(url: str) -> None:
    assert read(PUBLIC_URL=url).is_loopback


def test_private_addresses_are_refused_once_others_reach_poolhouse() -> None:
    reached = {"PUBLIC_URL": "https://id.example.com", "POOLHOUSE_SECRET_KEYS": KEY}
    assert not read(**reached).allow_private_network
    assert read(**reached, POOLHOUSE_ALLOW_PRIVATE_NETWORK="1").allow_private_network


def test_postgres() -> None:
    url = "postgres://pool:s%40crt@db.example.com:5433/house?sslmode=require"
    expected = PostgresTarget("house", "db.example.com", 5433, "pool", "s@crt", {"sslmode": "require"})
    assert read(DATABASE_URL=url, POOLHOUSE_SECRET_KEYS=KEY).database == expected
    socket = read(DATABASE_URL="postgresql:///house?host=/run/postgresql", POOLHOUSE_SECRET_KEYS=KEY).database
    assert socket == PostgresTarget("house", "/run/postgresql", None, "", "")


def test_mail() -> None:
    assert read().email is None
    assert read(EMAIL_URL="smtp://127.0.0.1:2525").email == Smtp("smtp", "127.0.0.1", 2525, "", "")
    relay = Smtp("smtps", "mail.example.com", 465, "me@example.com", "p:w")
    assert read(EMAIL_URL="smtps://me%40example.com:p%3Aw@mail.example.com").email == relay
    assert read(EMAIL_URL="inbox://").email == Inbox()
    assert read(EMAIL_URL="console://").email == Console()
    assert read(EMAIL_URL="ses://eu-west-1").email == Aws("ses", "eu-west-1")
    emulated = Aws("ses", "eu-west-1", "KEY", "s/+", "http://127.0.0.1:1")
    assert read(EMAIL_URL="ses://KEY:s%2F%2B@eu-west-1?endpoint=http://127.0.0.1:1").email == emulated
    assert read(EMAIL_URL="postmark://ToKeN@default").email == Provider("postmark", ("ToKeN",))
    mailgun = Provider("mailgun", ("key-1", "mg.example.com"), "https://api.eu.mailgun.net/v3")
    assert (
        read(EMAIL_URL="mailgun://key-1:mg.example.com@default?endpoint=https://api.eu.mailgun.net/v3").email == mailgun
    )


def test_whom_mail_comes_from() -> None:
    assert read().email_from == "no-reply@localhost"
    assert read(EMAIL_FROM="Harbour <no-reply@example.com>").email_from == "Harbour <no-reply@example.com>"


ACCOUNT = "AC" + "0" * 32


def test_text_messages() -> None:
    assert read().sms is None
    assert read(SMS_WEBHOOK_URL="https://sms.example.com/x").sms == Webhook("https://sms.example.com/x")
    assert read(SMS_URL="https://sms.example.com/x").sms == Webhook("https://sms.example.com/x")
    assert read(SMS_URL="inbox://").sms == Inbox()
    sns = Aws("sns", "eu-west-1", sender_id="Harbour")
    assert read(SMS_URL="sns://eu-west-1?sender_id=Harbour").sms == sns
    for sender in ("+15005550006", "MG" + "0" * 32, "My Harbour"):
        url = f"twilio://{ACCOUNT}:token@{sender.replace(' ', '%20')}"
        assert read(SMS_URL=url).sms == Twilio(ACCOUNT, "token", sender)


def test_how_many_text_messages_and_where_to() -> None:
    assert (read().sms_countries, read().sms_per_day) == (None, 1000)
    assert read(POOLHOUSE_SMS_COUNTRIES="de, FR").sms_countries == {"DE", "FR"}
    assert read(POOLHOUSE_SMS_PER_DAY="0").sms_per_day == 0


def test_log_targets() -> None:
    named = read(
        POOLHOUSE_LOG_TARGETS="/pool/mail=https://logs.example.com/in?a=b other=http://127.0.0.1:1/"
    ).log_targets
    assert named == (("/pool/mail", "https://logs.example.com/in?a=b"), ("other", "http://127.0.0.1:1/"))


def test_the_key_ring_takes_hex_and_base64url_newest_first() -> None:
    ring = read(POOLHOUSE_SECRET_KEYS=f"{OTHER_KEY}, {KEY}").secret_keys
    assert [len(key) for key in ring] == [32, 32]
    assert ring[1].hex() == KEY


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"PORT": "http"}, "PORT='http' is not accepted: a whole number from 1 to 65535, please"),
        ({"PORT": "70000"}, "PORT='70000' is not accepted: a whole number from 1 to 65535, please"),
        ({"PUBLIC_URL": "id.example.com"}, "PUBLIC_URL='id.example.com' is not accepted: http:// or https://"),
        ({"PUBLIC_URL": "http://localhost/path"}, "PUBLIC_URL='http://localhost/path' is not accepted: only scheme"),
        ({"PUBLIC_URL": "http://localhost:99999"}, "PUBLIC_URL='http://localhost:99999' is not accepted: http://"),
        ({"DATABASE_URL": "mysql://root@db/x", "POOLHOUSE_SECRET_KEYS": KEY}, "DATABASE_URL is not accepted: postgres"),
        (
            {"DATABASE_URL": "postgres://db/x?ssl=1", "POOLHOUSE_SECRET_KEYS": KEY},
            "DATABASE_URL is not accepted: ssl is",
        ),
        ({"DATABASE_URL": "sqlite:///:memory:", "POOLHOUSE_SECRET_KEYS": KEY}, "DATABASE_URL is not accepted: a file"),
        (
            {"REDIS_URL": "127.0.0.1:6379", "POOLHOUSE_SECRET_KEYS": KEY},
            "REDIS_URL is not accepted: redis:// or rediss",
        ),
        ({"EMAIL_URL": "sendmail://"}, "EMAIL_URL is not accepted: smtp://"),
        ({"EMAIL_URL": "smtp://"}, "EMAIL_URL is not accepted: only scheme, user"),
        ({"EMAIL_URL": "ses://moon"}, "EMAIL_URL is not accepted: a region, please"),
        ({"EMAIL_URL": "ses://KEY@eu-west-1"}, "EMAIL_URL is not accepted: a region, please, and both halves"),
        ({"EMAIL_URL": "ses://eu-west-1?set=x"}, "EMAIL_URL is not accepted: after the host only ?endpoint="),
        ({"EMAIL_URL": "postmark://TOKEN@api.example.com"}, "EMAIL_URL is not accepted: postmark://SERVER_TOKEN@def"),
        ({"EMAIL_URL": "mailgun://KEY@default"}, "EMAIL_URL is not accepted: mailgun://API_KEY:SENDER_DOMAIN@default"),
        ({"EMAIL_URL": "inbox://x"}, "EMAIL_URL is not accepted: smtp://"),
        ({"EMAIL_FROM": "nobody"}, "EMAIL_FROM='nobody' is not accepted: an address, please"),
        ({"EMAIL_FROM": "x\nBcc: <a@b.c>"}, "EMAIL_FROM='x\\nBcc: <a@b.c>' is not accepted: an address, please"),
        ({"SMS_URL": "pigeon://x"}, "SMS_URL is not accepted: sns://"),
        ({"SMS_URL": "twilio://me:x@+15005550006"}, "SMS_URL is not accepted: twilio://ACCOUNT_SID"),
        ({"SMS_URL": "inbox://", "SMS_WEBHOOK_URL": "http://a.b"}, "SMS_URL and SMS_WEBHOOK_URL are both set"),
        ({"POOLHOUSE_SMS_COUNTRIES": "UK"}, "POOLHOUSE_SMS_COUNTRIES='UK' is not accepted: countries by their two"),
        ({"POOLHOUSE_SMS_COUNTRIES": "DE,"}, "POOLHOUSE_SMS_COUNTRIES='DE,' is not accepted: countries by their"),
        ({"POOLHOUSE_LOG_TARGETS": "mail"}, "POOLHOUSE_LOG_TARGETS is not accepted: http:// or https://"),
        ({"POOLHOUSE_LOG_TARGETS": "=http://a.b"}, "POOLHOUSE_LOG_TARGETS is not accepted: log groups"),
        ({"SMS_WEBHOOK_URL": "ftp://sms.example.com"}, "SMS_WEBHOOK_URL is not accepted: http:// or https://"),
        ({"POOLHOUSE_REGION": "moon"}, "POOLHOUSE_REGION='moon' is not accepted: a region's name"),
        ({"POOLHOUSE_ACCOUNT_ID": "42"}, "POOLHOUSE_ACCOUNT_ID='42' is not accepted: twelve digits"),
        ({"POOLHOUSE_ADMIN_PASSWORD": "admin"}, "POOLHOUSE_ADMIN_PASSWORD is not accepted: at least 8 characters"),
        ({"POOLHOUSE_SECRET_KEYS": "secret"}, "POOLHOUSE_SECRET_KEYS is not accepted: key 1 is not 32 bytes"),
        ({"POOLHOUSE_SECRET_KEYS": "00" * 32}, "POOLHOUSE_SECRET_KEYS is not accepted: key 1 is not random"),
        (
            {"POOLHOUSE_SECRET_KEYS": f"{KEY},{KEY}"},
            "POOLHOUSE_SECRET_KEYS is not accepted: the same key is given twice",
        ),
        (
            {"POOLHOUSE_ALLOW_PRIVATE_NETWORK": "maybe"},
            "POOLHOUSE_ALLOW_PRIVATE_NETWORK='maybe' is not accepted: 1 or 0",
        ),
        (
            {"POOLHOUSE_TRUSTED_PROXIES": "10.0.0.1/8"},
            "POOLHOUSE_TRUSTED_PROXIES='10.0.0.1/8' is not accepted: the number",
        ),
        ({"POOLHOUSE_WORKERS": "0"}, "POOLHOUSE_WORKERS='0' is not accepted: a whole number from 1 to 64"),
        ({"POOLHOUSE_THREADS": "many"}, "POOLHOUSE_THREADS='many' is not accepted: a whole number from 1 to 64"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_it(variables: dict[str, str], said: str) -> None:
    (problem,) = refused(**variables)
    assert problem.startswith(said)
    assert "\n" not in problem


def test_several_wrong_values_are_all_reported() -> None:
    assert len(refused(PORT="x", POOLHOUSE_REGION="x", POOLHOUSE_WORKERS="x")) == 3


@pytest.mark.parametrize(
    "half", [{"POOLHOUSE_ACCESS_KEY_ID": "AKIA0123456789EXAMPL"}, {"POOLHOUSE_SECRET_ACCESS_KEY": "s" * 40}]
)
def test_half_an_access_key_is_refused(half: dict[str, str]) -> None:
    (problem,) = refused(**half)
    assert problem.endswith("the two halves of the first access key are given together or not at all")


@pytest.mark.parametrize(
    "variables",
    [
        {"DATABASE_URL": "postgres://db/house"},
        {"REDIS_URL": "redis://127.0.0.1"},
        {"PUBLIC_URL": "https://id.example.com"},
    ],
)
def test_nothing_that_others_reach_starts_with_a_key_of_its_own(variables: dict[str, str]) -> None:
    (problem,) = refused(**variables)
    assert problem.startswith("POOLHOUSE_SECRET_KEYS is missing, and ")


def test_secrets_are_neither_shown_nor_printed() -> None:
    secrets = {
        "DATABASE_URL": "postgres://pool:hunter2-db@db/house",
        "REDIS_URL": "redis://:hunter2-redis@127.0.0.1",
        "EMAIL_URL": "smtp://me:hunter2-mail@127.0.0.1",
        "SMS_WEBHOOK_URL": "https://sms.example.com/?key=hunter2-sms",
        "POOLHOUSE_ADMIN_PASSWORD": "hunter2-admin",
        "POOLHOUSE_ACCESS_KEY_ID": "AKIA0123456789EXAMPL",
        "POOLHOUSE_SECRET_ACCESS_KEY": "hunter2-secret-access-key",
        "POOLHOUSE_SECRET_KEYS": KEY,
    }
    shown = repr(read(**secrets))
    assert "hunter2" not in shown
    assert KEY not in shown
    wrong = refused(**{**secrets, "DATABASE_URL": "mysql://a:hunter2@b/c", "EMAIL_URL": "pop://a:hunter2@b"})
    assert "hunter2" not in " ".join(wrong)


def test_every_setting_is_documented_and_no_other() -> None:
    documented = [
        line.split("`")[1]
        for line in (ROOT / "docs/configuration.md").read_text().splitlines()
        if line.startswith("| `")
    ]
    assert documented == list(VARIABLES)


def test_a_wrong_value_stops_the_start_without_a_stack_trace(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "PORT": "http", "POOLHOUSE_REGION": "moon"}
    run = subprocess.run(
        [sys.executable, "manage.py", "up"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert [line.split("=")[0] for line in run.stderr.splitlines()] == ["PORT", "POOLHOUSE_REGION"]
