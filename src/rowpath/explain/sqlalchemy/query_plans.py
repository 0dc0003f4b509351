"""What SQLAlchemy's engines send in a block, with the plans of SQLite and PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine

from rowpath.explain.recording.query_plans import Log, of_sqlite
from rowpath.explain.sqlalchemy.statements import listening


@contextmanager
def logged() -> Iterator[Log]:
    """Yield a log that gets each statement of the block with its engine; nothing is explained."""
    log = Log()

    def add(connection: Any, _cursor: Any, text: str, values: Any, *_: Any) -> None:
        log.add(connection.engine, text, values)

    with listening("before_cursor_execute", add):
        yield log


def plan_of(engine: Engine, text: str, values: Any) -> str | None:
    """Return the plan of a statement with its values; None where this database gives none here.

    For a greenlet of SQLAlchemy's, as drivers may be asynchronous.
    """
    if engine.dialect.name not in {"postgresql", "sqlite"}:
        return None
    is_sqlite = engine.dialect.name == "sqlite"
    prefix = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"{prefix} {text}", values).all()
    return of_sqlite(rows) if is_sqlite else "\n".join(line for (line,) in rows)
