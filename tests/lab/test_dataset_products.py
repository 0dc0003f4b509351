import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rowpath.lab.dataset.load import CHUNK_ROWS, checksum_of, chunks
from rowpath.lab.dataset.products import LATE_JITTER, PRODUCTS, STEP, products
from rowpath.lab.dataset.table import Part, Wanted
from rowpath.lab.dataset.wire import Values, encode

# Held since form 1. A change of a single value of the dataset changes them, and must raise its
# form.
CHECKSUM_OF_1000 = "50bf5f25f032533e6aadadb66024859f6a12f6d65584632e4339db11581f04ed"
CHECKSUM_OF_120_000 = "f541f1b02743d6ff5579fee820c27de64dd3d89f01ab78551962db8e0c3ca533"

PRODUCT = PRODUCTS.tables[0]
QUANTITIES = ("demand_qty", "offers_qty", "bought_qty", "sold_qty")

seeds = st.integers(0, 2**63 - 1)
starts = st.integers(0, 10**10)
counts = st.integers(1, 400)


def checksum(rows: int, *, seed: int) -> str:
    return checksum_of(Wanted(dataset=PRODUCTS, rows=rows, seed=seed))


def some(start: int, count: int, *, seed: int) -> dict[str, Values]:
    return products(Part(start=start, count=count, rows=start + count, seed=seed))


def wire(start: int, count: int, *, seed: int) -> bytes:
    part = Part(start=start, count=count, rows=start + count, seed=seed)
    return bytes(encode(PRODUCT.kinds, PRODUCT.values(part)))


def test_rows_are_the_same_on_every_machine() -> None:
    """The same seed gives the same bytes on every machine, within a chunk and over several."""
    assert checksum(1000, seed=1) == CHECKSUM_OF_1000
    assert checksum(120_000, seed=1) == CHECKSUM_OF_120_000


def test_another_seed_gives_other_rows() -> None:
    """Rows from two seeds differ."""
    assert checksum(1000, seed=2) != checksum(1000, seed=1)


@given(seed=seeds, start=starts, before=st.integers(0, 300), count=counts)
def test_any_part_of_the_rows_is_made_alone(seed: int, start: int, before: int, count: int) -> None:
    """A row depends on its number and the seed only, not on the rows made along with it."""
    alone = some(start + before, count, seed=seed)
    together = some(start, before + count, seed=seed)

    for column in PRODUCT.columns:
        assert np.array_equal(alone[column.name], together[column.name][before:])


@given(seed=seeds, start=starts, count=st.integers(1, 2000))
def test_times_are_unique(seed: int, start: int, count: int) -> None:
    """No two rows have the same time, so that there is one order by time."""
    times = some(start, count, seed=seed)["time_created"]

    assert len(np.unique(times)) == count


def test_times_cannot_meet_however_far_apart_the_rows_are() -> None:
    """Rows with the same low bits are further apart than the jitter reaches; others differ there.

    That is: a jitter is below 64 steps, and the low six bits of a time are those of the row.
    """
    times = some(0, 10_000, seed=3)["time_created"]

    assert LATE_JITTER <= 64 * STEP
    assert np.array_equal(times % 64, np.arange(10_000) % 64)


@given(seed=seeds, start=starts)
def test_time_moves_forward(seed: int, start: int) -> None:
    """Over 128 rows time always moves forward."""
    times = some(start, 1000, seed=seed)["time_created"]

    assert (times[128:] > times[:-128]).all()


def test_table_is_not_quite_in_the_order_of_time() -> None:
    """About one row of a thousand is late: the rows after it are older than it."""
    times = some(0, 100_000, seed=1)["time_created"]

    assert 50 < (np.diff(times) < 0).sum() < 200


@given(seed=seeds, start=starts, count=counts)
def test_products_are_plausible(seed: int, start: int, count: int) -> None:
    """A low price is a cent or more, and below the high one, which fits; no quantity is below 0."""
    rows = some(start, count, seed=seed)

    assert (rows["low_price"] >= 1).all()
    assert (rows["low_price"] < rows["high_price"]).all()
    assert (rows["high_price"] < 1_000_000).all()
    for quantity in QUANTITIES:
        assert (rows[quantity] >= 0).all()


def test_quantities_are_skewed() -> None:
    """Most quantities and prices are small: the median is well below the mean."""
    rows = some(0, 50_000, seed=1)

    for column in ("low_price", *QUANTITIES):
        assert np.median(rows[column]) < 0.8 * rows[column].mean()


def test_ids_count_from_one() -> None:
    """The ids are 1, 2, 3 and so on."""
    assert PRODUCT.values(Part(start=0, count=3, rows=5, seed=1))["id"].tolist() == [1, 2, 3]
    assert PRODUCT.values(Part(start=3, count=2, rows=5, seed=1))["id"].tolist() == [4, 5]


def test_chunks_hold_every_row_once() -> None:
    """The chunks, put together, are the rows; the last one may be short."""
    rows = 2 * CHUNK_ROWS + 7

    made = list(chunks(Wanted(dataset=PRODUCTS, rows=rows, seed=5)))

    assert [chunk.end for chunk in made] == [CHUNK_ROWS, 2 * CHUNK_ROWS, rows]
    assert b"".join(chunk.wire for chunk in made) == wire(0, rows, seed=5)


def test_row_takes_90_bytes_on_the_wire() -> None:
    """A row of COPY has its number of columns, and each column its length and its value."""
    values = {name: np.zeros(1, np.int64) for name in PRODUCT.kinds}
    values["low_price"] += 123_456

    row = bytes(encode(PRODUCT.kinds, values))

    assert len(row) == 90
    assert row[:2] == b"\0\x08"
    assert row[14:30] == bytes.fromhex("0000000c 0002 0000 0000 0002 04d2 15e0")
