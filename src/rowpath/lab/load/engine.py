"""A load from its plan to its result: starts the processes that ask, and reads what they tell."""

import json
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic, sleep, time
from typing import Any, Protocol

from rowpath.errors import OutputError, PortError, ServerError, UsageError
from rowpath.lab.load.hosts import check_listening, parts_of
from rowpath.lab.load.ledger import Ledger
from rowpath.lab.load.plan import LoadPlan, Master, Worker
from rowpath.lab.load.results import LoadResult
from rowpath.lab.servers.process import Process, Program, running
from rowpath.lab.variables import of_children

LOOK_EVERY_S = 0.05
STARTS_WITHIN_S = 60.0
"""Importing Locust takes a second, on a busy machine some."""
ENDS_WITHIN_S = 30.0
"""Beyond the run's time and its grace: the last rows are handed over, and all processes end."""
LOOPBACK = "127.0.0.1"
SHARP_TIMERS_UP_TO_USERS = 500


class Listener(Protocol):
    """Whoever wants to know how a load goes on."""

    def waits(self, workers: int, port: int) -> None:
        """Take it that a master listens at `port`, and that so many workers have come."""

    def goes_on(self, ledger: Ledger) -> None:
        """Take it that the processes that ask have told something new."""

    def stopped(self, result: LoadResult) -> None:
        """Take what there is of a load that is ended before its time, by whatever is raised."""


class Silent:
    """A listener that needs nothing."""

    def waits(self, workers: int, port: int) -> None:
        """Take no notice."""

    def goes_on(self, ledger: Ledger) -> None:
        """Take no notice."""

    def stopped(self, result: LoadResult) -> None:
        """Take no notice."""


@dataclass(slots=True)
class Driver:
    """A process that asks for one load after the other, since importing Locust takes a while."""

    _folder: Path
    _ends: ExitStack
    _process: Process | None = None
    _numbers: Iterator[int] = field(default_factory=count)

    def take(self, job: dict[str, Any]) -> Process:
        """Have the process do a job when it has done those before, and return it."""
        if self._process is None:
            program = _program("generator", self._folder, self._folder)
            self._process = self._ends.enter_context(running(program))
        _write(self._folder / f"{next(self._numbers)}.json", job)
        return self._process


@contextmanager
def driver() -> Iterator[Driver]:
    """Yield a process that asks; it begins with its first load, and ends with the block."""
    with _folder() as folder, ExitStack() as ends:
        yield Driver(folder, ends)


def run_load(
    plan: LoadPlan, listener: Listener | None = None, by: Driver | None = None
) -> LoadResult:
    """Do what the plan says, and return what it came to.

    It takes the run's time, what is still on its way then, and about a second to begin where it is
    not asked `by` a process that runs already, which can be where that is to ask alone in a closed
    loop.
    UsageError where the plan cannot be done, ServerError where nobody listens at a target or the
    processes that ask fail. What the figures are worth is for `figures.limits` to say.
    """
    check(plan)
    check_listening(target.url for target in plan.targets)
    listener = listener or Silent()
    with _folder() as folder, ExitStack() as processes:
        run = _Run(plan=plan, folder=folder, listener=listener, by=by)
        try:
            run.go(processes)
        except BaseException:
            run.read()
            if run.ledger.told:
                listener.stopped(run.result("ended by hand or by an error before its time"))
            raise
        return run.result(None)


def run_worker(worker: Worker, on_event: Callable[[str], None] = lambda _: None) -> None:
    """Ask what a master says until its load is over; ServerError where there is none.

    `on_event` is told "connected", "began" and "ended".
    """
    with _folder() as folder:
        frames = folder / "worker.jsonl"
        job = {
            "role": "worker",
            "frames": str(frames),
            "master": [worker.master_host, worker.master_port],
            "may_leave_loopback": worker.may_leave_loopback,
            "locustfile": None if worker.locustfile is None else str(worker.locustfile.absolute()),
            "host": None,
        }
        path = folder / "worker.json"
        _write(path, job)
        with running(_program("worker", path, folder)) as process:
            reader = _Frames(frames)
            started = monotonic()
            is_connected = False
            while True:
                is_alive = process.is_alive()
                for frame in reader.new():
                    _raise_error(frame, process)
                    is_connected = is_connected or frame["event"] != "connected"
                    if frame["event"] != "over":  # it has told that it ended
                        on_event(frame["event"])
                if not is_alive:
                    break
                if not is_connected and monotonic() - started > worker.waits_s:
                    raise ServerError(
                        f"Cannot work for the master {worker.master_host}:{worker.master_port}: no "
                        f"load began within {worker.waits_s:.0f} s. Start it, with as many workers "
                        "as it expects, and see that its port can be reached."
                    )
                sleep(LOOK_EVERY_S)


def check(plan: LoadPlan) -> None:
    """UsageError where a plan contradicts itself, PortError where its master cannot listen."""
    for target in plan.targets:
        parts_of(target.url)
    if plan.locustfile is None and not plan.targets:
        raise UsageError("Cannot load nothing: there is no URL. Name one, or several.")
    if plan.users < plan.generators:
        raise UsageError(
            f"Cannot share {plan.users} users among {plan.generators} workers: each needs one. "
            "Ask for more users or fewer workers."
        )
    if plan.ramp_s >= plan.run_time_s:
        raise UsageError(
            f"Cannot start {plan.users:,} users at {plan.spawn_rate:g} per second within "
            f"{plan.run_time_s:g} s: that takes {plan.ramp_s:g} s. "
            "Run longer, or start them faster."
        )
    if plan.rate is not None and plan.locustfile is not None:
        raise UsageError(
            "Cannot keep a rate with a Locust file: its own users decide when they ask. "
            "Leave out one of the two."
        )
    if isinstance(plan.role, Master):
        _check_port(plan.role)


def _check_port(master: Master) -> None:
    """PortError where somebody else listens: Locust would end without a word."""
    host = "0.0.0.0" if master.host == "*" else master.host  # noqa: S104 Locust's * is all of them
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, master.port))
        except OSError as error:
            raise PortError(
                f"Cannot listen for workers on {master.host}:{master.port}: {error.strerror}. "
                "Choose another port with --master-port, here and for the workers."
            ) from error


@dataclass(slots=True)
class _Frames:
    """The lines that a process appends to its file."""

    path: Path
    _read: int = 0

    def new(self) -> Iterator[dict[str, Any]]:
        """Yield what was told since the last time."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    return  # the rest of it is still to come
                self._read += len(line)
                yield json.loads(line)


@dataclass(slots=True)
class _Run:
    plan: LoadPlan
    folder: Path
    listener: Listener
    by: Driver | None
    ledger: Ledger = field(init=False)
    frames: _Frames = field(init=False)
    started_at: float = 0.0
    began: float | None = None
    workers: int = 0
    port: int | None = None
    is_over: bool = False

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.plan)
        self.frames = _Frames(self.folder / "frames.jsonl")

    def go(self, processes: ExitStack) -> None:
        """Start what is needed, and return when it has ended and all is read."""
        first = self._first(processes)
        others: list[Process] = []
        started = monotonic()
        while True:
            is_alive = first.is_alive()
            for frame in self.read():
                _raise_error(frame, first)
                if frame.get("event") == "listening":
                    self.port = frame["port"]
                    others += [processes.enter_context(running(each)) for each in self._workers()]
            if self.is_over or not is_alive:
                break
            self._check_time(started, first)
            self._check_workers(others)
            sleep(LOOK_EVERY_S)
        if not self.ledger.is_complete:
            raise ServerError(
                "Cannot load: the process that drives Locust ended early. "
                + (
                    f"The last lines of its log say why:\n{tail}"
                    if (tail := first.log_tail())
                    else "It wrote nothing, so it was killed; see whether the machine has memory "
                    "enough."
                )
            )

    def read(self) -> list[dict[str, Any]]:
        """Take what is new, tell the listener, and return it."""
        new = list(self.frames.new())
        for frame in new:
            if "worker" in frame:
                self.ledger.take(frame)
                self.listener.goes_on(self.ledger)
            elif frame["event"] == "began":
                self.began, self.started_at = monotonic(), time()
            elif frame["event"] == "lost":
                self.ledger.lost = tuple(frame["workers"])
            elif frame["event"] == "over":
                self.is_over = True
            elif frame["event"] in {"listening", "connected"}:
                self.workers = frame.get("workers", 0)
                self.port = frame.get("port", self.port)
                self.listener.waits(self.workers, self.port or 0)
        return new

    def result(self, stopped: str | None) -> LoadResult:
        """Return what was told until now."""
        return self.ledger.result(self.started_at, stopped)

    def _first(self, processes: ExitStack) -> Process:
        """Return the process that tells: the one that asks, or the master of those that do."""
        job = self._job()
        if self.by is not None:
            return self.by.take(job)
        path = self.folder / "generator.json"
        _write(path, job)
        program = _program("generator", path, self.folder, self._timers())
        return processes.enter_context(running(program))

    def _job(self) -> dict[str, Any]:
        plan = self.plan
        job: dict[str, Any] = {
            "role": "alone",
            "order": plan.order(),
            "locustfile": None if plan.locustfile is None else str(plan.locustfile.absolute()),
            "host": plan.host,
            "may_leave_loopback": plan.may_leave_loopback,
            "frames": str(self.frames.path),
        }
        if isinstance(plan.role, Master):
            job |= {"role": "master", "bound": [plan.role.host, plan.role.port]}
        elif plan.role.workers:
            job |= {"role": "master", "bound": [LOOPBACK, 0]}
        return job

    def _workers(self) -> Iterator[Program]:
        for number in range(self.plan.role.workers):
            job = {
                "role": "worker",
                "master": [LOOPBACK, self.port],
                # Whoever made the plan has named its hosts.
                "may_leave_loopback": True,
                "locustfile": None
                if self.plan.locustfile is None
                else str(self.plan.locustfile.absolute()),
                "host": self.plan.host,
                "frames": str(self.folder / f"worker-{number}.jsonl"),
            }
            path = self.folder / f"worker-{number}.json"
            _write(path, job)
            yield _program(path.stem, path, self.folder, self._timers())

    def _timers(self) -> dict[str, str]:
        """Return the environment of a process that has to wake up when an arrival is due.

        epoll, which gevent waits with, counts in whole milliseconds; select does not, but looks
        at every connection each time.
        """
        is_sharp = self.plan.rate is not None and self.plan.users <= SHARP_TIMERS_UP_TO_USERS
        return {"GEVENT_BACKEND": "select"} if is_sharp else {}

    def _check_time(self, started: float, process: Process) -> None:
        now = monotonic()
        if self.began is not None:
            longest_s = self.plan.run_time_s + self.plan.drains_s + ENDS_WITHIN_S
            if now - self.began > longest_s:
                raise ServerError(
                    f"Cannot end the load: Locust still runs {now - self.began:.0f} s after it "
                    f"began. The last lines of its log:\n{process.log_tail()}"
                )
        elif now - started > self._may_wait_s:
            raise ServerError(
                f"Cannot begin the load: {self.workers} of {self.plan.generators} workers came "
                f"within {self._may_wait_s:.0f} s. Start them with --worker --master-host, and see "
                "that they reach this machine."
            )

    @property
    def _may_wait_s(self) -> float:
        role = self.plan.role
        return role.waits_s if isinstance(role, Master) else STARTS_WITHIN_S

    def _check_workers(self, workers: list[Process]) -> None:
        """ServerError where a worker of this machine ends before the load has begun."""
        if self.began is None:
            for worker in workers:
                if not worker.is_alive():
                    raise ServerError(
                        "Cannot load: a worker ended early. "
                        f"The last lines of its log say why:\n{worker.log_tail()}"
                    )


def _write(path: Path, job: dict[str, Any]) -> None:
    """Write a job for a process that may look for it already."""
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(job), encoding="utf-8")
    draft.rename(path)


def _program(
    name: str, jobs: Path, folder: Path, variables: dict[str, str] | None = None
) -> Program:
    """Return the process that does what a file says, or what comes into a folder."""
    return Program(
        name="the load generator",
        argv=(sys.executable, "-P", "-m", "rowpath.lab.load.locust", str(jobs)),
        env=of_children() | (variables or {}),
        log=folder / f"{name}.log",
        stop_timeout_s=2.0,
    )


def _raise_error(frame: dict[str, Any], process: Process) -> None:
    if frame.get("event") != "error":
        return
    if frame["is_told"]:
        raise UsageError(frame["reason"])
    raise ServerError(
        f"Cannot load: {frame['reason']}. Correct that, and see the end of Locust's log:\n"
        f"{process.log_tail(5)}"
    )


@contextmanager
def _folder() -> Iterator[Path]:
    """Yield a folder for orders, rows and logs, which is gone afterwards."""
    try:
        folder = Path(mkdtemp(prefix="rowpath-load-"))
    except OSError as error:
        raise OutputError(
            f"Cannot make a temporary folder: {error.strerror or error}. "
            "Name one that can be written with TMPDIR."
        ) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
