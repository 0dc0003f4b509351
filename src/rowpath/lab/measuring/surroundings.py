"""What goes on around a slot: who else uses the processors, what the database does of itself."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
from psycopg import Connection

from rowpath.lab.database import connect
from rowpath.lab.database.processes import first_process, server_pids
from rowpath.lab.measures import (
    ASKING_CPU,
    AUTOVACUUMS,
    CHECKPOINTS,
    DATABASE_CPU,
    OTHER_CPU,
    Quantity,
)
from rowpath.lab.measuring.machine import Look, between, look, span_s

_CHECKPOINTER_SINCE = 170_000
_DONE_SINCE = 180_000
_AT_WORK = """
    SELECT
        (SELECT {checkpoints}),
        (SELECT coalesce(sum(autovacuum_count + autoanalyze_count), 0) FROM pg_stat_user_tables),
        (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker')
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _LookAround:
    """Everything that is counted, at one moment; CPU in seconds, None where it is not told."""

    machine: Look
    asking_s: float
    run_s: float
    database_s: float | None
    checkpoints: int
    autovacuums: int
    autovacuum_workers: int


class Surroundings:
    """Looks at the machine and the database before a slot and after it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._query = _AT_WORK.format(checkpoints=_checkpoints(connection.info.server_version))
        self._database = first_process(connection)
        self._is_here = connection.info.host.startswith("/") or _is_loopback(connection)
        self._own = psutil.Process()

    @contextmanager
    def watched(self) -> Iterator[dict[Quantity, float]]:
        """Yield what is filled, at the end of the block, with what went on meanwhile.

        A quantity that this system does not tell is not in it: steal and pressure are Linux's, and
        of a database in a container on this machine nobody knows which processes are its own.
        """
        found: dict[Quantity, float] = {}
        before = self._look()
        yield found
        found |= _between(before, self._look())
        if self._is_here and self._database is None:
            del found[OTHER_CPU]

    def _look(self) -> _LookAround:
        checkpoints, autovacuums, workers = self._at_work()
        machine = look()
        asking_s, run_s = self._used_s()
        return _LookAround(
            machine=machine,
            asking_s=asking_s,
            run_s=run_s,
            database_s=self._database_s(),
            checkpoints=checkpoints,
            autovacuums=autovacuums,
            autovacuum_workers=workers,
        )

    def _at_work(self) -> tuple[int, int, int]:
        row = self._connection.execute(self._query.encode()).fetchone()
        if row is None:  # an aggregate without GROUP BY has a row
            msg = "the database told nothing of itself"
            raise LookupError(msg)
        checkpoints, autovacuums, workers = row
        return int(checkpoints), int(autovacuums), int(workers)

    def _used_s(self) -> tuple[float, float]:
        """Return what the processes that ask have used, and all that the run has started."""
        own = _all_s([self._own])
        others = _tree(self._own)
        asking = [each for each in others if _asks(each)]
        return own + _all_s(asking), own + _all_s(others)

    def _database_s(self) -> float | None:
        if self._database is None:
            return None
        return _all_s(map(psutil.Process, _still_there(server_pids(self._database))))


@contextmanager
def surroundings(dsn: str) -> Iterator[Surroundings]:
    """Yield what looks at this machine and at a database, over a connection of its own."""
    with connect(dsn) as connection:
        yield Surroundings(connection)


def _between(before: _LookAround, after: _LookAround) -> Mapping[Quantity, float]:
    lasted_s = span_s(before.machine, after.machine)
    found: dict[Quantity, float] = {}
    database_s = 0.0
    if before.database_s is not None and after.database_s is not None:
        database_s = after.database_s - before.database_s
        found[DATABASE_CPU] = database_s / lasted_s
    run_s = after.run_s - before.run_s
    found |= between(before.machine, after.machine, own_s=run_s + database_s)
    found[ASKING_CPU] = (after.asking_s - before.asking_s) / lasted_s
    found[CHECKPOINTS] = after.checkpoints - before.checkpoints
    at_work = max(before.autovacuum_workers, after.autovacuum_workers)
    found[AUTOVACUUMS] = max(after.autovacuums - before.autovacuums, at_work)
    return found


def _tree(first: psutil.Process) -> list[psutil.Process]:
    try:
        return first.children(recursive=True)
    except psutil.NoSuchProcess:  # one ended while its children were looked for
        return []


def _all_s(processes: Iterable[psutil.Process]) -> float:
    """Return the CPU of processes and of those that they have started and seen end."""
    return sum(map(_one_s, processes))


def _one_s(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except (psutil.NoSuchProcess, psutil.AccessDenied):  # what it used its parent tells
        return 0.0
    children = (getattr(times, "children_user", 0.0), getattr(times, "children_system", 0.0))
    return float(times.user + times.system + sum(children))


def _still_there(pids: Iterable[int]) -> Iterator[int]:
    return (pid for pid in pids if psutil.pid_exists(pid))


def _asks(process: psutil.Process) -> bool:
    try:
        return "rowpath.lab.load.locust" in process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _is_loopback(connection: Connection) -> bool:
    return connection.info.hostaddr in {"127.0.0.1", "::1"}


def _checkpoints(version: int) -> str:
    """Return what counts the checkpoints that began or ended, in a PostgreSQL of this version."""
    if version < _CHECKPOINTER_SINCE:
        return "checkpoints_timed + checkpoints_req FROM pg_stat_bgwriter"
    done = " + num_done" if version >= _DONE_SINCE else ""
    return f"num_timed + num_requested{done} FROM pg_stat_checkpointer"
