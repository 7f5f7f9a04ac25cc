"""Pages that belong to an authorization request: it travels along in the query and is read anew by every one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from cognito_site.contract import errors
from hostedui import visit
from hostedui.oauth import authorization
from hostedui.oauth.authorization import Authorization, SendBack, Stay
from hostedui.views import failures, pages
from hostedui.visit import Visit

logger = logging.getLogger("poolhouse.pages")

View = Callable[[Visit, Authorization], HttpResponse]
Entered = Callable[[Visit], HttpResponse]


def authorized(*methods: str) -> Callable[[View], Entered]:
    def wrap(view: View) -> Entered:
        @wraps(view)
        def entered(request: Visit) -> HttpResponse:
            if not request.pool_site.is_open:
                return failures.no_domain(request)
            try:
                asked = authorization.read(request.pool_site.pool_id, visit.query(request))
                return _answered(view, request, asked)
            except Stay as stay:
                return stay_here(request, stay)
            except SendBack as refused:
                return pages.go_on(refused.location) if request.method == "POST" else pages.go(refused.location)

        return require_http_methods(methods)(entered)

    return wrap


def _answered(view: View, request: Visit, asked: Authorization) -> HttpResponse:
    """The application is told of whatever goes wrong, also of a fault of ours (RFC 6749 section 4.1.2.1)."""
    try:
        return view(request, asked)
    except (Stay, SendBack):
        raise
    except errors.Refusal as refusal:
        raise asked.refusal("invalid_request", refusal.message) from None
    except Exception:
        logger.exception("A page failed: %s of pool %s", request.path_info, request.pool_site.pool_id)
        raise asked.refusal("server_error") from None


def stay_here(request: Visit, stay: Stay) -> HttpResponse:
    """As in Cognito: a request without a client is answered on the spot, any other at ``/error``."""
    if not stay.client_id:
        return failures.show(request, stay.code, 400)
    return pages.go(visit.error_page(request.pool_site, stay.code, stay.client_id))
