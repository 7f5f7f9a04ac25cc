"""Who asks which function: apps that ask functions say so here, for the page of each function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Use:
    """``name`` and ``url`` of whoever asks are empty for who may not see them; ``occasion`` is when it asks."""

    arn: str
    occasion: str
    name: str = ""
    url: str = ""


_known: list[tuple[str, Callable[[], Iterable[Use]]]] = []


def register(permission: str, uses: Callable[[], Iterable[Use]]) -> None:
    """``permission`` is needed to see by whom a function is asked. That it is, whoever sees functions sees."""
    _known.append((permission, uses))


def of(request: HttpRequest) -> list[Use]:
    return list(_seen(request))


def _seen(request: HttpRequest) -> Iterator[Use]:
    for permission, uses in _known:
        is_open = request.user.has_perm(permission)
        for use in uses():
            yield use if is_open else Use(use.arn, use.occasion)
