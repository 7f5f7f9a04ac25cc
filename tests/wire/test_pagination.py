"""Lists, page by page, while they change; and tokens that only we can write."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cognito_site.contract import errors
from cognito_site.wire import pagination
from cognito_site.wire.call import Call
from identitypools.domain.callers import Caller
from userpools.models import UserPool

pytestmark = pytest.mark.django_db

START = datetime(2026, 1, 1, tzinfo=UTC)
ALICE = Caller("arn:aws:iam::123456789012:user/alice", "123456789012", "AIDA", "AKIA", "secret")
CALL = Call("cognito-idp", "ListUserPools", {"MaxResults": 3}, ALICE, "127.0.0.1", "", "id", "localhost")
BY_TIME = ("-created_at", "id")


@pytest.fixture
def pools() -> list[UserPool]:
    """Ten, of which three were made in each second."""
    rows = [
        UserPool(
            id=f"us-east-1_{place:02}",
            name=f"pool {place % 4}",
            created_at=START + timedelta(seconds=place // 3),
            modified_at=START,
        )
        for place in range(10)
    ]
    return UserPool.objects.bulk_create(rows)


def asked(token: str | None = None, **parameters: Any) -> Call:
    return replace(CALL, input={**CALL.input, **parameters, "NextToken": token})


def everything(order: Sequence[str], **parameters: Any) -> list[list[str]]:
    pages, token = [], None
    while not pages or token:
        rows, token = pagination.page_of(asked(token, **parameters), UserPool.objects.all(), order)
        pages.append([row.id for row in rows])
    return pages


def first_token(call: Call = CALL) -> str:
    token = pagination.page_of(call, UserPool.objects.all(), BY_TIME)[1]
    assert token
    return token


def refused(call: Call, token: str) -> None:
    with pytest.raises(errors.InvalidParameter) as caught:
        pagination.page_of(replace(call, input={**call.input, "NextToken": token}), UserPool.objects.all(), BY_TIME)
    assert caught.value.message == "Invalid pagination token"


@pytest.mark.parametrize("order", [("id",), ("-id",), BY_TIME, ("name", "-id"), ("name", "-created_at", "id")])
@pytest.mark.parametrize("size", [1, 3, 9, 10, 11])
def test_every_row_once_and_in_order(pools: list[UserPool], order: tuple[str, ...], size: int) -> None:
    pages = everything(order, MaxResults=size)
    ids = list(UserPool.objects.order_by(*order).values_list("id", flat=True))
    assert [row for page in pages for row in page] == ids
    assert pages == [ids[start : start + size] for start in range(0, len(ids), size)]


def test_an_empty_list_has_one_page() -> None:
    assert everything(BY_TIME) == [[]]


@pytest.mark.parametrize("size", [0, 61, 1000])
def test_sizes_that_mean_the_largest(pools: list[UserPool], size: int) -> None:
    assert everything(BY_TIME, MaxResults=size) == everything(BY_TIME, MaxResults=60)


def test_what_changes_between_pages_neither_repeats_nor_hides_others(pools: list[UserPool]) -> None:
    seen, token = pagination.page_of(asked(), UserPool.objects.all(), ("id",))
    seen[-1].delete()
    UserPool.objects.create(id="us-east-1_00a", name="new", created_at=START, modified_at=START)
    rest, _ = pagination.page_of(asked(token, MaxResults=60), UserPool.objects.all(), ("id",))
    assert [row.id for row in rest] == [f"us-east-1_{place:02}" for place in range(3, 10)]


def test_DOS_07_a_page_is_one_query(pools: list[UserPool]) -> None:
    token = first_token()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        pagination.page_of(asked(token), UserPool.objects.all(), BY_TIME)
    assert len(queries) == 1
    assert "OFFSET" not in queries[0]["sql"]
    assert "COUNT" not in queries[0]["sql"]


@pytest.mark.parametrize(
    "other",
    [
        replace(CALL, operation="ListGroups"),
        replace(CALL, service="cognito-identity"),
        replace(CALL, caller=replace(ALICE, arn="arn:aws:iam::123456789012:user/bob")),
        replace(CALL, caller=None),
        replace(CALL, input={**CALL.input, "UserPoolId": "us-east-1_b"}),
        replace(CALL, input={**CALL.input, "Filter": 'name = "a"'}),
    ],
)
def test_API_12_a_token_is_for_one_list(pools: list[UserPool], other: Call) -> None:
    refused(other, first_token())
    refused(CALL, first_token(other))


def test_a_token_is_for_one_person(pools: list[UserPool]) -> None:
    call, rows = replace(CALL, caller=None), UserPool.objects.all()
    token = pagination.page_of(call, rows, BY_TIME, principal="alice")[1]
    next_call = replace(call, input={**call.input, "NextToken": token, "AccessToken": "another of alice's"})
    assert pagination.page_of(next_call, rows, BY_TIME, principal="alice")
    with pytest.raises(errors.InvalidParameter):
        pagination.page_of(next_call, rows, BY_TIME, principal="bob")


def test_the_size_may_change_from_page_to_page(pools: list[UserPool]) -> None:
    rows, _ = pagination.page_of(asked(first_token(), MaxResults=5), UserPool.objects.all(), BY_TIME)
    assert len(rows) == 5


def test_API_12_every_bit_of_a_token_counts(pools: list[UserPool]) -> None:
    sealed = base64.urlsafe_b64decode(first_token() + "==")
    for place in range(len(sealed)):
        changed = bytes([*sealed[:place], sealed[place] ^ 1, *sealed[place + 1 :]])
        refused(CALL, base64.urlsafe_b64encode(changed).decode().rstrip("="))


@pytest.mark.parametrize("token", ["x", "é", "=", "AAAA" * 5000, "us-east-1_03", "-", "eyJhIjoxfQ"])
def test_API_12_what_is_no_token(pools: list[UserPool], token: str) -> None:
    refused(CALL, token)


def test_API_12_a_token_shows_nothing_of_the_rows(pools: list[UserPool]) -> None:
    sealed = base64.urlsafe_b64decode(first_token() + "==")
    assert b"us-east-1" not in sealed
    assert b"2026" not in sealed


def test_API_12_a_token_lives_for_a_day(pools: list[UserPool]) -> None:
    token = first_token()
    with time_machine.travel(timedelta(hours=23), tick=False):
        assert pagination.page_of(asked(token), UserPool.objects.all(), BY_TIME)
    with time_machine.travel(timedelta(hours=25), tick=False):
        refused(CALL, token)


def test_API_12_a_token_of_a_key_that_left_the_ring(pools: list[UserPool], monkeypatch: pytest.MonkeyPatch) -> None:
    token = first_token()
    monkeypatch.setattr(settings, "POOLHOUSE", replace(settings.POOLHOUSE, secret_keys=(b"k" * 32,)))
    refused(CALL, token)
