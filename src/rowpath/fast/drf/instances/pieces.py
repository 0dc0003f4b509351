"""The rows of a very long list as bytes that leave while its instances are made."""

from contextvars import copy_context
from typing import Any

from rest_framework.renderers import BaseRenderer

from rowpath.fast.django.chunks import Chunks
from rowpath.fast.drf.compiling.batch import batched_for
from rowpath.fast.drf.data.keeping import any_reads_instance
from rowpath.fast.drf.data.represent import is_ours
from rowpath.fast.drf.in_pieces import InPieces
from rowpath.fast.drf.instances.written import Written
from rowpath.fast.fallback import CannotCompileError

# The rows of a piece: they are in memory at once, with all that they lead to.
PIECE_ROWS = 500


def chunks_of(written: Written) -> Chunks:
    """Return the instances that are to be `written`. Raises CannotCompileError, and reads none."""
    serializer: Any = written.serializer
    check_rows_around(serializer)
    return Chunks(serializer.instance, PIECE_ROWS)


def check_rows_around(serializer: Any) -> None:
    """Raise CannotCompileError if `serializer` may look at other rows than the one it is at."""
    if any_reads_instance((serializer,)):
        raise CannotCompileError("its serializer may look at the rows around a row")


def begun(written: Written, chunks: Chunks, above: int, renderer: BaseRenderer) -> "Pieces | None":
    """Return the pieces of a list of more than `above` rows, which are in `chunks`.

    None if it is to be one piece: of rows that were read, and some of them written, or of none
    that were. Raises what the project's code raises.
    """
    try:
        rows = chunks.take(above + 1)
    except CannotCompileError:
        chunks.close()
        return None
    except Exception as error:
        chunks.close()
        if is_ours(error):  # Django reads them all
            return None
        raise
    try:
        if len(rows) > above:
            _write(written, rows)
            if not chunks.is_whole and (first := _taken(written, renderer)):
                chunks.let_go()
                return Pieces(written, chunks, renderer, first)
        chunks.give_back()
    except BaseException:
        chunks.close()
        raise
    return None


def _taken(written: Written, renderer: BaseRenderer) -> bytes:
    """Return what was written; nothing if it is to be rendered with what will be behind it."""
    try:
        return written.take(renderer)
    except Exception:  # noqa: BLE001 - it is raised once more where it is rendered
        return b""


def _write(written: Written, rows: list[Any]) -> None:
    with batched_for(written.serializer, rows):
        written.add(rows)


class Pieces(InPieces):
    """A value that may still change is written at the end, with all that is behind it."""

    def __init__(
        self, written: Written, chunks: Chunks, renderer: BaseRenderer, first: bytes
    ) -> None:
        super().__init__(first)
        self._written = written
        self._chunks = chunks
        self._renderer = renderer
        # The zone and the language, say, which middleware takes back behind the view.
        self._context = copy_context()

    def _following(self) -> bytes:
        return self._context.run(self._written_next)

    def _written_next(self) -> bytes:
        while rows := self._chunks.take(PIECE_ROWS):
            _write(self._written, rows)
            if piece := self._written.take(self._renderer):
                return piece
        self.close()
        return self._written.rest(self._renderer)

    def _give_back(self, error: BaseException | None) -> None:
        del error
        self._chunks.close()
