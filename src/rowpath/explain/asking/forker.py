"""The process from which those of a project are forked, as the command sees it."""

import os
import subprocess
import sys
import tempfile
import weakref
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import send_handle
from pathlib import Path
from typing import IO

ENDS_WITHIN_S = 10.0


class Forker:
    """A process that has imported a framework's worker; it ends when nobody holds this any more."""

    def __init__(self, worker: str, folder: Path) -> None:
        self._orders, theirs = Pipe()
        self.output: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 closed by _ended
        self._process = subprocess.Popen(
            [sys.executable, "-m", "rowpath.explain.forking", worker, str(theirs.fileno())],
            cwd=folder,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        weakref.finalize(self, _ended, self._process, self._orders, self.output)

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it can fork."""
        return self._process.poll() is None

    def fork(self, connection: Connection, output: IO[bytes]) -> int:
        """Return the pid of a worker that has these; EOFError or ConnectionError where none is."""
        self._orders.send(None)
        for handle in (connection.fileno(), output.fileno()):
            send_handle(self._orders, handle, self.pid)
        return int(self._orders.recv())

    def end(self, pid: int) -> None:
        """End a worker, and wait until it is over."""
        self._orders.send(pid)
        self._orders.recv()


def _ended(process: subprocess.Popen[bytes], orders: Connection, output: IO[bytes]) -> None:
    orders.close()
    try:
        process.wait(ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    output.close()


_Start = tuple[str, Path, frozenset[tuple[str, str]]]
_FORKERS: weakref.WeakValueDictionary[_Start, Forker] = weakref.WeakValueDictionary()


def forker_of(worker: str, folder: Path) -> Forker:
    """Return the process that forks this worker in this folder, with the environment of today.

    Whoever has had a process of it forked, and holds it until the end, shares it with all others.
    """
    start = (worker, folder.absolute(), frozenset(os.environ.items()))
    forker = _FORKERS.get(start)
    if forker is None or not forker.is_alive:
        forker = _FORKERS[start] = Forker(worker, folder)
    return forker
