"""Signature Version 4 from the checking side: botocore and AWS's own vectors are the oracle, mutations the attack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from django.utils import timezone

from cognito_site.contract import errors, services
from cognito_site.wire import sigv4
from identitypools.domain import callers
from tests.wire import raw

KEY, SECRET, TOKEN = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "a/session+token=="
REGIONS = {"us-east-1"}
SERVICE = "cognito-idp"
AUTHENTICATION = {
    "MissingAuthenticationTokenException",
    "IncompleteSignatureException",
    "InvalidSignatureException",
    "UnrecognizedClientException",
    "MissingAuthenticationToken",
    "IncompleteSignature",
    "SignatureDoesNotMatch",
    "InvalidClientTokenId",
}

# The suite that AWS publishes: method, path and query, headers, body, signature.
VECTORS = {
    "get-vanilla": ("GET", "/", {}, "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    "get-vanilla-query-order-key-case": (
        "GET",
        "/?Param2=value2&Param1=value1",
        {},
        "",
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ),
    "post-vanilla": ("POST", "/", {}, "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    "post-x-www-form-urlencoded": (
        "POST",
        "/",
        {"content-type": "application/x-www-form-urlencoded"},
        "Param1=value1",
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    ),
    "get-header-value-trim": (
        "GET",
        "/",
        {"my-header1": " value1", "my-header2": ' "a   b   c"'},
        "",
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_IDP_07_vectors_of_aws(name: str) -> None:
    method, url, given, body, signature = VECTORS[name]
    headers = {"host": "example.amazonaws.com", "x-amz-date": "20150830T123600Z", **given}
    names = ";".join(sorted(headers))
    scope = f"{KEY}/20150830/us-east-1/service/aws4_request"
    headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={names}, Signature={signature}"
    path, _, query = url.partition("?")
    request = sigv4.Request(method, path, query, headers, body.encode())
    sigv4.check(request, sigv4.read_header(request), SECRET)


def signed(
    body: bytes = b'{"a":1}',
    headers: dict[str, str] | None = None,
    url: str = "http://localhost:9229/",
    token: str | None = None,
    service: str = SERVICE,
) -> sigv4.Request:
    request = AWSRequest("POST", url, headers=headers or {"X-Amz-Target": "A.B"}, data=body)
    SigV4Auth(Credentials(KEY, SECRET, token), service, "us-east-1").add_auth(request)
    return _arrived(request, body)


def presigned(url: str, expires: int = 60, token: str | None = None) -> sigv4.Request:
    request = AWSRequest("GET", url)
    SigV4QueryAuth(Credentials(KEY, SECRET, token), "sts", "us-east-1", expires=expires).add_auth(request)
    return _arrived(request, b"")


def _arrived(request: AWSRequest, body: bytes) -> sigv4.Request:
    prepared = request.prepare()
    parts = urlsplit(prepared.url)
    headers = {name.lower(): _text(value) for name, value in prepared.headers.items()}
    return sigv4.Request(prepared.method, parts.path, parts.query, {"host": parts.netloc, **headers}, body)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def verify(
    request: sigv4.Request,
    read: Callable[[sigv4.Request], sigv4.Signature] = sigv4.read_header,
    now: datetime | None = None,
    service: str = SERVICE,
) -> sigv4.Signature:
    signature = read(request)
    sigv4.check_claims(request, signature, service, REGIONS, now or timezone.now())
    if signature.access_key_id != KEY:
        raise errors.unrecognized_client()
    sigv4.check(request, signature, SECRET)
    return signature


def refusal(*arguments: Any, **options: Any) -> errors.Refusal:
    with pytest.raises(errors.Refusal) as caught:
        verify(*arguments, **options)
    return caught.value


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:9229/",
        "https://[::1]:9229/",
        "http://localhost:9229/?a=b&a=a&A=%20&empty=&%C3%A9=%2B",
        "http://localhost:9229/?z=1&x=a%3Db%26c&~.-_=1",
    ],
)
@pytest.mark.parametrize("token", [None, TOKEN])
def test_what_botocore_signs_is_accepted(url: str, token: str | None) -> None:
    headers = {"X-Amz-Target": "A.B", "X-Amz-Meta": "  two   spaces ", "Content-Type": "application/x-amz-json-1.1"}
    assert verify(signed(headers=headers, url=url, token=token)).session_token == token


def test_a_presigned_request_is_accepted() -> None:
    request = presigned("http://localhost:9229/?Action=GetCallerIdentity&Version=2011-06-15", token=TOKEN)
    assert verify(request, sigv4.read_query, service="sts").session_token == TOKEN


def test_IDP_07_every_byte_of_the_body_is_signed() -> None:
    request = signed(b'{"UserPoolId":"us-east-1_AbCdEf123"}')
    for place in range(len(request.body)):
        changed = bytes([*request.body[:place], request.body[place] ^ 1, *request.body[place + 1 :]])
        assert isinstance(refusal(replace(request, body=changed)), errors.InvalidSignature)
    assert isinstance(refusal(replace(request, body=request.body + b" ")), errors.InvalidSignature)


def test_IDP_07_every_byte_of_the_headers_is_signed() -> None:
    """The length is no header of ours: the hash of the body says more."""
    request = signed(token=TOKEN)
    for name, value in request.headers.items():
        for place, character in enumerate(value if name != "content-length" else ""):
            changed = value[:place] + chr(ord(character) ^ 1) + value[place + 1 :]
            assert refusal(replace(request, headers={**request.headers, name: changed}))


def test_IDP_07_method_path_and_query_are_signed() -> None:
    request = signed(url="http://localhost:9229/?a=1&b=2")
    for change in ({"method": "GET"}, {"path": "/a"}, {"query": "a=1&b=3"}, {"query": "a=1"}, {"query": "a=1&b=2&c="}):
        assert isinstance(refusal(replace(request, **change)), errors.InvalidSignature)


def test_the_order_of_a_query_is_not_signed() -> None:
    assert verify(replace(signed(url="http://localhost:9229/?a=1&b=2"), query="b=2&a=1"))


@pytest.mark.parametrize("added", ["x-amz-target", "x-amz-security-token", "x-amz-anything", "X-Amz-Date".lower()])
def test_IDP_07_what_matters_must_be_signed(added: str) -> None:
    """Whoever stands between could have added it."""
    request = signed(headers={"Content-Type": "a"})
    without = {name: value for name, value in request.headers.items() if name != added}
    assert refusal(replace(request, headers={**without, added: "x"}))


def test_IDP_07_the_host_must_be_signed() -> None:
    request = signed()
    authorization = request.headers["authorization"].replace("SignedHeaders=host;", "SignedHeaders=")
    assert authorization != request.headers["authorization"]
    assert refusal(replace(request, headers={**request.headers, "authorization": authorization}))


def test_headers_that_proxies_add_may_be_unsigned() -> None:
    request = signed()
    assert verify(replace(request, headers={**request.headers, "user-agent": "x", "via": "1.1 x", "accept": "*/*"}))


def test_a_body_hash_that_lies() -> None:
    hidden = {"X-Amz-Target": "A.B", "X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}
    request = signed(headers=hidden)
    assert isinstance(refusal(request), errors.InvalidSignature)
    assert isinstance(refusal(replace(request, body=b"{}")), errors.InvalidSignature)


@pytest.mark.parametrize("minutes", [-4, 0, 4])
def test_a_clock_may_be_wrong_by_five_minutes(minutes: int) -> None:
    assert verify(signed(), now=timezone.now() + timedelta(minutes=minutes))


def test_IDP_07_clocks_that_are_too_wrong() -> None:
    """SDKs read their own error out of these texts."""
    request = signed()
    stamp = request.headers["x-amz-date"]
    made = datetime.strptime(stamp, sigv4.STAMP).replace(tzinfo=UTC)
    late, early = made + timedelta(minutes=6), made - timedelta(minutes=6)
    assert refusal(request, now=late).message == (
        f"Signature expired: {stamp} is now earlier than {made + timedelta(minutes=1):%Y%m%dT%H%M%SZ} "
        f"({late:%Y%m%dT%H%M%SZ} - 5 min.)"
    )
    assert refusal(request, now=early).message == (
        f"Signature not yet current: {stamp} is still later than {made - timedelta(minutes=1):%Y%m%dT%H%M%SZ} "
        f"({early:%Y%m%dT%H%M%SZ} + 5 min.)"
    )


def test_a_presigned_request_ends_when_it_says() -> None:
    request = presigned("http://localhost:9229/?Action=GetCallerIdentity", expires=60)
    assert refusal(request, sigv4.read_query, timezone.now() + timedelta(seconds=62), "sts")
    assert verify(request, sigv4.read_query, timezone.now() + timedelta(seconds=50), "sts")


@pytest.mark.parametrize("expires", ["0", "604801", "-1", "x", "1e3", ""])
def test_a_presigned_request_lives_a_week_at_most(expires: str) -> None:
    request = presigned("http://localhost:9229/?Action=GetCallerIdentity", expires=60)
    changed = replace(request, query=request.query.replace("X-Amz-Expires=60", f"X-Amz-Expires={expires}"))
    assert isinstance(refusal(changed, sigv4.read_query, service="sts"), errors.IncompleteSignature)


def test_parameters_twice_in_a_presigned_request() -> None:
    request = presigned("http://localhost:9229/?Action=GetCallerIdentity")
    changed = replace(request, query=request.query + "&Action=AssumeRole")
    assert isinstance(refusal(changed, sigv4.read_query, service="sts"), errors.IncompleteSignature)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("/us-east-1/", "/eu-west-1/", "Credential should be scoped to a valid region"),
        ("/cognito-idp/", "/sts/", "Credential should be scoped to correct service: 'cognito-idp'."),
        ("aws4_request", "aws4", "Credential should be scoped with a valid terminator: 'aws4_request'"),
    ],
)
def test_scopes(old: str, new: str, message: str) -> None:
    request = signed()
    headers = {**request.headers, "authorization": request.headers["authorization"].replace(old, new)}
    assert refusal(replace(request, headers=headers)).message == message


def test_a_date_that_is_not_the_scopes() -> None:
    request = signed()
    today = request.headers["x-amz-date"][:8]
    headers = {**request.headers, "authorization": request.headers["authorization"].replace(f"/{today}/", "/20150830/")}
    assert refusal(replace(request, headers=headers)).message.startswith("Date in Credential scope does not match")


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("SignedHeaders=", "SignedHeader="),
        lambda text: text.replace("Credential=", "Credential=AKIA/"),
        lambda text: text + ", Signature=" + "0" * 64,
        lambda text: text[:-1],
        lambda text: text[:-1] + "G",
        lambda text: text.partition(",")[0],
    ],
)
def test_half_of_a_signature(damage: Callable[[str], str]) -> None:
    request = signed()
    headers = {**request.headers, "authorization": damage(request.headers["authorization"])}
    assert isinstance(refusal(replace(request, headers=headers)), errors.IncompleteSignature)


@pytest.mark.parametrize("stamp", ["20261301T000000Z", "00000000T000000Z", "20260101T250000Z", "20260101", "x" * 16])
def test_dates_that_are_none(stamp: str) -> None:
    request = signed()
    today = request.headers["x-amz-date"][:8]
    authorization = request.headers["authorization"].replace(f"/{today}/", f"/{stamp[:8]}/")
    headers = {**request.headers, "x-amz-date": stamp, "authorization": authorization}
    assert isinstance(refusal(replace(request, headers=headers)), errors.IncompleteSignature)


def test_a_date_header_of_http_is_a_date_too() -> None:
    """Where a client cannot set X-Amz-Date. It must be signed then."""
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    headers = {"date": "Fri, 02 Jan 2026 03:04:05 GMT", "host": "a"}
    authorization = f"AWS4-HMAC-SHA256 Credential={KEY}/20260102/us-east-1/{SERVICE}/aws4_request, Signature={'0' * 64}"
    for names in ("host", "date;host"):
        given = {**headers, "authorization": f"{authorization}, SignedHeaders={names}"}
        request = sigv4.Request("POST", "/", "", given, b"")
        signature = sigv4.read_header(request)
        assert signature.stamp == "20260102T030405Z"
        if names == "host":
            with pytest.raises(errors.InvalidSignature):
                sigv4.check_claims(request, signature, SERVICE, REGIONS, moment)
        else:
            sigv4.check_claims(request, signature, SERVICE, REGIONS, moment)


def test_DOS_04_the_memory_of_derived_keys_is_bounded() -> None:
    assert sigv4._key.cache_info().maxsize == 4096


# --- at the door ----------------------------------------------------------------------------------------------------

GET_POOL = services.service("cognito-idp").operations["DescribeUserPool"]
GET_USER = services.service("cognito-idp").operations["GetUser"]
IDENTITY = services.service("sts").operations["GetCallerIdentity"]
POOL = {"UserPoolId": "us-east-1_AbCdEf123"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("keys", "code", "message"),
    [
        (("AKIAUNKNOWN", SECRET), "UnrecognizedClientException", "The security token included in the request is"),
        (None, "InvalidSignatureException", "The request signature we calculated does not match the signature you"),
    ],
)
def test_IDP_09_wrong_keys(keys: tuple[str, str] | None, code: str, message: str) -> None:
    body = raw.written(GET_POOL, POOL)
    given = keys or (callers.first_key()[0], SECRET)
    answer = raw.send(body, raw.sign(GET_POOL, body, raw.headers_of(GET_POOL), given))
    assert answer.code == code
    assert answer.message.startswith(message)
    assert given[0] not in answer.message


@pytest.mark.django_db
def test_a_session_token_that_is_none() -> None:
    body = raw.written(GET_POOL, POOL)
    headers = raw.sign(GET_POOL, body, raw.headers_of(GET_POOL), (*callers.first_key(), TOKEN))
    assert raw.send(body, headers).code == "UnrecognizedClientException"


@pytest.mark.django_db
def test_API_06_who_did_not_sign_learns_nothing_about_the_input() -> None:
    answer = raw.send(b"{", raw.headers_of(GET_POOL))
    assert answer.code == "MissingAuthenticationTokenException"


@pytest.mark.django_db
@pytest.mark.parametrize("authorization", ["x", "Bearer x", "AWS4-HMAC-SHA256 x", None])
def test_public_operations_ignore_signatures_good_and_bad(authorization: str | None) -> None:
    body = raw.written(GET_USER, {})
    good = raw.sign(GET_USER, body, raw.headers_of(GET_USER))
    headers = {**good, "Authorization": authorization} if authorization else good
    assert raw.send(body, headers).refusal == raw.send(body, raw.headers_of(GET_USER)).refusal


@pytest.mark.django_db
def test_presigned_requests_are_for_the_query_protocol() -> None:
    keys = Credentials(*callers.first_key())
    url = f"{raw.URL}?Action=GetCallerIdentity&Version=2011-06-15"
    request = AWSRequest("GET", url)
    SigV4QueryAuth(keys, "sts", "us-east-1", expires=60).add_auth(request)
    good = request.prepare().url
    assert raw.send(method="GET", url=good).code not in AUTHENTICATION
    assert raw.send(method="GET", url=good[:-1] + ("1" if good[-1] == "0" else "0")).code in AUTHENTICATION
    assert raw.send(method="GET", url=url).code == "MissingAuthenticationToken"

    body = raw.written(GET_POOL, POOL)
    request = AWSRequest("POST", raw.URL, headers=raw.headers_of(GET_POOL), data=body)
    SigV4QueryAuth(keys, "cognito-idp", "us-east-1", expires=60).add_auth(request)
    answer = raw.send(body, raw.headers_of(GET_POOL), url=request.prepare().url)
    assert answer.code == "MissingAuthenticationTokenException"
