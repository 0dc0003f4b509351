"""The products of a trading post: one table, the talk's, in the order of time but for a few."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rowpath.lab.dataset.draw import lanes
from rowpath.lab.dataset.table import Column, Dataset, Part, Table
from rowpath.lab.dataset.wire import INTEGER, TIME, Values, hundredths

STREAM = 0

# 2022-01-01T00:00:00Z in microseconds since PostgreSQL's epoch, 2000-01-01.
START_US = 694_310_400_000_000
# Rows come 8.4 s apart. A time is 64 * (row * STEP + jitter) + row % 64, with a jitter below STEP,
# which keeps the order of the rows. One row of 1,024 is late, with a jitter of up to 64 * STEP, so
# that the table is not quite in the order of time. No two times are equal: rows that share
# row % 64 are at least 64 * STEP apart before the jitter.
STEP = 2**17
LATE_JITTER = 2**23
LATE_OF_65536 = 64


def products(part: Part) -> dict[str, Values]:
    """Return some products: a value by its column.

    Prices are in cents, times in microseconds since 2000-01-01 UTC. Prices are between 0.01 and
    3,932.16 and quantities at least 0, most of them small.
    """
    drawn = lanes(part.start, part.count, seed=part.seed, stream=STREAM)
    number = np.arange(part.start, part.start + part.count, dtype=np.int64)
    low = 1 + (_product(drawn[0], drawn[1], 16) * drawn[2] >> 14)
    reach = np.where(drawn[14] < LATE_OF_65536, LATE_JITTER, STEP)
    jitter = (drawn[12] << 16 | drawn[13]) * reach >> 32
    return {
        "low_price": low,
        "high_price": low + 1 + (low * drawn[3] >> 17),
        "demand_qty": _product(drawn[4], drawn[5], 17),
        "offers_qty": _product(drawn[6], drawn[7], 17),
        "bought_qty": _product(drawn[8], drawn[9], 20),
        "sold_qty": _product(drawn[10], drawn[11], 20),
        "time_created": START_US + 64 * (number * STEP + jitter) + number % 64,
    }


def _product(
    left: NDArray[np.int64], right: NDArray[np.int64], shift: int
) -> NDArray[np.signedinteger[Any]]:
    """Return a product of two uniform numbers: skewed, many small and few large."""
    return left * right >> shift


_PRICE = hundredths(7)

PRODUCTS = Dataset(
    name="products",
    form=1,
    main="product",
    counted="products",
    default_rows=10_000_000,
    # 73 bytes of table and 43 of indexes a row, and the sort of an index on the way to disk.
    bytes_per_row=150,
    tables=(
        Table(
            name="product",
            columns=(
                Column(name="low_price", kind=_PRICE),
                Column(name="high_price", kind=_PRICE),
                Column(name="demand_qty", kind=INTEGER),
                Column(name="offers_qty", kind=INTEGER),
                Column(name="bought_qty", kind=INTEGER),
                Column(name="sold_qty", kind=INTEGER),
                Column(name="time_created", kind=TIME),
            ),
            rows=lambda rows: rows,
            make=products,
            indexes=(("time_created",),),
        ),
    ),
)
