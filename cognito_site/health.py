"""Is this process alive, and can it serve? For load balancers and supervisors; says nothing about the inside."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache

logger = logging.getLogger("poolhouse.health")


@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    found = {"database": _works("database", _ask_database), "cache": _works("cache", _ask_cache)}
    return JsonResponse(found, status=200 if set(found.values()) == {"ok"} else 503)


def _works(name: str, ask: Callable[[], None]) -> str:
    """Drivers raise what they like, and every one of their exceptions means the same here."""
    try:
        ask()
    except Exception:
        logger.exception("The %s does not answer.", name)
        return "failed"
    return "ok"


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_cache() -> None:
    cache.set("readyz", "ok", timeout=5)
    if cache.get("readyz") != "ok":
        raise RuntimeError("What was written was not there.")
