"""The products of a trading post, the same on every machine for the same seed.

Row i is made from the i-th block of the Philox4x64-10 generator (Salmon et al., SC 2011) with the
seed as its key, by integer arithmetic alone: no distribution of NumPy's and no function of libm,
whose results differ between versions. So any part of the rows can be made without the others.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

FORM = 1
"""Version of what is generated; raise it with every change of a single value."""
SEEDS = range(2**63)

# 2022-01-01T00:00:00Z in microseconds since PostgreSQL's epoch, 2000-01-01.
START_US = 694_310_400_000_000
# Rows come 8.4 s apart. A time is 64 * (row * STEP + jitter) + row % 64, with a jitter below STEP,
# which keeps the order of the rows. One row of 1,024 is late, with a jitter of up to 64 * STEP, so
# that the table is not quite in the order of time. No two times are equal: rows that share
# row % 64 are at least 64 * STEP apart before the jitter.
STEP = 2**17
LATE_JITTER = 2**23
LATE_OF_65536 = 64

ROW = np.dtype(
    [
        ("id", "i8"),
        ("low_cents", "i4"),
        ("high_cents", "i4"),
        ("demand_qty", "i4"),
        ("offers_qty", "i4"),
        ("bought_qty", "i4"),
        ("sold_qty", "i4"),
        ("time_us", "i8"),
    ]
)

Rows = NDArray[np.void]


def products(start: int, count: int, *, seed: int) -> Rows:
    """Return the rows `start` to `start + count`, counted from 0, as an array of ROW.

    Prices are in cents, times in microseconds since 2000-01-01 UTC. Prices are between 0.01 and
    3,932.16 and quantities at least 0, most of them small.
    """
    # Sixteen numbers of 16 bits a row, of which fifteen are used.
    raw = np.random.Philox(key=seed, counter=start).random_raw(4 * count)
    lanes = raw.astype("<u8").view("<u2").reshape(count, 16).T.astype(np.int64, order="C")
    number = np.arange(start, start + count, dtype=np.int64)
    rows = np.empty(count, ROW)
    rows["id"] = number + 1
    low = 1 + (_product(lanes[0], lanes[1], 16) * lanes[2] >> 14)
    rows["low_cents"] = low
    rows["high_cents"] = low + 1 + (low * lanes[3] >> 17)
    rows["demand_qty"] = _product(lanes[4], lanes[5], 17)
    rows["offers_qty"] = _product(lanes[6], lanes[7], 17)
    rows["bought_qty"] = _product(lanes[8], lanes[9], 20)
    rows["sold_qty"] = _product(lanes[10], lanes[11], 20)
    reach = np.where(lanes[14] < LATE_OF_65536, LATE_JITTER, STEP)
    jitter = (lanes[12] << 16 | lanes[13]) * reach >> 32
    rows["time_us"] = START_US + 64 * (number * STEP + jitter) + number % 64
    return rows


def _product(
    left: NDArray[np.int64], right: NDArray[np.int64], shift: int
) -> NDArray[np.signedinteger[Any]]:
    """Return a product of two uniform numbers: skewed, many small and few large."""
    return left * right >> shift
