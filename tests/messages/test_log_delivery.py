"""SetLogDeliveryConfiguration: errors of messages as lines of JSON, in a file or at an address."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError

from cognito_site import log_targets
from tests import inbox
from tests.cast import Stage, set_stage
from tests.messages.conftest import Place
from tests.messages.sinks import Mailbox, Receiver
from tests.messages.test_delivery import BUSY, MOMENT
from tests.operations.test_sign_up import sign_up
from userpools import tasks
from userpools.models import Message

pytestmark = pytest.mark.django_db(transaction=True)

GROUP = "/poolhouse/messages"
ARN = f"arn:aws:logs:us-east-1:000000000000:log-group:{GROUP}"
TO_GROUP = {"CloudWatchLogsConfiguration": {"LogGroupArn": ARN}}
ERRORS = {"LogLevel": "ERROR", "EventSource": "userNotification", **TO_GROUP}
ACTIVITY = {"LogLevel": "INFO", "EventSource": "userAuthEvents", **TO_GROUP}


def configure(stage: Stage, *entries: dict[str, Any]) -> Any:
    return stage.cognito.set_log_delivery_configuration(UserPoolId=stage.pool_id, LogConfigurations=list(entries))


def described(stage: Stage) -> Any:
    return stage.cognito.get_log_delivery_configuration(UserPoolId=stage.pool_id)["LogDeliveryConfiguration"]


@pytest.fixture
def logged(verifying: Stage, place: Place, tmp_path: Path) -> Stage:
    place(data_dir=tmp_path)
    configure(verifying, ERRORS)
    return verifying


def lines(group: str = GROUP) -> list[dict[str, Any]]:
    path = log_targets.path_of(group)
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.mark.proves("SetLogDeliveryConfiguration")
def test_an_error_is_a_line_in_a_file(logged: Stage, mailbox: Mailbox, tmp_path: Path) -> None:
    mailbox.answer = "554 No alice@example.com here"
    sign_up(logged)
    (line,) = lines()
    assert log_targets.path_of(GROUP) == tmp_path / "logs" / "poolhouse-messages.jsonl"
    assert line.pop("eventTimestamp").isdigit()
    said = f"EMAIL SignUp {Message.objects.get().pk} to a***@e***, given up: 554 No a***@e*** here"
    assert line == {
        "eventSource": "USER_NOTIFICATION",
        "logLevel": "ERROR",
        "message": {"details": said},
        "logSourceId": {"userPoolId": logged.pool_id},
    }


def test_the_first_failure_and_the_last_are_told(logged: Stage, mailbox: Mailbox) -> None:
    mailbox.answer = BUSY
    sign_up(logged)
    for attempt in range(1, 4):
        with time_machine.travel(MOMENT * 3**attempt, tick=False):
            tasks.deliver_what_was_left()
    mailbox.answer = "554 Never"
    with time_machine.travel(MOMENT * 100, tick=False):
        tasks.deliver_what_was_left()
    assert Message.objects.get().attempts == 5
    told = [line["message"]["details"].partition(", ")[2] for line in lines()]
    assert told == [f"tried again later: {BUSY}", "given up: 554 Never"]


def test_what_may_not_leave_is_told(logged: Stage, place: Place, texts: Receiver) -> None:
    place(sms_countries=frozenset({"DE"}))
    with pytest.raises(ClientError):
        sign_up(logged, phone_number="+436641234567")
    (line,) = lines()
    assert line["message"]["details"].endswith(
        "given up: Text messages are not sent to the country of this phone number."
    )


def test_lines_go_to_an_address(logged: Stage, mailbox: Mailbox, place: Place, receiver: Receiver) -> None:
    place(log_targets=((GROUP, f"{receiver.url}/in?key=1"),))
    mailbox.answer = "554 Never"
    sign_up(logged)
    (request,) = receiver.requests
    assert (request.path, request.headers["Content-Type"]) == ("/in?key=1", "application/x-ndjson")
    assert request.body.endswith(b"\n")
    assert request.json["logSourceId"] == {"userPoolId": logged.pool_id}
    assert lines() == []


def test_a_log_that_cannot_be_written_stops_nobody(
    logged: Stage, mailbox: Mailbox, place: Place, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.status = 500
    place(log_targets=((GROUP, receiver.url),))
    mailbox.answer = "554 Never"
    sign_up(logged)
    assert Message.objects.get().status == "failed"
    assert f"A line for the log group {GROUP} is lost: it answered 500" in caplog.text


def test_MSG_04_no_line_holds_a_code(logged: Stage, mailbox: Mailbox) -> None:
    mailbox.answer = BUSY
    sign_up(logged)
    assert inbox.newest("alice@example.com").code not in json.dumps(lines())


def test_nothing_is_logged_unasked(logged: Stage, mailbox: Mailbox, cognito: Any, public: Any) -> None:
    mailbox.answer = "554 Never"
    other = set_stage(cognito, public, AutoVerifiedAttributes=["email"])
    sign_up(other)
    configure(logged)
    sign_up(logged)
    assert lines() == []


@pytest.mark.parametrize("group", ["../../etc/passwd", "/a/../b", "...", "a\\b", "x" * 600])
def test_no_group_leads_out_of_the_directory(group: str, place: Place, tmp_path: Path) -> None:
    place(data_dir=tmp_path)
    assert log_targets.path_of(group).parent == tmp_path / "logs"


# --- the configuration ----------------------------------------------------------------------------------------------


@pytest.mark.proves("GetLogDeliveryConfiguration")
def test_what_was_set_is_described(stage: Stage) -> None:
    assert described(stage) == {"UserPoolId": stage.pool_id, "LogConfigurations": []}
    answer = configure(stage, ERRORS)
    assert answer["LogDeliveryConfiguration"] == {"UserPoolId": stage.pool_id, "LogConfigurations": [ERRORS]}
    assert described(stage) == answer["LogDeliveryConfiguration"]
    configure(stage)
    assert described(stage)["LogConfigurations"] == []


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([ERRORS, ERRORS], "InvalidParameterException"),
        ([{**ERRORS, "LogLevel": "INFO"}], "InvalidParameterException"),
        ([{"LogLevel": "ERROR", "EventSource": "userNotification"}], "InvalidParameterException"),
        ([{**ERRORS, "S3Configuration": {"BucketArn": "arn:aws:s3:::bucket"}}], "InvalidParameterException"),
        (
            [{**ERRORS, "CloudWatchLogsConfiguration": {"LogGroupArn": "arn:aws:sns:us-east-1:000000000000:x"}}],
            "InvalidParameterException",
        ),
        ([ACTIVITY], "FeatureUnavailableInTierException"),
    ],
)
def test_what_cannot_be_done_is_refused(stage: Stage, entries: list[dict[str, Any]], code: str) -> None:
    with pytest.raises(ClientError) as refusal:
        configure(stage, *entries)
    assert refusal.value.response["Error"]["Code"] == code
    assert described(stage)["LogConfigurations"] == []


def test_sign_ins_are_not_logged_and_that_is_said(cognito: Any, public: Any) -> None:
    stage = set_stage(cognito, public, UserPoolTier="PLUS")
    with pytest.raises(cognito.exceptions.InvalidParameterException, match="is not performed by this version"):
        configure(stage, ERRORS, ACTIVITY)
