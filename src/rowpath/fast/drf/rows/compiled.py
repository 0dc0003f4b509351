"""A plan carried out by compiled code, over binary rows: the way that is fast.

Imported only where psycopg 3 is the connection's driver.
"""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, ClassVar

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query import QuerySet
from psycopg.pq.abc import PGresult

from rowpath.fast.django.binary import (
    binary_rows,
    connection_zone,
    python_value,
    take_binary_rows,
)
from rowpath.fast.django.kinds import TYPES_OF_ONE_TEXT
from rowpath.fast.django.lists import List, Template
from rowpath.fast.django.loaders import unusual_loader
from rowpath.fast.django.peers.broken import is_broken
from rowpath.fast.django.prefetches import loads
from rowpath.fast.django.querysets import rows_at_most
from rowpath.fast.django.shapes import Shape
from rowpath.fast.django.variables import current_zone
from rowpath.fast.drf.compiling.compile import Compiled
from rowpath.fast.drf.compiling.prepared import Prepared
from rowpath.fast.drf.context import Context
from rowpath.fast.drf.links import around
from rowpath.fast.drf.rows.ways import InPieces
from rowpath.fast.drf.steps import step
from rowpath.fast.encoding import CannotEncodeError, Encoder, JsonArray, Lists
from rowpath.fast.fallback import CannotCompileError, Holds
from rowpath.fast.forms import Around, Link

# So many parameters a statement has at most that binds on the server, as the protocol counts them.
_MOST_BOUND = 65_535


@dataclass(slots=True)
class CompiledWay:
    """Writes a binary result as JSON in compiled code, while PostgreSQL makes more of it."""

    name: ClassVar = "compiled"

    ready: Prepared
    encoder: Encoder
    connection: BaseDatabaseWrapper
    context: Context
    """That of the serializer, by which it would make URLs."""

    def read(self, queryset: QuerySet, shape: Shape | None = None) -> "WrittenPage | KeptPage":
        """Run the statement for `queryset`. Raises CannotCompileError.

        The rows are written at once, but kept for a paginator by cursor, which looks at them, and
        until the rows of their lists are there.
        """
        page = self.empty()
        statement = self.ready.statement(queryset, self.connection, shape)
        if not statement.sql:
            return page
        compiled = self.ready.compiled
        if compiled.marker is not None or compiled.lists:
            # Before anything is sent: what has no statement is read by Django, by as many.
            templates = self._templates(queryset)
            result = binary_rows(statement, self.connection)
            return KeptPage(page, result, self._lists(result, templates), compiled)
        take_binary_rows(statement, self.connection, page.add, at_most=rows_at_most(queryset))
        return page

    def _templates(self, queryset: QuerySet) -> list[Template]:
        """Return the statements of the plan's lists for whichever keys."""
        lists = self.ready.compiled.lists
        given = loads(queryset) if lists else {}
        owns = (given[one.way].queryset if one.is_loaded else None for one in lists)
        return [
            self.ready.list_template(one, own, self.connection)
            for one, own in zip(lists, owns, strict=True)
        ]

    def _lists(self, page: PGresult, templates: list[Template]) -> Lists:
        """Return the rows of the plan's lists for those of `page`: one statement for each."""
        found: list[PGresult | None] = []
        for one, made in zip(self.ready.compiled.lists, templates, strict=True):
            above = page if one.within is None else found[one.within]
            found.append(None if above is None else self._list(one, above, made))
        return found

    def _list(self, one: List, above: PGresult, made: Template) -> PGresult | None:
        try:
            keys = self.encoder.keys(above, one.key)
        except CannotEncodeError as error:
            raise _not_written(error) from error
        if not keys:
            return None
        statement = made.statement(keys)
        is_bound: Any = self.connection.features.uses_server_side_binding
        if is_bound and not one.is_loaded and len(statement.params) > _MOST_BOUND:
            raise CannotCompileError(f"nobody loads {one.relation.name} of {len(keys)} rows")
        try:
            return binary_rows(statement, self.connection) if statement.sql else None
        except DatabaseError as error:
            if one.is_loaded or is_broken(self.connection.alias):
                raise  # Django's own statement is no other, or can be sent no more
            raise CannotCompileError(f"the database refuses many rows at once: {error}") from error

    def empty(self) -> "WrittenPage":
        """Return a page without rows, which may be added. Raises CannotCompileError."""
        zone = current_zone()
        array = self.encoder.array(
            zone=zone,
            connection_zone=connection_zone(self.connection),
            absolute=self._prefixes().__getitem__,
            around=self._around().__getitem__,
        )
        return WrittenPage(array, zone, self.connection)

    def _prefixes(self) -> dict[str, str]:
        # Now, since it may raise, and no error of a view's may meet a statement that still runs.
        try:
            return {url: self.context.absolute(url) for url in self.ready.base_urls}
        except Exception as error:
            text = f"making its files' URLs raised {type(error).__name__}: {error}"
            raise CannotCompileError(text) from error

    def _around(self) -> dict[Link, Around]:
        if not self.ready.links:
            return {}
        context = self.context.get()
        return {one: around(one, context) for one in self.ready.links}

    def in_pieces(self, queryset: QuerySet) -> InPieces | None:
        """Return how `queryset` is read in pieces; None if it has no rows or is read at once.

        Raises CannotCompileError.
        """
        if self.ready.compiled.lists:
            return None
        statement = self.ready.statement(queryset, self.connection)
        return InPieces(statement=statement, begin=self.empty) if statement.sql else None


class WrittenPage:
    """Rows that were written as they came: an error is kept until somebody asks for them."""

    def __init__(self, array: JsonArray, zone: tzinfo, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.count = 0
        self._zone = zone
        self._array = array
        self._is_checked = False
        self._error: CannotCompileError | None = None

    def add(self, result: PGresult, rows: range | None = None, lists: Lists = ()) -> None:
        """Write `rows` of `result`, or all, unless some before could not be written.

        `lists` have the rows of the plan's lists.
        """
        before = self.count
        self.count += result.ntuples
        if self._error is None:
            try:
                self._add(result, rows, lists, before)
            except CannotCompileError as error:
                # Without the frames that it came through, which hold the result.
                self._error = error.with_traceback(None)

    @step
    def _add(self, result: PGresult, rows: range | None, lists: Lists, before: int) -> None:
        if not self._is_checked:
            for one in (result, *lists):
                own = None if one is None else unusual_loader(one, self.connection)
                if own is not None:
                    raise _not_written(CannotEncodeError(own))
            self._is_checked = True
        try:
            self._array.add(result, rows, lists)
        except CannotEncodeError as error:
            unwritten = error.behind(before)
        else:
            return
        raise _not_written(unwritten) from unwritten

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

    def marker(self, row: int) -> Any:
        """Raise LookupError: what was written is not looked at."""
        raise LookupError(f"row {row} was written and not kept")

    def array(self, rows: range | None = None) -> bytes:
        """Return all rows as a JSON array. Raises CannotCompileError, also for some of them."""
        if self._zone != current_zone():
            text = "the time zone was changed after the rows were read"
            raise _not_written(CannotEncodeError(text))
        if rows is not None:
            text = "the page has not all of the rows that were read"
            raise _not_written(CannotEncodeError(text))
        return self.finish()


class KeptPage:
    """Rows that are kept until they are asked for: a paginator by cursor looks at them before."""

    def __init__(
        self, written: WrittenPage, result: PGresult, lists: Lists, compiled: Compiled
    ) -> None:
        """Keep `result` and its `lists`, to add them to `written`. Raises CannotCompileError."""
        self._compiled = compiled
        if (marker := compiled.marker) is not None and result.ftype(
            marker.column
        ) not in TYPES_OF_ONE_TEXT[marker.kind]:
            raise CannotCompileError("the cursor pages by a value of another type than its field")
        self._written = written
        self._result = result
        self._lists = lists
        self.count = result.ntuples

    def marker(self, row: int) -> Any:
        """Return the value by which a paginator by cursor finds `row` again."""
        column = self._compiled.marker_column()
        return python_value(self._result, row, column, self._written.connection.alias)

    def array(self, rows: range | None = None) -> bytes:
        """Return `rows`, or all, as a JSON array; once. Raises CannotCompileError."""
        self._written.add(self._result, rows, self._lists)
        return self._written.array()


def _not_written(error: CannotEncodeError) -> CannotCompileError:
    return CannotCompileError(str(error).removesuffix("."), holds=Holds.PLAN_A_WHILE)
