"""Lists that stay quick when they are long: what is counted is counted up to a bound, what is filtered is declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet

MOST_COUNTED = 10_000
MOST_IN_A_CHIP = 99


class CountedUpTo(Paginator):  # type: ignore[type-arg]
    """Counting all rows of a table reads all of its index. Whoever has more than this many looks for one by search."""

    @cached_property
    def found(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: MOST_COUNTED + 1].count())

    @cached_property
    def count(self) -> int:
        return min(self.found, MOST_COUNTED)

    @property
    def count_in_words(self) -> str:
        return f"{self.count:,}+" if self.found > MOST_COUNTED else f"{self.count:,}"


class Rows(ChangeList):
    """Links as every other page makes them; stock admin spells the characters of ids in a way of its own."""

    def url_for_result(self, result: Any) -> str:
        return str(self.model_admin.url("change", result.pk))  # type: ignore[attr-defined]


class Chip(admin.SimpleListFilter):
    """A filter of a few choices. ``is_counted`` where an index leads to each choice, so that a count up to a bound
    reads no more rows than it counts."""

    template = "console/chip.html"
    is_counted: ClassVar[bool] = True

    def options(self, request: Any) -> Iterable[tuple[str, str]]:
        raise NotImplementedError

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        raise NotImplementedError

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return list(self.options(request))

    def queryset(self, request: Any, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """A value that is no choice chooses nothing."""
        value = self.value()
        if value is None or value not in dict(self.lookup_choices):
            return queryset
        return self.chosen(queryset, value)

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:  # type: ignore[override]
        name = str(self.parameter_name)
        yield {
            "display": "All",
            "selected": self.value() is None,
            "query_string": changelist.get_query_string({}, [name]),
        }
        for value, label in self.lookup_choices:
            yield {
                "display": label,
                "count": self._count(changelist, str(value)) if self.is_counted else "",
                "selected": self.value() == str(value),
                "query_string": changelist.get_query_string({name: value}),
            }

    def _count(self, changelist: ChangeList, value: str) -> str:
        rows = self.chosen(changelist.root_queryset, value).order_by()
        counted = rows[: MOST_IN_A_CHIP + 1].count()
        return f"{MOST_IN_A_CHIP}+" if counted > MOST_IN_A_CHIP else str(counted)
