"""What the table really holds, read apart from every measured application."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from rowpath.lab.database import connect
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
        """Return a row that was `answered` more often than the table holds it, None for none."""
        held = self._connection.execute(
            SQL("SELECT {} FROM {} LIMIT 0").format(_list(columns), _TABLE)
        )
        # The type without its precision: a cast to numeric(7,2) would round what is wrong.
        kinds = [column.type_display.partition("(")[0] for column in held.description or ()]
        arrays = SQL(", ").join(SQL("%s::{}[]").format(SQL(kind)) for kind in kinds)
        return self._connection.execute(
            SQL(
                "SELECT {names} FROM (SELECT {names}, count(*) AS times "
                "FROM unnest({arrays}) AS answer({names}) GROUP BY {names}) AS answered "
                "LEFT JOIN {table} AS held USING ({names}) "
                "GROUP BY {names}, times HAVING times > count(held.id) LIMIT 1"
            ).format(names=_list(columns), arrays=arrays, table=_TABLE),
            [list(values) for values in zip(*answered, strict=True)],
        ).fetchone()


def _list(columns: Sequence[str]) -> Composed:
    return SQL(", ").join(map(Identifier, columns))


@contextmanager
def reference(dsn: str) -> Iterator[Reference]:
    """Yield a reader of the table at `dsn`, on a connection of its own that cannot write."""
    with connect(dsn) as connection:
        connection.execute("SET default_transaction_read_only = on")
        connection.execute("SET timezone = 'UTC'")
        connection.execute("SET statement_timeout = 0")
        yield Reference(connection)
