"""The cookies of the pages: each belongs to one pool, and is nothing to scripts, other sites and other pools.

Over https every name begins with ``__Host-``: such a cookie can be set by this very host only, not by a neighbour in
the domain. That prefix wants the path ``/``, so it is the name that says which pool's it is. Over http there is no such
prefix, and the path is the pool's: cookies do not know ports, and on ``localhost`` they would reach every app.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse

from hostedui import languages
from userpools.domain.domain_hosts import Site

# What each holds: the handle of the hour of single sign-on; the Session string of a sign-in that is going on; whose
# account is being confirmed, or reset, sealed; a word for the next page to say.
SIGNED_IN = "signed-in"
SIGNING_IN = "signing-in"
CONFIRMING = "confirming"
RESETTING = "resetting"
NOTICE = "notice"
CSRF = "csrf"
LANGUAGE = languages.COOKIE
OF_PEOPLE = (SIGNED_IN, SIGNING_IN, CONFIRMING, RESETTING)
YEAR = 365 * 24 * 3600


def name(site: Site, kind: str) -> str:
    prefix = "__Host-" if settings.POOLHOUSE.is_secure else ""
    return f"{prefix}{kind}.{site.pool_id}"


def _path(site: Site) -> str:
    return "/" if settings.POOLHOUSE.is_secure else site.path or "/"


def of_pool(site: Site, sent: dict[str, str]) -> dict[str, str]:
    """Of the cookies that a browser sent, this pool's, under their plain names."""
    suffix, prefix = f".{site.pool_id}", name(site, "").removesuffix(f".{site.pool_id}")
    return {
        known.removeprefix(prefix).removesuffix(suffix): value
        for known, value in sent.items()
        if known.endswith(suffix) and known.startswith(prefix)
    }


def put(response: HttpResponse, site: Site, kind: str, value: str, seconds: int | None) -> None:
    """``seconds``: None until the browser is closed."""
    response.set_cookie(
        name(site, kind),
        value,
        max_age=seconds,
        path=_path(site),
        secure=settings.POOLHOUSE.is_secure,
        httponly=True,
        samesite="Lax",
    )


def drop(response: HttpResponse, site: Site, kind: str) -> None:
    """Browsers remove a ``__Host-`` cookie only when told so with all that it was set with."""
    put(response, site, kind, "", 0)
