"""The tracing pass: one request a cell on a server with the instruments on, verified."""

import gzip
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4

from psutil import virtual_memory

from rowpath.capture import trace
from rowpath.capture.trace import Trace
from rowpath.errors import ServerError
from rowpath.lab.answers.check import (
    check_answer,
    check_failure,
    check_fast_path,
    check_statements,
)
from rowpath.lab.answers.reference import Reference
from rowpath.lab.answers.verify import Difference, differences
from rowpath.lab.apps.tracing import REQUEST_HEADER
from rowpath.lab.database.processes import server_pids
from rowpath.lab.experiment import Answer, Variant
from rowpath.lab.measuring.asking import accompanied, ask, ask_anyhow, failure, time_s
from rowpath.lab.measuring.client import Response, connected
from rowpath.lab.measuring.cpu_clock import cpu_s
from rowpath.lab.measuring.cpu_timeline import cpu_watched
from rowpath.lab.measuring.memory_limit import Watch, memory_limited
from rowpath.lab.measuring.warming import hits_of_workers
from rowpath.lab.plan import Cell
from rowpath.lab.results import CpuLine, Observation
from rowpath.lab.servers.fleet import Fleet
from rowpath.lab.servers.server import Answering

GZIP_LEVEL = 6
"""zlib's own default, and that of Django's GZipMiddleware before its random padding."""
TRACE_ARRIVES_WITHIN_S = 5.0
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class _Checked:
    """What makes two answers the same answer to the same question."""

    answer: Answer
    is_ordered: bool
    rows: int
    digest: bytes


class Observer:
    """Observes cells on traced servers, holding each answer against the tables.

    Set-ups often answer the same bytes: what was checked and compressed once is not done again.
    """

    def __init__(self, reference: Reference, trace_folder: Path) -> None:
        self._reference = reference
        self._trace_folder = trace_folder
        self._gzip_bytes: dict[_Checked, int] = {}

    def observe(self, cell: Cell, baseline: Variant, fleet: Fleet) -> Observation:
        """Return what one request did, `baseline` being what the cell is compared with.

        AnswerError, ServerError where it did not as declared.
        """
        server = fleet.server_for(cell)
        if cell.variant.fails is not None:
            return self._failed(cell, server)
        cache_workers = hits_of_workers(cell, server)
        pids = server.worker_pids()
        request = uuid4().hex
        cpu_before_s = cpu_s(pids)
        started = monotonic()
        with (
            connected(server.url) as client,
            accompanied(cell, fleet.server_beside(cell)) as company,
            _limited(cell, pids) as watch,
        ):
            try:
                headers = {REQUEST_HEADER: request, **company.headers}
                response = ask(client, cell, server, headers)
            except ServerError:
                if watch.ended_at_bytes is None:
                    raise
                return _ended(watch, monotonic() - started)
        if watch.ended_at_bytes is not None:  # between two requests: its successor answered
            return _ended(watch, monotonic() - started)
        if server.worker_pids() != pids:
            raise failure(cell, server, "a worker ended in the middle")
        used_s = cpu_s(pids) - cpu_before_s
        seen = self._arrived(request, cell)
        check_statements(cell, len(seen.statements))
        check_fast_path(cell, response.fast_path)
        return Observation(
            duration_s=time_s(cell, server, response),
            cpu_s=used_s if response.own_cpu_s is None else response.own_cpu_s,
            size_bytes=len(response.body),
            gzip_bytes=self._verified(cell, response.body),
            trace=seen,
            differences=self._differences(cell, baseline.answer),
            cpu_lines=self._cpu_lines(cell, fleet) if cell.variant.charts_cpu else (),
            beside_bytes=self._verified_beside(cell, company.response),
            cache_workers=cache_workers,
        )

    def _failed(self, cell: Cell, server: Answering) -> Observation:
        """Return how a cell failed that is expected to; AnswerError where it did not so."""
        request = uuid4().hex
        with connected(server.url) as client:
            response = ask_anyhow(client, cell, server, {REQUEST_HEADER: request})
        seen = self._arrived(request, cell)
        check_failure(cell, response.status, seen.error)
        check_statements(cell, len(seen.statements))
        reason = cell.variant.fails.reason if cell.variant.fails else ""
        return Observation(
            duration_s=response.duration_s,
            cpu_s=None,
            size_bytes=0,
            gzip_bytes=0,
            trace=seen,
            outcome=f"It fails, as it is known to, with {seen.error} {reason}",
        )

    def _verified(self, cell: Cell, body: bytes) -> int:
        """Return the compressed size of the body, once it is known to hold what it must."""
        digest = sha256(body).digest()
        key = _Checked(cell.variant.answer, cell.is_ordered, cell.rows, digest)
        if key not in self._gzip_bytes:
            check_answer(cell, body, self._reference)
            self._gzip_bytes[key] = len(gzip.compress(body, compresslevel=GZIP_LEVEL))
        return self._gzip_bytes[key]

    def _verified_beside(self, cell: Cell, response: Response | None) -> int:
        """Return the size of what the companion answered, once it is known to hold what it must."""
        if cell.beside is None or response is None:
            return 0
        self._verified(cell.beside, response.body)
        return len(response.body)

    def _differences(self, cell: Cell, baseline: Answer) -> tuple[Difference, ...]:
        """Return where a verified answer differs from the baseline's, as both are declared to."""
        answer = cell.variant.answer
        if answer.expected == baseline.expected:
            return ()
        own = self._reference.expected(answer.expected, cell.rows)
        other = self._reference.expected(baseline.expected, cell.rows)
        return differences(other, own)

    def _cpu_lines(self, cell: Cell, fleet: Fleet) -> tuple[CpuLine, ...]:
        """Return the CPU of the cell, of what runs beside it, and of the database, over time.

        The request does not name itself, so that nothing of it is traced.
        """
        server, beside = fleet.server_for(cell), fleet.server_beside(cell)
        processes = {cell.variant.name: server.worker_pids}
        if beside is not None and cell.variant.beside is not None:
            processes[cell.variant.beside] = beside.worker_pids
        if (database := self._reference.server()) is not None:
            processes["PostgreSQL"] = partial(server_pids, database)
        with (
            connected(server.url) as client,
            cpu_watched(processes) as timeline,
            accompanied(cell, beside) as company,
        ):
            ask(client, cell, server, company.headers)
        return timeline.lines()

    def _arrived(self, request: str, cell: Cell) -> Trace:
        """Return the trace that a server wrote, which may be a moment behind its answer."""
        path = self._trace_folder / f"{request}.json"
        deadline = monotonic() + TRACE_ARRIVES_WITHIN_S
        while not path.exists():
            if monotonic() > deadline:
                raise ServerError(
                    f"Cannot trace {cell}: the server wrote no trace within "
                    f"{TRACE_ARRIVES_WITHIN_S:.0f} s. This is a defect of rowpath: please report "
                    "it."
                )
            sleep(0.005)
        seen = trace.from_json(path.read_bytes())
        path.unlink()
        return seen


def _limited(cell: Cell, pids: Sequence[int]) -> AbstractContextManager[Watch]:
    """Watch over the memory of a cell that has a limit, which is never the machine's own."""
    limit_mib = cell.variant.memory_limit_mib
    if limit_mib is None:
        return nullcontext(Watch(limit_bytes=0))
    return memory_limited(pids, min(limit_mib * MIB, virtual_memory().available // 2))


def _ended(watch: Watch, duration_s: float) -> Observation:
    return Observation(
        duration_s=duration_s,
        cpu_s=None,
        size_bytes=0,
        gzip_bytes=0,
        trace=Trace(statements=(), peak_bytes=watch.ended_at_bytes or 0, resident_bytes=0),
        outcome=(
            f"The worker was ended at its limit of {watch.limit_bytes // MIB:,} MiB "
            f"after {duration_s:.1f} s, without an answer."
        ),
    )
