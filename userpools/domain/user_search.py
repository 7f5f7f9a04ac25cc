"""Finding users of a pool: the filter of ListUsers, one condition on one attribute (AWS: "ListUsers", Filter).

::

    filter    = attribute operator '"' value '"'
    operator  = "=" | "^="                      equals, begins with
    value     = any characters, with \\" for a quote and \\\\ for a backslash

Names of attributes lead to columns by a table: nothing that was typed becomes part of a query. Every column has an
index with the pool in front.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from cognito_site.contract import errors
from userpools.domain import schema
from userpools.models import User, UserPool
from userpools.models.user import SEARCHABLE

EQUALS = "="
COLUMNS = frozenset({"username", *SEARCHABLE})
_FILTER = re.compile(r'\s*([^\s="^]+)\s*(\^=|=)\s*"((?:[^"\\]|\\["\\])*)"\s*', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')
_ENABLED = {"enabled": True, "disabled": False}


@dataclass(frozen=True, slots=True)
class Search:
    """``order`` follows the index that the condition reads, so that a page costs no more than its length."""

    condition: Q
    order: tuple[str, ...] = ("pk",)


def parse(text: str | None) -> Search:
    """Raises InvalidParameter for a filter that is none, or on an attribute that is not searched."""
    if not text or not text.strip():
        return Search(Q())
    parsed = _FILTER.fullmatch(text)
    if parsed is None:
        raise errors.filter_unparsable()
    name, operator, value = parsed[1], parsed[2], _ESCAPED.sub(r"\1", parsed[3])
    if name in COLUMNS:
        return _on(name, operator, value)
    special = _SPECIAL.get(name)
    if special is None:
        raise errors.invalid_search_attribute(name)
    return special(operator, value)


def found(pool: UserPool, search: Search) -> QuerySet[User]:
    return pool.users.filter(search.condition)


def _on(column: str, operator: str, value: str) -> Search:
    if operator == EQUALS:
        return Search(Q(**{column: value}))
    return Search(Q(**{f"{column}__prefix": value}), (column, "pk"))


def _status(operator: str, value: str) -> Search:
    """Stored in capitals, asked for in any case."""
    wanted = [status for status in User.Status.values if _matches(operator, status, value.upper())]
    return Search(Q(status__in=wanted))


def _enabled(operator: str, value: str) -> Search:
    """``Enabled`` or ``Disabled``."""
    wanted = [state for word, state in _ENABLED.items() if _matches(operator, word, value.lower())]
    return Search(Q(enabled__in=wanted))


def _matches(operator: str, word: str, value: str) -> bool:
    return word == value if operator == EQUALS else word.startswith(value)


def _sub(operator: str, value: str) -> Search:
    """Whole ones only: a part of a random number leads to nobody."""
    try:
        return Search(Q(sub=UUID(value))) if operator == EQUALS else NOBODY
    except ValueError:
        return NOBODY


NOBODY = Search(Q(pk__in=()))
_SPECIAL: Mapping[str, Callable[[str, str], Search]] = {
    "cognito:user_status": _status,
    "status": _enabled,
    "sub": _sub,
}


# --- what an operator types -----------------------------------------------------------------------------------------


def lookup(users: QuerySet[User], typed: str) -> QuerySet[User]:
    """Those of whom ``typed`` is the sub, or the beginning of a name or an address, in its own case or in the usual one
    of such a value. One walk through an index for each way to read it: as one condition, no database uses them all."""
    try:
        return users.filter(sub=UUID(typed))
    except ValueError:
        readings = {(column, text) for column, write in _USUAL.items() for text in (typed, write(typed))}
    walks = [users.filter(**{f"{column}__prefix": text}).order_by().values("pk") for column, text in sorted(readings)]
    return users.filter(pk__in=walks[0].union(*walks[1:]))


_USUAL: dict[str, Callable[[str], str]] = {
    "username": str.lower,
    "preferred_username": str.lower,
    "email": str.lower,
    "phone_number": str.strip,
    "name": str.title,
    "given_name": str.title,
    "family_name": str.title,
}


def check_attributes(pool: UserPool, wanted: Collection[str] | None) -> None:
    """Of AttributesToGet."""
    if wanted and not schema.definitions(pool).keys() >= set(wanted):
        raise errors.requested_attributes_unknown()
