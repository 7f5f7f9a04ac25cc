"""A browser without scripts, in process: it keeps cookies by host and path, reads pages, fills in forms, and goes where
it is sent until that leads out of the house."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, cached_property
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client
from lxml import html

HOME = "http://localhost:9229"
FORM = "application/x-www-form-urlencoded"


def _words(element: Any) -> str:
    return " ".join(element.text_content().split())


@cache
def _client() -> Client:
    """One for all: each makes the middleware anew, which takes longer than most pages."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


@dataclass
class Cookie:
    value: str
    path: str
    attributes: dict[str, Any]


@dataclass
class Answer:
    """One answer, where it came from, and what a person finds on it."""

    visitor: Visitor
    url: str
    response: HttpResponse

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def location(self) -> str:
        return self.response.headers.get("Location", "")

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def told(self) -> dict[str, str]:
        """What the application is told, in the query of its address or behind the ``#``."""
        parts = urlsplit(self.location)
        return {name: values[0] for name, values in parse_qs(parts.fragment or parts.query).items()}

    @cached_property
    def text(self) -> str:
        return self.response.content.decode()

    @cached_property
    def document(self) -> Any:
        return html.fromstring(self.text)

    def find(self, xpath: str) -> list[Any]:
        found: list[Any] = self.document.xpath(xpath)
        return found

    def of_class(self, name: str) -> list[Any]:
        return self.find(f"//*[contains(concat(' ', @class, ' '), ' {name} ')]")

    def words(self, xpath: str) -> str:
        return " ".join(_words(each) for each in self.find(xpath))

    @property
    def heading(self) -> str:
        return self.words("//h1")

    @property
    def title(self) -> str:
        return self.words("//title")

    @property
    def lede(self) -> str:
        return self.words("//div[@class='intro']/p[not(@class)]")

    @property
    def account(self) -> str:
        return self.words("//p[@class='who']/bdi")

    @property
    def alert(self) -> str:
        return " ".join(map(_words, self.of_class("alert")))

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong with which field."""
        return {each.get("id").removesuffix("-problem"): _words(each) for each in self.of_class("problem")}

    @property
    def focused(self) -> str:
        return " ".join(each.get("id") for each in self.find("//*[@autofocus]"))

    def label(self, name: str) -> str:
        return self.words(f"//label[@for='{name}']")

    def input(self, name: str) -> Any:
        return next(iter(self.find(f"//*[@name='{name}']")), None)

    def link(self, words: str) -> str:
        """The address behind a link that says ``words``; empty where there is none."""
        found = [each.get("href") for each in self.find("//main//a") if _words(each) == words]
        return urljoin(self.url, found[0]) if found else ""

    # --- going on -----------------------------------------------------------------------------------------------------

    def fill(self, **fields: str) -> Answer:
        """Fills in the first form and sends it, and goes where that leads."""
        return self._send(self.document.forms[0], fields)

    def press(self, number: int = 1) -> Answer:
        """A form with nothing to fill in, such as "send a new code"."""
        return self._send(self.document.forms[number], {})

    def _send(self, form: Any, fields: dict[str, str]) -> Answer:
        present = {name: value or "" for name, value in form.form_values()}
        unknown = fields.keys() - set(form.fields.keys())
        assert not unknown, f"{self.heading!r} does not ask for {unknown}."
        return self.visitor.send(urljoin(self.url, form.get("action") or self.url), {**present, **fields}, self.url)

    def follow(self) -> Answer:
        return self.visitor.open(urljoin(self.url, self.location))


@dataclass
class Visitor:
    """``history`` holds every answer, also the redirects on the way."""

    headers: dict[str, str] = field(default_factory=dict)
    jar: dict[tuple[str, str], Cookie] = field(default_factory=dict)
    history: list[Answer] = field(default_factory=list)

    def open(self, url: str) -> Answer:
        answer = self.get(url)
        while answer.location.startswith("/"):
            answer = self.get(urljoin(answer.url, answer.location))
        return answer

    def get(self, url: str) -> Answer:
        return self.request("GET", url)

    def send(self, url: str, fields: dict[str, str], referer: str = "") -> Answer:
        answer = self.post(url, fields, Referer=referer or url)
        return answer.follow() if answer.location.startswith("/") else answer

    def post(self, url: str, fields: dict[str, str], **headers: str) -> Answer:
        """As a browser does, with the origin that it comes from."""
        parts = urlsplit(urljoin(HOME, url))
        return self.request("POST", url, urlencode(fields), **{"Origin": f"{parts.scheme}://{parts.netloc}", **headers})

    def request(self, method: str, url: str, body: str = "", **headers: str) -> Answer:
        parts = urlsplit(urljoin(HOME, url))
        client = _client()
        client.cookies = SimpleCookie(self._cookies(parts.netloc, parts.path))
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        response = client.generic(
            method,
            target,
            body,
            content_type=headers.pop("Content-Type", FORM if body else ""),
            secure=parts.scheme == "https",
            headers={**self.headers, **headers},
            HTTP_HOST=parts.netloc,
        )
        self._keep(parts.netloc, response)
        self.history.append(Answer(self, parts.geturl(), response))  # type: ignore[arg-type]
        return self.history[-1]

    # --- cookies ------------------------------------------------------------------------------------------------------

    def _cookies(self, host: str, path: str) -> dict[str, str]:
        return {
            name: cookie.value
            for (owner, name), cookie in self.jar.items()
            if owner == host and f"{path}/".startswith(f"{cookie.path.rstrip('/')}/")
        }

    def _keep(self, host: str, response: Any) -> None:
        for name, morsel in response.cookies.items():
            if morsel["max-age"] == 0:
                self.jar.pop((host, name), None)
            else:
                self.jar[host, name] = Cookie(morsel.value, morsel["path"], dict(morsel))

    def cookie(self, kind: str) -> str | None:
        """The value of the one cookie of this kind."""
        found = [each.value for (_, name), each in self.jar.items() if kind in name]
        assert len(found) < 2, f"Several hosts or pools have one: {list(self.jar)}"
        return found[0] if found else None
