"""What a race meets that ends an entrant, a file or the race itself, and what is left of it."""

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
from rowpath.lab.disturbances import STOOD_STILL

MORTAL = Path(__file__).with_name("mortal.py")
STOPS = 3


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
        [*limited, *command(*urls, "--profile", "quick", "--json", place)],
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
            command(*endpoints.at("/quick", "/slow"), "--profile", "quick", "--json"),
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=90,
            check=False,
        )

    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert "No space left on device" in done.stderr


def test_no_wall_clock_times_anything() -> None:
    """A clock that is set, or jumps, changes no duration: only when something began is read off it.

    What measures reads `monotonic` or `perf_counter`, so nothing has to be shown of a clock that
    these tests cannot set.
    """
    lab = Path(sys.modules["rowpath.lab"].__path__[0])
    reading = {
        (path.relative_to(lab).as_posix(), line.strip())
        for path in lab.rglob("*.py")
        if "apps" not in path.parts
        for line in path.read_text(encoding="utf-8").splitlines()
        if "time.time(" in line or " time()" in line or "datetime.now(" in line
    }

    assert reading
    assert all("started_at" in line or "datetime.now(UTC)" in line for _, line in reading), reading
    assert not any(place.startswith("measuring/") for place, _ in reading)
