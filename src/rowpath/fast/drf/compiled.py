"""A plan carried out by compiled code, over binary rows: the way that is fast.

Imported only where psycopg 3 is the connection's driver.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query import QuerySet
from django.utils import timezone
from psycopg.pq.abc import PGresult

from rowpath.fast.django.binary import (
    binary_rows,
    connection_zone,
    python_value,
    take_binary_rows,
)
from rowpath.fast.django.loaders import unusual_loader
from rowpath.fast.django.querysets import rows_at_most
from rowpath.fast.drf.prepared import Prepared
from rowpath.fast.drf.steps import step
from rowpath.fast.encoding import CannotEncodeError, Encoder, JsonArray
from rowpath.fast.fallback import CannotCompileError


@dataclass(slots=True)
class CompiledWay:
    """Writes a binary result as JSON in compiled code, while PostgreSQL makes more of it."""

    ready: Prepared
    encoder: Encoder
    connection: BaseDatabaseWrapper
    absolute: Callable[[str], str]
    """Makes of a path the URL that the serializer would make of it."""
    _written: "RowsWritten | None" = None
    _kept: PGresult | None = None

    @property
    def using(self) -> str:
        """The alias of the database."""
        return self.connection.alias

    def read(self, queryset: QuerySet) -> None:
        """Run the statement for `queryset`. Raises CannotCompileError.

        The rows are written at once, but kept for a paginator by cursor, which looks at them.
        """
        self._kept = None
        self._written = written = self.rows_written()
        statement = self.ready.statement(queryset, self.connection)
        if not statement.sql:
            return
        if self.ready.compiled.marker is None:
            take_binary_rows(
                statement, self.connection, written.add, at_most=rows_at_most(queryset)
            )
        else:
            self._kept = self._with_known_marker(binary_rows(statement, self.connection))

    def _with_known_marker(self, result: PGresult) -> PGresult:
        compiled = self.ready.compiled
        if result.ftype(compiled.marker_column()) not in compiled.marker_types:
            raise CannotCompileError("the cursor pages by a value of another type than its field")
        return result

    def rows_written(self) -> "RowsWritten":
        """Return a JSON array of the request's, still without rows. Raises CannotCompileError."""
        zone = timezone.get_current_timezone()
        array = self.encoder.array(
            zone=zone,
            connection_zone=connection_zone(self.connection),
            absolute=self._prefixes().__getitem__,
        )
        return RowsWritten(array, zone, self.connection)

    def _prefixes(self) -> dict[str, str]:
        # Now, since it may raise, and no error of a view's may meet a statement that still runs.
        try:
            return {url: self.absolute(url) for url in self.ready.base_urls}
        except Exception as error:
            text = f"making its files' URLs raised {type(error).__name__}: {error}"
            raise CannotCompileError(text) from error

    def has_written(self, written: "RowsWritten") -> None:
        """Take over an array that has all rows."""
        self._written = written

    def count(self) -> int:
        """Return the number of rows read."""
        if self._kept is not None:
            return self._kept.ntuples
        return self._written.count if self._written is not None else 0

    def marker(self, row: int) -> Any:
        """Return the value by which a paginator by cursor finds `row` again."""
        column = self.ready.compiled.marker_column()
        return None if self._kept is None else python_value(self._kept, row, column, self.using)

    def array(self, rows: range | None = None) -> bytes:
        """Return the rows read, or some of them if they were kept, as a JSON array.

        Raises CannotEncodeError.
        """
        # A paginator reads nothing for a page beyond the last row.
        written = self._written or self.rows_written()
        if written.zone != timezone.get_current_timezone():
            raise CannotEncodeError("the time zone was changed after the rows were read")
        if self._kept is not None:
            written.add(self._kept, rows)
        elif rows is not None:
            raise CannotEncodeError("the page has not all of the rows that were read")
        return written.finish()

    def forget(self) -> None:
        """Let go of what was read."""
        self._written = self._kept = None


class RowsWritten:
    """A JSON array and what became of it: an error is kept until somebody asks for the array."""

    def __init__(self, array: JsonArray, zone: tzinfo, connection: BaseDatabaseWrapper) -> None:
        self.zone = zone
        self.count = 0
        self._array = array
        self._connection = connection
        self._is_checked = False
        self._error: CannotEncodeError | CannotCompileError | None = None

    def add(self, result: PGresult, rows: range | None = None) -> None:
        """Write `rows` of `result`, or all, unless some before could not be written."""
        before = self.count
        self.count += result.ntuples
        if self._error is None:
            try:
                self._add(result, rows)
            except CannotEncodeError as error:
                self._error = error.behind(before)
            except CannotCompileError as error:
                self._error = error

    @step
    def _add(self, result: PGresult, rows: range | None) -> None:
        if not self._is_checked:
            if (own := unusual_loader(result, self._connection)) is not None:
                raise CannotEncodeError(own)
            self._is_checked = True
        self._array.add(result, rows)

    def has_failed(self) -> bool:
        """Whether a row could not be written."""
        return self._error is not None

    def take(self) -> bytes:
        """Return what was written since the last time. Raises what `add` has met."""
        if self._error is not None:
            raise self._error
        return self._array.take()

    def finish(self) -> bytes:
        """Return what was written since the last time, and the end. Raises what `add` has met."""
        if self._error is not None:
            raise self._error
        return self._array.finish()
