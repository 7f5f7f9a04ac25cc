"""Which language a visitor reads.

The words themselves are gettext catalogues in ``hostedui/locale``.
"""

from __future__ import annotations

from cognito_site.languages import ENGLISH, Language, named, nearest

COOKIE = "lang"
PARAMETER = "lang"
_LONGEST_HEADER = 500


def choose(query: str | None, cookie: str | None, accept: str | None) -> Language:
    """``?lang=``, then the cookie, then ``Accept-Language``, then English. A view that got a ``?lang=`` which is
    ``named`` keeps its code in the cookie."""
    return named(query) or named(cookie) or _accepted(accept or "") or ENGLISH


def _accepted(header: str) -> Language | None:
    for tag in _by_preference(header[:_LONGEST_HEADER]):
        if found := nearest(tag):
            return found
    return None


def _by_preference(header: str) -> list[str]:
    weighed = []
    for position, item in enumerate(header.lower().split(",")):
        tag, _, weight = item.strip().partition(";q=")
        quality = _quality(weight)
        if tag and quality > 0:
            weighed.append((-quality, position, tag))
    return [tag for *_, tag in sorted(weighed)]


def _quality(weight: str) -> float:
    try:
        return float(weight or "1")
    except ValueError:
        return 0.0
