"""The statement's rows in binary, as psycopg 3 has them from PostgreSQL.

Imported only where psycopg 3 is the connection's driver.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, tzinfo
from hashlib import blake2b
from operator import is_
from typing import Any, cast
from zoneinfo import ZoneInfo

import psycopg
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import Cursor, ServerBindingCursor
from django.db.backends.utils import CursorWrapper
from psycopg import capabilities, generators
from psycopg._preparing import Key, Prepare
from psycopg._queries import PostgresQuery
from psycopg.abc import PQGen
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGresult

from rowpath.fast.django.statement import Statement
from rowpath.fast.django.wrappers import is_theirs
from rowpath.fast.fallback import CannotCompileError, Holds, TheirsError

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
# What it says of a statement that means nothing to it: made by a compiler of a later version, say.
_NOT_RUN = (
    psycopg.errors.SyntaxError,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.DatatypeMismatch,
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
    """Only where Django's own statements are prepared, and not in a transaction.

    PostgreSQL would end a transaction if the prepared statement was out of date.
    """
    wanted: Statement
    """What was compiled: nothing else is sent."""
    prepared: tuple[Key, bytes] | None = None
    """The statement that was asked for prepared, and its name."""
    runs = 0
    failed: Exception | None = None
    """What was raised here and is not the database's: whoever catches it is told all the same."""
    take: Take | None = None
    """Gets the rows in pieces, each as soon as it is there; without it they are in `pgresult`."""

    def execute(self, query: Any, params: Any = None, **_: Any) -> "BinaryCursor":
        """Run `query`, which is `wanted`."""
        try:
            self.runs += 1
            _check_same(query, params, self.wanted)
            self._execute(query, params)
        except psycopg.Error:
            raise
        except Exception as error:
            self.failed = error
            raise
        return self

    def _execute(self, query: Any, params: Any) -> None:
        # A text with values in it is hardly ever the same again, so it is not worth preparing; and
        # a literal may be read at that time only: 'today'::date stays the day of the preparing.
        has_values = (bool(params) and not self.binds_on_server) or "'" in query or "$" in query
        prepare = None if self.may_prepare and not has_values else False
        if (params or "%" in query) and not self.binds_on_server:
            query, params = psycopg.ClientCursor(self.connection).mogrify(query, params), None
        if self.take is None:
            super().execute(query, params, binary=True, prepare=prepare)
        else:
            self._run_in_chunks(query, params, self.take, prepare=prepare)

    def _get_prepared(
        self,
        pgq: PostgresQuery,
        prepare: bool | None = None,  # noqa: FBT001 - psycopg's
    ) -> tuple[Prepare, bytes]:
        """Name a statement after itself, so that its name never stands for another one.

        psycopg counts: behind a pooler, its _pg3_0 may be another client's statement.
        """
        state, name = super()._get_prepared(pgq, prepare)
        if state is Prepare.NO:
            return state, name
        own = _name_of(pgq)
        if state is Prepare.YES and name != own:  # one that Django's cursor has prepared
            return Prepare.NO, b""
        self.prepared = self._conn._prepared.key(pgq), own
        return state, own

    def forget(self) -> None:
        """Have the statement prepared anew the next time, if it was prepared."""
        if self.prepared is not None:
            key, name = self.prepared
            self._conn._prepared._names.pop(key, None)
            with suppress(psycopg.Error):  # this session may have none of that name
                self._conn.execute(b"DEALLOCATE " + name, prepare=False)

    def _run_in_chunks(self, query: Any, params: Any, take: Take, *, prepare: bool | None) -> None:
        connection = self._conn
        with connection.lock:
            try:
                connection.wait(self._chunks(query, params, take, prepare=prepare))
            except psycopg.Error:
                self._leave()  # nothing runs any more
                raise
            except BaseException as error:
                # Cancelling would end the transaction, in which the framework is to answer.
                self._leave(cancel=not isinstance(error, Exception))
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
        state, name = self._get_prepared(converted, prepare)
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


def binary_rows(statement: Statement, connection: BaseDatabaseWrapper) -> PGresult:
    """Run `statement` on `connection` and return the result, all rows in binary.

    It goes through `connection.cursor()`, so execute_wrappers, assertNumQueries, the query log and
    tools that wrap cursors see it. Raises CannotCompileError if a tool has put another cursor
    there.
    """
    return cast("PGresult", _run(statement, connection, None))


def take_binary_rows(
    statement: Statement,
    connection: BaseDatabaseWrapper,
    take: Take,
    *,
    at_most: int | None = None,
) -> None:
    """Run `statement` as `binary_rows` does, and give `take` the rows while more are made.

    `at_most` is how many there are at most, if that is known: few come in one piece. `take` need
    not be called if there are none. An error of the statement may come after some.
    """
    is_one_piece = at_most is not None and at_most <= _CHUNK_ROWS
    if is_one_piece or not capabilities.has_stream_chunked():
        take(binary_rows(statement, connection))
    else:
        _run(statement, connection, take)


def _check_same(query: Any, params: Any, wanted: Statement) -> None:
    """Raise CannotCompileError unless `query` is `wanted`; a comment may have been added."""
    given = tuple(params or ())
    is_same = len(given) == len(wanted.params) and all(map(is_, given, wanted.params))
    if not is_same or (query != wanted.sql and not _is_commented(query, wanted.sql)):
        raise CannotCompileError("a wrapper changed the statement", holds=Holds.VIEW_A_WHILE)


def _is_commented(query: Any, sql: str) -> bool:
    # As tools do that say where a statement comes from: in front of it or behind it.
    if not isinstance(query, str) or sql not in query:
        return False
    before, _, after = query.partition(sql)
    return all(_COMMENT.fullmatch(part) for part in (before, after))


# One comment, or none, in which no other begins; PostgreSQL nests them.
_COMMENT = re.compile(r"\s*(/\*(?:(?!/\*|\*/|%).|%%)*\*/)?\s*", re.DOTALL)


def _run(
    statement: Statement, connection: BaseDatabaseWrapper, take: Take | None
) -> PGresult | None:
    with connection.cursor() as cursor:
        if not isinstance(cursor, CursorWrapper):
            raise CannotCompileError(f"connection.cursor() returns a {type(cursor).__name__}")
        if type(cursor.cursor) not in (Cursor, ServerBindingCursor):
            raise CannotCompileError(f"the driver's cursor is a {type(cursor.cursor).__name__}")
        _check_session(connection)
        cursor.cursor.close()
        binary = _binary_cursor(connection, statement)
        binary.take = take
        cursor.cursor = binary
        try:
            cursor.execute(statement.sql, statement.params)
        except DatabaseError as error:
            reason = _ours_alone(error, binary)
            if reason is not None and connection.get_autocommit():
                raise CannotCompileError(reason) from error
            raise
        except Exception as error:
            _reopen(connection)
            if binary.failed is None:
                if is_theirs(error, connection):
                    raise TheirsError(error) from error
                raise
        if binary.failed is not None:
            raise binary.failed
        if binary.runs != 1:
            # What was taken is then of another run as well, or of none.
            times = f"a wrapper ran the statement {binary.runs} times"
            raise CannotCompileError(times, holds=Holds.VIEW_A_WHILE)
        return binary.pgresult


def _reopen(connection: BaseDatabaseWrapper) -> None:
    """Have Django connect again if a failing step had to close the driver's connection."""
    if not connection.connection.closed:
        return
    if connection.in_atomic_block:
        connection.errors_occurred = True  # it is looked at when the request is over
    else:
        connection.close()


def _ours_alone(error: DatabaseError, cursor: BinaryCursor) -> str | None:
    """Return why Django's own statements may not have raised `error`; None if they would."""
    if isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege):
        # They may ask for less: for no relation that no row has.
        return "its user may not read all of it at once"
    if isinstance(error.__cause__, _NOT_RUN):
        return f"the database did not take its statement: {error}"
    if isinstance(error.__cause__, _STALE):
        cursor.forget()
        return "its prepared statement was out of date"
    return None


def _check_session(connection: BaseDatabaseWrapper) -> None:
    # What the server has reported of itself; libpq knows it without asking.
    status = connection.connection.pgconn.parameter_status
    if (zone := status(b"TimeZone")) != connection.timezone_name.encode():
        raise CannotCompileError(f"the session's time zone was set to {_text(zone)}")
    if (encoding := status(b"client_encoding")) != b"UTF8":
        raise CannotCompileError(f"the session's client_encoding is {_text(encoding)}")
    # psycopg reads dates and intervals as text, and refuses most other styles than these.
    if not ((dates := status(b"DateStyle")) or b"ISO").startswith(b"ISO"):
        raise CannotCompileError(f"the session's DateStyle is {_text(dates)}")
    if (intervals := status(b"IntervalStyle")) != b"postgres":
        raise CannotCompileError(f"the session's IntervalStyle is {_text(intervals)}")
    if "extra_float_digits" in str(connection.settings_dict["OPTIONS"].get("options", "")):
        raise CannotCompileError("OPTIONS sets extra_float_digits")


def _text(reported: bytes | None) -> str | None:
    return None if reported is None else reported.decode()


def _binary_cursor(connection: BaseDatabaseWrapper, statement: Statement) -> BinaryCursor:
    cursor = BinaryCursor(connection.connection)
    cursor.wanted = statement
    options = connection.settings_dict["OPTIONS"]
    cursor.binds_on_server = options.get("server_side_binding") is True
    # Where it binds on the client, Django has psycopg prepare nothing, so its connection may lead
    # to a pooler that gives each statement another session.
    is_safe = cursor.binds_on_server and connection.get_autocommit()
    cursor.may_prepare = is_safe and not statement.is_planned_anew
    return cursor


def _name_of(query: PostgresQuery) -> bytes:
    """Return a name that no other text and types of parameters have."""
    types = ",".join(map(str, query.types)).encode()
    # PostgreSQL cuts off a name behind 63 bytes.
    return b"rowpath_" + blake2b(types + b" " + query.query, digest_size=20).hexdigest().encode()


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


def connection_zone(connection: BaseDatabaseWrapper) -> tzinfo:
    """Return the zone in which `connection` hands out times."""
    return connection.timezone or ZoneInfo(connection.timezone_name)
