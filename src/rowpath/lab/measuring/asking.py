"""Asks a server for a cell; what goes wrong is told with the cell and the server's last lines."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from rowpath.errors import ServerError
from rowpath.lab.apps.meeting import MEETING_HEADER, call_off
from rowpath.lab.apps.tracing import TOKEN_HEADER
from rowpath.lab.experiment import Task
from rowpath.lab.measures import TaskClock
from rowpath.lab.measuring.client import BrokenOffError, Client, Response, connected
from rowpath.lab.plan import Cell
from rowpath.lab.servers.server import Answering

OK = 200


def ask(
    client: Client, cell: Cell, server: Answering, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the answer to a cell's request; ServerError where it has not the status 200."""
    response = ask_anyhow(client, cell, server, headers)
    if response.status != OK:
        raise failure(cell, server, f"the server answered {response.status}")
    return response


def ask_anyhow(
    client: Client, cell: Cell, server: Answering, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the answer to a cell's request, whatever its status; ServerError where none comes."""
    token = {TOKEN_HEADER: server.token} if isinstance(cell.variant.asks, Task) else {}
    try:
        return client.ask(
            cell.variant.asks.method, cell.target, cell.params, {**token, **(headers or {})}
        )
    except BrokenOffError as error:
        raise failure(cell, server, str(error)) from error


def time_s(cell: Cell, server: Answering, response: Response) -> float:
    """Return how long the cell's request took, by the clock of its measure.

    ServerError for a task that says no time.
    """
    if not isinstance(cell.measure, TaskClock):
        return response.duration_s
    if response.own_s is None:
        raise failure(cell, server, "the task's answer says no time of its own")
    return response.own_s


@dataclass(slots=True)
class Company:
    """What runs beside a cell: `response` is its answer, once the block has ended.

    `headers` are to be sent with the cell's own request, so that the two begin at once.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    response: Response | None = None


@contextmanager
def accompanied(cell: Cell, beside: Answering | None) -> Iterator[Company]:
    """Have the server `beside` run the cell's companion while the block asks for the cell.

    The two begin at once, when both have prepared. The block's end waits for the companion, and
    raises its ServerError where it failed. Of two that fail, the first is told: the other may have
    failed for want of it.
    """
    if beside is None or cell.beside is None:
        yield Company()
        return
    # One that still waits may leave its file while the folder is removed.
    with TemporaryDirectory(prefix="rowpath-meeting-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        company = Company({MEETING_HEADER: name})
        pool = ThreadPoolExecutor(max_workers=1)
        companion = pool.submit(_ask_beside, cell.beside, beside, folder)
        try:
            yield company
            call_off(folder)  # whoever has not begun by now would wait in vain
            company.response = companion.result()
        except ServerError as error:
            is_first = call_off(folder)
            first = None if is_first else companion.exception()
            if first is not None and first is not error:
                raise first from error
            raise
        finally:
            call_off(folder)
            # An answer that never comes is not waited for: it breaks off with the server.
            pool.shutdown(wait=False)


def _ask_beside(companion: Cell, beside: Answering, meeting: Path) -> Response:
    try:
        with connected(beside.url) as client:
            return ask(client, companion, beside, {MEETING_HEADER: str(meeting)})
    finally:
        call_off(meeting)


@contextmanager
def watched(cell: Cell, server: Answering) -> Iterator[tuple[int, ...]]:
    """Yield the server's worker processes, which must be the same at the end: ServerError else."""
    pids = server.worker_pids()
    try:
        yield pids
        still_there = server.worker_pids() == pids
    except psutil.NoSuchProcess:
        still_there = False
    if not still_there:
        raise failure(cell, server, "a worker ended in the middle")


def failure(cell: Cell, server: Answering, reason: str) -> ServerError:
    """Return the error that tells of a server's failure at a cell."""
    return ServerError(
        f"Cannot measure {cell}: {reason}. The last lines of the server's log may say why; "
        f"mend that, and run again:\n{server.log_tail()}"
    )
