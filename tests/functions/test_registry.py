"""Where ARNs lead, and who may say so."""

from __future__ import annotations

import io
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from cognito_site.functions import arns, registered, registry
from cognito_site.functions.outcomes import NotAnswered
from cognito_site.functions.targets import Endpoint, Folder, Unacceptable, Webhook
from cognito_site.models import Function
from tests.functions.conftest import Write, invoke

GREET = "arn:aws:lambda:us-east-1:000000000000:function:greet"
ECHO = "def lambda_handler(event, context): return event"
SECRET = "a secret of some length"


def manage(*arguments: str) -> str:
    out = io.StringIO()
    call_command("functions", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def write_file(data_dir: Path, text: str) -> None:
    path = data_dir / "functions.toml"
    path.write_text(text)


# --- by convention --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "handler", "runtime"),
    [
        ("lambda_function.py", "lambda_function.lambda_handler", "python"),
        ("index.mjs", "index.handler", "node"),
        ("index.js", "index.handler", "node"),
        ("index.cjs", "index.handler", "node"),
    ],
)
def test_a_folder_is_a_function(write: Write, data_dir: Path, file: str, handler: str, runtime: str) -> None:
    assert registry.find(GREET) is None
    assert write("", file) == GREET
    found = registry.find(GREET)
    assert found == Folder(data_dir / "functions" / "greet", handler, runtime)  # type: ignore[arg-type]
    assert registry.find(f"{GREET}:live") == registry.find(f"{GREET}:$LATEST") == found


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:lambda:us-east-1:000000000000:function:other",
        "arn:aws:lambda:eu-west-1:000000000000:function:greet",
        "arn:aws:lambda:us-east-1:123456789012:function:greet",
        "arn:aws:lambda:us-east-1:000000000000:function:../functions/greet",
        "arn:aws:lambda:us-east-1:000000000000:function:.",
        "arn:aws:lambda:us-east-1:000000000000:layer:greet",
        "arn:aws:sqs:us-east-1:000000000000:greet",
        "greet",
    ],
)
def test_another_arn_is_another_function(write: Write, arn: str) -> None:
    write(ECHO)
    assert registry.find(arn) is None
    with pytest.raises(NotAnswered) as failed:
        invoke(arn)
    assert (failed.value.name, failed.value.attempts) == ("AccessDeniedException", 1)


# --- the file -------------------------------------------------------------------------------------------------------


def test_the_file(data_dir: Path) -> None:
    write_file(
        data_dir,
        f"""
        ["{GREET}"]
        folder = "/srv/functions/welcome"
        handler = "app/main.handle"
        runtime = "python"
        memory_mb = 512
        environment = {{ TABLE = "ships", GREETING = "Ahoy" }}

        ["{GREET}:live"]
        webhook = "https://example.com/greet"
        secret = "{SECRET}"

        ["arn:aws:lambda:eu-west-1:123456789012:function:theirs"]
        endpoint = "https://lambda.eu-west-1.amazonaws.com"
        access_key_id = "AKIA"
        secret_access_key = "x"
        """,
    )
    environment = (("GREETING", "Ahoy"), ("TABLE", "ships"))
    assert registry.find(GREET) == Folder(Path("/srv/functions/welcome"), "app/main.handle", "python", 512, environment)
    assert registry.find(f"{GREET}:live") == Webhook("https://example.com/greet", SECRET)
    assert registry.find(f"{GREET}:other") == registry.find(GREET)
    theirs = registry.find("arn:aws:lambda:eu-west-1:123456789012:function:theirs")
    assert theirs == Endpoint("https://lambda.eu-west-1.amazonaws.com", "", "AKIA", "x")
    shown = repr([registry.find(GREET), registry.find(f"{GREET}:live"), theirs])
    assert not [secret for secret in (SECRET, "Ahoy", "'x'") if secret in shown]


def test_the_file_is_read_again_when_it_changes(data_dir: Path) -> None:
    for number in range(3):
        write_file(data_dir, f'["{GREET}"]\nwebhook = "https://example.com/{number}"\nsecret = "{SECRET}"')
        os.utime(data_dir / "functions.toml", ns=(number, number))
        assert registry.find(GREET) == Webhook(f"https://example.com/{number}", SECRET)
    (data_dir / "functions.toml").unlink()
    assert registry.find(GREET) is None


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("nothing = 1", "one of endpoint, webhook and folder"),
        ('webhook = "https://a.example"\nfolder = "x"', "one of endpoint, webhook and folder"),
        ('webhook = "https://a.example"', "secret: at least 16 characters"),
        (f'webhook = "ftp://a.example"\nsecret = "{SECRET}"', "webhook: Only http"),
        (f'webhook = "https://a.example"\nsecret = "{SECRET}"\nhandler = "x.y"', "handler is not a setting of a web"),
        ('folder = "x"', "handler: the file and the function"),
        ('folder = "x"\nhandler = "../../a.b"\nruntime = "node"', "handler: the file and the function"),
        ('folder = "x"\nhandler = "/a.b"\nruntime = "node"', "handler: the file and the function"),
        ('folder = "x"\nhandler = "a"\nruntime = "node"', "handler: the file and the function"),
        ('folder = "x"\nhandler = "a.b"', "runtime: python or node"),
        ('folder = "x"\nhandler = "a.b"\nruntime = "ruby"', "runtime: python or node"),
        ('folder = "x"\nhandler = "a.b"\nruntime = "node"\nmemory_mb = 1', "memory_mb: a whole number from 64"),
        ('folder = "x"\nhandler = "a.b"\nruntime = "node"\nmemory_mb = true', "memory_mb: a whole number from 64"),
        ('folder = "x"\nhandler = "a.b"\nruntime = "node"\nenvironment = {LD_PRELOAD = "/x"}', "environment: LD_PRELO"),
        (
            'folder = "x"\nhandler = "a.b"\nruntime = "node"\nenvironment = {NODE_OPTIONS = "/x"}',
            "environment: NODE_OP",
        ),
        ('folder = "x"\nhandler = "a.b"\nruntime = "node"\nenvironment = {PYTHONPATH = "/x"}', "environment: PYTHONPA"),
        ('folder = "x"\nhandler = "a.b"\nruntime = "node"\nenvironment = {A = 1}', "A: a text"),
        ('endpoint = "lambda"', "endpoint: http:// or https://"),
        ('endpoint = ""\naccess_key_id = "AKIA"', "access_key_id and secret_access_key"),
    ],
)
def test_a_wrong_entry_is_told_and_leads_nowhere(write: Write, data_dir: Path, entry: str, said: str) -> None:
    """Not even to a folder of the same name: the operator meant something else."""
    write(ECHO)
    other = "arn:aws:lambda:us-east-1:000000000000:function:other"
    write_file(data_dir, f'["{GREET}"]\n{entry}\n["{other}"]\nwebhook = "https://a.example"\nsecret = "{SECRET}"')
    with pytest.raises(Unacceptable, match=said):
        registry.find(GREET)
    assert isinstance(registry.find(other), Webhook)
    with pytest.raises(NotAnswered) as failed:
        invoke(GREET)
    assert failed.value.name == "ServiceException"
    assert f"CANNOT BE USED: {said}" in manage("list")


def test_a_file_that_is_no_toml(write: Write, data_dir: Path) -> None:
    write(ECHO)
    write_file(data_dir, "[")
    with pytest.raises(Unacceptable, match=r"functions\.toml cannot be read"):
        registry.find(GREET)
    assert "CANNOT BE USED" in manage("list")


# --- the database ---------------------------------------------------------------------------------------------------


def test_what_is_registered_comes_first(write: Write, data_dir: Path) -> None:
    write(ECHO)
    write_file(data_dir, f'["{GREET}"]\nwebhook = "https://file.example"\nsecret = "{SECRET}"')
    registered.register(GREET, {"webhook": "https://database.example", "secret": SECRET})
    assert registry.find(GREET) == Webhook("https://database.example", SECRET)
    assert registered.unregister(GREET) is True
    assert registered.unregister(GREET) is False
    assert registry.find(GREET) == Webhook("https://file.example", SECRET)


def test_secrets_are_sealed_and_bound_to_their_row() -> None:
    registered.register(GREET, {"webhook": "https://a.example", "secret": SECRET})
    row = Function.objects.get()
    assert row.settings == {"webhook": "https://a.example"}
    assert SECRET.encode() not in bytes(row.secrets)
    Function.objects.create(arn=f"{GREET}2", settings=row.settings, secrets=row.secrets, changed_at=row.changed_at)
    with pytest.raises(Unacceptable, match="sealed for another place"):
        registry.find(f"{GREET}2")


def test_what_another_node_changed_is_seen_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    assert registry.find(GREET) is None
    registered.register(GREET, {"webhook": "https://a.example", "secret": SECRET})
    assert registry.find(GREET) is not None, "one's own change at once"
    Function.objects.all().delete()
    assert registry.find(GREET) is not None
    registered.forget()
    assert registry.find(GREET) is None
    assert registered.SECONDS <= 5


@pytest.mark.parametrize("folder", ["/srv/elsewhere", "../elsewhere", "link"])
def test_TRG_07_the_database_never_leads_to_code_elsewhere(data_dir: Path, folder: str) -> None:
    """Whoever can write a row shall not thereby run what lies anywhere on the disk."""
    elsewhere = data_dir / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "lambda_function.py").write_text(ECHO)
    (data_dir / "functions").mkdir()
    (data_dir / "functions" / "link").symlink_to(elsewhere)
    given = {"folder": folder, "handler": "lambda_function.lambda_handler", "runtime": "python"}
    with pytest.raises(Unacceptable, match="folder: one inside of"):
        registered.register(GREET, given)
    registered.register(GREET, {"webhook": "https://a.example", "secret": SECRET})
    Function.objects.update(settings=given)
    registered.forget()
    with pytest.raises(Unacceptable):
        registry.find(GREET)


def test_TRG_07_no_operation_says_where_an_arn_leads(cognito: Any) -> None:
    """A pool's settings name a function; they carry no address, no command and no folder."""
    from cognito_site.contract import services

    shapes = services.below(services.service("cognito-idp").operations["CreateUserPool"].input)
    config = next(shape for shape in shapes if shape.name == "LambdaConfigType")
    leaves = {shape.name for shape in services.below(config) if shape.kind == "string"}
    assert leaves <= {
        "ArnType",
        "CustomEmailSenderLambdaVersionType",
        "CustomSMSSenderLambdaVersionType",
        "PreTokenGenerationLambdaVersionType",
        "InboundFederationLambdaVersionType",
    }


@pytest.mark.parametrize("url", ["http://example.com/x", "https://169.254.169.254/", "https://10.0.0.1/"])
def test_TRG_02_addresses_are_looked_at_when_they_are_saved(settings: Settings, url: str) -> None:
    settings.POOLHOUSE = replace(settings.POOLHOUSE, public_url="https://id.example.com")
    with pytest.raises(Unacceptable, match="webhook: "):
        registered.register(GREET, {"webhook": url, "secret": SECRET})
    assert not Function.objects.exists()


def test_TRG_02_so_are_endpoints(settings: Settings) -> None:
    settings.POOLHOUSE = replace(settings.POOLHOUSE, public_url="https://id.example.com")
    with pytest.raises(Unacceptable, match="endpoint: "):
        registered.register(GREET, {"endpoint": "http://169.254.169.254/"})


# --- the endpoint of the installation -------------------------------------------------------------------------------


def test_everything_else_goes_to_the_installations_endpoint(write: Write, settings: Settings) -> None:
    settings.POOLHOUSE = replace(settings.POOLHOUSE, lambda_endpoint_url="http://127.0.0.1:3001")
    write(ECHO)
    assert isinstance(registry.find(GREET), Folder)
    for arn in (f"{GREET}2", "arn:aws:lambda:eu-west-1:123456789012:function:greet"):
        assert registry.find(arn) == Endpoint("http://127.0.0.1:3001")
    assert registry.find("arn:aws:sqs:us-east-1:000000000000:greet") is None


# --- the command ----------------------------------------------------------------------------------------------------


def test_the_command(write: Write, data_dir: Path) -> None:
    write("import os\ndef lambda_handler(event, context): return {**event, 'greeting': os.environ.get('GREETING')}")
    assert "greet\n" in manage("list")
    assert "(folder)" in manage("list")
    event = data_dir / "event.json"
    event.write_text('{"triggerSource": "Test"}')
    assert json.loads(manage("test", "greet", str(event))) == {"triggerSource": "Test", "greeting": None}
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:welcome"
    manage("add", arn, "--folder", "greet", "--memory-mb", "512", "--set", "GREETING=Ahoy")
    assert "512 MB   (database)" in manage("list")
    assert json.loads(manage("test", arn, str(event)))["greeting"] == "Ahoy"
    manage("add", arn, "--webhook", "https://a.example", "--secret", SECRET)
    assert registry.find(arn) == Webhook("https://a.example", SECRET)
    assert SECRET not in manage("list")
    manage("add", arn, "--endpoint", "", "--region", "eu-west-1")
    assert registry.find(arn) == Endpoint(region="eu-west-1")
    assert "endpoint AWS" in manage("list")
    assert "START RequestId: " in manage("log", "greet")
    assert manage("log", "arn:aws:lambda:us-east-1:000000000000:function:nowhere") == ""
    manage("remove", arn)
    assert registry.find(arn) is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "greet", "--folder", "greet"), "an ARN as in"),
        (("add", GREET, "--folder", "nowhere"), "handler: the file"),
        (("add", GREET, "--webhook", "https://a.example"), "secret: at least"),
        (("add", GREET, "--folder", "x", "--set", "A"), "NAME=VALUE, please"),
        (("log", "../../poolhouse"), "is not the name of a function"),
        (("remove", GREET), "is not in the database"),
        (("test", GREET, "/dev/null"), "The event cannot be read"),
        (("test", GREET, "/nowhere"), "The event cannot be read"),
    ],
)
def test_the_command_says_what_is_wrong(arguments: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        manage(*arguments)
    assert not Function.objects.exists()


def test_the_command_tells_how_a_function_failed(write: Write, data_dir: Path) -> None:
    (data_dir / "event.json").write_text("{}")
    write("def lambda_handler(event, context):\n    print('before')\n    raise ValueError('No ships today.')")
    with pytest.raises(CommandError, match=r"(?s)before.*The function failed: ValueError: No ships today\."):
        manage("test", "greet", str(data_dir / "event.json"))
    with pytest.raises(CommandError, match="No answer: AccessDeniedException: the ARN leads nowhere"):
        manage("test", "nowhere", str(data_dir / "event.json"))


def test_names_are_of_this_installation() -> None:
    here = django_settings.POOLHOUSE
    assert arns.of_name("greet") == f"arn:aws:lambda:{here.region}:{here.account_id}:function:greet"


# --- many at once -----------------------------------------------------------------------------------------------------


def _found(arn: str) -> Any:
    try:
        return registry.find(arn)
    except Unacceptable:
        return None


@pytest.mark.parametrize(
    "file", ["", "[", f'["{GREET}2"]\nfolder = "x"\n["{GREET}:live"]\nendpoint = ""\n["*"]\nx = 1']
)
@pytest.mark.parametrize("default", ["", "http://127.0.0.1:3001"])
def test_entries_lead_where_asking_leads(
    write: Write, data_dir: Path, settings: Settings, file: str, default: str
) -> None:
    settings.POOLHOUSE = replace(settings.POOLHOUSE, lambda_endpoint_url=default)
    write(ECHO)
    write(ECHO, name="greet3")
    registered.register(f"{GREET}3", {"webhook": "https://a.example", "secret": SECRET})
    registered.register(f"{GREET}4:live", {"webhook": "https://b.example", "secret": SECRET})
    if file:
        write_file(data_dir, file)
    entries = list(registry.entries())
    for name in ("greet", "greet2", "greet3", "greet4", "greet5"):
        for qualifier in ("", ":live", ":$LATEST"):
            arn = f"{arns.of_name(name)}{qualifier}"
            entry = registry.entry_of(arn, entries)
            assert (entry.target if entry else None) == _found(arn), arn
    assert registry.entry_of("nonsense", entries) is None
