"""How many messages may leave, and where to; and what whoever asks is told when one may not."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from botocore.exceptions import ClientError
from django.core.cache import cache
from django.db import connection

from cognito_site.transports.targets import Inbox
from tests import inbox
from tests.cast import PASSWORD, Stage, set_stage
from tests.messages.conftest import Place
from tests.messages.sinks import Mailbox, Receiver
from tests.operations.test_sign_up import confirm, sign_up
from userpools.domain import access, events, sendable
from userpools.models import Event, Message, User

pytestmark = pytest.mark.django_db(transaction=True)

AUSTRIA, GERMANY, JAMAICA, TEST = "+436641234567", "+4915112345678", "+18765551234", "+15555550100"


def refused(deed: Any, *arguments: Any, **named: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refusal:
        deed(*arguments, **named)
    error = refusal.value.response["Error"]
    return error["Code"], error["Message"]


NO_COUNTRY = (
    "CodeDeliveryFailureException",
    "Text messages are not sent to the country of this phone number.",
)
NO_BUDGET = ("CodeDeliveryFailureException", "The user pool has sent all text messages of this day.")


# --- countries ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("countries", "number", "leaves"),
    [
        ("DE", GERMANY, True),
        ("DE", AUSTRIA, False),
        ("DE AT", AUSTRIA, True),
        ("US", JAMAICA, False),
        ("JM", JAMAICA, True),
        ("US", TEST, True),
        ("DE", "+999123", False),
    ],
)
def test_MSG_03_text_messages_go_to_some_countries(
    verifying: Stage, place: Place, texts: Receiver, countries: str, number: str, leaves: bool
) -> None:
    place(sms_countries=frozenset(countries.split()))
    if leaves:
        sign_up(verifying, phone_number=number)
    else:
        assert refused(sign_up, verifying, phone_number=number) == NO_COUNTRY
    assert len(texts.requests) == leaves


def test_MSG_03_whoever_gets_no_code_is_there_nevertheless(verifying: Stage, place: Place, texts: Receiver) -> None:
    """As in Cognito: an application sends the code again, once the number is changed."""
    place(sms_countries=frozenset({"DE"}))
    assert refused(sign_up, verifying, phone_number=AUSTRIA) == NO_COUNTRY
    assert User.objects.get().status == "UNCONFIRMED"
    row = Message.objects.get()
    assert (row.status, row.answer, bytes(row.content)) == ("failed", NO_COUNTRY[1], b"")
    again = verifying.public.resend_confirmation_code
    assert refused(again, ClientId=verifying.client_id, Username="alice") == NO_COUNTRY
    changed = [{"Name": "phone_number", "Value": GERMANY}]
    verifying.cognito.admin_update_user_attributes(
        UserPoolId=verifying.pool_id, Username="alice", UserAttributes=changed
    )
    assert again(ClientId=verifying.client_id, Username="alice")["CodeDeliveryDetails"]["DeliveryMedium"] == "SMS"


def test_the_inbox_has_no_borders(verifying: Stage, place: Place) -> None:
    place(sms_countries=frozenset({"DE"}), sms_per_day=0)
    sign_up(verifying, phone_number=AUSTRIA)
    confirm(verifying, inbox.code(AUSTRIA))


def test_an_invitation_that_cannot_be_sent_makes_nobody(verifying: Stage, place: Place, texts: Receiver) -> None:
    place(sms_countries=frozenset({"DE"}))
    given = [{"Name": "phone_number", "Value": AUSTRIA}]
    create = verifying.cognito.admin_create_user
    assert refused(create, UserPoolId=verifying.pool_id, Username="bob", UserAttributes=given) == NO_COUNTRY
    assert not User.objects.exists()


# --- who exists is not told -----------------------------------------------------------------------------------------


@pytest.fixture
def hiding(verifying: Stage, place: Place, texts: Receiver) -> Stage:
    """alice has a number that nothing is sent to, and the client tells nobody who exists."""
    place(sms_countries=frozenset({"DE"}))
    client = verifying.client(PreventUserExistenceErrors="ENABLED")
    verifying.client_id = client["ClientId"]
    verifying.user("alice", PASSWORD, phone_number=AUSTRIA, phone_number_verified="true", email_verified="false")
    return verifying


def test_REC_06_a_code_that_cannot_be_sent_tells_nobody(hiding: Stage, texts: Receiver) -> None:
    told = hiding.public.forgot_password(ClientId=hiding.client_id, Username="alice")["CodeDeliveryDetails"]
    pretended = hiding.public.forgot_password(ClientId=hiding.client_id, Username="mallory")["CodeDeliveryDetails"]
    assert told.keys() == pretended.keys()
    assert told["DeliveryMedium"] == "SMS"
    assert not texts.requests
    assert Message.objects.get().answer == NO_COUNTRY[1]


def test_REC_06_a_second_code_that_cannot_be_sent_tells_nobody(hiding: Stage) -> None:
    assert refused(sign_up, hiding, "eve", phone_number=AUSTRIA) == NO_COUNTRY
    for name in ("eve", "mallory"):
        told = hiding.public.resend_confirmation_code(ClientId=hiding.client_id, Username=name)
        assert told["CodeDeliveryDetails"].keys() == {"Destination", "DeliveryMedium", "AttributeName"}


# --- operations that declare no such refusal ------------------------------------------------------------------------


def test_an_administrators_change_says_it_otherwise(verifying: Stage, place: Place, texts: Receiver) -> None:
    place(sms_countries=frozenset({"DE"}))
    verifying.user()
    given = [{"Name": "phone_number", "Value": AUSTRIA}]
    who = {"UserPoolId": verifying.pool_id, "Username": "alice"}
    code, message = refused(verifying.cognito.admin_update_user_attributes, **who, UserAttributes=given)
    assert (code, message) == ("InvalidSmsRoleAccessPolicyException", NO_COUNTRY[1])
    token = verifying.tokens()["AccessToken"]
    assert refused(verifying.public.update_user_attributes, AccessToken=token, UserAttributes=given) == NO_COUNTRY


# --- the number of a day --------------------------------------------------------------------------------------------


def numbers() -> Any:
    return (f"+49151{number:08}" for number in range(1, 1000))


def test_MSG_03_a_pool_sends_so_many_a_day(verifying: Stage, place: Place, texts: Receiver) -> None:
    place(sms_per_day=5)
    fresh = numbers()
    for number in range(5):
        sign_up(verifying, f"sailor-{number}", phone_number=next(fresh))
    cache.clear()
    assert refused(sign_up, verifying, "late", phone_number=next(fresh)) == NO_BUDGET
    assert len(texts.requests) == 5
    sign_up(verifying, "by-mail")
    with time_machine.travel(timedelta(hours=23), tick=False):
        assert refused(sign_up, verifying, "later", phone_number=next(fresh)) == NO_BUDGET
    with time_machine.travel(timedelta(hours=25), tick=False):
        sign_up(verifying, "tomorrow", phone_number=next(fresh))


def test_MSG_03_a_pool_has_a_number_of_its_own(cognito: Any, public: Any, verifying: Stage, texts: Receiver) -> None:
    other = set_stage(cognito, public, AutoVerifiedAttributes=["phone_number"])
    sendable.change_budget(access.pool(verifying.pool_id), 0)
    assert refused(sign_up, verifying, phone_number=GERMANY) == NO_BUDGET
    sign_up(other, phone_number=GERMANY)


def test_MSG_03_the_number_holds_when_many_come_at_once(verifying: Stage, place: Place, texts: Receiver) -> None:
    place(sms_per_day=5)
    pool, outcomes = access.pool(verifying.pool_id), []

    def ask() -> None:
        try:
            outcomes.append(sendable.why_not(pool, "phone_number", GERMANY))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(outcomes), outcomes.count(None)) == (12, 5)
    assert Event.objects.filter(kind=events.SMS_NEARLY_USED).count() == 1


def test_MSG_03_an_alarm_rings_once_when_most_are_used(verifying: Stage, place: Place, texts: Receiver) -> None:
    place(sms_per_day=5)
    fresh, rung = numbers(), []
    for number in range(5):
        sign_up(verifying, f"sailor-{number}", phone_number=next(fresh))
        rung.append(Event.objects.filter(kind=events.SMS_NEARLY_USED).count())
    assert rung == [0, 0, 0, 1, 1]
    assert Event.objects.get(kind=events.SMS_NEARLY_USED).detail == {"a_day": 5}


def test_MSG_03_one_destination_hears_so_often(verifying: Stage, texts: Receiver) -> None:
    for number in range(20):
        sign_up(verifying, f"sailor-{number}", phone_number=GERMANY)
    assert refused(sign_up, verifying, "late", phone_number=GERMANY)[0] == "LimitExceededException"
    assert len(texts.requests) == 20
    assert User.objects.count() == 20


# --- channels that are not there ------------------------------------------------------------------------------------

REACHED = {"public_url": "https://id.example.com"}


def test_text_messages_without_a_way_out_are_refused_where_mail_has_one(
    verifying: Stage, place: Place, mailbox: Mailbox
) -> None:
    place(**REACHED)
    assert refused(sign_up, verifying, phone_number=GERMANY) == (
        "CodeDeliveryFailureException",
        "Messages by SMS cannot be sent: no channel is configured for them.",
    )
    place(sms=Inbox())
    sign_up(verifying, "bob", phone_number=GERMANY)
    assert inbox.code(GERMANY)


def test_mail_without_a_way_out_is_refused_where_text_messages_have_one(
    verifying: Stage, place: Place, texts: Receiver
) -> None:
    place(**REACHED)
    assert refused(sign_up, verifying)[0] == "CodeDeliveryFailureException"


def test_a_trial_needs_no_channel(verifying: Stage, place: Place) -> None:
    place(**REACHED)
    sign_up(verifying)
    sign_up(verifying, "bob", phone_number=GERMANY)
    assert inbox.code(GERMANY)
