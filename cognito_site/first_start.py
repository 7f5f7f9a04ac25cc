"""What a new Poolhouse makes for its first operator, and what it tells them.

Apps register their part when they are ready: a paragraph that tells of it, which can be told again; something to
``prepare`` at every start, which does nothing where it was done before; something to ``introduce`` to a new Poolhouse,
once, which nobody gets back who threw it away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum

from django.conf import settings
from django.db import transaction

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
    tell: Callable[[], Iterable[str]]
    prepare: Callable[[], None] = lambda: None
    introduce: Callable[[], None] = lambda: None


_parts: dict[Place, Part] = {}


def register(part: Part) -> None:
    _parts[part.place] = part


@transaction.atomic
def prepare() -> bool:
    """Whether this Poolhouse is new."""
    is_new = not operators.anybody()
    for part in _in_order():
        part.prepare()
        if is_new:
            part.introduce()
    return is_new


def welcome() -> str:
    told = [(part.title, list(part.tell())) for part in _in_order()]
    paragraphs = ["\n".join([f"  {title}", *(f"      {line}" for line in lines)]) for title, lines in told if lines]
    return "\n\n".join(["  Poolhouse", *paragraphs, "  `make welcome` prints this again."])


def _in_order() -> list[Part]:
    return [_parts[place] for place in sorted(_parts)]


def _endpoint() -> list[str]:
    return [settings.POOLHOUSE.public_url]


def _console() -> list[str]:
    password = operators.first_password() or "(changed since; `manage.py changepassword admin` sets another)"
    return [f"{settings.POOLHOUSE.public_url}/admin/", f"login {operators.FIRST}   password {password}"]


register(Part(Place.ENDPOINT, "Endpoint for AWS SDKs and the AWS CLI", _endpoint))
register(Part(Place.CONSOLE, "Console", _console, prepare=operators.ensure_first))
