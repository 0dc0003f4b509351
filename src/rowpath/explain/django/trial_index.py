"""An index that a model's `Meta` names, really built, in a transaction that is never committed."""

from contextlib import ExitStack
from time import perf_counter
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connections, router, transaction
from django.db.models import Q

from rowpath.errors import AnswerError
from rowpath.explain.django.driver_guards import closed_to_writes, open_to_writes
from rowpath.explain.selected import Built, Index

LOCK_TIMEOUT_MS = 1_000
"""How long to wait for those who write to the table."""
BUILD_TIMEOUT_MS = 30_000
MOST_BYTES = 1024**3
"""A larger table is left alone: its writers would wait too long."""
_TIMEOUTS = {"lock_timeout": LOCK_TIMEOUT_MS, "statement_timeout": BUILD_TIMEOUT_MS}


def built(wanted: Index, held: ExitStack) -> Built:
    """Build an index of a model's `Meta`, to stand until `held` is left, at the latest at the end.

    Until then whoever writes to the table waits. AnswerError where it cannot be built here.
    """
    if not settings.DEBUG:
        raise _refused(wanted, "the project's settings have DEBUG=False", "Use a development one")
    model = apps.get_model(wanted.model)
    connection: Any = connections[router.db_for_write(model)]
    if connection.vendor != "postgresql":
        raise _refused(wanted, f"the database is {connection.display_name}", "That is PostgreSQL's")
    held.enter_context(closed_to_writes(connection))
    held.enter_context(transaction.atomic(using=connection.alias))
    # What is entered last is left first: the transaction ends as one that is rolled back.
    held.callback(transaction.set_rollback, True, using=connection.alias)
    try:
        held.enter_context(open_to_writes(connection, lambda: None))
        return _built(connection, model, wanted)
    except DatabaseError as error:
        reason = " ".join(str(error).split())
        raise _refused(wanted, f"PostgreSQL says {reason}", "Try again when nobody writes") from (
            error
        )


def _built(connection: Any, model: Any, wanted: Index) -> Built:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        (size,) = _row(cursor, "SELECT pg_table_size(%s::regclass)", [f'"{table}"'])
        if size > MOST_BYTES:
            raise _refused(wanted, f"the table {table} has {size:,} bytes", "Copy a part of it")
        before = {name: _row(cursor, f"SHOW {name}")[0] for name in _TIMEOUTS}
        for name, timeout in _TIMEOUTS.items():
            _set(cursor, name, f"{timeout}ms")
        started = perf_counter()
        index = _of(model, wanted)
        with connection.schema_editor() as editor:
            editor.add_index(model, index)
        duration_s = perf_counter() - started
        for name, value in before.items():
            _set(cursor, name, value)
        quoted = [f'"{index.name}"']
        (is_late,) = _row(
            cursor, "SELECT indcheckxmin FROM pg_index WHERE indexrelid = %s::regclass", quoted
        )
        if is_late:
            raise _refused(
                wanted,
                f"rows of {table} were changed lately, so that this transaction may not use it",
                f"Run VACUUM {table}, and ask again",
            )
        (size_bytes,) = _row(cursor, "SELECT pg_relation_size(%s::regclass)", quoted)
    return Built(duration_s=duration_s, size_bytes=size_bytes)


def _of(model: Any, wanted: Index) -> Any:
    """Return the index as the changed `Meta` has it: what is built is what the change says."""
    condition = condition_of(wanted)
    for index in reversed(model._meta.indexes):
        if tuple(index.fields) == wanted.fields and index.condition == condition:
            return index
    raise _refused(wanted, "the changed class does not have it", "Add it by hand")


def condition_of(wanted: Index) -> Q | None:
    """Return the condition of a partial index as Django has it."""
    return Q(**dict(map(_lookup, wanted.condition))) if wanted.condition else None


def _lookup(condition: tuple[str, bool | None]) -> tuple[str, bool]:
    name, value = condition
    return (f"{name}__isnull", True) if value is None else (name, value)


def _row(cursor: Any, sql: str, params: Any = None) -> Any:
    cursor.execute(sql, params)
    return cursor.fetchone()


def _set(cursor: Any, name: str, value: str) -> None:
    cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def _refused(wanted: Index, reason: str, instead: str) -> AnswerError:
    fields = ", ".join(wanted.fields)
    return AnswerError(f"Cannot build an index of {wanted.model} on {fields}: {reason}. {instead}.")
