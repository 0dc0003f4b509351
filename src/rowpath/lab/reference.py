"""What the table really holds, read apart from every measured application."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from rowpath.lab.dataset import SCHEMA, TABLE
from rowpath.lab.verify import Row

_TABLE = Identifier(SCHEMA, TABLE)


class Reference:
    """Reads the rows that an answer must hold."""

    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        self._connection = connection
        self.first_rows = lru_cache(maxsize=4)(self._first_rows)

    def _first_rows(self, columns: tuple[str, ...], rows: int) -> Sequence[Row]:
        """Return the first `rows` rows by time_created."""
        return self._connection.execute(
            SQL("SELECT {} FROM {} ORDER BY time_created LIMIT %s").format(_list(columns), _TABLE),
            [rows],
        ).fetchall()

    def totals(self, columns: tuple[str, ...], rows: int) -> Row:
        """Return the number of rows and each column's sum, over the first `rows`."""
        sums = SQL(", ").join(SQL("sum({})").format(Identifier(column)) for column in columns)
        row = self._connection.execute(
            SQL(
                "SELECT count(*), {} FROM (SELECT * FROM {} ORDER BY time_created LIMIT %s) AS part"
            ).format(sums, _TABLE),
            [rows],
        ).fetchone()
        return row or ()

    def first_stranger(self, columns: tuple[str, ...], answered: Sequence[Row]) -> Row | None:
        """Return the first of the `answered` rows that the table does not hold, None for none."""
        types = self._connection.execute(
            SQL("SELECT {} FROM {} LIMIT 0").format(_list(columns), _TABLE)
        ).description
        arrays = SQL(", ").join(
            SQL("%s::{}[]").format(SQL(column.type_display)) for column in types or ()
        )
        same = SQL(" AND ").join(
            SQL("held.{0} = answered.{0}").format(Identifier(column)) for column in columns
        )
        return self._connection.execute(
            SQL(
                "SELECT {names} FROM unnest({arrays}) WITH ORDINALITY AS answered({names}, place) "
                "WHERE NOT EXISTS (SELECT FROM {table} AS held WHERE {same}) ORDER BY place LIMIT 1"
            ).format(names=_list(columns), arrays=arrays, table=_TABLE, same=same),
            [list(values) for values in zip(*answered, strict=True)],
        ).fetchone()


def _list(columns: Sequence[str]) -> Composed:
    return SQL(", ").join(map(Identifier, columns))


@contextmanager
def reference(dsn: str) -> Iterator[Reference]:
    """Yield a reader of the table at `dsn`, on a connection of its own that cannot write."""
    with psycopg.connect(
        dsn, autocommit=True, options="-c default_transaction_read_only=on -c timezone=UTC"
    ) as connection:
        yield Reference(connection)
