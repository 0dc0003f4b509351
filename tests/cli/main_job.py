"""The main job as a user runs it, on few rows, and what it leaves."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from forking import forking
from rowpath.lab.record import Run
from rowpath.lab.runs import read_run
from written import check

ROWS = 2_000
MARK = "ROWPATH_TEST_MARK"
TESTS = Path(__file__).parents[1]
PROGRAM = TESTS / "short_slots.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A command that has ended, and the files that it was to write."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def json(self) -> Path:
        return self.folder / "run.json"

    @property
    def html(self) -> Path:
        return self.folder / "run.html"

    @property
    def is_written(self) -> bool:
        """Whether it measured all and wrote it; 14 says no less, of a machine that is busy."""
        return self.code in {0, 14}

    def run(self) -> Run:
        check(self.json.read_bytes(), "lab-run.json")
        return read_run(self.json)


def command(folder: Path, *arguments: str) -> list[str]:
    files = ("--json", str(folder / "run.json"), "--html", str(folder / "run.html"))
    is_own = any(each.endswith(".py") for each in arguments)  # which has no table to be sized
    rows = () if is_own else ("--rows", str(ROWS))
    run = ("lab", "run", *rows, "--profile", "quick")
    return [sys.executable, str(PROGRAM), *run, *files, *arguments]


def environment(folder: Path, mark: str = "") -> dict[str, str]:
    return os.environ | {"ROWPATH_DATA_DIR": str(folder / "data"), MARK: mark, "COLUMNS": "120"}


def rowpath(folder: Path, *arguments: str) -> Finished:
    _, _, *of_command = command(folder, *arguments)
    result = in_short_slots(*of_command, environment=environment(folder))
    return Finished(code=result.returncode, out=result.stdout, err=result.stderr, folder=folder)


def in_short_slots(
    *arguments: str, folder: Path = TESTS, environment: Mapping[str, str] = os.environ
) -> subprocess.CompletedProcess[str]:
    """Return how `rowpath` ended, in a process that was forked from one of PROGRAM."""
    program = forking("short_slots:imported")
    return program.run("rowpath", *arguments, folder=folder, environment=environment, timeout_s=900)


def verified(path: Path) -> subprocess.CompletedProcess[str]:
    """Return what `rowpath verify` says of a run, by the bounds that it was measured under."""
    check(path.read_bytes(), "lab-run.json")
    return in_short_slots("verify", str(path))
