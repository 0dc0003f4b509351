"""A command that is forked from a process with all imports is as one that is started."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import forking


@pytest.mark.parametrize(
    "arguments",
    [
        ("--version",),
        ("lab", "list", "fields"),
        ("runs", "--json"),
        ("verify", "none.json"),
        ("nothing",),
        ("compare",),
    ],
    ids=" ".join,
)
def test_it_ends_as_one_that_is_started(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """With the same code and output, in its folder, whatever was run by the process before."""
    environment = os.environ | {"COLUMNS": "77", "ROWPATH_DATA_DIR": str(tmp_path)}
    started = subprocess.run(
        [sys.executable, "-m", "rowpath", *arguments],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    forked = forking.rowpath(*arguments, folder=tmp_path, environment=environment)

    assert started.stdout + started.stderr
    assert (forked.returncode, forked.stdout, forked.stderr) == (
        started.returncode,
        started.stdout,
        started.stderr,
    )


def test_it_has_an_environment_of_its_own(tmp_path: Path) -> None:
    """What one is given the next one has not."""
    told = [
        forking.rowpath("runs", folder=tmp_path, environment=os.environ | more).stdout
        for more in ({"ROWPATH_RUNS_DIR": "here"}, {})
    ]

    assert ["here" in each for each in told] == [True, False]


def test_one_that_takes_too_long_is_killed(tmp_path: Path) -> None:
    """Its end is told as that of any process."""
    ended = forking.rowpath("lab", "list", folder=tmp_path, environment=os.environ, timeout_s=0.001)

    assert ended.returncode == -9
