"""The inbox by HTTP: who may read it, and what is in it."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from identitypools.domain import access_keys, callers, failed_signatures
from tests.cast import Stage, set_stage
from tests.messages.sinks import Mailbox
from tests.messages.test_delivery import BUSY
from tests.operations.test_sign_up import sign_up

pytestmark = pytest.mark.django_db

HOST = "http://localhost:9229"
EMAIL, BOB = "alice@example.com", "bob@example.com"


def path(stage: Stage, **query: Any) -> str:
    return f"/api/pools/{stage.pool_id}/messages" + (f"?{urlencode(query)}" if query else "")


def basic(key_id: str, secret: str) -> str:
    return f"Basic {base64.b64encode(f'{key_id}:{secret}'.encode()).decode()}"


def fetch(address: str, authorization: str | None = None, **headers: str) -> HttpResponse:
    proof = basic(*callers.first_key()) if authorization is None else authorization
    return Client().get(address, headers={"host": "localhost:9229", "authorization": proof, **headers})


def read(stage: Stage, **query: Any) -> list[dict[str, Any]]:
    answer = fetch(path(stage, **query))
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = json.loads(answer.content)["messages"]
    return found


# --- reading ----------------------------------------------------------------------------------------------------------


def test_a_test_reads_the_code(verifying: Stage) -> None:
    sign_up(verifying)
    (message,) = read(verifying, destination=EMAIL)
    assert message.keys() == {
        *("id", "kind", "medium", "destination", "status", "created_at"),
        *("subject", "text", "html", "code", "link"),
    }
    assert (message["kind"], message["medium"], message["status"]) == ("SignUp", "EMAIL", "inbox")
    assert message["code"] in message["text"]
    assert message["subject"] == "Confirm your account · harbour"
    verifying.public.confirm_sign_up(ClientId=verifying.client_id, Username="alice", ConfirmationCode=message["code"])


def test_the_newest_comes_first(verifying: Stage) -> None:
    sign_up(verifying)
    sign_up(verifying, "bob")
    verifying.public.resend_confirmation_code(ClientId=verifying.client_id, Username="alice")
    assert [each["destination"] for each in read(verifying)] == [EMAIL, BOB, EMAIL]
    assert [each["kind"] for each in read(verifying, destination="ALICE@example.com")] == ["ResendCode", "SignUp"]


def test_only_what_came_since(verifying: Stage) -> None:
    sign_up(verifying)
    now = datetime.now(UTC)
    sign_up(verifying, "bob")
    assert [each["destination"] for each in read(verifying, since=now.isoformat())] == [BOB]
    assert read(verifying, since=(now + timedelta(hours=1)).isoformat()) == []


def test_page_by_page(verifying: Stage) -> None:
    for name in ("alice", "bob", "eve"):
        sign_up(verifying, name)
    first = json.loads(fetch(path(verifying, limit=2)).content)
    second = json.loads(fetch(path(verifying, limit=2, next=first["next"])).content)
    found = [each["destination"] for each in first["messages"] + second["messages"]]
    assert (found, second["next"]) == (["eve@example.com", BOB, EMAIL], None)
    elsewhere = fetch(path(verifying, limit=2, next=first["next"], destination=EMAIL))
    assert elsewhere.status_code == 400


def test_MSG_04_what_a_real_channel_takes_is_not_shown(verifying: Stage, mailbox: Mailbox) -> None:
    for answer, name in (("250 OK", "alice"), (BUSY, "bob"), ("554 Never", "eve")):
        mailbox.answer = answer
        sign_up(verifying, name)
    for message in read(verifying):
        assert {message[name] for name in ("subject", "text", "html", "code", "link")} == {""}


def test_TEN_01_a_pool_has_its_own_inbox(cognito: Any, public: Any, verifying: Stage) -> None:
    other = set_stage(cognito, public)
    sign_up(verifying)
    assert read(other) == []
    assert fetch("/api/pools/us-east-1_nothing/messages").status_code == 404


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": "x"}, {"since": "yesterday"}, {"next": "x"}, {"limit": 1000}]
)
def test_a_wish_that_makes_no_sense(verifying: Stage, query: dict[str, Any]) -> None:
    assert fetch(path(verifying, **query)).status_code == 400


# --- who may ----------------------------------------------------------------------------------------------------------


def signed(address: str, key: tuple[str, str]) -> dict[str, str]:
    request = AWSRequest("GET", f"{HOST}{address}")
    SigV4Auth(Credentials(*key), "cognito-idp", "us-east-1").add_auth(request)
    return dict(request.headers.items())


def test_a_signature_will_do(verifying: Stage) -> None:
    sign_up(verifying)
    address = path(verifying, destination=EMAIL)
    headers = signed(address, callers.first_key())
    proof = headers.pop("Authorization")
    answer = fetch(address, proof, **headers)
    assert (answer.status_code, len(json.loads(answer.content)["messages"])) == (200, 1)
    assert fetch(path(verifying), proof, **headers).status_code == 401


def test_nobody_reads_without_a_key(verifying: Stage) -> None:
    key_id, secret = callers.first_key()
    for proof in ("", "Basic nonsense", basic(key_id, "wrong"), basic("AKIANOBODY0000000000", secret), "Bearer x"):
        answer = fetch(path(verifying), proof)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Basic realm="poolhouse"'), proof
        assert b"harbour" not in answer.content
    assert Client().get(path(verifying)).status_code == 401


def test_wrong_keys_are_counted(verifying: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failed_signatures, "MOST", 3)
    key_id, _ = callers.first_key()
    answers = [fetch(path(verifying), basic(key_id, "wrong")).status_code for _ in range(5)]
    assert answers == [401, 401, 401, 429, 429]
    assert fetch(path(verifying)).status_code == 200
    cache.clear()


def key_for(*actions: str, pool: str = "*") -> tuple[str, str]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": pool}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return make_key(policy)


def make_key(policy: str) -> tuple[str, str]:
    made = access_keys.create("tester", {"inbox": policy})
    return made.key.key_id, made.secret


def test_a_policy_decides(cognito: Any, public: Any, verifying: Stage) -> None:
    other = set_stage(cognito, public)
    arn = cognito.describe_user_pool(UserPoolId=verifying.pool_id)["UserPool"]["Arn"]
    reader = basic(*key_for("poolhouse:ListMessages", pool=arn))
    assert fetch(path(verifying), reader).status_code == 200
    refused = fetch(path(other), reader)
    assert (refused.status_code, json.loads(refused.content)["code"]) == (403, "AccessDeniedException")
    assert fetch("/api/pools/us-east-1_nothing/messages", reader).status_code == 403


def test_an_administrators_key_of_aws_actions_reads_no_mail(verifying: Stage) -> None:
    assert fetch(path(verifying), basic(*key_for("cognito-idp:*"))).status_code == 403


def test_nothing_is_kept_on_the_way(verifying: Stage) -> None:
    assert fetch(path(verifying))["Cache-Control"] == "no-store"
    assert Client().post(path(verifying), headers={"authorization": basic(*callers.first_key())}).status_code == 405
