"""Which language a visitor reads, and that every word of the pages can be said in it."""

from __future__ import annotations

import gettext
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import trans_real

from cognito_site.languages import LANGUAGES
from hostedui import languages
from tests import inbox
from tests.cast import PASSWORD, set_stage
from tests.hostedui import sentences
from tests.hostedui.app import App, open_app
from tests.hostedui.sentences import DOMAINS, PLACEHOLDER, Domain
from tests.hostedui.test_sign_in import NEW, TEMPORARY, invite, key_of, require_totp
from tests.hostedui.visitor import Answer, Visitor
from userpools.domain import factors

CATALOGUES = [(domain, path) for domain in DOMAINS for path in domain.catalogues]


# --- the choice -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "cookie", "accept", "expected"),
    [
        ("de", "fr", "es", "de"),
        ("DE", None, None, "de"),
        ("klingon", "fr", "es", "fr"),
        (None, "klingon", "es", "es"),
        (None, None, "de-AT,en;q=0.8", "de"),
        (None, None, "en;q=0.1, it;q=0.9", "it"),
        (None, None, "pt", "pt-BR"),
        (None, None, "zh-Hant-HK", "zh-TW"),
        (None, None, "zh", "zh-CN"),
        (None, None, "xx, *;q=0.5", "en"),
        (None, None, "de;q=0, fr", "fr"),
        (None, None, "de;q=nonsense, fr;q=0.1", "fr"),
        (None, None, "," * 10_000, "en"),
        (None, None, None, "en"),
    ],
)
def test_which_language(query: str | None, cookie: str | None, accept: str | None, expected: str) -> None:
    assert languages.choose(query, cookie, accept).code == expected


@pytest.mark.django_db
def test_a_choice_is_kept_for_this_pool(app: App, visitor: Visitor) -> None:
    visitor.headers = {"Accept-Language": "es"}
    assert language(visitor.open(app.authorize())) == ("es", "ltr")
    assert not any("lang" in name for _, name in visitor.jar)
    assert language(visitor.open(app.authorize(lang="ar"))) == ("ar", "rtl")
    page = visitor.open(app.authorize())
    assert language(page) == ("ar", "rtl")
    assert language(page.fill(username="alice", password="Wrong-horse-7")) == ("ar", "rtl")
    assert language(visitor.open(f"{app.home}/nothing")) == ("ar", "rtl")
    assert language(visitor.open(app.authorize(lang="klingon"))) == ("ar", "rtl")


def language(page: Answer) -> tuple[str, str]:
    root = page.find("//html")[0]
    assert page.response["Content-Language"] == root.get("lang")
    return root.get("lang"), root.get("dir")


@pytest.mark.django_db
def test_the_menu_offers_every_language_in_its_own_words(app: App, visitor: Visitor) -> None:
    page = visitor.open(app.authorize(lang="de"))
    offered = {each.get("lang"): each.text for each in page.find("//footer//a")}
    assert offered == {each.code: each.name for each in LANGUAGES}
    assert [each.get("lang") for each in page.find("//footer//a[@aria-current]")] == ["de"]
    assert [each.get("dir") for each in page.find("//footer//a[@lang='ar']")] == ["rtl"]


@pytest.mark.django_db
def test_a_stale_form_is_told_in_the_visitors_language(
    app: App, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak(monkeypatch)
    stale = visitor.post(app.url("/login", lang="de"), {})
    assert (stale.status, stale.heading) == (403, "⟦This page has waited too long⟧")


# --- every word -------------------------------------------------------------------------------------------------------


class Marked(gettext.NullTranslations):
    """A language in which everything that can be translated stands in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"

    def to_language(self) -> str:
        return "de"

    def language(self) -> str:
        return "de"


def speak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(trans_real._translations, "de", Marked())  # type: ignore[attr-defined]


# What is no sentence of ours: names, codes, keys, dates.
DATA = re.compile(r"Lido|bob|eve|eve@example\.com|Deutsch|[A-Z2-7]{4}|[a-z]+_[a-z_]+|[0-9a-f-]{14}|[0-9:-]+|UTC|·|\s*")
SPOKEN = ("aria-label", "data-busy", "data-show", "data-hide", "data-show-label", "data-met", "data-unmet", "data-done")


def check_translated(page: Answer) -> None:
    texts = [each for each in page.find("//main//text() | //title/text() | //summary//text()") if each.strip()]
    spoken = [value for name in SPOKEN for value in page.find(f"//@{name}")]
    untranslated = [text for text in map(_without_marked, [" ".join(texts), *spoken]) if not DATA.fullmatch(text)]
    assert texts
    assert not untranslated, f"{page.url} says something in English."


def _without_marked(text: str) -> str:
    """Brackets may hold brackets: a placeholder may hold a sentence."""
    while "⟦" in text:
        shorter = re.sub(r"⟦[^⟦⟧]*⟧", "", text)
        assert shorter != text, text
        text = shorter
    return " ".join(word for word in text.split() if not DATA.fullmatch(word))


@pytest.mark.django_db
def test_every_page_can_be_translated(
    cognito: Any, public: Any, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    speak(monkeypatch)
    visitor.headers = {"Accept-Language": "de"}
    names = ("given_name", "family_name", "email", "birthdate", "address", "website", "zoneinfo", "locale", "nickname")
    schema = [{"Name": name, "Required": True, "AttributeDataType": "String"} for name in names]
    stage = set_stage(cognito, public, Schema=schema, AutoVerifiedAttributes=["email"], AliasAttributes=["email"])
    app = open_app(stage)
    for page in every_page(app, visitor):
        check_translated(page)


def every_page(app: App, visitor: Visitor) -> list[Answer]:
    pages = [visitor.open(app.authorize()), visitor.open(app.authorize()).fill(username="x", password="y")]
    signing_up = visitor.open(app.url("/signup"))
    given = {"email": "eve@example.com", "birthdate": "1990-03-25", "username": "eve", "password": PASSWORD}
    rest = dict.fromkeys(("given_name", "family_name", "address", "website", "zoneinfo", "locale", "nickname"), "x")
    confirming = signing_up.fill(**given, **rest)
    pages += [signing_up, signing_up.fill(), confirming, confirming.fill(code="x"), confirming.press()]
    pages.append(confirming.fill(code=inbox.code("eve@example.com")))
    forgetting = visitor.open(app.url("/forgotPassword"))
    resetting = forgetting.fill(username="eve")
    pages += [forgetting, resetting, resetting.fill(code="", new_password="a", new_password_again="b")]
    invite(app.stage, "bob", email="bob@example.com")
    require_totp(app.stage, "ON")
    temporary = app.sign_in(visitor, "bob", TEMPORARY)
    setting_up = temporary.fill(**rest, birthdate="1990-03-25", new_password=NEW, new_password_again=NEW)
    pages += [temporary, temporary.fill(), setting_up, setting_up.fill(code="000000", device_name="")]
    setting_up.fill(code=factors.code_at(key_of(setting_up)), device_name="")
    visitor.jar.clear()
    waiting = app.sign_in(visitor, "bob", NEW)
    pages += [waiting, waiting.fill(code="")]
    nothing = {"redirect_uri": None, "response_type": None}
    pages += [visitor.open(app.url(path, **nothing)) for path in ("/logout", "/error", "/nothing", "/confirmUser")]
    link = f"{app.url('/confirmUser', **nothing)}&user_name=eve&confirmation_code=000000"
    opened = visitor.open(link)
    return [*pages, opened, opened.press(0)]


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_the_template_of_the_catalogues_is_as_the_sources_are(domain: Domain) -> None:
    assert domain.template.read_text() == sentences.template(domain), "Run python -m tests.hostedui.sentences."


@pytest.mark.parametrize(("domain", "path"), CATALOGUES, ids=[str(path.parent.parent) for _, path in CATALOGUES])
def test_a_catalogue_is_whole(domain: Domain, path: Path) -> None:
    entries = sentences.read(path)
    assert entries.keys() == sentences.of_sources(domain).keys()
    unsaid = [key for key, entry in entries.items() if entry.is_fuzzy or not all(entry.said)]
    with path.with_suffix(".mo").open("rb") as compiled:
        spoken = gettext.GNUTranslations(compiled)
    altered = [key for key, entry in entries.items() if not all(_as_marked(spoken, key, form) for form in entry.said)]
    assert not unsaid + altered
    assert [key for key, entry in entries.items() if _compiled(spoken, key) != set(entry.said)] == [], "Run msgfmt."
    with translation.override(path.parent.parent.name.lower().replace("_", "-")):
        plain = {key[0]: entry.said for key, entry in entries.items() if len(key) == 1}
        assert {text: [translation.gettext(text)] for text in plain} == plain, "Django says some of these too."


def _marks(text: str) -> tuple[str, ...]:
    """Placeholders and markup, in any order: a language has its own."""
    return tuple(sorted(PLACEHOLDER.findall(text)))


def _as_marked(spoken: gettext.GNUTranslations, key: tuple[str, ...], form: str) -> bool:
    """A form that is said of one number only may be its word: "two hours" is one word in Arabic."""
    wanted = set(map(_marks, key))
    if len(key) > 1 and [spoken.ngettext(*key, n) for n in range(200)].count(form) == 1:
        wanted.add(())
    return _marks(form) in wanted


def _compiled(spoken: gettext.GNUTranslations, key: tuple[str, ...]) -> set[str]:
    return {spoken.gettext(*key)} if len(key) == 1 else {spoken.ngettext(*key, n) for n in range(200)}


def test_catalogues_are_of_languages_that_the_pages_speak() -> None:
    spoken = {each.code.replace("-", "_") for each in LANGUAGES}
    assert {path.parent.parent.name for _, path in CATALOGUES} <= spoken - {"en"}
