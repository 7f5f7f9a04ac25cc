"""``POST /``: every AWS SDK's door. Finds the operation, proves the caller, validates, performs, renders.

The order is AWS's: target, signature, policy, input. So whoever may not call learns nothing about their input, and no
look-up of a pool's data, no hash and no trigger happens for an input that is not valid.

Django REST framework's parser, renderer, authentication and exception seams are used; its negotiation, permissions,
throttles and versions decide nothing here and would cost as much as everything else on this page, so ``dispatch`` does
not ask them.
"""

from __future__ import annotations

import logging
import traceback
from io import BytesIO
from typing import Any, ClassVar
from uuid import uuid4

from django.core.exceptions import RequestDataTooBig
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from rest_framework.views import APIView

from cognito_site.contract import errors, services, validation
from cognito_site.contract.services import Operation, Service
from cognito_site.wire import authentication, parsers, registry, renderers
from cognito_site.wire.authentication import LONGEST_USER_AGENT, SignatureAuthentication
from cognito_site.wire.call import Call

log = logging.getLogger("poolhouse.wire")

TARGET = "HTTP_X_AMZ_TARGET"
LONGEST_HEADER = 1024
EVERY_ANSWER = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": (
        "amz-sdk-invocation-id, amz-sdk-request, authorization, cache-control, content-type, x-amz-content-sha256, "
        "x-amz-date, x-amz-security-token, x-amz-target, x-amz-user-agent"
    ),
    "Access-Control-Max-Age": "172800",
}


class Door(APIView):
    """One request of one protocol."""

    parser: ClassVar[parsers.JsonParser | parsers.FormParser]
    content_type: ClassVar[str]
    request_id: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.request_id = str(uuid4())
        try:
            response = self.answer(request)
        except Exception as exception:
            response = self.refuse(_refusal(exception, request, self.request_id))
        response["x-amzn-RequestId"] = self.request_id
        for name, value in EVERY_ANSWER.items():
            response[name] = value
        return response

    def answer(self, request: HttpRequest) -> HttpResponse:
        raise NotImplementedError

    def refuse(self, refusal: errors.Refusal) -> HttpResponse:
        raise NotImplementedError

    def perform(
        self, request: HttpRequest, service: Service, operation: Operation, document: dict[str, Any], caller: Any
    ) -> dict[str, Any] | None:
        checked = validation.check(operation, document)
        performer = registry.performer(service.name, operation.name)
        if performer is None:
            raise errors.operation_not_performed(operation.name, operation.errors)
        if caller is not None:
            authentication.authorize_roles(caller, operation, checked, authentication.conditions(request))
        result = performer(
            Call(
                service=service.name,
                operation=operation.name,
                input=checked,
                caller=caller,
                ip=request.META.get("REMOTE_ADDR", ""),
                user_agent=request.META.get("HTTP_USER_AGENT", "")[:LONGEST_USER_AGENT],
                request_id=self.request_id,
                host=request.META.get("HTTP_HOST", ""),
            )
        )
        return None if operation.output is None else result or {}


class JsonDoor(Door):
    """AWS JSON 1.1, by ``X-Amz-Target``."""

    parser = parsers.JsonParser()
    renderer = renderers.JsonRenderer()
    content_type = renderers.JSON_TYPE

    def answer(self, request: HttpRequest) -> HttpResponse:
        service, operation = _target(request)
        body = _body(request, parsers.largest_body(operation))
        caller = _caller(request, service, body) if operation.is_signed else None
        document = self.parser.parse(BytesIO(body))
        if caller is not None:
            authentication.authorize(caller, operation, document, authentication.conditions(request))
        result = self.perform(request, service, operation, document, caller)
        return HttpResponse(self.renderer.render(result), content_type=self.content_type)

    def refuse(self, refusal: errors.Refusal) -> HttpResponse:
        body = renderers.json_error(refusal)
        response = HttpResponse(body, content_type=self.content_type, status=refusal.status)
        response["x-amzn-ErrorType"] = f"{refusal.code}:"
        response["x-amzn-ErrorMessage"] = _header_text(refusal.message)
        return response


class QueryDoor(Door):
    """The query protocol of STS and IAM, by ``Action`` and ``Version``, in a form or in a presigned query string."""

    parser = parsers.FormParser()
    content_type = renderers.XML_TYPE
    services: ClassVar = {found.api_version: found for found in map(services.service, ("sts", "iam"))}
    namespace = services["2011-06-15"].xml_namespace

    def answer(self, request: HttpRequest) -> HttpResponse:
        body = _body(request, parsers.LARGEST_BODY)
        is_form = request.method == "POST"
        given = self.parser.parse(BytesIO(body if is_form else request.META["QUERY_STRING"].encode("latin-1")))
        service, operation = self._action(given)
        caller = _caller(request, service, body) if operation.is_signed else None
        document = parsers.document(operation.input, given)
        if caller is not None:
            authentication.authorize(caller, operation, document, authentication.conditions(request))
        result = self.perform(request, service, operation, document, caller)
        text = renderers.xml(service, operation, result, self.request_id)
        return HttpResponse(text, content_type=self.content_type)

    def _action(self, given: dict[str, str]) -> tuple[Service, Operation]:
        service = self.services.get(given.get("Version", ""))
        operation = service.operations.get(given.get("Action", "")) if service else None
        if service is None or operation is None:
            raise errors.unknown_operation("Could not find operation for this version.")
        self.namespace = service.xml_namespace
        return service, operation

    def refuse(self, refusal: errors.Refusal) -> HttpResponse:
        text = renderers.xml_error(refusal, self.namespace, self.request_id)
        return HttpResponse(text, content_type=self.content_type, status=refusal.query_status)


class Preflight(Door):
    """What a browser asks before it sends a call."""

    def answer(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers=PREFLIGHT)


def _target(request: HttpRequest) -> tuple[Service, Operation]:
    prefix, _, name = request.META.get(TARGET, "").partition(".")
    service = services.by_target_prefix().get(prefix)
    operation = service.operations.get(name) if service else None
    if service is None or operation is None:
        raise errors.unknown_operation("The header X-Amz-Target names no operation.")
    if request.method != "POST" or request.path != "/":
        raise errors.unknown_operation("Operations are performed by POST / only.")
    if request.content_type != renderers.JSON_TYPE:
        raise errors.unknown_operation(f"The content type must be {renderers.JSON_TYPE}.")
    return service, operation


def _body(request: HttpRequest, largest: int) -> bytes:
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        if 0 <= length <= largest:
            return request.body
    except (ValueError, RequestDataTooBig, UnreadablePostError):
        raise errors.malformed("it could not be read") from None
    raise errors.malformed(f"it is larger than {largest} bytes")


def _caller(request: HttpRequest, service: Service, body: bytes) -> Any:
    signed = authentication.as_signed(request, body)
    return SignatureAuthentication(service, request.META.get("REMOTE_ADDR", "")).authenticate(signed)[0]


def _refusal(exception: Exception, request: HttpRequest, request_id: str) -> errors.Refusal:
    """Never a word of what went wrong inside to the client. The log has where it went wrong, but not the exception's
    text: drivers quote values."""
    if isinstance(exception, errors.Refusal):
        return exception
    frames = "".join(traceback.format_tb(exception.__traceback__))
    log.error("request %s failed: %s\n%s", request_id, type(exception).__name__, frames)
    got_request_exception.send(sender=None, request=request)
    return errors.internal_error()


def _header_text(text: str) -> str:
    """Headers are one line of ASCII."""
    return "".join(character if " " <= character <= "~" else " " for character in text)[:LONGEST_HEADER]
