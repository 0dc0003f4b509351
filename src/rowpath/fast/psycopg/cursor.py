"""A cursor of psycopg's that asks for binary rows, and hands them on while more are made."""

from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from typing import Any

import psycopg
from psycopg import generators
from psycopg._preparing import Key, Prepare
from psycopg._queries import PostgresQuery
from psycopg.abc import PQGen
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult

from rowpath.fast.psycopg.wanted import Wanted, check_same

# Rows that the client encodes while the server makes the next: few, so that they stay in the
# processor's cache, and enough that taking them costs nothing beside.
CHUNK_ROWS = 250
_CANCEL_WITHIN_S = 5.0

Take = Callable[[PGresult], None]


class BinaryCursor(psycopg.Cursor[Any]):
    """A cursor that binds parameters as the framework's own does, and asks for binary rows.

    Where that binds on the client, PostgreSQL sends it text only. So psycopg's ClientCursor binds,
    exactly as for any other statement of this connection, and the ordinary cursor runs what it
    bound.
    """

    prepared: tuple[Key, bytes] | None = None
    """The statement that was asked for prepared, and its name."""
    runs = 0
    failed: Exception | None = None
    """What was raised here and is not the database's: whoever catches it is told all the same."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        wanted: Wanted,
        take: Take | None = None,
        *,
        binds_on_server: bool = False,
        may_prepare: bool = False,
    ) -> None:
        """Open a cursor that runs `wanted` and nothing else.

        `take` gets the rows in pieces, each as soon as it is there; without it they are in
        `pgresult`. It `may_prepare` only where the framework's own statements are prepared, and not
        in a transaction, which PostgreSQL would end if the prepared statement was out of date.
        """
        super().__init__(connection)
        self.wanted = wanted
        self.take = take
        self.binds_on_server = binds_on_server
        self.may_prepare = may_prepare

    def execute(self, query: Any, params: Any = None, **_: Any) -> "BinaryCursor":
        """Run `query`, which is `wanted`."""
        try:
            self.runs += 1
            check_same(query, params, self.wanted)
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
        if state is Prepare.YES and name != own:  # one that the framework's cursor has prepared
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
        self._pgconn.set_chunked_rows_mode(CHUNK_ROWS)
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


def _name_of(query: PostgresQuery) -> bytes:
    """Return a name that no other text and types of parameters have."""
    types = ",".join(map(str, query.types)).encode()
    # PostgreSQL cuts off a name behind 63 bytes.
    return b"rowpath_" + blake2b(types + b" " + query.query, digest_size=20).hexdigest().encode()
