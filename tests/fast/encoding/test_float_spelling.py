"""Floats against Python's repr: far more of them than a database would be asked for."""

import itertools
import json
import math
import os
import struct
from collections.abc import Iterable

import numpy as np
import pytest

from fast.drf.long_runs import USUAL, VARIABLE
from fast.encoding.harness import written
from rowpath.fast import forms

FLOAT8 = 701
FLOAT8_ARRAY = 1022
AT_ONCE = 500_000
RANDOM = 1_000_000 * int(os.environ.get(VARIABLE, USUAL)) // USUAL


def array_cell(values: np.ndarray) -> bytes:
    """Return a float8[] with these values as PostgreSQL sends it."""
    items = np.empty(len(values), dtype=[("size", ">i4"), ("value", ">f8")])
    items["size"] = 8
    items["value"] = values
    return struct.pack("!iiIii", 1, 0, FLOAT8, len(values), 1) + items.tobytes()


def check(values: Iterable[float]) -> None:
    some = np.fromiter(values, dtype=np.float64)
    some = some[np.isfinite(some)]
    for start in range(0, len(some), AT_ONCE):
        part = some[start : start + AT_ONCE]
        array = written(forms.Array(item=forms.Float()), array_cell(part), FLOAT8_ARRAY)
        assert array == json.dumps(part.tolist(), separators=(",", ":")).encode()


def neighbours(values: Iterable[float]) -> Iterable[float]:
    for value in values:
        for near in (math.nextafter(value, -math.inf), value, math.nextafter(value, math.inf)):
            yield from (near, -near)


@pytest.mark.parametrize("seed", range(4))
def test_random_bits(seed: int) -> None:
    """Any bits that are a finite float are spelled as repr spells them."""
    bits = np.random.default_rng(seed).integers(0, 2**64, RANDOM // 2, dtype=np.uint64)
    check(bits.view(np.float64))


def test_powers_and_their_neighbours() -> None:
    """All powers of two and ten, and the floats beside them, are spelled as repr spells them."""
    twos = (2.0**power for power in range(-1074, 1024))
    tens = (float(f"{digit}e{power}") for power in range(-323, 309) for digit in range(1, 10))
    check(neighbours(itertools.chain(twos, tens, (0.0, 5e-324, 1.7976931348623157e308))))


@pytest.mark.parametrize("places", range(10))
def test_decimals_of_few_digits(places: int) -> None:
    """Decimals of up to 17 digits, and the floats beside them, are spelled as repr spells them."""
    random = np.random.default_rng(places)
    digits = random.integers(0, 18, RANDOM // 20)
    whole = (random.random(RANDOM // 20) * 10.0**digits).astype(np.int64)
    decimals = whole / 10.0**places
    check(np.concatenate([decimals, np.nextafter(decimals, np.inf), np.nextafter(decimals, 0)]))


def test_whole_numbers_where_floats_lose_them() -> None:
    """Whole numbers around 10 ** 15, 2 ** 53 and 10 ** 16 are spelled as repr spells them."""
    check(float(near + step) for near in (10**15, 2**53, 10**16) for step in range(-2000, 2000))
