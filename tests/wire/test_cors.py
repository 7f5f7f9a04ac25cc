"""Browser SDKs call from any origin, and must be able to read the refusals too."""

from __future__ import annotations

import pytest

from cognito_site.contract import services
from tests.clients import in_process
from tests.wire import raw

pytestmark = pytest.mark.django_db

GET_USER = services.service("cognito-idp").operations["GetUser"]
ASSUME = services.service("sts").operations["AssumeRoleWithWebIdentity"]
SENT_BY_BROWSERS = {
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "authorization",
    "cache-control",
    "content-type",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-target",
    "x-amz-user-agent",
}


def test_preflight() -> None:
    asked = {"Origin": "https://app.example.com", "Access-Control-Request-Method": "POST"}
    answer = raw.send(headers=asked, method="OPTIONS")
    assert answer.status == 200
    assert answer.body == b""
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == "POST"
    assert set(answer.headers["access-control-allow-headers"].split(", ")) >= SENT_BY_BROWSERS
    assert answer.headers["access-control-max-age"] == "172800"
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize("headers", [{}, raw.headers_of(GET_USER), raw.headers_of(ASSUME), {"X-Amz-Target": "x"}])
def test_every_answer_may_be_read(headers: dict[str, str]) -> None:
    answer = raw.send(b"{", headers)
    assert answer.status == 400
    assert answer.headers["access-control-allow-origin"] == "*"
    exposed = answer.headers["access-control-expose-headers"]
    assert exposed == "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"


def test_header_and_body_of_a_refusal_agree() -> None:
    answer = raw.send(b"{}", raw.headers_of(GET_USER))
    assert answer.headers["x-amzn-errortype"] == f"{answer.code}:"
    assert answer.headers["x-amzn-errormessage"] == answer.message
    assert answer.headers["content-type"] == raw.JSON_TYPE


def test_a_message_of_several_lines_and_alphabets_is_one_header_line() -> None:
    answer = raw.send('{"AccessToken":"é\\r\\nX: y"}'.encode(), raw.headers_of(GET_USER))
    assert answer.status == 400
    assert answer.headers["x-amzn-errormessage"].isascii()
    assert answer.headers["x-amzn-errormessage"].isprintable()


def test_every_request_has_an_id_of_its_own() -> None:
    ids = {raw.send(b"{}", raw.headers_of(GET_USER)).headers["x-amzn-requestid"] for _ in range(3)}
    assert len(ids) == 3


def test_pages_are_left_alone() -> None:
    for method, url in (("GET", raw.URL), ("HEAD", raw.URL), ("GET", f"{in_process.ENDPOINT}/healthz")):
        assert "x-amzn-requestid" not in raw.send(method=method, url=url).headers
