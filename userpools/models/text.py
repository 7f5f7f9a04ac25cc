"""Text that is compared as it is written: code point by code point, on every database alike.

The order of such a column is the order of its index, so that ``filter(email__prefix="al")`` reads a stretch of the
index and a page of a list starts where the last one ended, also in a database whose language sorts otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Lookup

if TYPE_CHECKING:
    _Text = CharField[str, str]
else:
    _Text = CharField

# Behind every character that a text can hold.
LAST = "\U0010ffff"


class ExactCharField(_Text):
    """SQLite compares bytes by itself, whose order in UTF-8 is that of the code points; PostgreSQL has to be told."""

    def db_parameters(self, connection: Any) -> Any:
        found = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            found["collation"] = "C"
        return found


@ExactCharField.register_lookup
class Prefix(Lookup):
    """Not Django's ``startswith``: that is a LIKE, for which SQLite uses no index and ignores the case of letters."""

    lookup_name = "prefix"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, named = self.process_lhs(compiler, connection)
        return f"({column} >= %s AND {column} < %s)", (*named, self.rhs, *named, f"{self.rhs}{LAST}")
