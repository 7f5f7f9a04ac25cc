"""AWS JSON 1.1 in both directions."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from cognito_site.contract import errors
from cognito_site.wire import parsers, renderers


def rendered(value: Any) -> str:
    return renderers.JsonRenderer().render(value).decode()


@pytest.mark.parametrize("body", [b"", b"  \n", b"{}", b" { } "])
def test_an_empty_body_is_an_empty_document(body: bytes) -> None:
    assert parsers.decode(body) == {}


@pytest.mark.parametrize(
    "document",
    [
        {"a": "\\u0000 as text", "b": "😀 and é", "c": [[], {}, None, True, -1.5, 1 << 62]},
        {"policy": json.dumps({"a": "\\u0000", "[{[{": "]"}), "deep": [[[[[[{"a": 1}]]]]]]},
        {"brackets in a text": "[" * 500 + '\\"' + "{" * 500},
    ],
)
def test_documents_arrive_as_they_were_sent(document: dict[str, Any]) -> None:
    assert parsers.decode(json.dumps(document).encode()) == document
    assert parsers.decode(json.dumps(document, ensure_ascii=False).encode()) == document


def test_depth_is_counted_outside_of_texts() -> None:
    def nested(depth: int) -> bytes:
        return b'{"a":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"

    assert parsers.decode(nested(parsers.DEEPEST))
    with pytest.raises(errors.SerializationError, match="nested too deeply"):
        parsers.decode(nested(parsers.DEEPEST + 1))


@pytest.mark.parametrize("number", [(1 << 63) - 1, -(1 << 63)])
def test_numbers_of_64_bits(number: int) -> None:
    assert parsers.decode(b'{"a":%d}' % number) == {"a": number}
    with pytest.raises(errors.SerializationError):
        parsers.decode(b'{"a":%d}' % (number + (1 if number > 0 else -1)))


def test_times_are_epoch_seconds() -> None:
    moment = datetime(2016, 8, 11, 22, 57, 11, 965432, tzinfo=UTC)
    assert rendered({"a": moment}) == '{"a":1470956231.965}'
    assert rendered({"a": moment.replace(microsecond=0)}) == '{"a":1470956231}'
    assert rendered({"a": moment.astimezone(timezone(timedelta(hours=2)))}) == '{"a":1470956231.965}'


def test_members_without_a_value_are_left_out() -> None:
    assert rendered({"a": None, "b": [{"c": None}], "d": {}, "e": 0, "f": "", "g": False}) == (
        '{"b":[{}],"d":{},"e":0,"f":"","g":false}'
    )


def test_bytes_are_base64() -> None:
    assert rendered({"a": b"\x00\xff"}) == '{"a":"AP8="}'


def test_other_alphabets_stay_readable() -> None:
    assert rendered({"a": "é😀\u2028"}) == '{"a":"é😀\u2028"}'


def test_an_operation_without_an_output_shape_has_no_body() -> None:
    assert rendered(None) == ""


@pytest.mark.parametrize("value", [object(), {1, 2}, float("nan")])
def test_what_has_no_form_is_not_guessed(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        rendered({"a": value})


def test_a_refusal_carries_its_fields() -> None:
    body = json.loads(renderers.json_error(errors.InvalidParameter("No.", reasonCode="x")))
    assert body == {"__type": "InvalidParameterException", "message": "No.", "reasonCode": "x"}
