"""``filter(email__prefix="al")``: values that begin with a text, character for character, found through an index.

Django's own ``startswith`` is a LIKE, for which SQLite uses no index and ignores the case of ASCII letters.
PostgreSQL's LIKE uses an index whose operator class is ``varchar_pattern_ops``.
"""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Lookup

# Behind every character that a text can hold.
LAST = "\U0010ffff"


@CharField.register_lookup
class Prefix(Lookup):
    lookup_name = "prefix"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """SQLite compares bytes, whose order in UTF-8 is that of the characters."""
        column, named = self.process_lhs(compiler, connection)
        return f"({column} >= %s AND {column} < %s)", (*named, self.rhs, *named, f"{self.rhs}{LAST}")

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, named = self.process_lhs(compiler, connection)
        return f"{column} LIKE %s", (*named, f"{connection.ops.prep_for_like_query(self.rhs)}%")
