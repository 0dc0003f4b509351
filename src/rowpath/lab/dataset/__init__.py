"""The rows in the database: built once, known by a fingerprint, reused until it differs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg.sql import SQL, Identifier

from rowpath.errors import DatabaseError, DatasetError, UsageError
from rowpath.lab.circumstances import DatasetRecord
from rowpath.lab.database.place import Database, connect, one_line
from rowpath.lab.dataset.build import build_dataset, remove, require_room_for, wait_for_locks
from rowpath.lab.dataset.catalog import Contents, examine, is_empty, strangers
from rowpath.lab.dataset.logs import LOGS
from rowpath.lab.dataset.products import PRODUCTS
from rowpath.lab.dataset.settle import (
    analyze_tables,
    checkpoint,
    has_statistics,
    prewarm_tables,
    table_sizes,
)
from rowpath.lab.dataset.statements import FINGERPRINT
from rowpath.lab.dataset.table import SEEDS, Dataset, Wanted
from rowpath.lab.dataset.tool_tables import drop_tool_tables
from rowpath.lab.schema import SCHEMA

DATASETS = (PRODUCTS, LOGS)
READY = "reading the rows into memory"
"""What `ensure` reports when the rows are there with indexes and statistics."""
__all__ = [
    "DATASETS",
    "LOGS",
    "PRODUCTS",
    "READY",
    "SCHEMA",
    "Dataset",
    "dataset_named",
    "drop",
    "ensure",
    "inspect",
    "sizes_on_disk",
]


def dataset_named(name: str) -> Dataset:
    """Return the dataset of that name; UsageError when there is none."""
    for dataset in DATASETS:
        if dataset.name == name:
            return dataset
    known = " or ".join(dataset.name for dataset in DATASETS)
    raise UsageError(f"Cannot use dataset {name!r}: there is none of that name. Give {known}.")


def ensure(  # noqa: PLR0913  # which rows, and what may be done for them
    database: Database,
    dataset: Dataset,
    *,
    rows: int,
    seed: int,
    report: Callable[[str], None],
    replace: bool = False,
) -> DatasetRecord:
    """Return the dataset sized by `rows` and made from `seed`, ready to be measured.

    What is there is reused when its fingerprint says the same. Otherwise it is built, all or
    nothing; on a server of the user's own, other rows that are there are kept, with a
    DatasetError, unless `replace` is true. What rowpath did not make is never touched:
    DatasetError. DiskError when there is no room, DatabaseError when the server gives up.
    `report` gets a short sentence on what is done, now and then.
    """
    wanted = Wanted(dataset=dataset, rows=rows, seed=seed)
    _check(wanted)
    with _connected(database) as connection:
        contents = examine(connection, dataset, database.description)
        record = contents.record
        if record is None or not _is_wanted(contents, wanted):
            if not (database.embedded or replace):
                _refuse(contents, wanted, database)
            if database.embedded:
                require_room_for(connection, wanted)
            record = build_dataset(
                connection, wanted, contents, own=database.embedded, report=report
            )
        if not record.reused or not has_statistics(connection, dataset):
            report(f"{dataset.name}: statistics")
            analyze_tables(connection, dataset)
            checkpoint(connection)
        report(READY)
        prewarm_tables(connection, dataset, may_install=database.embedded)
        return record


def inspect(database: Database, dataset: Dataset) -> DatasetRecord | None:
    """Return what is there by its fingerprint, None when nothing; DatasetError as in `ensure`."""
    with _connected(database) as connection:
        contents = examine(connection, dataset, database.description)
        return None if contents.damage else contents.record


def sizes_on_disk(database: Database, dataset: Dataset) -> dict[str, int]:
    """Return how many bytes each table takes with its indexes, of a dataset that is there."""
    with _connected(database) as connection:
        return table_sizes(connection.cursor(), dataset)


def drop(database: Database, dataset: Dataset | None = None) -> tuple[str, ...]:
    """Drop the tables that rowpath made, of one dataset or of all, and the schema when it is empty.

    Return what is in it that rowpath did not make, such as "table rowpath_lab.notes".
    """
    datasets = DATASETS if dataset is None else (dataset,)
    with _connected(database) as connection, connection.transaction():
        cursor = connection.cursor()
        found = [examine(connection, each, database.description) for each in datasets]
        if not found[0].has_schema:
            return ()
        wait_for_locks(cursor)
        for each in datasets:
            remove(cursor, each, has_fingerprints=found[0].has_fingerprints)
        if dataset is None:
            drop_tool_tables(cursor)
        if found[0].has_fingerprints and not cursor.execute(_ANY_FINGERPRINT).fetchone():
            cursor.execute(SQL("DROP TABLE {}").format(FINGERPRINT))
        if is_empty(connection):
            cursor.execute(SQL("DROP SCHEMA {}").format(Identifier(SCHEMA)))
            return ()
        return strangers(connection)


_ANY_FINGERPRINT = SQL("SELECT name FROM {} LIMIT 1").format(FINGERPRINT)


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


def _check(wanted: Wanted) -> None:
    if wanted.rows < 1:
        raise UsageError(
            f"Cannot build {wanted.told}: there must be one at least. Give a larger --rows."
        )
    if wanted.seed not in SEEDS:
        raise UsageError(
            f"Cannot build rows from the seed {wanted.seed}: it must be from 0 to "
            f"{SEEDS.stop - 1}. Give another --seed."
        )


def _is_wanted(contents: Contents, wanted: Wanted) -> bool:
    record = contents.record
    return (
        record is not None
        and contents.damage is None
        and (record.rows, record.seed, record.form)
        == (wanted.rows, wanted.seed, wanted.dataset.form)
    )


def _refuse(contents: Contents, wanted: Wanted, database: Database) -> None:
    """DatasetError when there are other rows than those wanted."""
    record, dataset = contents.record, wanted.dataset
    if contents.damage:
        reason = f"it is not as it was built, {contents.damage}" if record else contents.damage
    elif record is None:
        return
    elif record.rows != wanted.rows:
        reason = f"it has {record.rows:,} {dataset.counted} and the run needs {wanted.rows:,}"
    elif record.seed != wanted.seed:
        reason = f"it was made from the seed {record.seed} and the run needs {wanted.seed}"
    else:
        reason = (
            f"it was made by another version (form {record.form}, and this one is {dataset.form})"
        )
    raise DatasetError(
        f"Cannot use the dataset {dataset.name} of {database.description}: {reason}. "
        f"Run `rowpath lab data {dataset.name} --rows {wanted.rows} --seed {wanted.seed} "
        "--database-url ...` to build it again."
    )
