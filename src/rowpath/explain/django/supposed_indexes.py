"""Indexes that are not there, which PostgreSQL's planner supposes by the extension hypopg.

https://hypopg.readthedocs.io: they are of the session alone, nobody waits for them, and nothing
is written; the extension itself is used where the database has it, and never created.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import DatabaseError, transaction
from django.db.models import Index as DjangoIndex

from rowpath.explain.django.scans import EXPECTED, plan_of
from rowpath.explain.django.trial_index import condition_of
from rowpath.explain.selected import Index, Supposed

_SCHEMA = (
    "SELECT nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace "
    "WHERE extname = 'hypopg'"
)
_NAME = "rowpath_supposed"


def planned(
    connection: Any, sql: str, params: Any, indexes: tuple[Index, ...]
) -> tuple[Supposed, ...]:
    """Return what a SELECT is expected to cost with each index by itself.

    Empty where that is not told: by another database, without hypopg, or without leave to use it.
    """
    if not indexes or connection.vendor != "postgresql":
        return ()
    try:
        with transaction.atomic(using=connection.alias), connection.wrap_database_errors:
            schema = _schema(connection)
            if schema is None:
                return ()
            return tuple(_planned(connection, schema, sql, params, each) for each in indexes)
    except DatabaseError:
        return ()


def _schema(connection: Any) -> str | None:
    """Return the schema, quoted, that has hypopg's functions; None where it is not installed."""
    with connection.cursor() as cursor:
        cursor.cursor.execute(_SCHEMA)
        found = cursor.cursor.fetchone()
    return connection.ops.quote_name(found[0]) if found else None


def _planned(connection: Any, schema: str, sql: str, params: Any, index: Index) -> Supposed:
    cost_before = plan_of(connection, sql, params, EXPECTED)["Total Cost"]
    with _supposed(connection, schema, index) as size_bytes:
        cost_after = plan_of(connection, sql, params, EXPECTED)["Total Cost"]
    return Supposed(
        index=index, cost_before=cost_before, cost_after=cost_after, size_bytes=size_bytes
    )


@contextmanager
def _supposed(connection: Any, schema: str, index: Index) -> Iterator[int]:
    """Have the planner suppose an index in the block, which gets the size that it would have."""
    with connection.cursor() as cursor:
        raw = cursor.cursor
        create = f"SELECT indexrelid FROM {schema}.hypopg_create_index(%s)"  # noqa: S608 quoted
        raw.execute(create, [_statement(connection, index)])
        (number,) = raw.fetchone()
        try:
            raw.execute(f"SELECT {schema}.hypopg_relation_size(%s)", [number])
            yield raw.fetchone()[0]
        finally:
            raw.execute(f"SELECT {schema}.hypopg_drop_index(%s)", [number])


def _statement(connection: Any, index: Index) -> str:
    """Return the CREATE INDEX that Django would send."""
    model = apps.get_model(index.model)
    made = DjangoIndex(fields=index.fields, name=_NAME, condition=condition_of(index))
    return str(made.create_sql(model, connection.schema_editor(collect_sql=True)))
