"""Page by page through a list that changes meanwhile: keyset pagination, with tokens that only we can write.

A token holds the place after the last row, sealed for exactly one list: the operation, the caller and every other
parameter of the call. So it cannot be read, altered, kept for longer than a day, or carried to another pool or filter.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from cognito_site import keyring
from cognito_site.contract import errors
from cognito_site.wire.call import Call

Row = TypeVar("Row", bound=Model)

TOKEN_SECONDS = 24 * 60 * 60
LARGEST_PAGE = 60
TOKENS = ("NextToken", "PaginationToken", "Marker")
SIZES = ("Limit", "MaxResults", "MaxItems")
# It changes whenever it is refreshed; ``principal`` says whose list it is.
CREDENTIALS = ("AccessToken",)


def page_of(
    call: Call, rows: QuerySet[Row], order: Sequence[str], principal: str = "", largest: int = LARGEST_PAGE
) -> tuple[list[Row], str | None]:
    """One page of what the call asks for, and the token of the next. ``principal``: who asks, where nobody signed."""
    size = next((call[name] for name in SIZES if call.get(name)), largest)
    token = next((call[name] for name in TOKENS if call.get(name)), None)
    return page(rows, order, min(size, largest), token, scope(call, principal))


def page(
    rows: QuerySet[Row], order: Sequence[str], limit: int, token: str | None, scope: str
) -> tuple[list[Row], str | None]:
    """``order``: columns that are never null, the last of them unique; ``-`` in front turns one round."""
    if token is not None:
        rows = rows.filter(_after(order, _place(token, scope, len(order))))
    found = list(rows.order_by(*order)[: limit + 1])
    if len(found) <= limit:
        return found, None
    return found[:limit], _token([_value(found[limit - 1], column) for column in order], scope)


def page_of_names(names: Iterable[str], limit: int, token: str | None, scope: str) -> tuple[list[str], str | None]:
    """As ``page``, of a few names that are no rows."""
    place = _place(token, scope, 1)[0] if token is not None else ""
    behind = sorted(name for name in names if name > place)
    return behind[:limit], _token([behind[limit - 1]], scope) if len(behind) > limit else None


def scope(call: Call, principal: str = "") -> str:
    """What a token is bound to: everything about the call but where in the list it is and how far it goes."""
    ignored = (*TOKENS, *SIZES, *CREDENTIALS)
    parameters = {name: value for name, value in call.input.items() if name not in ignored}
    caller = call.caller.arn if call.caller else principal
    return json.dumps([call.service, call.operation, caller, parameters], sort_keys=True, default=str)


def _after(order: Sequence[str], place: Sequence[Any]) -> Q:
    """Rows behind ``place``, column by column. The first condition repeats what the rest implies, for the index."""
    columns = [(name.lstrip("-"), "lt" if name.startswith("-") else "gt") for name in order]
    behind, equal = Q(), Q()
    for (column, comparison), value in zip(columns, place, strict=True):
        behind |= equal & Q(**{f"{column}__{comparison}": value})
        equal &= Q(**{column: value})
    first, comparison = columns[0]
    return Q(**{f"{first}__{comparison}e": place[0]}) & behind


def _value(row: Model, column: str) -> Any:
    value: Any = row
    for name in column.lstrip("-").split("__"):
        value = getattr(value, name)
    return value


# --- tokens ---------------------------------------------------------------------------------------------------------


def _token(place: list[Any], scope: str) -> str:
    content = json.dumps([int(time.time()), place], default=_text)
    return base64.urlsafe_b64encode(keyring.seal(content.encode(), _context(scope))).decode().rstrip("=")


def _place(token: str, scope: str, columns: int) -> list[Any]:
    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        made_at, place = json.loads(keyring.unseal(sealed, _context(scope)))
    except (binascii.Error, ValueError, keyring.CannotUnseal):
        raise errors.invalid_pagination_token() from None
    if time.time() - made_at > TOKEN_SECONDS or len(place) != columns:
        raise errors.invalid_pagination_token()
    return list(place)


def _context(scope: str) -> str:
    return f"page:{scope}"


def _text(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"Lists are not ordered by {type(value).__name__}.")
