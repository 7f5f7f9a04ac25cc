"""One request, as an operation sees it: validated, and stripped of everything that is HTTP's business."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from identitypools.domain.callers import Caller


@dataclass(frozen=True, slots=True)
class Call:
    """``input`` holds the members that the shape knows: nulls gone, timestamps aware datetimes, blobs bytes.

    ``caller`` is None for operations that are not signed. ``host`` is what the client called us, never to be believed.
    """

    service: str
    operation: str
    input: dict[str, Any]
    caller: Caller | None
    ip: str
    user_agent: str
    request_id: str
    host: str

    def __getitem__(self, member: str) -> Any:
        return self.input[member]

    def get(self, member: str, default: Any = None) -> Any:
        return self.input.get(member, default)
