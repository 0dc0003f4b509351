"""What goes on around a slot: who else uses the processors, what the database does of itself."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
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
    SLOT,
    Quantity,
)
from rowpath.lab.measuring.machine import Look, between, look, span_s

_CHECKPOINTER_SINCE = 170_000
_DONE_SINCE = 180_000
_AT_WORK = """
    SELECT
        (SELECT {checkpoints}),
        (SELECT coalesce(sum(autovacuum_count + autoanalyze_count), 0) FROM pg_stat_user_tables),
        (SELECT count(*) FROM pg_stat_activity
            WHERE backend_type = 'autovacuum worker' AND datname = current_database())
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAround:
    """Everything that is counted, at one moment; CPU in seconds, None where it is not told."""

    machine: Look
    asking_s: float
    own_s: float
    database_s: float | None
    checkpoints: int
    autovacuums: int
    autovacuum_workers: int


class Surroundings:
    """Looks at the machine and the database before a slot and after it."""

    def __init__(self, connection: Connection | None) -> None:
        self._connection = connection
        self._query = ""
        self._database = None
        if connection is not None:
            self._query = _AT_WORK.format(checkpoints=_checkpoints(connection.info.server_version))
            self._database = first_process(connection)
        self._own = psutil.Process()

    @contextmanager
    def watched(self) -> Iterator[dict[Quantity, float]]:
        """Yield what is filled, at the end of the block, with what went on meanwhile.

        A quantity that this system does not tell is not in it: steal and pressure are Linux's.
        Where the database's processes are not to be seen, be they in a container or on another
        machine, nobody knows which of the work here is its own, so nothing is told of others'.
        Without a database that is told, with what the user's own applications ask among it.
        """
        found: dict[Quantity, float] = {}
        before = self._look()
        yield found
        found |= went_on(before, self._look())
        if self._connection is None:
            del found[CHECKPOINTS], found[AUTOVACUUMS]
        elif self._database is None:
            del found[OTHER_CPU]

    def _look(self) -> LookAround:
        checkpoints, autovacuums, workers = self._at_work()
        tree = {each.pid: each for each in (self._own, *_tree(self._own))}
        asking = [each for each in tree.values() if each == self._own or _asks(each)]
        database = {each.pid: each for each in self._of_database()}
        return LookAround(
            machine=look(),
            asking_s=_all_s(asking),
            # An embedded server is a descendant of ours, too: none is counted twice.
            own_s=_all_s((tree | database).values()),
            database_s=None if self._database is None else _all_s(database.values()),
            checkpoints=checkpoints,
            autovacuums=autovacuums,
            autovacuum_workers=workers,
        )

    def _at_work(self) -> tuple[int, int, int]:
        if self._connection is None:
            return 0, 0, 0
        row = self._connection.execute(self._query.encode()).fetchone()
        if row is None:  # an aggregate without GROUP BY has a row
            msg = "the database told nothing of itself"
            raise LookupError(msg)
        checkpoints, autovacuums, workers = row
        return int(checkpoints), int(autovacuums), int(workers)

    def _of_database(self) -> Iterator[psutil.Process]:
        for pid in () if self._database is None else server_pids(self._database):
            with suppress(psutil.NoSuchProcess):
                yield psutil.Process(pid)


@contextmanager
def surroundings(dsn: str) -> Iterator[Surroundings]:
    """Yield what looks at this machine and at a database, over a connection of its own.

    An empty `dsn` is for no database.
    """
    if not dsn:
        yield Surroundings(None)
        return
    with connect(dsn) as connection:
        yield Surroundings(connection)


def went_on(before: LookAround, after: LookAround) -> Mapping[Quantity, float]:
    """Return what went on between two moments."""
    lasted_s = span_s(before.machine, after.machine)
    found: dict[Quantity, float] = {}
    if before.database_s is not None and after.database_s is not None:
        found[DATABASE_CPU] = (after.database_s - before.database_s) / lasted_s
    found |= between(before.machine, after.machine, own_s=after.own_s - before.own_s)
    found[ASKING_CPU] = (after.asking_s - before.asking_s) / lasted_s
    found[SLOT] = lasted_s
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


def _asks(process: psutil.Process) -> bool:
    try:
        return "rowpath.lab.load.locust" in process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _checkpoints(version: int) -> str:
    """Return what counts the checkpoints that began or ended, in a PostgreSQL of this version."""
    if version < _CHECKPOINTER_SINCE:
        return "checkpoints_timed + checkpoints_req FROM pg_stat_bgwriter"
    done = " + num_done" if version >= _DONE_SINCE else ""
    return f"num_timed + num_requested{done} FROM pg_stat_checkpointer"
