import sys

import pytest

from rowpath.capture.memory import peak_bytes, reset_peak

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
