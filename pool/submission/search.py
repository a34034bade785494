"""Text search that finds upper and lower case alike, umlauts too, on both databases."""

from typing import Any, TypeVar

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Func, Model, QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.db.models.sql.compiler import SQLCompiler

MOST_WORDS = 8
Row = TypeVar("Row", bound=Model)


class Lowered(Func):
    """LOWER for every letter. SQLite's own knows only A to Z, so it is handed Python's."""

    function = "LOWER"
    output_field = CharField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> tuple[str, Any]:
        connection.ensure_connection()
        connection.connection.create_function("PORTAL_LOWER", 1, _lowered, deterministic=True)
        return self.as_sql(compiler, connection, function="PORTAL_LOWER", **context)


def _lowered(text: str | None) -> str | None:
    return None if text is None else str(text).lower()


def having_words(rows: QuerySet[Row], text: str, *fields: str) -> QuerySet[Row]:
    """Return the rows in whose fields every word of `text` occurs; `%` and `_` mean themselves."""
    parts = [part for field in fields for part in (field, Value(" "))]
    found: Any = rows.alias(searched=Lowered(Concat(*parts, output_field=TextField())))
    for word in text.lower().split()[:MOST_WORDS]:
        found = found.filter(searched__contains=word)
    return found
