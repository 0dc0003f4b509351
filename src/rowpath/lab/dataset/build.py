"""A dataset built whole or not at all: everything in one transaction."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import Connection, Cursor, errors
from psycopg.rows import scalar_row
from psycopg.sql import SQL, Composed, Literal

from rowpath.errors import DatabaseError, DatasetError, DiskError
from rowpath.lab.circumstances import DatasetRecord
from rowpath.lab.database.disk import require_room
from rowpath.lab.database.place import one_line
from rowpath.lab.dataset.catalog import Contents
from rowpath.lab.dataset.documents import DOCUMENT, stored_documents
from rowpath.lab.dataset.load import CHUNK_ROWS, Tell, load
from rowpath.lab.dataset.settle import table_sizes
from rowpath.lab.dataset.statements import (
    FINGERPRINT,
    MAKE_FINGERPRINTS,
    MAKE_SCHEMA,
    ONE_PROCESS,
    SEVERAL_PROCESSES,
    drop_tables,
    make_documents,
    make_indexes,
    make_key,
    make_references,
    make_table,
)
from rowpath.lab.dataset.table import Dataset, Table, Wanted
from rowpath.lab.schema import SCHEMA

BYTES_BESIDE = 64 * 2**20
LOCK_TIMEOUT = "30s"

_NEXT_ID = "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)"
_RECORD = SQL(
    "INSERT INTO {} (name, rows, seed, form, checksum, size_bytes, built_s) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s)"
).format(FINGERPRINT)
# An earlier version, which knew one table only, wrote that table's name.
_FORGET = SQL("DELETE FROM {} WHERE name IN (%s, %s)").format(FINGERPRINT)


def build_dataset(
    connection: Connection,
    wanted: Wanted,
    contents: Contents,
    *,
    own: bool,
    report: Callable[[str], None],
) -> DatasetRecord:
    """Build the tables anew with indexes, keys and fingerprint, or leave all as it was.

    `contents` is what is there; no other dataset's tables are touched. `own` says that the server
    is ours alone, and lets us do what only its superuser may.
    """
    began_s = time.monotonic()
    tables = wanted.dataset.tables
    tell = _telling(wanted, report)
    has_documents = any(DOCUMENT in table.kinds.values() for table in tables)
    with _explained(connection, wanted), connection.transaction(), connection.cursor() as cursor:
        wait_for_locks(cursor)
        if not contents.has_schema:
            _execute(cursor, MAKE_SCHEMA)
        if not contents.has_fingerprints:
            _execute(cursor, MAKE_FINGERPRINTS)
        remove(cursor, wanted.dataset, has_fingerprints=True)
        with stored_documents(cursor, own=own and has_documents) as stored:
            for table in tables:
                _execute(cursor, make_table(table, stored=stored))
            checksum = load(cursor, wanted, stored=stored, tell=tell)
            for table in tables if stored else ():
                _execute(cursor, make_documents(table))
        _finish(cursor, wanted, tell)
        return _record(cursor, wanted, checksum=checksum, began_s=began_s)


def wait_for_locks(cursor: Cursor) -> None:
    """Let this transaction wait for other sessions, but not for ever."""
    cursor.execute(SQL("SET LOCAL lock_timeout = {}").format(Literal(LOCK_TIMEOUT)))


def remove(cursor: Cursor, dataset: Dataset, *, has_fingerprints: bool) -> None:
    """Drop the dataset's tables and its fingerprint, within a transaction."""
    cursor.execute(drop_tables(dataset))
    if has_fingerprints:
        cursor.execute(_FORGET, [dataset.name, dataset.main])


def require_room_for(connection: Connection, wanted: Wanted) -> None:
    """DiskError when the disk of a server on this machine has no room for the rows."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        # As bytes: a folder's name need not be UTF-8.
        folder = cursor.execute("SELECT textsend(current_setting('data_directory'))").fetchone()
    require_room(
        Path(os.fsdecode(folder or b"/")),
        wanted.rows * wanted.dataset.bytes_per_row + BYTES_BESIDE,
        what=f"build {wanted.told}",
        remedy="Free some, build fewer rows with --rows, or name a folder on another disk with "
        "ROWPATH_DATA_DIR.",
    )


def _telling(wanted: Wanted, report: Callable[[str], None]) -> Tell:
    """Return how to report on tables: of small ones beside the main one nothing is said."""

    def tell(table: Table, text: str) -> None:
        if table.name == wanted.dataset.main or table.size(wanted.rows) > CHUNK_ROWS:
            report(f"{table.name}: {text}")

    return tell


def _finish(cursor: Cursor, wanted: Wanted, tell: Tell) -> None:
    """Make the indexes, let ids go on, and add the foreign keys, now that all rows are there."""
    cursor.execute(ONE_PROCESS)
    for table in wanted.dataset.tables:
        tell(table, "primary key")
        cursor.execute(make_key(table))
    cursor.execute(SEVERAL_PROCESSES)
    for table in wanted.dataset.tables:
        for what, statement in make_indexes(table):
            tell(table, what)
            cursor.execute(statement)
        if not table.working:
            cursor.execute(_NEXT_ID, [f"{SCHEMA}.{table.name}", table.size(wanted.rows)])
    for table in wanted.dataset.tables:
        references = make_references(table)
        if references:
            tell(table, "foreign keys")
            cursor.execute(references)


def _record(cursor: Cursor, wanted: Wanted, *, checksum: str, began_s: float) -> DatasetRecord:
    """Write the fingerprint and return it; `built_s` is the time until here."""
    record = DatasetRecord(
        name=wanted.dataset.name,
        rows=wanted.rows,
        seed=wanted.seed,
        form=wanted.dataset.form,
        checksum=checksum,
        size_bytes=sum(table_sizes(cursor, wanted.dataset).values()),
        built_s=time.monotonic() - began_s,
        reused=False,
        tables=dict(wanted.dataset.sizes(wanted.rows)),
    )
    values = (record.rows, record.seed, record.form, record.checksum, record.size_bytes)
    cursor.execute(_RECORD, [record.name, *values, record.built_s])
    return record


def _execute(cursor: Cursor, statements: Iterable[Composed]) -> None:
    for statement in statements:
        cursor.execute(statement)


@contextmanager
def _explained(connection: Connection, wanted: Wanted) -> Iterator[None]:
    """Turn what the server says into a sentence; by then all is as it was before."""
    doing = f"Cannot build {wanted.told}"
    try:
        yield
    except errors.DiskFull as error:
        raise DiskError(
            f"{doing}: the server's disk is full ({one_line(error)}). "
            "Free some there, or build fewer rows with --rows. What was there before is kept."
        ) from error
    except errors.LockNotAvailable as error:
        raise DatasetError(
            f"{doing}: another session holds a table of it for more than {LOCK_TIMEOUT}. "
            "End that session and try again. What was there before is kept."
        ) from error
    except errors.DependentObjectsStillExist as error:
        raise DatasetError(
            f"{doing}: {error.diag.message_detail or one_line(error)}. "
            "Drop that first; rowpath drops only what it made. What was there before is kept."
        ) from error
    except errors.InsufficientPrivilege as error:
        raise DatabaseError(
            f"{doing}: {one_line(error)}. Give the connection string of a user with the right to "
            f"create in the schema {SCHEMA}. What was there before is kept."
        ) from error
    except psycopg.Error as error:
        if connection.closed:
            raise DatabaseError(
                f"{doing}: the server ended the connection ({one_line(error)}). "
                "See its log and try again. What was there before is kept."
            ) from error
        raise DatasetError(
            f"{doing}: {one_line(error)}. "
            "See the server's log and try again. What was there before is kept."
        ) from error
