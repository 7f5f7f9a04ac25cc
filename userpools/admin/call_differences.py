"""What a function changed in its event, leaf by leaf."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MOST = 100
LONGEST = 400
ABSENT = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """``kind``: added, changed or gone. ``before`` and ``after`` are JSON, and empty where there is nothing."""

    path: str
    kind: str
    before: str
    after: str

    @property
    def branch(self) -> list[str]:
        return self.path.split(".")[:-1]

    @property
    def leaf(self) -> str:
        return self.path.rpartition(".")[2]


def between(before: Any, after: Any) -> list[Difference]:
    """The first of them, in the order of ``after``."""
    found = _walk("", before, after)
    return [difference for difference, _ in zip(found, range(MOST), strict=False)]


def outside_of_response(event: dict[str, Any], result: Any) -> list[str]:
    """Paths of what a function changed although nobody reads it."""
    if not isinstance(result, dict):
        return []
    others = [{name: value for name, value in each.items() if name != "response"} for each in (event, result)]
    return [difference.path for difference in between(*others)]


def _walk(path: str, before: Any, after: Any) -> Iterator[Difference]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*after, *before)):
            yield from _walk(_below(path, name), before.get(name, ABSENT), after.get(name, ABSENT))
    elif isinstance(after, dict) and after and before in (ABSENT, None):
        for name, value in after.items():
            yield from _walk(_below(path, name), ABSENT, value)
    elif not _same(before, after):
        kind = "added" if before in (ABSENT, None) else "gone" if after in (ABSENT, None) else "changed"
        yield Difference(path, kind, _json(before), _json(after))


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _same(before: Any, after: Any) -> bool:
    """As JSON: 1 is not true."""
    if before is ABSENT or after is ABSENT:
        return before is after
    return json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True)


def _json(value: Any) -> str:
    if value is ABSENT:
        return ""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
