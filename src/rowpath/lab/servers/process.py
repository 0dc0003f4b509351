"""A child process that cannot outlive us: whatever ends rowpath, SIGKILL included, ends it too."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psutil

from rowpath.errors import OutputError, ServerError

GUARD = Path(__file__).with_name("guard.py")
TAIL_BYTES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to run: `argv` in `folder`, with `env` as its whole environment.

    `name` is for messages. Standard output and standard error are appended to `log`. To end it,
    it is sent `stop_signal`; `stop_timeout_s` seconds later it and all that it started are killed.
    `user` is the OS user to run as, for which we must be root.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    log: Path
    folder: Path = Path("/")
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout_s: float = 10.0
    user: str | None = None


class Process:
    """A program that runs, or did. `pid` is the program's own, not its guard's."""

    def __init__(self, program: Program, pid: int, log_start: int) -> None:
        self.pid = pid
        self._log = program.log
        self._log_start = log_start
        try:
            self._observed: psutil.Process | None = psutil.Process(pid)
        except psutil.NoSuchProcess:  # it ended at once
            self._observed = None

    def is_alive(self) -> bool:
        """Return whether the program still runs."""
        if self._observed is None:
            return False
        try:
            return self._observed.is_running() and self._observed.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def log_tail(self, lines: int = 20) -> str:
        """Return the last lines that this program wrote, none of an earlier one's."""
        with self._log.open("rb") as log:
            end = log.seek(0, 2)
            log.seek(max(self._log_start, end - TAIL_BYTES))
            text = log.read().decode(errors="replace")
        return "\n".join(text.splitlines()[-lines:])


@contextmanager
def running(program: Program) -> Iterator[Process]:
    """Run the program for as long as the block lasts, and never longer than we live.

    ServerError when it cannot be started at all, OutputError when its log cannot be written. A
    program that starts and then ends by itself is no error here: `is_alive` tells, `log_tail`
    says why.
    """
    with _open_log(program) as log:
        log_start = log.tell()
        guard = subprocess.Popen(
            [sys.executable, "-I", "-S", str(GUARD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            # Ctrl-C in the terminal reaches us alone; the guard learns of it from us.
            start_new_session=True,
        )
    try:
        yield Process(program, _order(guard, program), log_start)
    finally:
        _release(guard)


def _open_log(program: Program) -> IO[bytes]:
    try:
        program.log.parent.mkdir(parents=True, exist_ok=True)
        return program.log.open("ab")
    except OSError as error:
        raise OutputError(
            f"Cannot write the log of {program.name} to {program.log}: {error.strerror}. "
            "Make the folder writable, or choose another one."
        ) from error


def _order(guard: subprocess.Popen[bytes], program: Program) -> int:
    """Tell the guard what to run, and return the program's pid."""
    order = {
        "argv": program.argv,
        "env": dict(program.env),
        "folder": str(program.folder),
        "user": program.user,
        "stop_signal": program.stop_signal,
        "stop_timeout_s": program.stop_timeout_s,
    }
    stdin, stdout = _pipes(guard)
    with suppress(BrokenPipeError):  # a guard that ended early has no answer either
        stdin.write(json.dumps(order).encode() + b"\n")
        stdin.flush()
    line = stdout.readline()
    answer: dict[str, Any] = (
        json.loads(line) if line else {"error": f"its guard {sys.executable} ended early"}
    )
    if "error" in answer:
        raise ServerError(
            f"Cannot start {program.name}: {answer['error']}. "
            "Check that it is installed and may be run."
        )
    pid: int = answer["pid"]
    return pid


def _release(guard: subprocess.Popen[bytes]) -> None:
    """Close the lifeline and wait for the guard, which ends when nothing of the program is left.

    Interrupted here, we may go: the guard does its work without us.
    """
    stdin, stdout = _pipes(guard)
    stdout.close()
    with suppress(BrokenPipeError):
        stdin.close()
    guard.wait()


def _pipes(guard: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if guard.stdin is None or guard.stdout is None:
        raise AssertionError("the guard was started without pipes")
    return guard.stdin, guard.stdout
