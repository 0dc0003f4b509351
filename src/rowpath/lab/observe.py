"""The tracing pass: one request a cell on a server with the instruments on, verified."""

import gzip
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4

from rowpath.capture import trace
from rowpath.capture.trace import Trace
from rowpath.errors import ServerError
from rowpath.lab.check import check_answer, check_statements
from rowpath.lab.client import Response, connected
from rowpath.lab.cpu_clock import cpu_s
from rowpath.lab.memory_limit import Watch, memory_limited
from rowpath.lab.plan import Cell
from rowpath.lab.reference import Reference
from rowpath.lab.results import Observation
from rowpath.lab.server import Server

GZIP_LEVEL = 6
"""zlib's own default, and that of Django's GZipMiddleware before its random padding."""
TRACE_ARRIVES_WITHIN_S = 5.0
OK = 200
MIB = 1 << 20


def size_params(cell: Cell) -> Mapping[str, int]:
    """Return the query parameters that ask for a cell's size."""
    return {} if cell.whole else {"rows": cell.rows}


def checked(response: Response, cell: Cell, server: Server) -> Response:
    """Return the response where its status is 200; ServerError with the server's last lines."""
    if response.status != OK:
        raise ServerError(
            f"Cannot measure {cell}: the server answered {response.status}. "
            f"Its log ends with:\n{server.log_tail()}"
        )
    return response


@dataclass(frozen=True, slots=True, kw_only=True)
class Observer:
    """Observes cells on traced servers, holding each answer against the table.

    Set-ups often answer the same bytes: what was checked and compressed once is not done again.
    """

    reference: Reference
    trace_folder: Path
    _known: dict[tuple[str, tuple[str, ...], int, bytes], int] = field(default_factory=dict)

    def observe(self, cell: Cell, server: Server) -> Observation:
        """Return what one request did. AnswerError, ServerError where it did not as declared."""
        limit_mib = cell.variant.memory_limit_mib
        pids = server.worker_pids()
        request = uuid4().hex
        cpu_before_s = cpu_s(pids)
        started = monotonic()
        limited = memory_limited(pids, limit_mib * MIB) if limit_mib else nullcontext(Watch())
        with connected(server.url) as client, limited as watch:
            try:
                response = client.get(
                    cell.variant.path, size_params(cell), {"X-Rowpath-Request": request}
                )
            except ServerError:
                if watch.ended_at_bytes is None:
                    raise
                return _ended(cell, watch.ended_at_bytes, monotonic() - started)
        used_s = cpu_s(pids) - cpu_before_s
        checked(response, cell, server)
        seen = _arrived(self.trace_folder / f"{request}.json", cell)
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
        ordered = str(cell.setup in cell.variant.answer.ordered_in)
        key = (ordered, cell.variant.answer.columns, cell.rows, sha256(body).digest())
        if key not in self._known:
            check_answer(cell, body, self.reference)
            self._known[key] = len(gzip.compress(body, compresslevel=GZIP_LEVEL))
        return self._known[key]


def _ended(cell: Cell, resident: int, duration_s: float) -> Observation:
    return Observation(
        duration_s=duration_s,
        cpu_s=None,
        size_bytes=0,
        gzip_bytes=0,
        trace=Trace(statements=(), peak_bytes=resident),
        outcome=(
            f"The worker was ended at its limit of {cell.variant.memory_limit_mib:,} MiB "
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
