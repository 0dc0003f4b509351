"""Ends a process that grows beyond a limit, as the kernel does to one in a small container."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import psutil

from rowpath.errors import ServerError
from rowpath.lab.measuring.looking import looking

LOOK_EVERY_S = 0.005
"""Rows come at some 100 MB/s at most, so a process is ended within about half a MB of its limit."""


class Watch:
    """A watch over the memory of some processes, and what it has seen."""

    def __init__(self, limit_bytes: int, pids: Sequence[int] = ()) -> None:
        self.limit_bytes = limit_bytes
        self.ended_at_bytes: int | None = None
        """The resident memory of the process that was ended; None where none was."""
        self._processes: list[psutil.Process] = []
        for pid in pids:
            with suppress(psutil.NoSuchProcess):
                self._processes.append(psutil.Process(pid))

    def look(self) -> None:
        """Kill each process that holds more than the limit.

        Where one cannot be watched all are killed, since they might take the machine's memory, and
        ServerError says so.
        """
        try:
            for process in tuple(self._processes):
                self._look_at(process)
        except (psutil.Error, OSError) as error:
            self._kill_all()
            raise ServerError(
                f"Cannot limit the memory of a worker: {type(error).__name__} ({error}). "
                "Run as a user who may see this process."
            ) from error
        except Exception:
            self._kill_all()
            raise

    def _look_at(self, process: psutil.Process) -> None:
        try:
            resident = process.memory_info().rss
            if resident > self.limit_bytes:
                self.ended_at_bytes = resident
                process.kill()
        except psutil.NoSuchProcess:
            self._processes.remove(process)

    def _kill_all(self) -> None:
        for process in self._processes:
            with suppress(psutil.Error):
                process.kill()


@contextmanager
def memory_limited(pids: Sequence[int], limit_bytes: int) -> Iterator[Watch]:
    """Kill each of the processes `pids` that holds more than `limit_bytes`, within the context.

    ServerError where they cannot be watched; they are killed then.
    """
    watch = Watch(limit_bytes, pids)
    with looking(watch.look, every_s=LOOK_EVERY_S):
        yield watch
