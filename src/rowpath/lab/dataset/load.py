"""The rows' way into a table: made in one thread while the server takes in what was made before."""

import hashlib
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing

from psycopg import Cursor
from psycopg.sql import SQL, Identifier

from rowpath.lab.dataset.catalog import PRODUCT
from rowpath.lab.dataset.products import products
from rowpath.lab.dataset.wire import COLUMNS, HEADER, TRAILER, encode

CHUNK_ROWS = 50_000
"""4.5 MB, which the caches still hold when they are sent. It has no effect on the rows."""
CHUNKS_AHEAD = 3
REPORT_ROWS = 1_000_000

_COPY = SQL("COPY {} ({}) FROM STDIN (FORMAT binary, FREEZE)").format(
    PRODUCT, SQL(", ").join(map(Identifier, COLUMNS))
)


def load(cursor: Cursor, *, rows: int, seed: int, report: Callable[[str], None]) -> str:
    """Copy the products into the table, made in this transaction; return their checksum."""
    checksum = hashlib.sha256()
    with closing(encoded(rows, seed=seed)) as chunks, cursor.copy(_COPY) as copy:
        copy.write(HEADER)
        reported = 0
        for done, chunk in chunks:
            copy.write(chunk)
            checksum.update(chunk)
            if done - reported >= REPORT_ROWS or done == rows:
                report(f"{done:,} of {rows:,} rows")
                reported = done
        copy.write(TRAILER)
    return checksum.hexdigest()


def checksum_of(rows: int, *, seed: int) -> str:
    """Return the checksum, SHA-256 over the rows in COPY's form, that `load` would return."""
    checksum = hashlib.sha256()
    for _, chunk in encoded(rows, seed=seed):
        checksum.update(chunk)
    return checksum.hexdigest()


def encoded(rows: int, *, seed: int) -> Generator[tuple[int, memoryview]]:
    """Yield the rows in COPY's form, a chunk at a time, with how many there are by then."""

    def chunk(start: int) -> tuple[int, memoryview]:
        end = min(rows, start + CHUNK_ROWS)
        return end, encode(products(start, end - start, seed=seed))

    # NumPy lets go of the interpreter while it computes, and libpq while it sends.
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="rowpath-products") as pool:
        ahead: deque[Future[tuple[int, memoryview]]] = deque()
        for start in range(0, rows, CHUNK_ROWS):
            ahead.append(pool.submit(chunk, start))
            if len(ahead) > CHUNKS_AHEAD:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
