"""Who signed a request, and whether a policy lets them do it. Asks ``identitypools.domain``; decides nothing itself."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication

from cognito_site import managed_keys
from cognito_site.contract import errors
from cognito_site.contract.services import Operation, Service, Shape, below
from cognito_site.wire import sigv4
from identitypools.domain import authorization, callers, failed_signatures
from identitypools.domain.callers import Caller

# STS and IAM are global: their clients may sign for this region wherever they are.
GLOBAL_REGION = "us-east-1"
# Both need no permission, and no policy can deny them (AWS STS API Reference).
FREE = frozenset({("sts", "GetCallerIdentity"), ("sts", "GetSessionToken")})
ANY = "*"
LONGEST_USER_AGENT = 400
# Where the services that keep roles for others take them. STS's own ``RoleArn`` is the caller's to assume, not to give.
KEEP_ROLES = ("cognito-idp", "cognito-identity")
ROLE_MEMBER = re.compile(r"Roles|\w*(Role|Caller)A(rn|RN)")


class SignatureAuthentication(BaseAuthentication):
    """For the operations of one service, asked from one address. Raises the refusal of what is wrong, in the order
    that AWS checks."""

    def __init__(self, service: Service, ip: str) -> None:
        self._service = service
        self._ip = ip
        self._is_query = service.protocol == "query"

    def authenticate(self, request: Any) -> tuple[Caller, sigv4.Signature]:
        """``request`` as ``sigv4`` sees it. Presigned requests exist in the query protocol only."""
        is_presigned = self._is_query and sigv4.is_presigned(request.query)
        signature = sigv4.read_query(request) if is_presigned else sigv4.read_header(request)
        sigv4.check_claims(request, signature, self._service.signing_name, self._regions(), timezone.now())
        try:
            caller = callers.find(signature.access_key_id, signature.session_token)
            sigv4.check(request, signature, caller.secret)
        except (errors.UnrecognizedClient, errors.InvalidSignature):
            failed_signatures.count(signature.access_key_id, self._ip)
            raise
        callers.proved(caller)
        return caller, signature

    def _regions(self) -> set[str]:
        here = settings.POOLHOUSE.region
        return {here, GLOBAL_REGION} if self._is_query else {here}


def as_signed(request: HttpRequest, body: bytes) -> sigv4.Request:
    meta = request.META
    headers = {name[5:].replace("_", "-").lower(): str(value) for name, value in meta.items() if name[:5] == "HTTP_"}
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if meta.get(name):
            headers[name.replace("_", "-").lower()] = meta[name]
    return sigv4.Request(request.method or "", request.path, meta.get("QUERY_STRING", ""), headers, body)


def conditions(request: HttpRequest) -> dict[str, Any]:
    """What a policy's conditions may ask about the request."""
    return {
        "aws:SourceIp": request.META.get("REMOTE_ADDR", ""),
        "aws:UserAgent": request.META.get("HTTP_USER_AGENT", "")[:LONGEST_USER_AGENT],
        "aws:SecureTransport": str(request.is_secure()).lower(),
    }


def authorize(caller: Caller, operation: Operation, document: Any, context: dict[str, Any]) -> None:
    """``document`` is not validated yet: only text is taken from it, and only for the name of what is touched."""
    if (operation.service, operation.name) not in FREE:
        action = f"{operation.service}:{operation.name}"
        authorization.authorize(caller, action=action, resource=resource(operation, document), context=context)


def authorize_roles(caller: Caller, operation: Operation, given: dict[str, Any], context: dict[str, Any]) -> None:
    """``given`` is validated. Read off the contract, so that no operation can forget it. Roles for sending SMS and for
    analytics are asked for as well, as AWS does, although nothing here assumes them: what makes use of them one day
    must not find one that its owner never gave."""
    if operation.input is not None and gives_roles(operation):
        roles = [text for member, text in _texts(operation.input, given) if ROLE_MEMBER.fullmatch(member)]
        authorization.may_pass(caller, roles, operation.service, context)


@cache
def gives_roles(operation: Operation) -> bool:
    members = {member for shape in below(operation.input) for member in shape.members}
    return operation.service in KEEP_ROLES and any(map(ROLE_MEMBER.fullmatch, members))


def _texts(shape: Shape, given: Any, member: str = "") -> Iterator[tuple[str, str]]:
    """Every text of an input, with the member of a structure that holds it."""
    if shape.kind == "structure":
        for name, value in given.items():
            yield from _texts(shape.members[name], value, name)
    elif inner := shape.member or shape.value:
        for value in given.values() if isinstance(given, dict) else given:
            yield from _texts(inner, value, member)
    elif isinstance(given, str):
        yield member, given


def resource(operation: Operation, document: Any) -> str:
    """The ARN that a policy must allow. What belongs to a pool is judged by the pool's ARN, so no other identifier of
    the body can widen it."""
    given = document if isinstance(document, dict) else {}
    if operation.service == "kms":
        return _key(given.get("KeyId"), given.get("CiphertextBlob"))
    member = _named_by(operation)
    value = given.get(member)
    if member is None or not isinstance(value, str) or not value:
        return ANY
    if member == "RoleName":
        path = given.get("Path")
        return authorization.role_arn(value, path if isinstance(path, str) else "/")
    return _ARNS[member].format(value, region=settings.POOLHOUSE.region, account=settings.POOLHOUSE.account_id)


def _key(key_id: Any, wrapped: Any) -> str:
    """Who names no key means the one that the data was wrapped under."""
    if isinstance(key_id, str) and key_id:
        return managed_keys.arn_of(key_id)
    try:
        return managed_keys.arn_in(base64.b64decode(wrapped)) or ANY
    except (TypeError, ValueError):
        return ANY


def _named_by(operation: Operation) -> str | None:
    """The member that names the resource, the first of ``_ARNS`` that the operation has."""
    members = operation.input.members if operation.input else {}
    return next((name for name in _ARNS if name in members), None)


_ARNS = {
    "UserPoolId": "arn:aws:cognito-idp:{region}:{account}:userpool/{0}",
    "IdentityPoolId": "arn:aws:cognito-identity:{region}:{account}:identitypool/{0}",
    "RoleName": "",  # a role's ARN has its path, which only the role knows
    "ResourceArn": "{0}",
    "RoleArn": "{0}",
}
