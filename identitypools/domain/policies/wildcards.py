"""``*`` and ``?``, decided in one pass over the text, whatever the pattern.

The pattern is an automaton whose states are the bits of one integer: bit *i* says that the first *i* tokens have
matched. A star keeps its bit alive. No backtracking, so no pattern is slow (a regular expression for ``*a*a*a*b`` is).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum


class Wild(Enum):
    ANY_TEXT = "*"
    ANY_CHARACTER = "?"


# A literal text of any length, or a wildcard.
Token = str | Wild
_WILD = {wild.value: wild for wild in Wild}
ARN_SEGMENTS = 6


def tokens(text: str) -> list[Token]:
    """Of a pattern without variables."""
    return [_WILD.get(character, character) for character in text]


class Glob:
    __slots__ = ("_accepting", "_any", "_masks", "_stars")

    def __init__(self, pattern: Iterable[Token]) -> None:
        self._masks: dict[str, int] = {}
        self._stars = self._any = 0
        bit = 1
        for token in pattern:
            for step in token if isinstance(token, str) else (token,):
                if step is Wild.ANY_TEXT:
                    self._stars |= bit
                    continue
                bit <<= 1
                if step is Wild.ANY_CHARACTER:
                    self._any |= bit
                else:
                    self._masks[step] = self._masks.get(step, 0) | bit
        self._accepting = bit

    def matches(self, text: str) -> bool:
        masks, stars, wild = self._masks, self._stars, self._any
        state = 1
        for character in text:
            state = ((state << 1) & (masks.get(character, 0) | wild)) | (state & stars)
            if not state:
                return False
        return bool(state & self._accepting)


class ArnGlob:
    """Each of the six segments by itself, so that a star does not reach from the resource into the account or the
    service; in the last segment of the pattern it reaches to the end."""

    __slots__ = ("_segments",)

    def __init__(self, pattern: Iterable[Token]) -> None:
        self._segments = [Glob(segment) for segment in _segments(pattern)]

    def matches(self, arn: str) -> bool:
        parts = arn.split(":", len(self._segments) - 1)
        return len(parts) == len(self._segments) and all(
            segment.matches(part) for segment, part in zip(self._segments, parts, strict=True)
        )


def _segments(pattern: Iterable[Token]) -> Sequence[list[Token]]:
    segments: list[list[Token]] = [[]]
    for token in pattern:
        if not isinstance(token, str):
            segments[-1].append(token)
            continue
        first, *others = token.split(":", ARN_SEGMENTS - len(segments))
        segments[-1].append(first)
        segments += [[other] for other in others]
    return segments
