"""What the tables really hold, read apart from every measured application."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache

import psutil
import psycopg
from psycopg.sql import SQL, Composed, Identifier

from rowpath.lab.answers.verify import Expected, Row
from rowpath.lab.database import connect
from rowpath.lab.database.processes import first_process
from rowpath.lab.schema import SCHEMA


class Reference:
    """Reads the rows that an answer must hold."""

    def __init__(self, connection: psycopg.Connection[Row]) -> None:
        self._connection = connection
        self.expected = lru_cache(maxsize=4)(self._expected)

    def _expected(self, statement: str, rows: int) -> Expected:
        """Return what `statement`, an experiment's own, gives for a size of `rows`."""
        held = self._connection.execute(statement, {"rows": rows})
        columns = tuple(column.name for column in held.description or ())
        return Expected(columns, held.fetchall())

    def server(self) -> psutil.Process | None:
        """Return the first process of the database server; None where it is elsewhere."""
        return first_process(self._connection)

    def first_stranger(
        self, table: str, columns: tuple[str, ...], answered: Sequence[Row]
    ) -> Row | None:
        """Return a row that was `answered` more often than the table holds it, None for none."""
        held = self._connection.execute(
            SQL("SELECT {} FROM {} LIMIT 0").format(_list(columns), Identifier(SCHEMA, table))
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
            ).format(names=_list(columns), arrays=arrays, table=Identifier(SCHEMA, table)),
            [list(values) for values in zip(*answered, strict=True)],
        ).fetchone()


def _list(columns: Sequence[str]) -> Composed:
    return SQL(", ").join(map(Identifier, columns))


@contextmanager
def reference(dsn: str) -> Iterator[Reference]:
    """Yield a reader of the lab's tables at `dsn`, on a connection of its own that cannot write."""
    with connect(dsn) as connection:
        connection.execute(SQL("SET search_path = {}").format(Identifier(SCHEMA)))
        connection.execute("SET default_transaction_read_only = on")
        connection.execute("SET timezone = 'UTC'")
        connection.execute("SET datestyle = 'ISO'")
        connection.execute("SET statement_timeout = 0")
        yield Reference(connection)
