"""Malformed anything, on every operation: a modelled 4xx, never a 500, never a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.apps import apps
from django.db import transaction

from cognito_site.contract import services
from cognito_site.contract.services import Operation
from tests import samples
from tests.wire import raw

pytestmark = pytest.mark.django_db

JSON_SERVICES = ("cognito-idp", "cognito-identity")
QUERY_SERVICES = ("sts", "iam")
MALFORMED = {"SerializationException", "MalformedInput"}
INVALID = {"InvalidParameterException", "ValidationException", "ValidationError"}
EITHER = MALFORMED | INVALID


def _operations(*names: str) -> list[Operation]:
    return [found for name in names for found in services.service(name).operations.values()]


def _rows() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models() if model._meta.managed}


@pytest.fixture(autouse=True)
def no_row_is_written() -> Iterator[None]:
    before = _rows()
    yield
    assert _rows() == before


def _wrongly_answered(operation: Operation, body: bytes | dict[str, object], codes: set[str]) -> list[str]:
    answer = raw.call(operation, body)
    if 400 <= answer.status < 500 and answer.code in codes and answer.headers["x-amzn-requestid"]:
        return []
    return [f"{operation.name} {str(body)[:150]}: {answer.status} {answer.code} {answer.message[:150]}"]


BODIES: dict[str, bytes] = {
    "a list": b"[]",
    "a text": b'"x"',
    "a number": b"1",
    "nothing": b"null",
    "not JSON": b"{",
    "two documents": b"{}{}",
    "not UTF-8": b'{"UserPoolId":"\xff\xfe"}',
    "UTF-16": "{}".encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a NUL": b'{"UserPoolId":"a\0"}',
    "an escaped NUL": b'{"UserPoolId":"a\\u0000"}',
    "an escaped NUL in a name": b'{"a\\u0000":1}',
    "half a character": b'{"UserPoolId":"\\ud800"}',
    "the wrong half": b'{"UserPoolId":"\\udc00\\ud800"}',
    "NaN": b'{"Limit":NaN}',
    "Infinity": b'{"Limit":-Infinity}',
    "a number beyond doubles": b'{"Limit":1e999}',
    "65 bits": b'{"Limit":18446744073709551616}',
    "very many digits": b'{"Limit":' + b"9" * 100_000 + b"}",
    "a member twice": b'{"UserPoolId":"a","UserPoolId":"b"}',
    "a member twice, deep down": b'{"a":[{"b":{"c":1,"c":1}}]}',
    "deep lists": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep structures": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "deep lists that never end": b'{"a":' + b"[" * 500_000,
    "5 MB": b'{"UserPoolId":"' + b"a" * 5_000_000 + b'"}',
}


@pytest.mark.parametrize("what", BODIES)
def test_API_05_bodies_that_are_no_documents(what: str) -> None:
    wrong = [
        problem
        for operation in _operations(*JSON_SERVICES)
        for problem in _wrongly_answered(operation, BODIES[what], MALFORMED)
    ]
    assert not wrong


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "a NUL": lambda form: form + b"&RoleName=%00",
    "not UTF-8": lambda form: form + b"&RoleName=%ff",
    "not ASCII": lambda form: form + b"&RoleName=\xff",
    "half a character": lambda form: form + b"&RoleName=%ed%a0%80",
    "a field twice": lambda form: form + b"&RoleName=a&RoleName=b",
    "many fields": lambda form: form + b"".join(b"&a%d=1" % place for place in range(3000)),
    "deep": lambda form: form + b"&" + b"Tags." * 1000 + b"a=1",
    "a value that is a structure": lambda form: form + b"&Tags=1&Tags.member.1.Key=a",
    "5 MB": lambda form: form + b"&RoleName=" + b"a" * 5_000_000,
}


@pytest.mark.parametrize("what", FORMS)
def test_API_05_forms_that_are_no_documents(what: str) -> None:
    wrong = [
        problem
        for operation in _operations(*QUERY_SERVICES)
        for problem in _wrongly_answered(operation, FORMS[what](raw.written(operation, {})), MALFORMED)
    ]
    assert not wrong


@pytest.mark.parametrize("number", ["0" * 5000, "9" * 5000, "-1", "x", "٣", "1.5", ""])
def test_lists_of_forms_are_numbered(number: str) -> None:
    operation = services.service("sts").operations["AssumeRole"]
    document = {**samples.minimal(operation), f"Tags.member.{number}.Key": "a"}
    assert not _wrongly_answered(operation, document, EITHER)


def test_API_06_wrong_types() -> None:
    wrong = [
        problem
        for operation in _operations(*JSON_SERVICES)
        for document in samples.with_wrong_types(operation)
        for problem in _wrongly_answered(operation, document, MALFORMED)
    ]
    assert not wrong, wrong[:20]


def test_API_06_beyond_each_bound() -> None:
    """The clause that is broken is named."""
    wrong = [
        f"{operation.name} {str(document)[:100]} should say {clause}, not {answer.code} {answer.message[:200]}"
        for operation in _operations(*JSON_SERVICES, *QUERY_SERVICES)
        for document, clause in samples.outside_of_bounds(operation)
        if not _is_unsayable(operation, document)
        for answer in [raw.call(operation, document)]
        if answer.status != 400 or answer.code not in INVALID or clause not in answer.message
    ]
    assert not wrong, wrong[:20]


def _is_unsayable(operation: Operation, document: object) -> bool:
    """A form has no word for an empty list, map or structure."""
    if operation.service not in QUERY_SERVICES or not isinstance(document, list | dict):
        return False
    inside = document.values() if isinstance(document, dict) else document
    return not document or any(_is_unsayable(operation, value) for value in inside)


def test_API_06_required_members() -> None:
    wrong = [
        f"{operation.name}: {answer.refusal}"
        for operation in _operations(*JSON_SERVICES, *QUERY_SERVICES)
        if operation.input and operation.input.required
        for answer in [raw.call(operation, {})]
        for name in operation.input.required
        if f"Value null at '{name[0].lower()}{name[1:]}' failed to satisfy constraint: Member must not be null"
        not in answer.message
    ]
    assert not wrong


def test_valid_inputs_never_break_anything() -> None:
    """At each bound an operation may succeed or refuse; whatever it did is taken back."""
    wrong = []
    for operation in _operations(*JSON_SERVICES, *QUERY_SERVICES):
        for document in [samples.minimal(operation), *samples.at_bounds(operation)]:
            with transaction.atomic():
                answer = raw.call(operation, document)
                transaction.set_rollback(True)
            if answer.status >= 500 or answer.code in MALFORMED:
                wrong.append(f"{operation.name} {str(document)[:150]}: {answer.refusal}")
    assert not wrong, wrong[:20]


def test_nulls_are_absent_everywhere() -> None:
    """Clients send them (amazon-cognito-identity-js: ``SMSMfaSettings: null``)."""
    wrong = []
    for operation in _operations(*JSON_SERVICES):
        nulls = dict.fromkeys(operation.input.members) if operation.input else {}
        answer, without = raw.call(operation, nulls), raw.call(operation, {})
        if operation.input and operation.input.required and answer.refusal != without.refusal:
            wrong.append(f"{operation.name}: {answer.refusal}, without nulls {without.refusal}")
    assert not wrong


def test_unknown_members_are_ignored() -> None:
    for operation in _operations(*JSON_SERVICES):
        if operation.input and operation.input.required:
            unknown = {"pool_id": 1, "__class__": {"a": [1]}, "is_superuser": True}
            assert raw.call(operation, unknown).refusal == raw.call(operation, {}).refusal


# --- headers --------------------------------------------------------------------------------------------------------

LIST_POOLS = services.service("cognito-idp").operations["ListUserPools"]
TARGETS = (
    "",
    "ListUserPools",
    "AWSCognitoIdentityProviderService",
    "AWSCognitoIdentityProviderService.",
    "AWSCognitoIdentityProviderService.NoSuchOperation",
    "AWSCognitoIdentityProviderService.listUserPools",
    "AWSCognitoIdentityProviderService.ListUserPools.More",
    "AWSCognitoIdentityProviderService.ListUserPools,AWSCognitoIdentityProviderService.ListUserPools",
    "AWSCognitoIdentityService.ListUserPools",
    "AWSCognitoIdentityProviderService.AssumeRole",
    "AWSCognitoIdentityProviderService.__class__",
    "AWSSecurityTokenServiceV20110615.AssumeRole",
    "\x00",
    "é" * 5000,
)


@pytest.mark.parametrize("target", TARGETS)
def test_API_04_targets_that_name_nothing(target: str) -> None:
    answer = raw.send(b"{}", {"X-Amz-Target": target, "Content-Type": raw.JSON_TYPE})
    assert (answer.status, answer.code) == (400, "UnknownOperationException")
    assert answer.headers["x-amzn-errortype"] == "UnknownOperationException:"


@pytest.mark.parametrize("path", ["a", "cognito", "/", "%2e", ";x", "admin/", "healthz"])
def test_API_04_only_the_root_answers_calls(path: str) -> None:
    answer = raw.send(b"{}", raw.headers_of(LIST_POOLS), url=raw.URL + path)
    assert (answer.status, answer.code) == (400, "UnknownOperationException")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "TRACE", "CONNECT", "post", "X"])
def test_API_04_only_post_calls(method: str) -> None:
    answer = raw.send(b"{}", raw.headers_of(LIST_POOLS), method=method)
    assert answer.status == 400


@pytest.mark.parametrize(
    "name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-URL", "X-Rewrite-URL"]
)
def test_API_04_nothing_overrides_the_method(name: str) -> None:
    answer = raw.send(b"{}", {**raw.headers_of(LIST_POOLS), name: "GET"})
    assert answer.code == "MissingAuthenticationTokenException"


@pytest.mark.parametrize("kind", ["", "application/json", "text/plain", "application/x-amz-json-1.0", "x" * 9000, ";"])
def test_API_04_the_content_type_is_checked(kind: str) -> None:
    answer = raw.send(b"{}", {**raw.headers_of(LIST_POOLS), "Content-Type": kind})
    assert (answer.status, answer.code) == (400, "UnknownOperationException")


@pytest.mark.parametrize("kind", ["application/x-amz-json-1.1; charset=utf-8", "Application/X-Amz-Json-1.1"])
def test_a_charset_is_no_other_content_type(kind: str) -> None:
    answer = raw.send(b"{}", {**raw.headers_of(LIST_POOLS), "Content-Type": kind})
    assert answer.code == "MissingAuthenticationTokenException"


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "99999999999999999999", "5000000"])
def test_lengths_that_are_none(length: str) -> None:
    answer = raw.send(b"{}", {**raw.headers_of(LIST_POOLS), "Content-Length": length})
    assert (answer.status, answer.code) == (400, "SerializationException")


@pytest.mark.parametrize("value", ["AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 ", "Basic YTpi", "Bearer x", "é", "=" * 9000])
def test_authorization_headers_that_are_none(value: str) -> None:
    answer = raw.send(b"{}", {**raw.headers_of(LIST_POOLS), "Authorization": value})
    assert answer.code in ("MissingAuthenticationTokenException", "IncompleteSignatureException")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_root_without_a_target(method: str) -> None:
    assert raw.send(b"x", {"Content-Type": "text/plain"}, method=method).code == "UnknownOperationException"


def test_there_is_something_to_fuzz() -> None:
    assert len(_operations(*JSON_SERVICES, *QUERY_SERVICES)) >= 175
