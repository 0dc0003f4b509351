"""The rows' way into a table: made in one thread while the server takes in what was made before."""

import hashlib
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from rowpath.lab.dataset.catalog import PRODUCT
from rowpath.lab.dataset.products import products
from rowpath.lab.dataset.wire import COLUMNS, HEADER, TRAILER, encode

CHUNK_ROWS = 10_000
"""0.9 MB, which stays in the caches from the first step to the last. It does not bear on rows."""
CHUNKS_AHEAD = 16
REPORT_ROWS = 1_000_000

_COPY = SQL("COPY {} ({}) FROM STDIN (FORMAT binary, FREEZE)").format(
    PRODUCT, SQL(", ").join(map(Identifier, COLUMNS))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Some rows in COPY's form, with the number of rows up to their end and SHA-256 over these."""

    wire: memoryview
    end: int
    checksum: str


def load(cursor: Cursor, *, rows: int, seed: int, report: Callable[[str], None]) -> str:
    """Copy the products into the table, made in this transaction; return their checksum."""
    checksum = ""
    with closing(chunks(rows, seed=seed)) as made, cursor.copy(_COPY) as copy:
        copy.write(HEADER)
        for chunk in made:
            copy.write(chunk.wire)
            checksum = chunk.checksum
            if chunk.end % REPORT_ROWS == 0 or chunk.end == rows:
                report(f"{chunk.end:,} of {rows:,} rows")
        copy.write(TRAILER)
    return checksum


def checksum_of(rows: int, *, seed: int) -> str:
    """Return the checksum that `load` would return."""
    checksum = ""
    for chunk in chunks(rows, seed=seed):
        checksum = chunk.checksum
    return checksum


def chunks(rows: int, *, seed: int) -> Generator[Chunk]:
    """Yield the rows a chunk at a time, each made while those before it are used."""
    so_far = hashlib.sha256()

    def make(start: int) -> Chunk:
        end = min(rows, start + CHUNK_ROWS)
        wire = encode(products(start, end - start, seed=seed))
        so_far.update(wire)
        return Chunk(wire=wire, end=end, checksum=so_far.hexdigest())

    # One thread, so that the checksum sees the rows in order. NumPy lets go of the interpreter
    # while it computes, and libpq while it sends.
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="rowpath-products") as pool:
        ahead: deque[Future[Chunk]] = deque()
        for start in range(0, rows, CHUNK_ROWS):
            ahead.append(pool.submit(make, start))
            if len(ahead) > CHUNKS_AHEAD:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
