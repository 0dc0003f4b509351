"""What Django's connections send in a block, with the plans of SQLite and PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rowpath.capture.postgresql import plan_of as plan_of_postgresql
from rowpath.explain.django.statements import Wrapper, wrapped
from rowpath.explain.recording.query_plans import Log, of_sqlite


@contextmanager
def logged() -> Iterator[Log]:
    """Yield a log that gets each statement of the block; nothing is explained meanwhile."""
    log = Log()

    def add(execute: Wrapper, sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 Django's
        log.add(context["connection"], str(sql), params)
        return execute(sql, params, many, context)

    with wrapped(add):
        yield log


def plan_of(connection: Any, text: str, values: Any) -> str | None:
    """Return the plan of a statement with its values; None where this database gives none here."""
    if connection.vendor == "postgresql":
        return plan_of_postgresql(connection.connection, text, values)
    if connection.vendor != "sqlite":
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {text}", values)
        return of_sqlite(cursor.fetchall())
