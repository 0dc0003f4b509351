"""The main job on its way, to be ended by whatever a test likes."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from uuid import uuid4

import psutil
import pytest
from main_job import MARK, command, environment

from conftest import hearing_sigint
from living import that

LONGEST_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The main job on its way, with whatever it says on stderr."""

    process: subprocess.Popen[str]
    folder: Path
    mark: str

    def wait_for(self, text: str) -> None:
        """Read what the job says until it says `text`."""
        assert self.process.stderr is not None
        seen = []
        for line in self.process.stderr:
            seen.append(line)
            if text in line:
                return
        pytest.fail(f"the job ended without {text!r}: {''.join(seen)}")

    def processes(self) -> list[psutil.Process]:
        """Return what was started by this job, however it is related to it now."""
        return that(psutil.process_iter(), self._is_ours)

    def _is_ours(self, process: psutil.Process) -> bool:
        return process.pid != self.process.pid and (
            process.environ().get(MARK) == self.mark
            or str(self.folder) in " ".join(process.cmdline())
        )

    def none_left(self) -> bool:
        """Return whether everything that the job started has ended, given a moment."""
        deadline = time.monotonic() + 30
        while self.processes():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True


@contextmanager
def begun(folder: Path, *arguments: str) -> Iterator[Job]:
    """The main job, just begun; nothing that it started is left after the block."""
    mark = uuid4().hex
    with hearing_sigint():
        process = subprocess.Popen(
            command(folder, *arguments),
            env=environment(folder, mark),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    # A job that says nothing any more ends all the same, and so does what reads it.
    watchdog = Timer(LONGEST_S, process.kill)
    with process:
        watchdog.start()
        job = Job(process=process, folder=folder, mark=mark)
        yield job
        watchdog.cancel()
        process.kill()
        assert job.none_left()
