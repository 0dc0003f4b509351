"""The CPU of processes over time is what they used, and an ended process ends nothing."""

import os
import subprocess
import sys
from dataclasses import replace
from functools import partial
from threading import Event
from time import process_time, sleep

import psutil
import pytest

from rowpath.errors import ServerError
from rowpath.lab.database import Database, connect
from rowpath.lab.database.processes import first_process, server_pids
from rowpath.lab.measuring.cpu_timeline import LOOK_EVERY_S, Timeline, cpu_watched
from rowpath.lab.measuring.looking import looking
from rowpath.lab.results import CpuLine

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


def test_a_share_is_of_one_core_since_the_look_before() -> None:
    """What two looks show is what the process itself says that it used until each of them."""
    before_s = process_time()
    own = Timeline({"we": lambda: [os.getpid()]})
    begun_s = process_time()
    least_s, most_s = [], []
    for _ in range(2):
        until_s = process_time() + 0.05
        while process_time() < until_s:
            pass
        least_s.append(process_time() - begun_s)
        own.look()
        most_s.append(process_time() - before_s)

    [line] = own.lines()
    first = replace(line, at_s=line.at_s[:1], share=line.share[:1])
    assert least_s[0] <= used_s(first) <= most_s[0]
    assert least_s[1] <= used_s(line) <= most_s[1]


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


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (psutil.AccessDenied(1), r"^Cannot watch the CPU of they: AccessDenied .*pid=1.*\. Run as"),
        (OSError("too many open files"), r"they: OSError \(too many open files\)\. Run as"),
    ],
)
def test_processes_that_cannot_be_found_end_the_block_with_an_error(
    error: Exception, told: str
) -> None:
    """What ends the looking is raised, and no line that breaks off in the middle is drawn."""
    found = iter([(os.getpid(),)])

    def pids() -> tuple[int, ...]:
        for each in found:
            return each
        raise error

    with pytest.raises(ServerError, match=told), cpu_watched({"they": pids}):
        sleep(3 * LOOK_EVERY_S)


def fail(looked: Event) -> None:
    """A look that ends with a defect."""
    looked.set()
    raise ZeroDivisionError


def break_off_after(looked: Event) -> None:
    """What a block does whose server ends."""
    looked.wait()
    raise LookupError("the server broke off")


def test_a_defect_in_the_looking_is_raised_as_it_is() -> None:
    """It comes with its own traceback, for a report."""
    looked = Event()

    with pytest.raises(ZeroDivisionError), looking(partial(fail, looked), every_s=0.001):
        looked.wait()


def test_the_first_of_two_errors_is_raised() -> None:
    """An error of the block that came after the look's may have come of it."""
    looked = Event()

    with pytest.raises(ZeroDivisionError) as raised, looking(partial(fail, looked), every_s=0.001):
        break_off_after(looked)
    with pytest.raises(LookupError), looking(looked.set, every_s=0.001):
        break_off_after(looked)

    assert isinstance(raised.value.__cause__, LookupError)


def test_a_look_that_misses_a_process_does_not_count_all_of_it_again() -> None:
    """What it had used before is not used anew when it is seen again."""
    looks = iter([[os.getpid()], [], [os.getpid()]])
    own = Timeline({"we": lambda: next(looks)})

    while process_time() < 0.2:
        pass
    first = process_time()
    own.look()
    own.look()

    assert used_s(own.lines()[0]) <= process_time() - first + 0.2


@pytest.mark.parametrize("pid", [2**22 + 1])
def test_a_process_that_is_not_there_uses_nothing(pid: int) -> None:
    """No process of that id can be on this machine."""
    with cpu_watched({"nobody": lambda: [pid]}) as timeline:
        sleep(0.001)

    [line] = timeline.lines()
    assert set(line.share) == {0}
