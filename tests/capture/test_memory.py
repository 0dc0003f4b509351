import sys

import pytest

from rowpath.capture.memory import peak_bytes, reset_peak, resident_bytes
from rowpath.capture.trace import Trace

MIB = 1 << 20

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forgets a peak")


def test_the_peak_holds_what_was_allocated_and_freed() -> None:
    """Memory that is gone again at the end still counts in the peak."""
    reset_peak()
    before = peak_bytes()

    block = bytearray(b"x") * (64 * MIB)
    del block

    assert peak_bytes() - before > 60 * MIB


def test_reset_forgets_the_peak() -> None:
    """After a reset the peak is what the process holds now."""
    block = bytearray(b"x") * (64 * MIB)
    del block
    high = peak_bytes()

    reset_peak()

    assert high - peak_bytes() > 60 * MIB


def test_what_was_needed_is_the_peak_beyond_what_was_there() -> None:
    """50 MB that are allocated and freed are the growth, however large the process was before."""
    reset_peak()
    before = resident_bytes()

    block = bytearray(b"x") * 50_000_000
    del block

    trace = Trace(statements=(), peak_bytes=peak_bytes(), resident_bytes=before)
    assert 49_000_000 < trace.grown_bytes < 60_000_000
    assert before > 10 * MIB
