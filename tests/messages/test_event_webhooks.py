"""Webhooks hear what happened: signed, each event at least once, and only of what was done."""

from __future__ import annotations

import hmac
import re
import time
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction

from cognito_site.contract import errors
from tests.cast import Stage, set_stage
from tests.messages.conftest import Place
from tests.messages.sinks import Receiver, Request
from tests.messages.test_delivery import MOMENT
from userpools import tasks
from userpools.domain import access, event_webhooks, users
from userpools.models import Notification
from userpools.values import Context

pytestmark = pytest.mark.django_db(transaction=True)


def command(*arguments: str) -> str:
    output = StringIO()
    call_command("event_webhooks", *arguments, stdout=output)
    return output.getvalue()


def add(stage: Stage, url: str, *kinds: str) -> tuple[str, str]:
    """Id and secret."""
    named = [part for kind in kinds for part in ("--kind", kind)]
    found = re.search(r"^(\w+) hears.*\nsecret (\S+)$", command("add", stage.pool_id, url, *named), re.MULTILINE)
    assert found
    return found[1], found[2]


def kinds(receiver: Receiver) -> list[str]:
    return [request.json["kind"] for request in receiver.requests]


def is_signed(request: Request, secret: str) -> bool:
    moment = request.headers["X-Poolhouse-Timestamp"]
    proof = hmac.new(secret.encode(), f"{moment}.".encode() + request.body, "sha256").hexdigest()
    return request.headers["X-Poolhouse-Signature"] == f"v1={proof}" and abs(time.time() - int(moment)) < 60


def test_what_aws_has_no_trigger_for(stage: Stage, receiver: Receiver) -> None:
    _, secret = add(stage, f"{receiver.url}/events")
    created = stage.user()
    who = {"UserPoolId": stage.pool_id, "Username": "alice"}
    receiver.requests.clear()
    given = [{"Name": "name", "Value": "Alice"}]
    stage.cognito.admin_update_user_attributes(**who, UserAttributes=given)
    stage.cognito.create_group(UserPoolId=stage.pool_id, GroupName="crew")
    stage.cognito.admin_add_user_to_group(**who, GroupName="crew")
    stage.cognito.admin_add_user_to_group(**who, GroupName="crew")
    stage.cognito.admin_remove_user_from_group(**who, GroupName="crew")
    token = stage.tokens()["RefreshToken"]
    stage.public.revoke_token(Token=token, ClientId=stage.client_id)
    stage.cognito.admin_delete_user(**who)
    assert kinds(receiver) == [
        "change_attributes",
        "change_groups",
        "change_groups",
        "change_groups",
        "sign_in",
        "revoke_tokens",
        "delete_user",
    ]
    assert all(is_signed(request, secret) for request in receiver.requests)
    assert not is_signed(receiver.requests[0], "another")
    first, last = receiver.requests[0], receiver.requests[-1]
    sub = next(entry["Value"] for entry in created["Attributes"] if entry["Name"] == "sub")
    assert first.json["user"] == {"sub": sub, "username": "alice"}
    assert (first.json["pool"], first.json["detail"]) == (stage.pool_id, {"attributes": ["name"]})
    assert first.json["actor"].startswith("arn:aws:iam::")
    assert first.headers["X-Poolhouse-Event-Id"] == first.json["id"]
    assert [request.json["detail"] for request in receiver.requests[1:4]] == [
        {"created": "crew"},
        {"added_to": "crew"},
        {"removed_from": "crew"},
    ]
    assert (last.json["user"], last.json["detail"]) == (None, {"sub": sub})


def test_a_webhook_hears_of_the_kinds_that_it_wants(stage: Stage, receiver: Receiver) -> None:
    add(stage, receiver.url, "delete_user")
    stage.user()
    stage.cognito.admin_delete_user(UserPoolId=stage.pool_id, Username="alice")
    assert kinds(receiver) == ["delete_user"]


def test_TEN_01_a_webhook_hears_of_its_pool_only(cognito: Any, public: Any, stage: Stage, receiver: Receiver) -> None:
    add(stage, receiver.url)
    set_stage(cognito, public).user()
    assert not receiver.requests


def test_MSG_05_what_is_rolled_back_is_not_told(stage: Stage, receiver: Receiver) -> None:
    add(stage, receiver.url, "delete_user")
    stage.user()
    with transaction.atomic():
        users.delete(access.user(access.pool(stage.pool_id), "alice"), Context())
        transaction.set_rollback(True)
    assert access.user(access.pool(stage.pool_id), "alice")
    assert not receiver.requests
    assert not Notification.objects.exists()


def test_REL_04_a_webhook_that_is_down_hears_later(stage: Stage, receiver: Receiver) -> None:
    _, secret = add(stage, receiver.url, "delete_user")
    stage.user()
    receiver.status = 503
    stage.cognito.admin_delete_user(UserPoolId=stage.pool_id, Username="alice")
    assert Notification.objects.get().status == "pending"
    receiver.status = 200
    with time_machine.travel(MOMENT, tick=False):
        tasks.deliver_what_was_left()
    first, second = receiver.requests
    assert first.body == second.body
    assert first.headers["X-Poolhouse-Event-Id"] == second.headers["X-Poolhouse-Event-Id"]
    assert hmac.compare_digest(second.headers["X-Poolhouse-Signature"], second.headers["X-Poolhouse-Signature"])
    assert is_signed(first, secret)
    row = Notification.objects.get()
    assert (row.status, bytes(row.content), row.answer) == ("sent", b"", "The webhook answered 200.")


def test_a_webhook_that_is_gone_hears_nothing_more(stage: Stage, receiver: Receiver) -> None:
    webhook, _ = add(stage, receiver.url)
    receiver.status = 503
    stage.user()
    command("remove", stage.pool_id, webhook)
    heard = len(receiver.requests)
    with time_machine.travel(MOMENT, tick=False):
        tasks.deliver_what_was_left()
    stage.user("bob")
    assert len(receiver.requests) == heard
    assert {row.answer for row in Notification.objects.all()} == {"The webhook is gone."}


def test_the_secret_is_shown_once_and_kept_sealed(stage: Stage, receiver: Receiver) -> None:
    webhook, secret = add(stage, receiver.url, "delete_user", "sign_in")
    listed = command("list", stage.pool_id)
    assert listed == f"{webhook}  {receiver.url}  delete_user, sign_in\n"
    assert secret not in str(access.pool(stage.pool_id).event_webhooks)


@pytest.mark.parametrize(
    "url", ["ftp://a.example", "https://user:pass@a.example/", "nonsense", "https://" + "x" * 3000]
)
def test_an_address_that_cannot_be_asked(stage: Stage, url: str) -> None:
    with pytest.raises(CommandError, match="This webhook cannot be used"):
        command("add", stage.pool_id, url)


@pytest.mark.parametrize("url", ["http://93.184.216.34/", "https://127.0.0.1/", "https://[::ffff:10.0.0.1]/"])
def test_TRG_02_others_reach_poolhouse_but_it_reaches_no_private_address(stage: Stage, place: Place, url: str) -> None:
    place(public_url="https://id.example.com")
    with pytest.raises(CommandError, match="This webhook cannot be used"):
        command("add", stage.pool_id, url)


def test_what_there_is_not(stage: Stage) -> None:
    with pytest.raises(CommandError, match="there is no webhook x"):
        command("remove", stage.pool_id, "x")
    with pytest.raises(CommandError, match="does not exist"):
        command("list", "us-east-1_nothing")
    with pytest.raises(errors.InvalidParameter):
        event_webhooks.add(access.pool(stage.pool_id), "https://a.example", ["no_such_kind"])


def test_a_pool_has_so_many(stage: Stage) -> None:
    pool = access.pool(stage.pool_id)
    for number in range(event_webhooks.MOST):
        event_webhooks.add(pool, f"https://a.example/{number}")
    with pytest.raises(errors.InvalidParameter, match="has 10 already"):
        event_webhooks.add(pool, "https://a.example/more")


def test_an_update_of_the_pool_keeps_its_webhooks(stage: Stage, receiver: Receiver) -> None:
    add(stage, receiver.url, "create_user")
    stage.cognito.update_user_pool(UserPoolId=stage.pool_id)
    stage.user()
    assert kinds(receiver) == ["create_user"]
