"""Which function performs which operation. Named after it: ``create_group`` performs ``CreateGroup``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cognito_site.contract import services
from cognito_site.wire.call import Call

Performer = Callable[[Call], dict[str, Any] | None]

_performers: dict[tuple[str, str], Performer] = {}


class Operations:
    """The decorator of a module of operations: ``perform = Operations("cognito-idp")``."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._names = {found.snake_name: found.name for found in services.service(service).operations.values()}

    def __call__(self, function: Performer) -> Performer:
        name = self._names.get(function.__name__)
        if name is None:
            raise LookupError(f"{self._service} has no operation that would be spelled {function.__name__}.")
        if (self._service, name) in _performers:
            raise LookupError(f"{self._service} {name} is performed twice.")
        _performers[self._service, name] = function
        return function


def performer(service: str, operation: str) -> Performer | None:
    return _performers.get((service, operation))


def performed() -> dict[tuple[str, str], Performer]:
    return dict(_performers)
