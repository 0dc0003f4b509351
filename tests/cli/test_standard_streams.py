"""No command ends for what it prints: neither its encoding, nor its reader, nor a full disk."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import enterable_folder
from rowpath.lab.experiments import EXPERIMENTS

ROWPATH = (sys.executable, "-m", "rowpath")
BASH = ("/bin/bash", "-o", "pipefail", "-c")
QUOTED = "“+17%”"
FULL = Path("/dev/full")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A data folder that all commands of this file share, one after the other."""
    with enterable_folder() as made:
        yield made


def environment(folder: Path, **variables: str) -> dict[str, str]:
    return os.environ | {"ROWPATH_DATA_DIR": str(folder)} | variables


def in_shell(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script of bash in which $rowpath is the command."""
    return subprocess.run(
        [*BASH, script],
        env=environment(folder, rowpath=" ".join(ROWPATH)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("encoding", "printed"),
    [
        ("ascii", b"?+17%?"),
        ("latin-1", b"?+17%?"),
        ("cp1252", QUOTED.encode("cp1252")),
        ("utf-8", QUOTED.encode()),
    ],
)
def test_what_an_encoding_does_not_have_is_replaced(
    tmp_path: Path, encoding: str, printed: bytes
) -> None:
    """Each character that the output's encoding has is printed, and a ? for each other one."""
    listed = subprocess.run(
        [*ROWPATH, "lab", "list"],
        env=environment(tmp_path, PYTHONIOENCODING=encoding),
        capture_output=True,
        timeout=60,
        check=True,
    )

    assert printed in listed.stdout
    assert listed.stderr == b""


def test_a_locale_without_utf_8_is_no_obstacle(tmp_path: Path) -> None:
    """Where Python is told to use a locale of ASCII alone, it does, and the command ends well."""
    listed = in_shell(tmp_path, "PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 LC_ALL=C $rowpath lab list")

    assert listed.returncode == 0
    assert listed.stdout.isascii()
    assert "?+17%?" in listed.stdout
    assert listed.stderr == ""


@pytest.mark.parametrize("arguments", ["lab list", "lab data products --rows 2000"])
def test_a_reader_that_goes_away_ends_nothing(folder: Path, arguments: str) -> None:
    """Whoever wants no more lines is no error: the command does its work without a word."""
    read = in_shell(folder, f"$rowpath {arguments} | head -c 1")

    assert (read.returncode, len(read.stdout), read.stderr) == (0, 1, "")


@pytest.mark.skipif(not FULL.exists(), reason="there is no device that is always full")
@pytest.mark.parametrize("arguments", ["lab list", "lab data products --rows 2000", "--version"])
def test_an_output_without_room_is_told_when_the_work_is_done(folder: Path, arguments: str) -> None:
    """A full disk below standard output has one sentence and a code; the work is done before."""
    ended = in_shell(folder, f"$rowpath {arguments} > {FULL}")

    assert ended.returncode == 3
    assert ended.stderr == (
        "Cannot write to standard output: No space left on device, so what went there is "
        "lost. Send it to where it can be written.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("lab list >&-", 0),
        ("lab list 2>&- <&-", 0),
        ("lab data nothing 2>&-", 2),
        ("lab data nothing 2>/dev/full", 2),
    ],
)
def test_a_standard_stream_may_be_closed(tmp_path: Path, arguments: str, code: int) -> None:
    """Without an output, an input or a place for errors, a command ends as it would with it."""
    ended = in_shell(tmp_path, f"$rowpath {arguments}")

    assert (ended.returncode, ended.stderr) == (code, "")
    assert (EXPERIMENTS[0].question in ended.stdout) == (arguments == "lab list 2>&- <&-")


def test_a_database_is_built_with_all_standard_streams_closed(folder: Path) -> None:
    """No file or connection of the command takes the number of a closed stream."""
    built = in_shell(folder, "$rowpath lab data products --rows 3000 <&- >&- 2>&-")
    found = in_shell(folder, "$rowpath lab data products --rows 3000")

    assert built.returncode == 0
    assert "3,000 products from seed 1" in found.stdout
    assert "is there already" in found.stdout


def test_an_output_that_does_not_wait_is_waited_for(tmp_path: Path) -> None:
    """A pipe that another program made non-blocking gets all, however slowly it is read."""
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    with subprocess.Popen(
        [*ROWPATH, "lab", "list"],
        env=environment(tmp_path, PYTHONIOENCODING="utf-32-le"),  # more than a pipe holds
        stdout=write_end,
        stderr=subprocess.PIPE,
    ) as listing:
        os.close(write_end)
        with os.fdopen(read_end, "rb") as output:
            first = output.read(1)
            listed = first + output.read()

        assert listing.wait(timeout=60) == 0
        assert listing.stderr is not None
        assert listing.stderr.read() == b""
    assert listed.decode("utf-32-le").startswith(EXPERIMENTS[0].name)
    assert EXPERIMENTS[-1].variants[-1].title in listed.decode("utf-32-le")


def test_a_terminal_that_goes_away_ends_no_command_that_ignores_it(folder: Path) -> None:
    """What was started as nohup does goes on without its terminal, and tells so by its code."""
    controller, terminal = pty.openpty()
    with subprocess.Popen(
        [*BASH, "trap '' HUP; exec $rowpath lab data products --rows 4000"],
        env=environment(folder, rowpath=" ".join(ROWPATH)),
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
    ) as building:
        os.close(terminal)
        os.read(controller, 1)
        os.close(controller)
        building.send_signal(signal.SIGHUP)

        assert building.wait(timeout=60) == 3
    found = in_shell(folder, "$rowpath lab data products --rows 4000")
    assert "is there already" in found.stdout
