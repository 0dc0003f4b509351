"""A measured application under the server that people deploy, for as long as a block lasts."""

import socket
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from random import SystemRandom
from threading import Lock
from time import monotonic, sleep
from typing import Protocol
from urllib.parse import urlsplit

import psutil
import urllib3

from rowpath.errors import PortError, ServerError
from rowpath.lab.applications import App, server_of
from rowpath.lab.apps.settings import AppSettings
from rowpath.lab.conditions import ServerKind
from rowpath.lab.servers.commands import answers_itself, command
from rowpath.lab.servers.process import Process, Program, running
from rowpath.lab.variables import of_children

HOST = "127.0.0.1"
READY_PATH = "/ready"
READY_WITHIN_S = 60.0
LOOK_EVERY_S = 0.05
LOG_WITHIN_S = 5.0
LOG_IS_WHOLE_AFTER_S = 0.5
ANSWERS_WITHIN_S = 5.0
STOPS_WITHIN_S = 10.0
OK = 200


class Answering(Protocol):
    """A server that answers, whoever started it: `url` has no slash at its end."""

    @property
    def url(self) -> str:
        """Where it answers, without a path."""

    @property
    def token(self) -> str:
        """What tasks are asked for with."""

    def worker_pids(self) -> tuple[int, ...]:
        """Return the processes that answer requests, as they are now."""

    def log_tail(self, lines: int = 20) -> str:
        """Return the last lines that the server wrote."""


class Server:
    """A server that answers. `url` has no slash at its end; tasks are asked for with `token`."""

    def __init__(  # noqa: PLR0913 one parameter a matter of the server's
        self, app: App, kind: ServerKind, url: str, process: Process, workers: int, *, token: str
    ) -> None:
        self.url = url
        self.token = token
        self.process = process
        self._app = app
        self._kind = kind
        self._workers = workers
        self._first_pids: tuple[int, ...] | None = None

    def worker_pids(self) -> tuple[int, ...]:
        """Return the processes that answer requests, as they are now; none where it has ended.

        gunicorn puts a new worker in the place of one that ended.
        """
        if answers_itself(self._kind, self._workers):
            return (self.process.pid,) if self.process.is_alive() else ()
        try:
            children = psutil.Process(self.process.pid).children()
            return tuple(sorted(child.pid for child in children if _is_worker(child)))
        except psutil.NoSuchProcess:
            return ()

    def is_alive(self) -> bool:
        """Return whether the server and all the workers that it began with still run."""
        began_with = self._first_pids or ()
        return self.process.is_alive() and set(began_with) <= set(self.worker_pids())

    def log_tail(self, lines: int = 20) -> str:
        """Return the last lines that the server wrote."""
        return self.process.log_tail(lines)

    def wait_until_ready(self) -> None:
        """Return when all workers are there and the application reaches its database.

        ServerError with the last lines of the log where that takes over a minute, or never comes.
        """
        deadline = monotonic() + READY_WITHIN_S
        while not (len(self.worker_pids()) == self._workers and self._answers() and self.listens()):
            if not self.process.is_alive():
                raise self._error("it ended before it was ready")
            if monotonic() > deadline:
                raise self._error(f"it was not ready within {READY_WITHIN_S:.0f} s")
            sleep(LOOK_EVERY_S)
        self._first_pids = self.worker_pids()

    def listens(self) -> bool:
        """Return whether what answers at `url` is this server, not one that was there first."""
        port = urlsplit(self.url).port
        try:
            first = psutil.Process(self.process.pid)
            own = [one for each in (first, *first.children()) for one in each.net_connections()]
        except psutil.NoSuchProcess:
            return False
        return any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in own)

    def _answers(self) -> bool:
        log_before = self.log_tail()
        with urllib3.PoolManager(retries=False, timeout=ANSWERS_WITHIN_S) as pool:
            try:
                status = pool.request("GET", f"{self.url}{READY_PATH}").status
            except urllib3.exceptions.HTTPError:  # not listening yet, or too busy starting
                return False
        if status != OK:
            self._wait_for_log(log_before)
            raise self._error(f"it answers {READY_PATH} with {status}")
        return True

    def _wait_for_log(self, before: str) -> None:
        """Return when the log has more than `before`, and for a while no more than that.

        uvicorn writes of an error after it has answered, and of a long one in several pieces.
        """
        deadline = monotonic() + LOG_WITHIN_S
        seen, since = before, monotonic()
        while monotonic() < deadline:
            written = self.log_tail()
            if written != seen:
                seen, since = written, monotonic()
            elif seen != before and monotonic() - since > LOG_IS_WHOLE_AFTER_S:
                return
            sleep(LOOK_EVERY_S)

    def _error(self, reason: str) -> ServerError:
        return ServerError(
            f"Cannot start the {self._app} application at {self.url}: {reason}. "
            f"The last lines of its log say why:\n{self.log_tail()}"
        )


@contextmanager
def serving(  # noqa: PLR0913 one parameter a matter of the server's
    app: App,
    settings: AppSettings,
    *,
    logs: Path,
    workers: int = 1,
    port: int | None = None,
    log_suffix: str = "",
    stops_within_s: float = STOPS_WITHIN_S,
) -> Iterator[Server]:
    """Serve the application on loopback until the block ends; `port` None takes a free one.

    There are as many `workers` as the conditions say, if they do. At the end it has
    `stops_within_s` to finish what it does, and is killed then: 0 is for one that is not busy.

    The log is in the folder `logs`, named after application and conditions. PortError where the
    port cannot be had, ServerError where the application does not start.
    """
    port = free_port(port)
    kind = server_of(app, settings.conditions)
    workers = settings.conditions.workers or workers
    traced = "-traced" if settings.trace_folder else ""
    program = Program(
        name=f"the {app} application",
        argv=command(app, kind, HOST, port, workers),
        env=of_children() | settings.to_environment(),
        log=logs / f"{app}-{settings.conditions}{traced}{log_suffix}.log",
        stop_timeout_s=stops_within_s,
    )
    with running(program) as process:
        url = f"http://{HOST}:{port}"
        server = Server(app, kind, url, process, workers, token=settings.token)
        server.wait_until_ready()
        yield server


# Servers start side by side: between being chosen and being bound a port is free to the next.
_given: deque[int] = deque(maxlen=1_000)
_choosing = Lock()
_LISTENING = range(10_240, 32_768)
"""Of lower ports than Linux and macOS give to connections that go out: one of those may be taken by
a client, of this process or another, before the server that it was chosen for has bound it."""
_random = SystemRandom()


def free_port(port: int | None) -> int:
    """Return `port` if it can be bound now, or a port that can; PortError where it cannot.

    A port that is chosen here is none of the last 1,000 that were.
    """
    if port is not None:
        _check_bindable(port)
        return port
    with _choosing:
        first = _random.randrange(len(_LISTENING))
        for chosen in chain(_LISTENING[first:], _LISTENING[:first]):
            if chosen not in _given and _is_bindable(chosen):
                _given.append(chosen)
                return chosen
    raise PortError(
        f"Cannot listen on {HOST}: no port from {_LISTENING.start:,} on is free. "
        "End what holds them."
    )


def _is_bindable(port: int) -> bool:
    try:
        _check_bindable(port)
    except PortError:
        return False
    return True


def _check_bindable(port: int) -> None:
    with socket.socket() as probe:
        # As the servers do: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) else "there is no such port"
            raise PortError(
                f"Cannot listen on {HOST}:{port}: {reason}. "
                "Choose another port, or leave it out to take a free one."
            ) from error


def _is_worker(child: psutil.Process) -> bool:
    """Return whether a server's child answers requests; multiprocessing has one that does not."""
    return "multiprocessing.resource_tracker" not in " ".join(child.cmdline())
