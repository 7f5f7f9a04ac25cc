"""What a new Poolhouse makes for its first operator, and what it tells them.

Apps register their part when they are ready: something to prepare, which does nothing where it was done before, and a
paragraph that tells of it, which can be told again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum

from django.conf import settings

from cognito_site import operators


class Place(IntEnum):
    """The order in which a newcomer needs to know."""

    ENDPOINT = 1
    ACCESS_KEY = 2
    CONSOLE = 3
    DEMO = 4


@dataclass(frozen=True, slots=True)
class Part:
    place: Place
    title: str
    prepare: Callable[[], None]
    tell: Callable[[], Iterable[str]]


_parts: dict[Place, Part] = {}


def register(part: Part) -> None:
    _parts[part.place] = part


def prepare() -> None:
    for part in _in_order():
        part.prepare()


def welcome() -> str:
    paragraphs = ["\n".join([f"  {part.title}", *(f"      {line}" for line in part.tell())]) for part in _in_order()]
    return "\n\n".join(["  Poolhouse", *paragraphs, "  `make welcome` prints this again."])


def _in_order() -> list[Part]:
    return [_parts[place] for place in sorted(_parts)]


def _endpoint() -> list[str]:
    return [settings.POOLHOUSE.public_url]


def _console() -> list[str]:
    password = operators.first_password() or "(changed since; `manage.py changepassword admin` sets another)"
    return [f"{settings.POOLHOUSE.public_url}/admin/", f"login {operators.FIRST}   password {password}"]


register(Part(Place.ENDPOINT, "Endpoint for AWS SDKs and the AWS CLI", lambda: None, _endpoint))
register(Part(Place.CONSOLE, "Console", operators.ensure_first, _console))
