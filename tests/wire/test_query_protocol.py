"""The query protocol of STS and IAM: botocore's serializer and parser are the oracle."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from cognito_site.contract import errors, services, validation
from cognito_site.contract.services import Operation, Shape
from cognito_site.wire import parsers, renderers
from tests import samples
from tests.wire import raw

OPERATIONS = [found for name in ("sts", "iam") for found in services.service(name).operations.values()]
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
STS = services.service("sts")


def named(operation: Operation) -> str:
    return operation.name


def model(operation: Operation) -> Any:
    return ServiceModel(Loader().load_service_model(operation.service, "service-2")).operation_model(operation.name)


def everything(shape: Shape) -> Any:
    """Each member of a shape, lists with two entries, and texts that XML must escape."""
    if shape.kind == "structure":
        return {name: everything(member) for name, member in shape.members.items()}
    if shape.member is not None:
        return [everything(shape.member), everything(shape.member)]
    if shape.key is not None and shape.value is not None:
        return {"one": everything(shape.value), "two": everything(shape.value)}
    return {"integer": 7, "boolean": True, "timestamp": MOMENT}.get(shape.kind, "<é & \"'>")


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_what_is_rendered_is_read_by_botocore(operation: Operation) -> None:
    data = everything(operation.output) if operation.output else {}
    body = renderers.xml(services.service(operation.service), operation, data, "the-request-id")
    response = {"body": body, "headers": {}, "status_code": 200}
    parsed = create_parser("query").parse(response, model(operation).output_shape)
    assert parsed.pop("ResponseMetadata")["RequestId"] == "the-request-id"
    assert parsed == data


@pytest.mark.parametrize("operation", OPERATIONS, ids=named)
def test_what_botocore_writes_is_understood(operation: Operation) -> None:
    given = samples.minimal(operation)
    members = operation.input.members if operation.input else {}
    more = {name: [samples.value(shape.member)] * 2 for name, shape in members.items() if shape.member is not None}
    form = create_serializer("query", include_validation=False).serialize_to_request(
        {**given, **more}, model(operation)
    )["body"]
    understood = parsers.document(operation.input, {name: str(value) for name, value in form.items()})
    said = {name: value for name, value in {**given, **more}.items() if value not in ([{}, {}], {})}
    assert {name: understood[name] for name in said} == said


def test_numbers_and_booleans_are_values() -> None:
    assume = STS.operations["AssumeRole"]
    assert parsers.document(assume.input, {"DurationSeconds": "900"}) == {"DurationSeconds": 900}
    for wrong in ("x", "1.5", "", "1" * 20, "٣"):
        with pytest.raises(errors.SerializationError):
            parsers.document(assume.input, {"DurationSeconds": wrong})


def test_lists_keep_the_order_of_their_numbers() -> None:
    assume = STS.operations["AssumeRole"]
    given = {f"TransitiveTagKeys.member.{place}": f"k{place}" for place in (10, 2, 1)}
    assert parsers.document(assume.input, given) == {"TransitiveTagKeys": ["k1", "k2", "k10"]}


def test_validation_has_the_words_of_the_query_protocol() -> None:
    with pytest.raises(errors.ValidationFailed) as caught:
        validation.check(STS.operations["GetAccessKeyInfo"], {})
    assert caught.value.query_code == "ValidationError"


def test_an_error() -> None:
    answer = raw.send(b"Action=GetAccessKeyInfo&Version=2011-06-15", {"Content-Type": raw.FORM_TYPE})
    text = answer.body.decode()
    assert answer.status == 403
    assert answer.headers["content-type"] == "text/xml"
    assert text == (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
        "<Code>MissingAuthenticationToken</Code><Message>Missing Authentication Token</Message></Error>"
        f"<RequestId>{answer.headers['x-amzn-requestid']}</RequestId></ErrorResponse>"
    )


@pytest.mark.parametrize(
    "form",
    [
        "",
        "Action=AssumeRole",
        "Version=2011-06-15",
        "Action=NoSuch&Version=2011-06-15",
        "Action=ListRoles&Version=2011-06-15",
        "Action=GetCallerIdentity&Version=2010-05-08",
        "Action=CreateUser&Version=2010-05-08",
        "Action=GetCallerIdentity&Version=2011-06-15x",
    ],
)
def test_API_04_actions_that_are_none(form: str) -> None:
    answer = raw.send(form.encode(), {"Content-Type": raw.FORM_TYPE})
    assert (answer.status, answer.code) == (400, "InvalidAction")


def test_control_characters_have_no_form_in_xml() -> None:
    body = renderers.xml_error(errors.UnknownOperation("a\x01\x0b]]>\ufffe<b>"), "urn:x", "id").decode()
    assert "<Message>a]]&gt;&lt;b&gt;</Message>" in body
