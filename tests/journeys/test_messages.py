"""``docs/messages.md`` as a newcomer copies it: from nothing to a code in a mailbox, and the inbox by curl."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import server
from tests.journeys.test_readme import PLACEHOLDER_KEYS, run
from tests.messages import sinks
from tests.messages.sinks import Mailbox, part
from tests.server import Server

DOCUMENT = Path(server.ROOT, "docs", "messages.md").read_text()
BLOCKS = re.findall(r"```bash\n(.*?)```", DOCUMENT, re.DOTALL)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with sinks.mailbox() as found:
        yield found


@pytest.fixture
def poolhouse(tmp_path: Path, mailbox: Mailbox) -> Iterator[Server]:
    variables = {"EMAIL_URL": f"smtp://127.0.0.1:{mailbox.port}", "EMAIL_FROM": "Harbour <no-reply@example.com>"}
    with server.running(server.environment(tmp_path, **variables), tmp_path / "log") as running:
        yield running


def prepared(poolhouse: Server) -> list[str]:
    shown = poolhouse.manage("show_access").stdout
    keys = "export " + " ".join(re.findall(r"AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY)=\S+", shown))
    return [PLACEHOLDER_KEYS.sub(keys, block).replace("http://localhost:9229", poolhouse.url) for block in BLOCKS]


def local(tmp_path: Path) -> dict[str, str]:
    return {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(tmp_path), "AWS_PAGER": ""}


@pytest.mark.server
def test_a_real_mail_in_three_minutes(poolhouse: Server, mailbox: Mailbox, tmp_path: Path) -> None:
    export, sign_up, asks, confirm, read = prepared(poolhouse)
    assert asks.startswith("CODE=")
    run(f"{export}\n{sign_up}\ndeclare -p > state", local(tmp_path), tmp_path)
    mail = mailbox.wait_for_mail()
    assert (mail["To"], mail["From"]) == ("you@example.com", "Harbour <no-reply@example.com>")
    found = re.search(r"^[0-9]{6}$", part(mail, "plain"), re.MULTILINE)
    assert found
    again = ["source state 2>/dev/null || true", f"CODE={found[0]}"]
    assert run("\n".join([*again, confirm]), local(tmp_path), tmp_path).strip() == '"CONFIRMED"'
    (message,) = json.loads(run("\n".join([*again, read]), local(tmp_path), tmp_path))["messages"]
    assert (message["status"], message["code"]) == ("sent", "")


def test_the_answer_in_the_document_is_the_answer() -> None:
    from userpools.api.messages import Shown
    from userpools.models import Message

    example = json.loads(re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)[0])["messages"][0]
    given = {"kind": "", "medium": "EMAIL", "destination": "", "status": "sent", "content": b""}
    assert example.keys() == Shown(Message(**given)).data.keys()


def test_the_signature_in_the_document_is_ours() -> None:
    from cognito_site.signatures import signed

    (source,) = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    names: dict[str, object] = {}
    exec(f"import hmac, time\n{source}", names)
    is_genuine = names["is_genuine"]
    assert callable(is_genuine)
    headers = signed("whsec_x", b"{}")
    assert is_genuine(headers, b"{}", "whsec_x")
    assert not is_genuine(headers, b"[]", "whsec_x")
    assert not is_genuine(headers, b"{}", "whsec_y")
