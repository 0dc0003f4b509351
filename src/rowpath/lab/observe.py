"""The tracing pass: one request a cell on a server with the instruments on, verified."""

import gzip
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4

from psutil import virtual_memory

from rowpath.capture import trace
from rowpath.capture.trace import Trace
from rowpath.errors import ServerError
from rowpath.lab.apps.tracing import REQUEST_HEADER
from rowpath.lab.asking import ask, failure
from rowpath.lab.check import check_answer, check_statements
from rowpath.lab.client import connected
from rowpath.lab.cpu_clock import cpu_s
from rowpath.lab.experiment import Answer
from rowpath.lab.memory_limit import Watch, memory_limited
from rowpath.lab.plan import Cell
from rowpath.lab.reference import Reference
from rowpath.lab.results import Observation
from rowpath.lab.server import Server

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
    """Observes cells on traced servers, holding each answer against the table.

    Set-ups often answer the same bytes: what was checked and compressed once is not done again.
    """

    def __init__(self, reference: Reference, trace_folder: Path) -> None:
        self._reference = reference
        self._trace_folder = trace_folder
        self._gzip_bytes: dict[_Checked, int] = {}

    def observe(self, cell: Cell, server: Server) -> Observation:
        """Return what one request did. AnswerError, ServerError where it did not as declared."""
        pids = server.worker_pids()
        request = uuid4().hex
        cpu_before_s = cpu_s(pids)
        started = monotonic()
        with connected(server.url) as client, _limited(cell, pids) as watch:
            try:
                response = ask(client, cell, server, {REQUEST_HEADER: request})
            except ServerError:
                if watch.ended_at_bytes is None:
                    raise
                return _ended(watch, monotonic() - started)
        if watch.ended_at_bytes is not None:  # between two requests: its successor answered
            return _ended(watch, monotonic() - started)
        if server.worker_pids() != pids:
            raise failure(cell, server, "a worker ended in the middle")
        used_s = cpu_s(pids) - cpu_before_s
        seen = _arrived(self._trace_folder / f"{request}.json", cell)
        check_statements(cell, len(seen.statements))
        return Observation(
            duration_s=response.duration_s,
            cpu_s=used_s,
            size_bytes=len(response.body),
            gzip_bytes=self._verified(cell, response.body),
            trace=seen,
        )

    def _verified(self, cell: Cell, body: bytes) -> int:
        """Return the compressed size of the body, once it is known to hold what it must."""
        digest = sha256(body).digest()
        key = _Checked(cell.variant.answer, cell.is_ordered, cell.rows, digest)
        if key not in self._gzip_bytes:
            check_answer(cell, body, self._reference)
            self._gzip_bytes[key] = len(gzip.compress(body, compresslevel=GZIP_LEVEL))
        return self._gzip_bytes[key]


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
        trace=Trace(statements=(), peak_bytes=watch.ended_at_bytes or 0),
        outcome=(
            f"The worker was ended at its limit of {watch.limit_bytes // MIB:,} MiB "
            f"after {duration_s:.1f} s, without an answer."
        ),
    )


def _arrived(path: Path, cell: Cell) -> Trace:
    """Return the trace that a server wrote, which may be a moment behind its answer."""
    deadline = monotonic() + TRACE_ARRIVES_WITHIN_S
    while not path.exists():
        if monotonic() > deadline:
            raise ServerError(
                f"Cannot trace {cell}: the server wrote no trace within "
                f"{TRACE_ARRIVES_WITHIN_S:.0f} s. This is a defect of rowpath: please report it."
            )
        sleep(0.005)
    seen = trace.from_json(path.read_bytes())
    path.unlink()
    return seen
