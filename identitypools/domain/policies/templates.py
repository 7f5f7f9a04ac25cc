"""Texts of a policy: literal characters, wildcards, and variables that the request fills in (``${aws:username}``).

What a variable brings is literal: a user who is called ``*`` is no wildcard.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from identitypools.domain.policies.wildcards import Token, Wild

# By condition key in lower case; a key has one value or many.
Context = Mapping[str, tuple[str, ...]]

# Older documents, and those that name no version, have no variables: ``${`` is text there.
WITH_VARIABLES = "2012-10-17"
_VARIABLE = re.compile(r"\$\{(?:([*?$])|([^{}',]+)(?:,\s*'([^']*)')?)\}")


class Unresolvable(Exception):
    """A variable that the request does not fill in: its statement does not match."""


@dataclass(frozen=True, slots=True)
class Variable:
    key: str
    default: str | None

    def value(self, context: Context) -> str:
        given = context.get(self.key, ())
        if len(given) == 1:
            return given[0]
        if given or self.default is None:
            raise Unresolvable(self.key)
        return self.default


@dataclass(frozen=True, slots=True)
class Template:
    parts: tuple[Token | Variable, ...]

    @property
    def is_fixed(self) -> bool:
        return not any(isinstance(part, Variable) for part in self.parts)

    def tokens(self, context: Context) -> list[Token]:
        return [part.value(context) if isinstance(part, Variable) else part for part in self.parts]

    def text(self, context: Context) -> str:
        """Of a template without wildcards."""
        return "".join(token for token in self.tokens(context) if isinstance(token, str))


def parse(text: str, version: str, *, wildcards: bool) -> Template:
    """``version``: the document's. Raises ValueError for a variable that is not well formed."""
    parts: list[Token | Variable] = []
    position = 0
    while version == WITH_VARIABLES and (start := text.find("${", position)) >= 0:
        found = _VARIABLE.match(text, start)
        if found is None:
            raise ValueError("variable")
        parts += _plain(text[position:start], wildcards=wildcards)
        escape, key, default = found.groups()
        parts.append(escape or Variable(key.strip().lower(), default))
        position = found.end()
    return Template((*parts, *_plain(text[position:], wildcards=wildcards)))


def _plain(text: str, *, wildcards: bool) -> list[Token]:
    if not wildcards:
        return [text]
    return [Wild(part) if part in ("*", "?") else part for part in re.split(r"([*?])", text) if part]
