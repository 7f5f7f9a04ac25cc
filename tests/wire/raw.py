"""Requests that no SDK would send: signed by botocore, but with any body and any header."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.credentials import Credentials

from cognito_site.contract import services
from cognito_site.contract.services import Operation
from identitypools.domain import callers
from tests.clients import in_process

URL = f"{in_process.ENDPOINT}/"
JSON_TYPE = "application/x-amz-json-1.1"
FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Answer:
    status: int
    code: str
    message: str
    headers: dict[str, str]
    body: bytes

    @property
    def refusal(self) -> tuple[int, str, str]:
        return self.status, self.code, self.message


def answer_of(response: AWSResponse) -> Answer:
    code = message = ""
    if response.status_code >= 400 and response.content.startswith(b"{"):
        found = json.loads(response.content)
        code, message = found["__type"], found["message"]
    elif response.content.startswith(b"<ErrorResponse"):
        text = response.content.decode()
        code, message = (text.partition(f"<{name}>")[2].partition(f"</{name}>")[0] for name in ("Code", "Message"))
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, code, message, headers, response.content)


def send(body: bytes = b"", headers: dict[str, str] | None = None, *, method: str = "POST", url: str = URL) -> Answer:
    return answer_of(in_process.send(method, url, headers or {}, body))


def headers_of(operation: Operation) -> dict[str, str]:
    service = services.service(operation.service)
    if service.protocol == "query":
        return {"Content-Type": FORM_TYPE}
    return {"X-Amz-Target": f"{service.target_prefix}.{operation.name}", "Content-Type": JSON_TYPE}


def call(operation: Operation, body: bytes | dict[str, Any], **headers: str) -> Answer:
    """With the first operator's signature where the operation wants one; a dict in the service's protocol."""
    content = body if isinstance(body, bytes) else written(operation, body)
    given = {**headers_of(operation), **headers}
    return send(content, sign(operation, content, given) if operation.is_signed else given)


def written(operation: Operation, document: dict[str, Any]) -> bytes:
    if services.service(operation.service).protocol == "json":
        return json.dumps(document).encode()
    version = services.service(operation.service).api_version
    return urlencode({"Action": operation.name, "Version": version, **dict(_flat(document))}).encode()


def _flat(value: Any, path: str = "") -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [pair for name, entry in value.items() for pair in _flat(entry, f"{path}.{name}".lstrip("."))]
    if isinstance(value, list):
        return [pair for place, entry in enumerate(value, 1) for pair in _flat(entry, f"{path}.member.{place}")]
    return [(path, json.dumps(value) if isinstance(value, bool) else str(value))]


def sign(
    operation: Operation, body: bytes, headers: dict[str, str], keys: tuple[str, ...] | None = None, url: str = URL
) -> dict[str, str]:
    request = AWSRequest("POST", url, headers=headers, data=body)
    credentials = Credentials(*(keys or callers.first_key()))
    SigV4Auth(credentials, services.service(operation.service).signing_name, in_process.REGION).add_auth(request)
    return dict(request.headers.items())


def all_operations() -> list[Operation]:
    return [found for name in services.NAMES for found in services.service(name).operations.values()]
