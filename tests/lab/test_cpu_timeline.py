"""The CPU of processes over time is what they used, and an ended process ends nothing."""

import os
import subprocess
import sys
from time import sleep

import pytest

from rowpath.lab.database import Database, connect
from rowpath.lab.database.processes import first_process, server_pids
from rowpath.lab.measuring.cpu_timeline import CpuLine, cpu_watched

BUSY = "import time\nwhile time.process_time() < 0.5: pass"
IDLE = "import time; time.sleep(0.5)"


def used_s(line: CpuLine) -> float:
    """The CPU time that a line shows."""
    spans = [end - start for start, end in zip((0.0, *line.at_s), line.at_s, strict=False)]
    return sum(span * share for span, share in zip(spans, line.share, strict=True))


def test_a_busy_process_shows_its_cpu_and_an_idle_one_next_to_none() -> None:
    """A loop that uses half a second of CPU shows several times what a sleeper needs to start."""
    with (
        subprocess.Popen([sys.executable, "-c", BUSY]) as busy,
        subprocess.Popen([sys.executable, "-c", IDLE]) as idle,
        cpu_watched({"busy": lambda: [busy.pid], "idle": lambda: [idle.pid]}) as timeline,
    ):
        busy.wait()
        idle.wait()

    loop, sleeper = timeline.lines()
    assert (loop.name, sleeper.name) == ("busy", "idle")
    assert used_s(loop) > 2 * used_s(sleeper)
    assert list(loop.at_s) == sorted(loop.at_s)
    assert len(loop.at_s) == len(loop.share) == len(sleeper.share)


def test_the_timeline_ends_with_what_is_watched() -> None:
    """A last look is taken at the end, however short the time was."""
    with cpu_watched({"we": lambda: [os.getpid()]}) as timeline:
        sleep(0.001)

    [line] = timeline.lines()
    assert len(line.at_s) >= 1


def test_the_processes_of_the_server_are_found_from_a_backend(database: Database) -> None:
    """The first process, our own backend and the others are all PostgreSQL's."""
    with connect(database.dsn) as connection:
        backend = connection.info.backend_pid
        first = first_process(connection)

        assert first is not None
        assert {first.pid, backend} < set(server_pids(first))


@pytest.mark.parametrize("pid", [2**22 + 1])
def test_a_process_that_is_not_there_uses_nothing(pid: int) -> None:
    """No process of that id can be on this machine."""
    with cpu_watched({"nobody": lambda: [pid]}) as timeline:
        sleep(0.001)

    [line] = timeline.lines()
    assert set(line.share) == {0}
