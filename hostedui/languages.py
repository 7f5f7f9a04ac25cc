"""The languages of the pages, and which one a visitor reads.

The words themselves are gettext catalogues in ``hostedui/locale``.
"""

from __future__ import annotations

from dataclasses import dataclass

COOKIE = "lang"
PARAMETER = "lang"


@dataclass(frozen=True, slots=True)
class Language:
    """``code`` as the ``lang`` parameter, the cookie and ``<html lang>`` spell it; ``name`` in the language itself."""

    code: str
    name: str
    direction: str = "ltr"

    @property
    def catalogue(self) -> str:
        """As ``django.utils.translation`` spells it."""
        return self.code.lower()


LANGUAGES = (
    Language("de", "Deutsch"),
    Language("en", "English"),
    Language("es", "Español"),
    Language("fr", "Français"),
    Language("id", "Bahasa Indonesia"),
    Language("it", "Italiano"),
    Language("nl", "Nederlands"),
    Language("pt-BR", "Português (Brasil)"),
    Language("ar", "العربية", "rtl"),
    Language("ja", "日本語"),
    Language("ko", "한국어"),
    Language("zh-CN", "简体中文"),
    Language("zh-TW", "繁體中文"),
)
ENGLISH = next(language for language in LANGUAGES if language.code == "en")
_BY_CODE = {language.code.lower(): language for language in LANGUAGES}
# What browsers ask for and the codes above do not spell; the longest prefix decides.
_ALSO = {"pt": "pt-br", "zh": "zh-cn", "zh-hant": "zh-tw", "zh-hk": "zh-tw", "zh-mo": "zh-tw", "in": "id"}
_LONGEST_HEADER = 500


def named(code: str | None) -> Language | None:
    """The language that the ``lang`` parameter or cookie names; None for one that the pages do not speak."""
    return _BY_CODE.get((code or "").lower())


def choose(query: str | None, cookie: str | None, accept: str | None) -> Language:
    """``?lang=``, then the cookie, then ``Accept-Language``, then English. A view that got a ``?lang=`` which is
    ``named`` keeps its code in the cookie."""
    return named(query) or named(cookie) or _accepted(accept or "") or ENGLISH


def _accepted(header: str) -> Language | None:
    for tag in _by_preference(header[:_LONGEST_HEADER]):
        if found := _nearest(tag):
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


def _nearest(tag: str) -> Language | None:
    """``de-AT`` reads German; ``zh-Hant-HK`` reads traditional Chinese."""
    parts = tag.split("-")
    for length in range(len(parts), 0, -1):
        prefix = "-".join(parts[:length])
        if found := _BY_CODE.get(_ALSO.get(prefix, prefix)):
            return found
    return None
