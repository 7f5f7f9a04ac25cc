"""Answers to programs: their headers, and the same endpoint for scripts of any origin (no cookie counts here)."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from userpools.values import Context

JSON = "application/json;charset=UTF-8"
NOT_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}
ANY_ORIGIN = {"Access-Control-Allow-Origin": "*"}
ALLOWED_HEADERS = "authorization, content-type, x-amz-user-agent"
STRICT_TRANSPORT = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def answer(body: str | bytes, status: int = 200, content_type: str = JSON, **headers: str) -> HttpResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(body, content_type, status, headers={**standing(), **NOT_KEPT, **ANY_ORIGIN, **named})


def standing() -> dict[str, str]:
    """Of every answer that is no page."""
    always = {"X-Content-Type-Options": "nosniff", "X-Amz-Cognito-Request-Id": str(uuid4())}
    return always | STRICT_TRANSPORT if settings.POOLHOUSE.is_secure else always


def refused(error: str, description: str, status: int = 400, **headers: str) -> HttpResponse:
    told: dict[str, Any] = {"error": error, "error_description": description}
    return answer(json.dumps(told), status, **headers)


def preflight(methods: str) -> HttpResponse:
    response = HttpResponse(status=204, headers={**standing(), **ANY_ORIGIN})
    response["Access-Control-Allow-Methods"] = methods
    response["Access-Control-Allow-Headers"] = ALLOWED_HEADERS
    response["Access-Control-Max-Age"] = "86400"
    return response


def context_of(request: HttpRequest) -> Context:
    return Context(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_USER_AGENT", ""))
