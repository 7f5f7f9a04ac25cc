"""A query that is asked at nearly every request, compiled once.

Django builds the SQL of a queryset anew each time, which costs as much as an RSA signature; running it and making the
objects costs a seventh of that. Only for queries whose one ``filter`` compares columns with values, which alone differ
from call to call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

Found = TypeVar("Found", bound=Model)


class Prepared(Generic[Found]):
    """``queryset`` makes the query with values of its own, which are replaced by those of each call. It is called at
    the first use: models exist then."""

    def __init__(self, queryset: Callable[[], QuerySet[Found]]) -> None:
        self._queryset = queryset

    @cached_property
    def _for_one(self) -> _Plan:
        return _Plan(self._queryset().order_by())

    @cached_property
    def _for_all(self) -> _Plan:
        return _Plan(self._queryset())

    def one(self, **values: Any) -> Found | None:
        """``values``: all that the queryset's ``filter`` names."""
        plan = self._for_one
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, plan.parameters(values))
            row = cursor.fetchone()
        return None if row is None else plan.made_of(list(row))

    def all(self, **values: Any) -> list[Found]:
        """In the queryset's order."""
        plan = self._for_all
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, plan.parameters(values))
            return [plan.made_of(list(row)) for row in cursor.fetchall()]


class _Plan:
    def __init__(self, queryset: QuerySet[Any]) -> None:
        query = queryset.query
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        self.fields = [lookup.lhs.target for lookup in query.where.children]  # type: ignore[union-attr]
        self.sql, _ = compiler.as_sql()
        select, made = compiler.select, compiler.klass_info
        own = made["select_fields"]
        self.model: type[Model] = made["model"]
        self.columns = slice(own[0], own[-1] + 1)
        self.names = [column.target.attname for column, *_ in select[self.columns]]
        self.populators = get_related_populators(made, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
        converters = compiler.get_converters([column for column, *_ in select])
        self.converters = [(position, *found) for position, found in converters.items()]

    def parameters(self, values: Mapping[str, Any]) -> list[Any]:
        """Django writes a filter's comparisons in the order of their names."""
        named = [values[name] for name in sorted(values)]
        return [field.get_db_prep_value(value, connection) for field, value in zip(self.fields, named, strict=True)]

    def made_of(self, row: list[Any]) -> Any:
        for position, converters, expression in self.converters:
            for convert in converters:
                row[position] = convert(row[position], expression, connection)
        found = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.columns])
        for populator in self.populators:
            populator.populate(row, found)
        return found
