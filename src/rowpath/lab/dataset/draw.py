"""Numbers drawn from a seed, the same on every machine, and for any part of the rows alone.

Row i is made from the i-th blocks of the Philox4x64-10 generator (Salmon et al., SC 2011) with the
seed as its key, by integer arithmetic alone: no distribution of NumPy's and no function of libm,
whose results differ between versions. So any part of the rows can be made without the others.
"""

import numpy as np
from numpy.typing import NDArray

LANES = 16
Lanes = NDArray[np.int64]
"""Numbers of 16 bits."""


def lanes(start: int, count: int, *, seed: int, stream: int, blocks: int = 1) -> Lanes:
    """Return 16 `blocks` rows of `count` numbers of 16 bits, for the rows from `start` on.

    A column of the answer depends on its row, the seed and the stream only; each table has a
    stream of its own.
    """
    generator = np.random.Philox(key=seed + (stream << 64), counter=start * blocks)
    raw = generator.random_raw(LANES // 4 * blocks * count)
    by_row = raw.astype("<u8").view("<u2").reshape(count, LANES * blocks)
    return by_row.T.astype(np.int64, order="C")


def pick(among: int | Lanes, first: Lanes, second: Lanes, third: Lanes) -> Lanes:
    """Return numbers below `among`, which is below 2**31: low ones often, high ones rarely.

    A product of three uniform numbers: of 40, the first comes up more than a quarter of the
    times, and the last hardly ever.
    """
    return (first * second * third >> 16) * among >> 32


def mix(numbers: Lanes) -> NDArray[np.uint64]:
    """Return 64 bits for each number, as good as random (splitmix64; Steele et al., 2014)."""
    mixed = numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
