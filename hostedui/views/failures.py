"""Pages that cannot continue: what is wrong, whose fault it is not, and a reference that is also in the log."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from hostedui import headers, visit, words
from hostedui.oauth import credentials
from hostedui.presentation import Failure
from hostedui.views import pages
from hostedui.visit import Visit
from userpools.models import AppClient

logger = logging.getLogger("poolhouse.pages")


def show(
    request: Visit, code: str, status: int, *, client: AppClient | None = None, back_url: str = ""
) -> HttpResponse:
    reference = _reference()
    pool = request.pool_site.pool_id
    logger.info("Failure page: %s, reference %s, pool %s, client %s", code, reference, pool, client and client.pk)
    page = Failure(code=code, reference=reference, time=timezone.now(), back_url=back_url)
    response = pages.show(request, page, client, status=status)
    response[headers.REQUEST_ID] = reference
    return response


def _reference() -> str:
    drawn = secrets.token_hex(6)
    return "-".join(drawn[start : start + 4] for start in (0, 4, 8))


@require_http_methods(["GET"])
def error(request: Visit) -> HttpResponse:
    """``/error``: says no more than one of our own codes and the name of a client of this pool."""
    given = visit.known(request)
    client = credentials.find_client(given.get("client_id", ""), request.pool_site.pool_id)
    return show(request, words.known_code(given.get("error", "")), 400, client=client)


def no_domain(request: Visit) -> HttpResponse:
    return show(request, "no_domain", 404)


def stale_form(request: Visit) -> HttpResponse:
    """The form may be hours old, from before a restart, or another site's."""
    return show(request, "stale_form", 403, back_url=request.get_full_path())


# --- Django's handlers ------------------------------------------------------------------------------------------------


def not_found(request: HttpRequest, exception: Any) -> HttpResponse:
    return show(request, "not_found", 404)  # type: ignore[arg-type]


def bad_request(request: HttpRequest, exception: Any) -> HttpResponse:
    return show(request, "invalid_request", 400)  # type: ignore[arg-type]


def server_error(request: HttpRequest) -> HttpResponse:
    return show(request, "server_error", 500)  # type: ignore[arg-type]
