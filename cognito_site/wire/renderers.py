"""What an operation returned, in the words of its protocol."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from xml.sax.saxutils import escape

from rest_framework.renderers import BaseRenderer

from cognito_site.contract import errors
from cognito_site.contract.services import Operation, Service, Shape

JSON_TYPE = "application/x-amz-json-1.1"
XML_TYPE = "text/xml"


class JsonRenderer(BaseRenderer):
    """None is an operation without an output shape, whose body is empty. Members that are None are left out."""

    media_type = JSON_TYPE
    format = "json"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else _encoder.encode(without_nulls(data)).encode()


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_nulls(entry) for name, entry in value.items() if entry is not None}
    if isinstance(value, list | tuple):
        return [without_nulls(entry) for entry in value]
    return value


def _scalar(value: Any) -> Any:
    if isinstance(value, datetime):
        return _epoch_seconds(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} has no form on the wire")


def _epoch_seconds(moment: datetime) -> float:
    """Up to three decimals; whole seconds without any."""
    seconds = round(moment.timestamp(), 3)
    return int(seconds) if seconds.is_integer() else seconds


_encoder = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, default=_scalar, allow_nan=False)


def json_error(refusal: errors.Refusal) -> bytes:
    return _encoder.encode({"__type": refusal.code, "message": refusal.message, **refusal.fields}).encode()


# --- the query protocol ---------------------------------------------------------------------------------------------

# XML 1.0 has no form for these.
_CONTROL = dict.fromkeys([code for code in range(32) if code not in (9, 10, 13)] + [0xFFFE, 0xFFFF])


def xml(service: Service, operation: Operation, data: dict[str, Any] | None, request_id: str) -> bytes:
    result = ""
    if operation.output is not None:
        result = _element(operation.result_wrapper or f"{operation.name}Result", operation.output, data or {})
    metadata = f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    name = f"{operation.name}Response"
    return f'<{name} xmlns="{service.xml_namespace}">{result}{metadata}</{name}>'.encode()


def xml_error(refusal: errors.Refusal, namespace: str, request_id: str) -> bytes:
    kind = "Receiver" if refusal.query_status >= HTTPStatus.INTERNAL_SERVER_ERROR else "Sender"
    parts = {"Type": kind, "Code": refusal.query_code, "Message": refusal.message}
    error = "".join(f"<{name}>{_text(value)}</{name}>" for name, value in parts.items())
    error = f"<Error>{error}</Error><RequestId>{request_id}</RequestId>"
    return f'<ErrorResponse xmlns="{namespace}">{error}</ErrorResponse>'.encode()


def _element(name: str, shape: Shape, value: Any) -> str:
    return f"<{name}>{_inner(shape, value)}</{name}>"


def _inner(shape: Shape, value: Any) -> str:
    if shape.kind == "structure":
        given = ((name, member, value.get(name)) for name, member in shape.members.items())
        return "".join(_element(name, member, entry) for name, member, entry in given if entry is not None)
    if shape.member is not None:
        return "".join(_element("member", shape.member, entry) for entry in value)
    if shape.key is not None and shape.value is not None:
        return "".join(
            f"<entry>{_element('key', shape.key, key)}{_element('value', shape.value, entry)}</entry>"
            for key, entry in value.items()
        )
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return escape(str(value).translate(_CONTROL))
