"""An application of the user's own: a program that is started, or a server that runs already."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic

import psutil
import urllib3

from rowpath.errors import ServerError
from rowpath.lab.applications import Command, OwnApplication
from rowpath.lab.servers.own_program import at_port, not_ready, own_program
from rowpath.lab.servers.process import Process, running
from rowpath.lab.servers.server import free_port

ANSWERS_WITHIN_S = 5.0
READY_WITHIN_S = 30.0
SERVER_ERROR = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnServer:
    """A server that answers. `process` is None where it ran before; it takes no tasks."""

    url: str
    process: Process | None
    token: str = ""

    def worker_pids(self) -> tuple[int, ...]:
        """Return all processes of the program, as they are now; none where it is not ours."""
        if self.process is None:
            return ()
        try:
            first = psutil.Process(self.process.pid)
            below = [each.pid for each in first.children(recursive=True)]
        except psutil.NoSuchProcess:
            return ()
        return tuple(sorted([first.pid, *below]))

    def log_tail(self, lines: int = 20) -> str:
        """Return the last lines that the program wrote."""
        return "(it runs elsewhere)" if self.process is None else self.process.log_tail(lines)


@contextmanager
def own_serving(app: OwnApplication, *, logs: Path) -> Iterator[OwnServer]:
    """Yield the application when it answers; a program is stopped at the end of the block.

    ServerError where it does not start, ends, or does not answer within 30 s.
    """
    if not isinstance(app, Command):
        yield OwnServer(url=app.url.rstrip("/"), process=None)
        return
    port = free_port(None)
    program = own_program(
        f"the application {app.name}",
        shlex.split(app.command),
        port,
        log=logs / f"own-{app.name}.log",
        folder=Path.cwd(),
        stop_timeout_s=0.0,  # everything that was asked is answered by then
    )
    with running(program) as process:
        server = OwnServer(url=at_port(app.url, port).rstrip("/"), process=process)
        _wait(app, server, process)
        yield server


def _wait(app: Command, server: OwnServer, process: Process) -> None:
    found = not_ready(
        process, partial(_asked, server.url + app.ready), ends_s=monotonic() + READY_WITHIN_S
    )
    if found is None:
        return
    if found.has_ended:
        raise _failure(app, process, "it ended before it was ready")
    reason = f"it was not ready within {READY_WITHIN_S:.0f} s: {found.reason}"
    raise _failure(app, process, reason)


def _asked(url: str, left_s: float) -> str:
    """Ask once, and return why there is no answer, empty if there is one."""
    timeout_s = min(left_s, ANSWERS_WITHIN_S)
    with urllib3.PoolManager(retries=False, timeout=timeout_s) as pool:
        try:
            # Its status tells, and a body may be without end.
            response = pool.request("GET", url, redirect=False, preload_content=False)
        except urllib3.exceptions.HTTPError:
            return "nothing answers yet"
        response.close()
    return f"it answers with status {response.status}" if response.status >= SERVER_ERROR else ""


def _failure(app: Command, process: Process, reason: str) -> ServerError:
    return ServerError(
        f"Cannot start the application {app.name} ({app.command}): {reason}. "
        f"The last lines of its output may say why; mend that:\n{process.log_tail()}"
    )
