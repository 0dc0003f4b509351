"""The rows' way into tables: made in one thread while the server takes in what was made before."""

import hashlib
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby

from psycopg import Cursor
from psycopg.sql import SQL, Composed, Identifier

from rowpath.lab.dataset.documents import DOCUMENT, with_stored
from rowpath.lab.dataset.table import Part, Table, Wanted
from rowpath.lab.dataset.wire import HEADER, TRAILER, Kind, encode
from rowpath.lab.schema import SCHEMA

CHUNK_ROWS = 10_000
"""Some MB, which stay in the caches from the first step to the last. It does not bear on rows."""
CHUNKS_AHEAD = 16
REPORT_ROWS = 1_000_000

Tell = Callable[[Table, str], None]
"""Says what is done with a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Some rows of a table in COPY's form.

    `end` is the number of the table's rows up to their end, `checksum` SHA-256 over all rows of
    the dataset up to there.
    """

    table: str
    wire: memoryview
    end: int
    checksum: str


def load(cursor: Cursor, wanted: Wanted, *, stored: Kind | None, tell: Tell) -> str:
    """Copy the rows into the tables, made in this transaction; return their checksum.

    `stored` is the kind of the columns for documents, None for their own: it bears on what is
    sent, and not on the checksum.
    """
    tables = {table.name: table for table in wanted.dataset.tables}
    checksum = ""
    with closing(chunks(wanted, stored=stored)) as made:
        for name, of_table in groupby(made, key=lambda chunk: chunk.table):
            size = tables[name].size(wanted.rows)
            checksum = _copy(cursor, tables[name], of_table, size=size, tell=tell)
    return checksum


def checksum_of(wanted: Wanted) -> str:
    """Return the checksum that `load` would return."""
    checksum = ""
    for chunk in chunks(wanted):
        checksum = chunk.checksum
    return checksum


def chunks(wanted: Wanted, *, stored: Kind | None = None) -> Generator[Chunk]:
    """Yield the rows of all tables a chunk at a time, each made while those before it are used."""
    so_far = hashlib.sha256()

    def make(table: Table, part: Part) -> Chunk:
        values = table.values(part)
        wire = encode(table.kinds, values)
        so_far.update(wire)
        if stored and DOCUMENT in table.kinds.values():
            wire = encode(with_stored(table.kinds, stored), values)
        return Chunk(
            table=table.name,
            wire=wire,
            end=part.start + part.count,
            checksum=so_far.hexdigest(),
        )

    # One thread, so that the checksum sees the rows in order. NumPy lets go of the interpreter
    # while it computes, and libpq while it sends.
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="rowpath-rows") as pool:
        ahead: deque[Future[Chunk]] = deque()
        for table, part in _parts(wanted):
            ahead.append(pool.submit(make, table, part))
            if len(ahead) > CHUNKS_AHEAD:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _parts(wanted: Wanted) -> Iterator[tuple[Table, Part]]:
    for table in wanted.dataset.tables:
        size = table.size(wanted.rows)
        for start in range(0, size, CHUNK_ROWS):
            count = min(CHUNK_ROWS, size - start)
            yield table, Part(start=start, count=count, rows=wanted.rows, seed=wanted.seed)


def _copy(
    cursor: Cursor,
    table: Table,
    made: Iterator[Chunk],
    *,
    size: int,
    tell: Tell,
) -> str:
    """Copy the chunks into the table; return the last one's checksum."""
    checksum = ""
    tell(table, f"0 of {size:,} rows")
    with cursor.copy(_copy_statement(table)) as copy:
        copy.write(HEADER)
        for chunk in made:
            copy.write(chunk.wire)
            checksum = chunk.checksum
            if chunk.end % REPORT_ROWS == 0 or chunk.end == size:
                tell(table, f"{chunk.end:,} of {size:,} rows")
        copy.write(TRAILER)
    return checksum


def _copy_statement(table: Table) -> Composed:
    return SQL("COPY {} ({}) FROM STDIN (FORMAT binary, FREEZE)").format(
        Identifier(SCHEMA, table.name), SQL(", ").join(map(Identifier, table.kinds))
    )
