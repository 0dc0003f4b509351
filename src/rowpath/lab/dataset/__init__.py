"""The products in the database: built once, known by a fingerprint, reused until it differs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg.sql import SQL, Identifier

from rowpath.errors import DatabaseError, DatasetError, UsageError
from rowpath.lab.database.place import Database, connect, one_line
from rowpath.lab.dataset.build import build_table, require_room_for
from rowpath.lab.dataset.catalog import (
    FINGERPRINTS,
    TABLE,
    Contents,
    examine,
    objects_in_schema,
)
from rowpath.lab.dataset.products import FORM, SEEDS
from rowpath.lab.dataset.settle import analyze_table, checkpoint, has_statistics, prewarm_table
from rowpath.lab.record import DatasetRecord
from rowpath.lab.schema import SCHEMA

READY = "reading the rows into memory"
"""What `ensure` reports when the rows are there with indexes and statistics."""
__all__ = ["READY", "SCHEMA", "TABLE", "drop", "ensure", "inspect"]


def ensure(
    database: Database,
    *,
    rows: int,
    seed: int,
    report: Callable[[str], None],
    replace: bool = False,
) -> DatasetRecord:
    """Return the dataset of `rows` products made from `seed`, ready to be measured.

    What is there is reused when its fingerprint says the same. Otherwise it is built, all or
    nothing; on a server of the user's own, other rows that are there are kept, with a
    DatasetError, unless `replace` is true. What rowpath did not make is never touched:
    DatasetError. DiskError when there is no room, DatabaseError when the server gives up.
    `report` gets a short sentence on what is done, now and then.
    """
    _check(rows, seed)
    with _connected(database) as connection:
        contents = examine(connection, database.description)
        record = contents.record
        if record is None or not _is_wanted(contents, rows, seed):
            if not (database.embedded or replace):
                _refuse(contents, rows, seed, database)
            if database.embedded:
                require_room_for(connection, rows)
            record = build_table(
                connection, has_schema=contents.has_schema, rows=rows, seed=seed, report=report
            )
        if not record.reused or not has_statistics(connection):
            report("statistics")
            analyze_table(connection)
            checkpoint(connection)
        report(READY)
        prewarm_table(connection, may_install=database.embedded)
        return record


def inspect(database: Database) -> DatasetRecord | None:
    """Return what is there by its fingerprint, None when nothing; DatasetError as in `ensure`."""
    with _connected(database) as connection:
        contents = examine(connection, database.description)
        return None if contents.damage else contents.record


def drop(database: Database) -> tuple[str, ...]:
    """Drop the tables that rowpath made, and the schema unless something else is in it.

    Return what else is in it, for which it was kept, such as "table rowpath_lab.notes".
    """
    with _connected(database) as connection, connection.transaction():
        if not examine(connection, database.description).has_schema:
            return ()
        connection.execute("SET LOCAL lock_timeout = '30s'")
        for name in (TABLE, FINGERPRINTS):
            connection.execute(SQL("DROP TABLE IF EXISTS {}").format(Identifier(SCHEMA, name)))
        kept = objects_in_schema(connection)
        if not kept:
            connection.execute(SQL("DROP SCHEMA {}").format(Identifier(SCHEMA)))
        return kept


@contextmanager
def _connected(database: Database) -> Iterator[psycopg.Connection]:
    with connect(database.dsn) as connection:
        try:
            connection.execute("SET statement_timeout = 0")  # for a server that has one
            yield connection
        except psycopg.Error as error:
            raise DatabaseError(
                f"Cannot work on the schema {SCHEMA} of {database.description}: "
                f"{one_line(error)}. See the server's log, and try again."
            ) from error


def _check(rows: int, seed: int) -> None:
    if rows < 1:
        raise UsageError(f"Cannot build {rows:,} rows: there must be one at least. Give --rows.")
    if seed not in SEEDS:
        raise UsageError(
            f"Cannot build rows from the seed {seed}: it must be from 0 to {SEEDS.stop - 1}. "
            "Give another --seed."
        )


def _is_wanted(contents: Contents, rows: int, seed: int) -> bool:
    record = contents.record
    return (
        record is not None
        and contents.damage is None
        and (record.rows, record.seed, record.form) == (rows, seed, FORM)
    )


def _refuse(contents: Contents, rows: int, seed: int, database: Database) -> None:
    """DatasetError when there are other rows than those wanted."""
    record = contents.record
    if record is None:
        return
    if contents.damage:
        reason = f"the table is not as it was built, {contents.damage}"
    elif record.rows != rows:
        reason = f"it has {record.rows:,} rows and the run needs {rows:,}"
    elif record.seed != seed:
        reason = f"it was made from the seed {record.seed} and the run needs {seed}"
    else:
        reason = f"it was made by another version (form {record.form}, and this one is {FORM})"
    raise DatasetError(
        f"Cannot use {SCHEMA}.{TABLE} of {database.description}: {reason}. Run `rowpath lab data "
        f"--rows {rows} --seed {seed} --database-url ...` to build it again."
    )
