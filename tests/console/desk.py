"""An operator at the console, through Django's test client: pages are read as HTML, forms are filled as they came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.contrib.auth.models import Permission, User
from django.test import Client

from userpools.domain import factors

HOST = "localhost:9229"
PASSWORD = "quite-a-long-passphrase"


# --- reading pages --------------------------------------------------------------------------------------------------


@dataclass
class Form:
    method: str
    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """What a person finds on a page: words, links, and forms with what stands in them."""

    def __init__(self, response: Any) -> None:
        super().__init__()
        self.status = response.status_code
        self.url = _reached(response)
        self.html = response.content.decode()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.inline: list[str] = []
        self._text: list[str] = []
        self._selecting = ""
        self._chosen: str | None = None
        self._first: str | None = None
        self._area = ""
        self._silent = 0
        self.feed(self.html)
        self.text = " ".join(" ".join(self._text).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "style" in given or any(name.startswith("on") for name in given):
            self.inline.append(f"<{tag} {given}>")
        begin = getattr(self, f"begin_{tag}", None)
        if begin is not None:
            begin(given)

    def begin_script(self, given: dict[str, str]) -> None:
        self._silent += 1
        if not given.get("src"):
            self.inline.append("<script>")

    def begin_style(self, given: dict[str, str]) -> None:
        self._silent += 1
        self.inline.append("<style>")

    def begin_a(self, given: dict[str, str]) -> None:
        if given.get("href"):
            self.links.append(given["href"])

    def begin_form(self, given: dict[str, str]) -> None:
        self.forms.append(Form(given.get("method", "get").lower(), given.get("action", "")))

    def begin_button(self, given: dict[str, str]) -> None:
        if self.forms and given.get("name"):
            self.forms[-1].buttons.append(given["name"])

    def begin_textarea(self, given: dict[str, str]) -> None:
        self._area = given.get("name", "")
        self._set(self._area, "")

    def begin_select(self, given: dict[str, str]) -> None:
        self._selecting, self._chosen, self._first = given.get("name", ""), None, None

    def begin_option(self, given: dict[str, str]) -> None:
        self._first = given.get("value", "") if self._first is None else self._first
        if "selected" in given:
            self._chosen = given.get("value", "")

    def begin_input(self, given: dict[str, str]) -> None:
        kind, name = given.get("type", "text"), given.get("name", "")
        if not name or kind in ("submit", "button") or "disabled" in given:
            return
        if kind in ("checkbox", "radio"):
            if "checked" in given:
                self._set(name, given.get("value", "on"))
            return
        self._set(name, given.get("value", ""))

    def _set(self, name: str, value: str) -> None:
        if self.forms and name:
            self.forms[-1].fields.setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent -= 1
        if tag == "textarea":
            self._area = ""
        if tag == "select" and self._selecting:
            self._set(self._selecting, self._chosen if self._chosen is not None else (self._first or ""))
            self._selecting = ""

    def handle_data(self, data: str) -> None:
        if self._area and self.forms:
            self.forms[-1].fields[self._area][-1] += data.removeprefix("\n")
        elif not self._silent:
            self._text.append(data)

    @property
    def main_form(self) -> Form:
        """The one that the page is about: it posts, and is not in the frame."""
        found = [form for form in self.forms if form.method == "post" and not form.action.endswith("/logout/")]
        assert found, f"There is no form on this page: {self.text[:300]}"
        return found[0]


def _reached(response: Any) -> str:
    chain = getattr(response, "redirect_chain", [])
    asked = response.request
    query = f"?{asked['QUERY_STRING']}" if asked["QUERY_STRING"] else ""
    return str(chain[-1][0]) if chain else f"{asked['PATH_INFO']}{query}"


# --- doing things ---------------------------------------------------------------------------------------------------


@dataclass
class Desk:
    browser: Client
    operator: User

    def get(self, url: str, **query: str) -> Page:
        """Follows redirects."""
        response = self.browser.get(url, query, follow=True)
        return Page(response)

    def status(self, url: str) -> int:
        """Without following."""
        return int(self.browser.get(url).status_code)

    def post(self, url: str, **given: Any) -> Page:
        return Page(self.browser.post(url, given, follow=True))

    def send(self, url: str, **changes: Any) -> Page:
        """Fills the form of a page as it came, but for ``changes`` (None leaves a field out), and posts it."""
        page = self.get(url)
        assert page.status == 200, (page.status, page.text[:300])
        form = page.main_form
        given = {**form.fields, **changes}
        target = urljoin(page.url, form.action) if form.action else page.url
        return self.post(target, **{name: value for name, value in given.items() if value is not None})

    def do(self, url: str, **changes: Any) -> Page:
        """As ``send``, and it must go well."""
        page = self.send(url, **changes)
        assert page.status == 200, (page.status, page.text[:300])
        assert "errornote" not in page.html, page.text
        return page


def browser(**options: Any) -> Client:
    return Client(headers={"host": HOST}, REMOTE_ADDR="127.0.0.1", **options)


def hire(name: str, *permissions: str, **fields: Any) -> User:
    """``permissions`` as in ``userpools.view_user``."""
    operator = User.objects.create_user(name, password=PASSWORD, is_staff=True, **fields)
    permit(operator, permissions)
    return operator


def permit(operator: User, permissions: Iterable[str]) -> None:
    """These, and no others."""
    known = {
        f"{each.content_type.app_label}.{each.codename}": each
        for each in Permission.objects.select_related("content_type")
    }
    operator.user_permissions.set([known[permission] for permission in permissions])


def key_on(page: Page) -> str:
    """Of the enrolment page, for who has no camera."""
    return page.html.partition('data-copy="')[2].partition('"')[0].replace(" ", "")


def sit_down(operator: User) -> Desk:
    """Logs in and sets up a second factor, as at the first login."""
    desk = Desk(browser(), operator)
    page = desk.post("/admin/login/", username=operator.get_username(), password=PASSWORD)
    desk.post("/admin/enrol/", code=factors.code_at(key_on(page)))
    return desk


def where(url: str) -> str:
    return urlsplit(url).path
