"""The CPU time of other processes is read to better than a tick."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from rowpath.lab.measuring.cpu_clock import cpu_s


def test_the_clock_agrees_with_the_process_itself() -> None:
    """What the clock says of a process is what that process says of itself."""
    before = time.process_time()
    seen = cpu_s([os.getpid()])
    after = time.process_time()

    assert before <= seen <= after


def test_two_processes_add_up() -> None:
    """The CPU time of several processes is their sum: here of one process twice."""
    before = time.process_time()
    seen = cpu_s([os.getpid(), os.getpid()])
    after = time.process_time()

    assert 2 * before <= seen <= 2 * after


def test_a_process_that_has_ended_is_told() -> None:
    """No time is made up for a process that is gone."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()

    with pytest.raises(psutil.NoSuchProcess):
        cpu_s([process.pid])
