"""The languages that pages and messages speak, and which of them is nearest to one that somebody names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """``code`` as addresses, cookies and ``<html lang>`` spell it; ``name`` in the language itself."""

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
# What people ask for and the codes above do not spell; the longest prefix decides.
_ALSO = {"pt": "pt-br", "zh": "zh-cn", "zh-hant": "zh-tw", "zh-hk": "zh-tw", "zh-mo": "zh-tw", "in": "id"}
_MOST_PARTS = 8


def named(code: str | None) -> Language | None:
    """The language of exactly this code; None for one that is not spoken."""
    return _BY_CODE.get((code or "").lower())


def nearest(tag: str) -> Language | None:
    """``de-AT`` and ``de_AT`` read German; ``zh-Hant-HK`` reads traditional Chinese."""
    parts = tag.lower().replace("_", "-").split("-", _MOST_PARTS)
    for length in range(len(parts), 0, -1):
        prefix = "-".join(parts[:length])
        if found := _BY_CODE.get(_ALSO.get(prefix, prefix)):
            return found
    return None
