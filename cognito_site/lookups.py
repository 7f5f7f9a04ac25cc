"""Reading rows."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def one(rows: QuerySet[Row]) -> Row | None:
    """The row that a unique key leads to. ``first()`` would sort, and Django takes longer to write down an order than a
    database to find a row."""
    return next(iter(rows.order_by()[:1]), None)
