"""What a race meets that ends an entrant, a file or the race itself, and what is left of it."""

import ast
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

import psutil
import pytest

from race.endpoints import Endpoints
from race.test_race_command import command, race, run_of
from race.test_race_entrants import RACE
from rowpath.lab.disturbances import STOOD_STILL
from rowpath.lab.servers.own_program import PORT

SERVER = Path(__file__).with_name("server_program.py")
MORTAL = Path(__file__).with_name("mortal.py")
STOPS = 3


def short_race(*arguments: str) -> list[str]:
    """Return the command of a race whose slots are over at once."""
    return [sys.executable, str(RACE), "race", *arguments, "--profile", "quick"]


@contextmanager
def leaking() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Yield the URL of a server that leaks until it is killed, and its process."""
    with subprocess.Popen(
        [sys.executable, str(MORTAL)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/", process
        finally:
            process.kill()


def test_a_server_that_leaks_until_it_is_killed_is_out_and_the_others_go_on(
    endpoints: Endpoints, tmp_path: Path
) -> None:
    """Its end is told as what it was, and each block of the others counts."""
    with leaking() as (url, process):
        done = race(
            tmp_path,
            *endpoints.at("/quick", "/slow"),
            url,
            *("--profile", "quick", "--json", "a.json"),
        )
        assert process.wait(30) == -signal.SIGKILL

    run = run_of(tmp_path / "a.json")
    assert done.returncode == 9
    assert [each.failed is None for each in run.entrants] == [True, True, False]
    assert "C is out: it " in done.stdout
    assert run.blocks == len(run.entrants[0].samples_ms) == len(run.entrants[1].samples_ms) == 6
    assert len(run.entrants[2].samples_ms) < 6


def test_a_race_that_was_stopped_and_goes_on_measures_that_slot_again(
    endpoints: Endpoints, tmp_path: Path
) -> None:
    """A request that was on its way takes no longer for it, and no server is called late.

    Each stop is longer than an answer may take.
    """
    urls = endpoints.at("/quick", "/quick")
    options = ("--profile", "quick", "--timeout", "1s", "--json", "a.json")
    with subprocess.Popen(
        command(*urls, *options),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            for number in range(1, STOPS + 1):
                deadline = monotonic() + 60
                while endpoints.asked["/quick"] < 150 * number and monotonic() < deadline:
                    sleep(0.005)
                process.send_signal(signal.SIGSTOP)
                sleep(1.5)
                process.send_signal(signal.SIGCONT)
            out, errors = process.communicate(timeout=60)
        finally:
            with suppress(psutil.NoSuchProcess):
                psutil.Process(process.pid).kill()

    # A machine that is too busy may fail the race's own tests.
    assert process.returncode in {0, 14}, errors
    run = run_of(tmp_path / "a.json")
    assert [each.failed for each in run.entrants] == [None, None]
    assert run.blocks == 6
    # One stop may fall between two slots, where it disturbs none; hardly all of them do.
    assert STOOD_STILL in {each.reason for each in run.again}
    assert max(max(block) for each in run.entrants for block in each.samples_ms) < 1_500
    assert out


@pytest.mark.parametrize("place", ["a.json", "/dev/full"])
def test_a_full_disk_takes_the_file_and_not_the_result(
    endpoints: Endpoints, tmp_path: Path, place: str
) -> None:
    """What was measured is on the terminal, why it is no file on one line; the old file is whole.

    A process that may write no file of more than a kilobyte stands for the disk that is full.
    """
    (tmp_path / "a.json").write_text("the old one")
    urls = endpoints.at("/quick", "/slow")
    limited = ["bash", "-c", 'ulimit -f 1; exec "$@"', "bash"]

    done = subprocess.run(
        [*limited, *short_race(*urls, "--json", place)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )

    assert done.returncode == 3, done.stderr
    *_, told = done.stderr.splitlines()
    assert told.startswith(f"Cannot write {tmp_path / 'a.json' if place == 'a.json' else place} (")
    assert "What was measured stands in the terminal" in told
    assert "Traceback" not in done.stderr
    assert "B" in done.stdout
    assert (tmp_path / "a.json").read_text() == "the old one"
    left = {each.name for each in tmp_path.rglob("*") if each.is_file()}
    assert left == {"a.json", ".gitignore"}  # of the history, which has room for no run either


def test_a_full_disk_behind_standard_output_is_told(endpoints: Endpoints, tmp_path: Path) -> None:
    """In one line, and not by a traceback."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            short_race(*endpoints.at("/quick", "/slow"), "--json"),
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=90,
            check=False,
        )

    # A machine that is too busy may fail the race's own tests, which is told as well.
    assert done.returncode in {3, 14}, done.stderr
    assert "Traceback" not in done.stderr
    assert "No space left on device" in done.stderr


def test_what_standard_output_did_not_take_is_told_beside_a_failure(
    endpoints: Endpoints, tmp_path: Path
) -> None:
    """An entrant is out, which has its code and its line; the file that is lost has a line too."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            short_race(*endpoints.at("/quick", "/then/2/500"), "--json"),
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=90,
            check=False,
        )

    assert done.returncode == 9, done.stderr
    out, lost = done.stderr.splitlines()[-2:]
    assert out.startswith("Cannot race all of these to the end: B: it answered with status 500")
    assert lost.startswith("Cannot write to standard output: No space left on device, so what")


@pytest.mark.parametrize("stopped_at", ["as it starts", "as it is asked"])
def test_a_race_whose_group_was_stopped_calls_no_server_of_its_own_late(
    tmp_path: Path, stopped_at: str
) -> None:
    """Whatever it does with its servers just then: each stop is longer than an answer may take."""
    starts = tmp_path / "starts"
    url = f"http://127.0.0.1:{PORT}/a"
    program = shlex.join([sys.executable, str(SERVER), PORT, "wait=0.003"])
    options = ("--command", program, "--profile", "quick", "--timeout", "1s", "--json", "a.json")
    with subprocess.Popen(
        command(url, url, *options),
        cwd=tmp_path,
        env=os.environ | {"STARTS": str(starts)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            for number in range(1, STOPS + 1):
                # Two are started for the answers, and then two for each block.
                _wait_for_starts(starts, 2 * number - 1)
                sleep(0.0 if stopped_at == "as it starts" else 1.2)
                os.killpg(process.pid, signal.SIGSTOP)
                sleep(1.5)
                os.killpg(process.pid, signal.SIGCONT)
            _, errors = process.communicate(timeout=90)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    assert process.returncode in {0, 14}, errors  # of a machine that is busy
    run = run_of(tmp_path / "a.json")
    assert [each.failed for each in run.entrants] == [None, None]
    assert run.blocks == 6
    assert max(max(block) for each in run.entrants for block in each.samples_ms) < 1_500
    assert not any(psutil.pid_exists(int(pid)) for pid in starts.read_text().split())


def _wait_for_starts(starts: Path, number: int) -> None:
    deadline = monotonic() + 60
    while monotonic() < deadline:
        if starts.exists() and len(starts.read_text().split()) >= number:
            return
        sleep(0.005)


WALL = {"time", "time_ns", "localtime", "gmtime", "ctime", "asctime", "CLOCK_REALTIME"}
NOW = {"now", "utcnow", "today"}
BEGINNINGS = {
    "cli/lab_run.py": "the name of a run's files",
    "lab/race/session.py": "when a race began",
    "lab/session.py": "when a run began",
    "lab/load/engine.py": "when a load began",
    "lab/apps/django/views_cache.py": "when a page grows old: a technique, as its users write it",
}


def reads_of_the_wall_clock(path: Path) -> int:
    """Count the places in a module that name a clock which somebody can set."""
    found = 0
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            found += sum(each.name in WALL for each in node.names)
        elif isinstance(node, ast.Attribute):
            is_of_time = isinstance(node.value, ast.Name) and node.value.id == "time"
            found += node.attr in NOW or (is_of_time and node.attr in WALL)
    return found


def test_no_wall_clock_times_anything() -> None:
    """A clock that is set, or jumps, changes no duration: only when something began is read off it.

    All else reads `monotonic`, `perf_counter` or a clock of CPU, so nothing has to be shown of a
    clock that these tests cannot set. Each place that reads the other one is known, and reads it
    once.
    """
    source = Path(sys.modules["rowpath"].__path__[0])
    reading = {
        path.relative_to(source).as_posix(): number
        for path in source.rglob("*.py")
        if (number := reads_of_the_wall_clock(path))
    }

    assert reading == dict.fromkeys(BEGINNINGS, 1)


@pytest.mark.parametrize(
    "line",
    [
        "import time; time.time()",
        "from time import time as now",
        "import time; time.clock_gettime(time.CLOCK_REALTIME)",
        "from datetime import datetime as d; d.now()",
    ],
)
def test_a_wall_clock_is_found_however_it_is_named(tmp_path: Path, line: str) -> None:
    """The test above would see it."""
    (tmp_path / "a.py").write_text(line)

    assert reads_of_the_wall_clock(tmp_path / "a.py") == 1
