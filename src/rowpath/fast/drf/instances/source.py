"""Where the rows of an answer come from that are written from their instances."""

from rest_framework.renderers import BaseRenderer

from rowpath.fast.drf.admission.askers import Asked
from rowpath.fast.drf.answering.lazy import LazyList
from rowpath.fast.drf.answering.responses import Outcome
from rowpath.fast.drf.instances.written import Written
from rowpath.fast.fallback import CannotCompileError, FallBack
from rowpath.fast.plan import JsonStyle


class InstancesSource:
    """The rows that are `written`; whoever asks for their data is counted by `asked`."""

    def __init__(self, asked: Asked, written: Written) -> None:
        self._asked = asked
        self.written = written
        """The rows."""

    @property
    def style(self) -> JsonStyle:
        """How they are written."""
        return self.written.style

    def json(self, renderer: BaseRenderer) -> bytes:
        """Return the rows as `renderer` does. Raises CannotCompileError and TheirsError."""
        try:
            return self.written.json(renderer)
        except CannotCompileError as error:
            reason = error.fall_back.reason
            self._asked.again(f"the rows of its last answers were rendered by DRF ({reason})")
            raise

    def restore(self, rows: LazyList, _read: memoryview) -> None:
        """Make `rows` the data that DRF would have made."""
        rows.fill(self.written.data())

    def asked(self, asker: str) -> None:
        """Hear who asked for the data."""
        self._asked.again(f"the data of its last answers was asked for by {asker}")

    def passed(self) -> None:
        """Hear that the answer was sent and nobody asked."""
        self._asked.back_off.succeeded()

    def rendered_by_drf(self, reason: FallBack) -> Outcome:
        """Return the outcome of an answer that DRF renders for `reason`."""
        return Outcome(reason=reason, made="data")

    def ties(self, _ours: bytes, _other: bytes) -> bool:
        """Whether others that tie were read: they are by the statement of Django's."""
        return False
