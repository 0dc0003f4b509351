"""A process that grows beyond its limit is ended, one that does not is left alone."""

import subprocess
import sys

import psutil
import pytest

from rowpath.errors import ServerError
from rowpath.lab.measuring.memory_limit import Watch, memory_limited

MIB = 1 << 20
GROW = "import sys, time; held = bytearray(300 << 20); print('grown', flush=True); time.sleep(60)"
STAY = "import sys; print('here', flush=True); sys.stdin.readline()"


def test_a_process_beyond_its_limit_is_killed() -> None:
    """The process ends by SIGKILL, and the watch tells how much it held."""
    with (
        subprocess.Popen([sys.executable, "-c", GROW], stdout=subprocess.PIPE) as process,
        memory_limited([process.pid], 200 * MIB) as watch,
    ):
        code = process.wait(timeout=30)

    assert code == -9
    assert watch.ended_at_bytes is not None
    assert watch.ended_at_bytes > 200 * MIB


def test_a_process_within_its_limit_goes_on() -> None:
    """A small process outlives the watch."""
    with subprocess.Popen(
        [sys.executable, "-c", STAY], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        with memory_limited([process.pid], 2000 * MIB) as watch:
            process.stdout.readline()
        assert process.poll() is None
        process.stdin.write(b"\n")

    assert process.returncode == 0
    assert watch.ended_at_bytes is None


def test_a_process_that_ends_by_itself_ends_the_watch() -> None:
    """Nothing is raised and nothing is told where the process was gone already."""
    process = subprocess.Popen([sys.executable, "-c", ""])

    with memory_limited([process.pid], 2000 * MIB) as watch:
        process.wait(timeout=30)

    assert watch.ended_at_bytes is None


def test_a_process_that_ends_by_itself_leaves_the_others_watched() -> None:
    """The second of two workers is ended at its limit, though the first is gone."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait(timeout=30)
    with (
        subprocess.Popen([sys.executable, "-c", GROW], stdout=subprocess.PIPE) as process,
        memory_limited([gone.pid, process.pid], 200 * MIB) as watch,
    ):
        code = process.wait(timeout=30)

    assert code == -9
    assert watch.ended_at_bytes is not None


def test_a_process_that_cannot_be_watched_is_killed_and_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Unwatched it might take the memory of the machine; that it ended is not all that is told."""

    def denied(process: psutil.Process) -> None:
        raise psutil.AccessDenied(process.pid)

    monkeypatch.setattr(psutil.Process, "memory_info", denied)

    with (
        subprocess.Popen([sys.executable, "-c", STAY], stdin=subprocess.PIPE) as process,
        pytest.raises(ServerError, match=r"^Cannot limit the memory of a worker: AccessDenied"),
        memory_limited([process.pid], 2000 * MIB),
    ):
        code = process.wait(timeout=30)

    assert code == -9


def test_a_process_that_was_gone_before_is_not_watched() -> None:
    """Nothing is raised for it."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait(timeout=30)

    watch = Watch(2000 * MIB, [process.pid])
    watch.look()

    assert watch.ended_at_bytes is None
