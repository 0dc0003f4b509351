"""The statement's rows in binary, as psycopg 3 has them from PostgreSQL.

Imported only where psycopg 3 is the connection's driver.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, tzinfo
from typing import Any, cast
from zoneinfo import ZoneInfo

import psycopg
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import Cursor, ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from psycopg import capabilities, generators
from psycopg._preparing import Prepare
from psycopg.abc import PQGen
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGresult

from rowpath.fast.django.statement import Statement
from rowpath.fast.fallback import CannotCompileError

# Rows that the client encodes while the server makes the next: few, so that they stay in the
# processor's cache, and enough that taking them costs nothing beside.
_CHUNK_ROWS = 250

# What PostgreSQL says of a prepared statement whose columns were altered, that was forgotten, or
# that another client of a pooler has prepared.
_STALE = (
    psycopg.errors.FeatureNotSupported,
    psycopg.errors.InvalidSqlStatementName,
    psycopg.errors.DuplicatePreparedStatement,
)
_CANCEL_WITHIN_S = 5.0

Take = Callable[[PGresult], None]


class BinaryCursor(psycopg.Cursor[Any]):
    """A cursor that binds parameters as Django's own does, and asks for binary rows.

    Django's cursor binds on the client, where PostgreSQL sends text only. So psycopg's
    ClientCursor binds, exactly as for any other statement of this connection, and the ordinary
    cursor runs what it bound. With OPTIONS["server_side_binding"] the server binds, as Django's.
    """

    binds_on_server = False
    may_prepare = False
    """Not in a transaction: PostgreSQL would end it if the prepared statement was out of date."""
    runs = 0
    take: Take | None = None
    """Gets the rows in pieces, each as soon as it is there; without it they are in `pgresult`."""

    def execute(self, query: Any, params: Any = None, **_: Any) -> "BinaryCursor":
        """Run `query`."""
        self.runs += 1
        # A text with values in it is hardly ever the same again, so it is not worth preparing; and
        # a literal may be read at that time only: 'today'::date stays the day of the preparing.
        has_values = (bool(params) and not self.binds_on_server) or "'" in query or "$" in query
        prepare = None if self.may_prepare and not has_values else False
        if (params or "%" in query) and not self.binds_on_server:
            query, params = psycopg.ClientCursor(self.connection).mogrify(query, params), None
        if self.take is None:
            return super().execute(query, params, binary=True, prepare=prepare)
        self._run_in_chunks(query, params, self.take, prepare=prepare)
        return self

    def _run_in_chunks(self, query: Any, params: Any, take: Take, *, prepare: bool | None) -> None:
        connection = self._conn
        with connection.lock:
            try:
                connection.wait(self._chunks(query, params, take, prepare=prepare))
            except psycopg.Error:
                self._leave()  # nothing runs any more
                raise
            except BaseException:
                self._leave(cancel=True)
                raise

    def _chunks(self, query: Any, params: Any, take: Take, *, prepare: bool | None) -> PQGen[None]:
        yield from self._send_for_chunks(query, params, prepare=prepare)
        while (result := (yield from generators.fetch(self._pgconn))) is not None:
            if result.status == ExecStatus.TUPLES_CHUNK:
                take(result)
            elif result.status != ExecStatus.TUPLES_OK:  # which ends the chunks
                self._raise_for_result(result)
        yield from self._conn._prepared.maintain_gen(self._conn)

    def _send_for_chunks(self, query: Any, params: Any, *, prepare: bool | None) -> PQGen[None]:
        """Send `query` as psycopg's Cursor.stream() does, but prepared as its execute() would."""
        known = self._conn._prepared
        yield from self._start_query(query)
        converted = self._convert_query(query, params)
        state, name = known.get(converted, prepare)
        if state is Prepare.SHOULD:
            self._send_prepare(name, converted)
            self._check_results((yield from generators.execute(self._pgconn)))
        if state is Prepare.NO:
            self._execute_send(converted, binary=True, force_extended=True)
        else:
            self._send_query_prepared(name, converted, binary=True)
        if prepare is not False:
            known.maybe_add_to_cache(converted, state, name)
            known._rotate()
        self._pgconn.set_chunked_rows_mode(_CHUNK_ROWS)
        yield from generators.send(self._pgconn)

    def _leave(self, *, cancel: bool = False) -> None:
        """Make the connection usable again where not all was taken, or close it."""
        connection = self._conn
        try:
            with suppress(psycopg.Error):  # it may be lost, or nobody there to cancel
                if cancel:
                    connection.cancel_safe(timeout=_CANCEL_WITHIN_S)
                while connection.wait(generators.fetch(self._pgconn)) is not None:
                    pass
        finally:
            if connection.pgconn.transaction_status == TransactionStatus.ACTIVE:
                connection.close()


def binary_rows(statement: Statement) -> PGresult:
    """Run `statement` on its connection and return the result, all rows in binary.

    It goes through `connection.cursor()`, so execute_wrappers, assertNumQueries, the query log and
    tools that wrap cursors see it. Raises CannotCompileError if a tool has put another cursor
    there.
    """
    return cast("PGresult", _run(statement, None))


def take_binary_rows(statement: Statement, take: Take, *, at_most: int | None = None) -> None:
    """Run `statement` as `binary_rows` does, and give `take` the rows while more are made.

    `at_most` is how many there are at most, if that is known: few come in one piece. `take` need
    not be called if there are none. An error of the statement may come after some.
    """
    is_one_piece = at_most is not None and at_most <= _CHUNK_ROWS
    if is_one_piece or not capabilities.has_stream_chunked():
        take(binary_rows(statement))
    else:
        _run(statement, take)


def _run(statement: Statement, take: Take | None) -> PGresult | None:
    connection = connections[statement.using]
    with connection.cursor() as cursor:
        if not isinstance(cursor, CursorWrapper):
            raise CannotCompileError(f"connection.cursor() returns a {type(cursor).__name__}")
        if type(cursor.cursor) not in (Cursor, ServerBindingCursor):
            raise CannotCompileError(f"the driver's cursor is a {type(cursor.cursor).__name__}")
        _check_session(connection)
        cursor.cursor.close()
        binary = _binary_cursor(connection)
        binary.may_prepare = binary.may_prepare and not statement.is_planned_anew
        binary.take = take
        cursor.cursor = binary
        try:
            cursor.execute(statement.sql, statement.params)
        except DatabaseError as error:
            reason = _ours_alone(error, connection)
            if reason is not None and connection.get_autocommit():
                raise CannotCompileError(reason) from error
            raise
        if binary.runs != 1:
            # What was taken is then of another run as well, or of none.
            raise CannotCompileError(f"a wrapper ran the statement {binary.runs} times")
        return binary.pgresult


def _ours_alone(error: DatabaseError, connection: BaseDatabaseWrapper) -> str | None:
    """Return why Django's own statements may not have raised `error`; None if they would."""
    if isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege):
        # They may ask for less: for no relation that no row has.
        return "its user may not read all of it at once"
    if isinstance(error.__cause__, _STALE):
        connection.connection._prepared.clear()
        return "its prepared statement was out of date"
    return None


def _check_session(connection: BaseDatabaseWrapper) -> None:
    # What the server has reported of itself; libpq knows it without asking.
    status = connection.connection.pgconn.parameter_status
    if (zone := _text(status(b"TimeZone"))) != connection.timezone_name:
        raise CannotCompileError(f"the session's time zone was set to {zone}")
    if (encoding := _text(status(b"client_encoding"))) != "UTF8":
        raise CannotCompileError(f"the session's client_encoding is {encoding}")
    # psycopg reads dates and intervals as text, and refuses most other styles than these.
    if not (dates := _text(status(b"DateStyle")) or "ISO").startswith("ISO"):
        raise CannotCompileError(f"the session's DateStyle is {dates}")
    if (intervals := _text(status(b"IntervalStyle"))) != "postgres":
        raise CannotCompileError(f"the session's IntervalStyle is {intervals}")
    if "extra_float_digits" in str(connection.settings_dict["OPTIONS"].get("options", "")):
        raise CannotCompileError("OPTIONS sets extra_float_digits")


def _text(reported: bytes | None) -> str | None:
    return None if reported is None else reported.decode()


def _binary_cursor(connection: BaseDatabaseWrapper) -> BinaryCursor:
    cursor = BinaryCursor(connection.connection)
    options = connection.settings_dict["OPTIONS"]
    cursor.binds_on_server = options.get("server_side_binding") is True
    cursor.may_prepare = connection.get_autocommit()
    return cursor


def python_value(result: PGresult, row: int, column: int, using: str) -> Any:
    """Return one value of a binary result as Django would have read it, or raise as Django does."""
    cell = result.get_value(row, column)
    if cell is None:
        return None
    connection = connections[using]
    transformer = Transformer.from_context(connection.connection)
    with connection.wrap_database_errors:
        value = transformer.get_loader(result.ftype(column), Format.BINARY).load(cell)
    return value.replace(tzinfo=connection.timezone) if isinstance(value, datetime) else value


def connection_zone(using: str) -> tzinfo:
    """Return the zone in which the connection behind `using` hands out times."""
    connection = connections[using]
    return connection.timezone or ZoneInfo(connection.timezone_name)
