"""The door of our own REST API: who asks, whether a policy lets them, and refusals as JSON.

An access key proves itself by a signature, as to AWS's API, or as user name and password (HTTP Basic), which every
program that fetches addresses can do. The latter sends the secret itself: over https, or inside one machine.
"""

from __future__ import annotations

import hmac
from typing import Any

from rest_framework.authentication import BaseAuthentication, BasicAuthentication
from rest_framework.exceptions import APIException
from rest_framework.parsers import JSONParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cognito_site.contract import errors, services
from cognito_site.wire import authentication, sigv4
from identitypools.domain import authorization, callers, failed_signatures
from identitypools.domain.callers import Caller

SIGNED_FOR = "cognito-idp"
# Where AWS's API says 400 to everything.
STATUS = {
    errors.MissingAuthenticationToken: 401,
    errors.IncompleteSignature: 401,
    errors.InvalidSignature: 401,
    errors.UnrecognizedClient: 401,
    errors.ExpiredCredentials: 401,
    errors.AccessDenied: 403,
    errors.ResourceNotFound: 404,
    errors.TooManyRequests: 429,
}


class Signed(BaseAuthentication):
    """SigV4, for the service ``cognito-idp``."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        if not request.META.get("HTTP_AUTHORIZATION", "").startswith(sigv4.ALGORITHM):
            return None
        service = services.service(SIGNED_FOR)
        asked = authentication.as_signed(request._request, request._request.body)
        prover = authentication.SignatureAuthentication(service, request.META.get("REMOTE_ADDR", ""))
        return prover.authenticate(asked)[0], None


class AsPassword(BasicAuthentication):
    """The id of an access key as user name, its secret as password."""

    www_authenticate_realm = "poolhouse"

    def authenticate_credentials(self, userid: str, password: str, request: Any = None) -> Any:
        try:
            caller = callers.find(userid, None)
            if not hmac.compare_digest(caller.secret.encode(), password.encode()):
                raise errors.unrecognized_client()
        except errors.UnrecognizedClient:
            failed_signatures.count(userid, request.META.get("REMOTE_ADDR", ""))
            raise
        callers.proved(caller)
        return caller, None


class Named(IsAuthenticated):
    """Somebody has proved who they are."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, Caller)


class Door(APIView):
    """A view of the API."""

    authentication_classes = [AsPassword, Signed]
    permission_classes = [Named]
    parser_classes = [JSONParser]
    renderer_classes = [JSONRenderer]

    def authorize(self, request: Request, action: str, resource: str) -> Caller:
        """Raises AccessDenied, before anything is looked up."""
        caller: Any = request.user
        authorization.authorize(
            caller, action=action, resource=resource, context=authentication.conditions(request._request)
        )
        found: Caller = caller
        return found

    def handle_exception(self, exc: Exception) -> Response:
        if not isinstance(exc, errors.Refusal):
            return super().handle_exception(exc)
        refused = APIException({"code": exc.code, "message": exc.message})
        refused.status_code = next((status for kind, status in STATUS.items() if isinstance(exc, kind)), 400)
        response = super().handle_exception(refused)
        if response.status_code == 401:
            response["WWW-Authenticate"] = self.get_authenticate_header(self.request) or "Basic"
        return response

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """What is in an inbox is kept by nobody on the way."""
        finished = super().finalize_response(request, response, *args, **kwargs)
        finished["Cache-Control"] = "no-store"
        return finished
