"""The memory that other processes had at the most is seen from the moment on that is asked for."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from rowpath.lab.measures import MEMORY
from rowpath.lab.measuring.memory_peak import forget_peaks, peaks

MIB = 1 << 20
TAKES_AND_GIVES_BACK = """
import sys
for line in sys.stdin:
    block = b"x" * int(line)
    del block
    print("done", flush=True)
"""


@pytest.fixture
def taker() -> Iterator["subprocess.Popen[str]"]:
    """A process that takes as many bytes as it is told, and gives them back at once."""
    with subprocess.Popen(
        [sys.executable, "-c", TAKES_AND_GIVES_BACK],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def take(process: "subprocess.Popen[str]", size_bytes: int) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{size_bytes}\n")
    process.stdin.flush()
    assert process.stdout.readline() == "done\n"


def test_a_peak_is_seen_after_it_is_over_until_it_is_forgotten(
    taker: "subprocess.Popen[str]",
) -> None:
    """What was taken and given back counts, what came before the peak was forgotten does not."""
    take(taker, 0)
    forget_peaks([taker.pid])
    before = peaks([taker.pid])[MEMORY]

    take(taker, 100 * MIB)
    after = peaks([taker.pid])[MEMORY]
    forget_peaks([taker.pid])

    assert 95 * MIB < after - before < 110 * MIB
    assert peaks([taker.pid])[MEMORY] < after - 90 * MIB


def test_the_peaks_of_several_processes_are_added_up(taker: "subprocess.Popen[str]") -> None:
    """Two workers hold what both hold."""
    take(taker, 0)

    assert peaks([taker.pid, taker.pid])[MEMORY] == 2 * peaks([taker.pid])[MEMORY]
