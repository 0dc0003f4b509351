"""A plan carried out by compiled code, over binary rows: the way that is fast.

Imported only where psycopg 3 is the connection's driver.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models.query import QuerySet
from django.utils import timezone
from psycopg.pq.abc import PGresult

from rowpath.fast.django.binary import binary_rows, connection_zone, python_value
from rowpath.fast.drf.prepared import Prepared
from rowpath.fast.encoding import Encoder


@dataclass(slots=True)
class CompiledWay:
    """Reads a binary result, and writes it as JSON in compiled code."""

    ready: Prepared
    encoder: Encoder
    using: str
    absolute: Callable[[str], str]
    """Makes a URL of the request's host of a path."""
    result: PGresult | None = None

    def read(self, queryset: QuerySet) -> None:
        """Run the statement for `queryset`. Raises CannotCompileError."""
        statement = self.ready.statement(queryset)
        self.result = binary_rows(statement) if statement.sql else None

    def count(self) -> int:
        """Return the number of rows read."""
        return self.result.ntuples if self.result is not None else 0

    def marker(self, row: int) -> Any:
        """Return the value by which a paginator by cursor finds `row` again."""
        column = self.ready.compiled.marker_column()
        return None if self.result is None else python_value(self.result, row, column, self.using)

    def array(self, rows: range | None = None) -> bytes:
        """Return `rows`, or all, as a JSON array. Raises CannotEncodeError."""
        return b"[]" if self.result is None else self.encode(self.result, rows)

    def encode(self, result: PGresult, rows: range | None = None) -> bytes:
        """Return rows of another `result` of the same statement as a JSON array."""
        return self.encoder.encode(
            result,
            rows=rows,
            zone=timezone.get_current_timezone(),
            connection_zone=connection_zone(self.using),
            absolute=self.absolute,
        )
