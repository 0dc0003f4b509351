"""The check before the timed pass, of applications that the lab does not host."""

import gzip

from rowpath.capture.trace import Trace
from rowpath.errors import AnswerError
from rowpath.lab.answers.same import difference
from rowpath.lab.experiment import SameAnswer, Variant
from rowpath.lab.measuring.asking import ask
from rowpath.lab.measuring.client import connected
from rowpath.lab.plan import Cell
from rowpath.lab.results import Observation
from rowpath.lab.servers.fleet import Fleet


class OwnObserver:
    """Asks each cell once and holds its answer against the baseline's, or against a given one.

    There are no instruments in such an application, so nothing is known of its statements.
    """

    def __init__(self) -> None:
        self._answers: dict[tuple[Variant, int], bytes] = {}

    def observe(self, cell: Cell, baseline: Variant, fleet: Fleet) -> Observation:
        """Return what one request took; a baseline has to be observed before what it is of.

        AnswerError where the answer is another, ServerError where there is none.
        """
        server = fleet.server_for(cell)
        with connected(server.url) as client:
            response = ask(client, cell, server)
        if cell.variant == baseline:
            self._answers[baseline, cell.rows] = response.body
        _check(cell, response.body, self._answers[baseline, cell.rows])
        return Observation(
            duration_s=response.duration_s,
            cpu_s=None,
            size_bytes=len(response.body),
            gzip_bytes=len(gzip.compress(response.body)),
            trace=Trace(statements=(), peak_bytes=0, resident_bytes=0),
        )


def _check(cell: Cell, body: bytes, of_baseline: bytes) -> None:
    expects = cell.variant.expects
    if not isinstance(expects, SameAnswer):
        msg = f"{cell} is no application of the user's own"
        raise TypeError(msg)
    right = of_baseline if expects.body is None else expects.body.encode()
    found = difference(right, body, expects.ignored)
    if found is not None:
        whose = "the baseline" if expects.body is None else "the declared answer"
        raise AnswerError(
            f"Cannot time {cell}: at {found.path} {whose} has {found.first}, and it answers "
            f"{found.second}. Mend it, or declare what may differ with SameAnswer(ignored=...)."
        )
