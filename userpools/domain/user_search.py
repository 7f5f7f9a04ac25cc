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
from collections.abc import Callable, Collection
from uuid import UUID

from django.db.models import Q, QuerySet

from cognito_site.contract import errors
from userpools.domain import schema
from userpools.models import User, UserPool
from userpools.models.user import SEARCHABLE

EQUALS, BEGINS_WITH = "=", "^="
_FILTER = re.compile(r'\s*([^\s="^]+)\s*(\^=|=)\s*"((?:[^"\\]|\\["\\])*)"\s*', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')
_ENABLED = {"enabled": True, "disabled": False}


def search(pool: UserPool, text: str | None) -> QuerySet[User]:
    """Raises InvalidParameter for a filter that is none, or on an attribute that is not searched."""
    users = pool.users.all()
    return users.filter(_condition(text)) if text and text.strip() else users


def _condition(text: str) -> Q:
    parsed = _FILTER.fullmatch(text)
    if parsed is None:
        raise errors.filter_unparsable()
    name, operator, value = parsed[1], parsed[2], _ESCAPED.sub(r"\1", parsed[3])
    condition = _CONDITIONS.get(name)
    if condition is None:
        raise errors.invalid_search_attribute(name)
    return condition(operator, value)


def _on(column: str) -> Callable[[str, str], Q]:
    def condition(operator: str, value: str) -> Q:
        return Q(**{column if operator == EQUALS else f"{column}__prefix": value})

    return condition


def _status(operator: str, value: str) -> Q:
    """Stored in capitals, asked for in any case."""
    return _on("status")(operator, value.upper())


def _enabled(operator: str, value: str) -> Q:
    """``Enabled`` or ``Disabled``, and nothing else is anybody's."""
    wanted = [state for word, state in _ENABLED.items() if _matches(operator, word, value.lower())]
    return Q(enabled__in=wanted) if wanted else Q(pk__in=())


def _matches(operator: str, word: str, value: str) -> bool:
    return word == value if operator == EQUALS else word.startswith(value)


def _sub(operator: str, value: str) -> Q:
    """Whole ones only: a part of a random number leads to nobody."""
    try:
        return Q(sub=UUID(value)) if operator == EQUALS else Q(pk__in=())
    except ValueError:
        return Q(pk__in=())


_CONDITIONS: dict[str, Callable[[str, str], Q]] = {
    **{name: _on(name) for name in ("username", *SEARCHABLE)},
    "cognito:user_status": _status,
    "status": _enabled,
    "sub": _sub,
}


def check_attributes(pool: UserPool, wanted: Collection[str] | None) -> None:
    """Of AttributesToGet."""
    if wanted and not schema.definitions(pool).keys() >= set(wanted):
        raise errors.requested_attributes_unknown()
