"""Signature Version 4, from the side that checks (AWS: "Create a signed request").

The request is rebuilt from what arrived and signed again with the caller's secret; nothing is compared but the two
signatures, in constant time. Pure: no look-up, no clock of its own.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from hashlib import sha256
from urllib.parse import parse_qsl, quote

from cognito_site.contract import errors

ALGORITHM = "AWS4-HMAC-SHA256"
# Of the 5 or 15 minutes that AWS's services allow: what is caught on the way can be sent again for no longer than it
# must. SDKs correct their clock from the Date header of the refusal.
SKEW = timedelta(minutes=5)
LONGEST_PRESIGNED = timedelta(days=7)
MOST_PARAMETERS = 2000
STAMP = "%Y%m%dT%H%M%SZ"
_STAMP = re.compile(r"\A([0-9]{4})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})Z\Z")
_SIGNATURE = re.compile(r"\A[0-9a-f]{64}\Z")
_SECONDS = re.compile(r"\A[0-9]{1,6}\Z")
_UNRESERVED = "-_.~"
_SCOPE_PARTS = 5


@dataclass(frozen=True, slots=True)
class Request:
    """As it arrived. ``headers``: lower-case names, bytes as latin-1; ``path`` and ``query`` raw; ``body`` whole."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Signature:
    """What the request claims; nothing of it is proved before ``check``."""

    access_key_id: str
    scope: tuple[str, str, str]
    signed_headers: tuple[str, ...]
    signature: str
    stamp: str
    session_token: str | None
    lifetime: timedelta = SKEW
    is_presigned: bool = False

    @property
    def scope_text(self) -> str:
        return "/".join((*self.scope, "aws4_request"))


# --- reading --------------------------------------------------------------------------------------------------------


def read_header(request: Request) -> Signature:
    """MissingAuthenticationToken when nothing claims to be a signature, IncompleteSignature for half of one."""
    algorithm, _, rest = request.headers.get("authorization", "").partition(" ")
    if algorithm != ALGORITHM:
        raise errors.missing_authentication_token()
    parts = [part.strip().partition("=")[::2] for part in rest.split(",")]
    given = dict(parts)
    for name in ("Credential", "SignedHeaders", "Signature"):
        if not given.get(name) or len(given) != len(parts):
            raise errors.incomplete_signature(f"Authorization header requires '{name}' parameter, once.")
    return Signature(
        *_claims(given["Credential"], given["SignedHeaders"], given["Signature"], _date(request.headers)),
        session_token=request.headers.get("x-amz-security-token"),
    )


def _date(headers: Mapping[str, str]) -> str:
    if headers.get("x-amz-date"):
        return headers["x-amz-date"]
    try:
        return parsedate_to_datetime(headers.get("date", "")).astimezone(UTC).strftime(STAMP)
    except (TypeError, ValueError, OverflowError):
        raise errors.incomplete_signature(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        ) from None


def read_query(request: Request) -> Signature:
    """A presigned request."""
    given = _parameters(request.query)
    for name in ("X-Amz-Credential", "X-Amz-SignedHeaders", "X-Amz-Signature", "X-Amz-Date", "X-Amz-Expires"):
        if not given.get(name):
            raise errors.incomplete_signature(f"AWS query-string parameters must include '{name}'.")
    if given.get("X-Amz-Algorithm") != ALGORITHM:
        raise errors.incomplete_signature("Unsupported AWS 'algorithm'.")
    return Signature(
        *_claims(*(given[f"X-Amz-{name}"] for name in ("Credential", "SignedHeaders", "Signature", "Date"))),
        session_token=given.get("X-Amz-Security-Token"),
        lifetime=_lifetime(given["X-Amz-Expires"]),
        is_presigned=True,
    )


def is_presigned(query: str) -> bool:
    return "X-Amz-Signature=" in query


def _parameters(query: str) -> dict[str, str]:
    pairs = _pairs(query)
    given = dict(pairs)
    if len(given) != len(pairs):
        raise errors.incomplete_signature("A query-string parameter stands twice in a presigned request.")
    return given


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise errors.malformed("its query string has too many parameters") from None


def _lifetime(seconds: str) -> timedelta:
    if not _SECONDS.match(seconds) or not timedelta(0) < timedelta(seconds=int(seconds)) <= LONGEST_PRESIGNED:
        raise errors.incomplete_signature("X-Amz-Expires must be a number from 1 to 604800.")
    return timedelta(seconds=int(seconds))


def _claims(
    credential: str, headers: str, signature: str, stamp: str
) -> tuple[str, tuple[str, str, str], tuple[str, ...], str, str]:
    scope = credential.split("/")
    if len(scope) != _SCOPE_PARTS or not _STAMP.match(stamp) or not _SIGNATURE.match(signature):
        raise errors.incomplete_signature("The credential, the date or the signature is malformed.")
    key, date, region, service, terminator = scope
    if terminator != "aws4_request":
        raise errors.wrong_terminator_in_scope()
    return key, (date, region, service), tuple(headers.split(";")), signature, stamp


# --- checking -------------------------------------------------------------------------------------------------------


def check_claims(request: Request, signature: Signature, service: str, regions: Collection[str], now: datetime) -> None:
    """Everything but the secret: scope, clock, and that what matters was signed."""
    date, region, named = signature.scope
    if named != service:
        raise errors.wrong_service_in_scope(service)
    if region not in regions:
        raise errors.wrong_region_in_scope()
    if not signature.stamp.startswith(f"{date}T"):
        raise errors.wrong_date_in_scope()
    _check_clock(signature, now)
    _check_what_is_signed(request, signature)


def _check_clock(signature: Signature, now: datetime) -> None:
    signed_at = _moment(signature.stamp)
    text = now.strftime(STAMP)
    minutes = int(SKEW.total_seconds() // 60)
    if now - signed_at > signature.lifetime:
        earliest = (now - signature.lifetime).strftime(STAMP)
        raise errors.signature_expired(signature.stamp, earliest, text, int(signature.lifetime.total_seconds() // 60))
    if signed_at - now > SKEW:
        raise errors.signature_not_yet_current(signature.stamp, (now + SKEW).strftime(STAMP), text, minutes)


def _moment(stamp: str) -> datetime:
    """A tenth of the time of ``strptime``, at every signed call."""
    found = _STAMP.match(stamp)
    year, month, day, hour, minute, second = map(int, found.groups()) if found else (0,) * 6
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise errors.incomplete_signature("The date is malformed.") from None


def _check_what_is_signed(request: Request, signature: Signature) -> None:
    """What is not signed, whoever stands between could have put there."""
    must = {"host"} | {name for name in request.headers if name.startswith("x-amz-")}
    if not signature.is_presigned and "x-amz-date" not in request.headers:
        must.add("date")
    signed = signature.signed_headers
    if must - set(signed) or list(signed) != sorted(set(signed)) or not set(signed) <= set(request.headers):
        raise errors.signature_does_not_match()


def check(request: Request, signature: Signature, secret: str) -> None:
    """Raises InvalidSignature unless ``secret`` signed exactly this request."""
    body = sha256(request.body).hexdigest()
    told = request.headers.get("x-amz-content-sha256")
    if told is not None and told != body:
        raise errors.signature_does_not_match()
    canonical = sha256(_canonical(request, signature, body)).hexdigest()
    text = f"{ALGORITHM}\n{signature.stamp}\n{signature.scope_text}\n{canonical}"
    expected = hmac.digest(_key(secret, *signature.scope), text.encode("latin-1", "replace"), "sha256").hex()
    if not hmac.compare_digest(expected, signature.signature):
        raise errors.signature_does_not_match()


def _canonical(request: Request, signature: Signature, body_hash: str) -> bytes:
    headers = b"".join(
        name.encode("latin-1", "replace") + b":" + _header_value(request.headers[name]) + b"\n"
        for name in signature.signed_headers
    )
    query = _canonical_query(request.query, "X-Amz-Signature" if signature.is_presigned else "")
    before = f"{request.method}\n{quote(request.path, safe='/-_.~%')}\n{query}\n".encode()
    after = f"\n{';'.join(signature.signed_headers)}\n{body_hash}".encode("latin-1", "replace")
    return before + headers + after


def _header_value(text: str) -> bytes:
    return b" ".join(text.encode("latin-1", "replace").split())


def _canonical_query(query: str, without: str) -> str:
    if not query:
        return ""
    given = (pair for pair in _pairs(query) if pair[0] != without)
    encoded = sorted((quote(name, safe=_UNRESERVED), quote(value, safe=_UNRESERVED)) for name, value in given)
    return "&".join(f"{name}={value}" for name, value in encoded)


@lru_cache(maxsize=4096)
def _key(secret: str, date: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode("latin-1", "replace"), "sha256")
    return key
