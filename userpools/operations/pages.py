"""Lists, page by page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from cognito_site.wire.call import Call
from cognito_site.wire.pagination import Row, page_of


def answer(
    call: Call,
    rows: QuerySet[Row],
    member: str,
    shape: Callable[[Row], dict[str, Any]],
    token: str = "NextToken",  # noqa: S107
) -> dict[str, Any]:
    """In the order of the model, whose last column is unique in every list. ``token`` is the member's name."""
    order = [str(column) for column in rows.model._meta.ordering or ()]
    found, following = page_of(call, rows, order)
    return {member: [shape(row) for row in found], token: following}
