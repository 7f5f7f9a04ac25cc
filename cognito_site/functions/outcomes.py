"""What comes of calling a function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SOCKET_TIMEOUT = "Socket timeout while invoking Lambda function"
ACCESS_DENIED = "AccessDeniedException"
NOT_FOUND = "ResourceNotFoundException"
THROTTLED = "TooManyRequestsException"
SERVICE = "ServiceException"
INVALID_RUNTIME = "InvalidRuntimeException"


@dataclass(frozen=True, slots=True)
class Answer:
    """``value`` is any JSON, also null. ``log`` is the end of what the function wrote, where that is known."""

    value: Any
    seconds: float = 0.0
    attempts: int = 1
    log: str = ""


class Failure(Exception):
    """No answer that could be used. ``log`` as in Answer."""

    log: str = ""
    attempts: int = 1


class FunctionFailed(Failure):
    """The function said no, or fell over. It was reached, so it is not asked again."""

    def __init__(self, error_message: str, error_type: str = "", log: str = "") -> None:
        super().__init__(error_message)
        self.error_message = error_message
        self.error_type = error_type
        self.log = log


class NotAnswered(Failure):
    """The function was not reached, or did not answer in time. ``name`` is AWS's word for it; ``detail`` is for
    operators. ``is_final``: asking again would not help."""

    def __init__(self, name: str, detail: str = "", *, is_final: bool = False) -> None:
        super().__init__(f"{name}: {detail}" if detail else name)
        self.name = name
        self.detail = detail
        self.is_final = is_final


class Garbled(Failure):
    """The function answered something that is no JSON, or none that anybody should store."""
