"""Very large lists: the bytes leave while the rows are read, in bounded memory."""

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import connections
from django.db.models.query import QuerySet
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from rowpath.fast.django.chunks import check_chunks
from rowpath.fast.drf.answering.responses import Outcome, with_outcome
from rowpath.fast.drf.in_pieces import InPieces
from rowpath.fast.drf.instances.pieces import Pieces, begun, check_rows_around, chunks_of
from rowpath.fast.drf.instances.written import Written
from rowpath.fast.drf.mixin import FastListMixin
from rowpath.fast.drf.rows.reading import Reading
from rowpath.fast.drf.rows.ways import Way
from rowpath.fast.drf.steps import step
from rowpath.fast.fallback import CannotCompileError, FallBack

if TYPE_CHECKING:
    from rowpath.fast.django.stream import Stream
    from rowpath.fast.drf.rows.compiled import WrittenPage

_log = logging.getLogger("rowpath.fast")

# A piece's bytes: large enough that a FETCH costs nothing beside it, small beside a worker.
_PIECE_BYTES = 1 << 20
# And no more rows than this, however short they are: beyond it nothing is gained.
_PIECE_ROWS = 20_000


# A FastListMixin whose unpaginated lists are streamed if they have many rows.
#
# A streamed answer has the bytes of the ordinary one, but no Content-Length, and its status is sent
# before the last row is read: an error after that breaks the connection, so that nobody takes half
# a list for a whole one. It is read in a transaction that lasts until the last byte. A list of up
# to `stream_above_rows` rows, a paginated one, a view inside a transaction (ATOMIC_REQUESTS) and a
# request by ASGI are answered in one piece. So is one whose rows Django reads, unless the project
# says by `stream_instances` that what it calls for a row does without the middleware around it.
#
# There are no docstrings here, as in FastListMixin.
class StreamingList(FastListMixin):  # noqa: D101
    stream_above_rows = 2_000
    # How long the database waits for the client to take a piece before it ends the session.
    slow_client_timeout_s = 60.0
    stream_instances = False

    # Answers all rows as a stream, or returns None for an answer in one piece.
    def list_unpaginated(  # noqa: D102
        self, request: Request, reading: Reading
    ) -> HttpResponseBase | None:
        admitted = reading.admitted
        if not _may_stream(request, admitted.using):
            return None
        try:
            rows = admitted.way.in_pieces(reading.whole_list())
            if rows is None:
                return None
            admitted.context.get()  # for whatever it raises, before the first byte
            from rowpath.fast.django.stream import Stream  # noqa: PLC0415 - needs psycopg 3

            stream = Stream(rows.statement, self.slow_client_timeout_s)
        except CannotCompileError:
            return None  # and the same again where it is read in one piece
        try:
            page = rows.begin()
            stream.fetch(max(0, self.stream_above_rows) + 1, page.add)
            if page.count <= self.stream_above_rows or page.has_failed():
                stream.close()
                reading.has_read(page)
                return None
            body = _Body(stream, page)
        except CannotCompileError as error:
            stream.close(error)
            return None
        except BaseException as error:
            stream.close(error)
            raise
        response = StreamingHttpResponse(body, content_type=_content_type(request))
        return with_outcome(response, Outcome(path="streamed"))

    # Answers all rows of instances as a stream, or returns None for an answer in one piece.
    def list_written(  # noqa: D102
        self, request: Request, written: Written
    ) -> HttpResponseBase | None:
        try:
            content_type, begin = _beginning(self, request, written)
        except CannotCompileError as error:
            _log.debug("A list of instances is one piece: %s", error)
            return None
        pieces = begin()
        return None if pieces is None else StreamingHttpResponse(pieces, content_type=content_type)


@step
def _beginning(
    view: StreamingList, request: Request, written: Written
) -> tuple[str, Callable[[], Pieces | None]]:
    """Return the header of a stream, and what begins it. Raises CannotCompileError."""
    _check_says_so(view)
    if _is_by_asgi(request):
        raise CannotCompileError("it is asked for by ASGI")
    above, renderer = max(0, view.stream_above_rows), request.accepted_renderer
    return _content_type(request), partial(begun, written, chunks_of(written), above, renderer)


def _check_says_so(view: StreamingList) -> None:
    if not view.stream_instances:
        raise CannotCompileError(
            "the view does not say that instances may be streamed",
            change="Say stream_instances = True, if its methods do without the middleware around.",
        )


def why_rows_in_one_piece(way: Way, queryset: QuerySet) -> FallBack | None:
    """Return why `queryset`, which is read by `way`, is answered in one piece; None for a stream.

    However many rows it has, and as far as it does not depend on how it is served.
    """
    if (atomic := _of_transactions(queryset)) is not None:
        return atomic
    if way.in_pieces(queryset) is not None or queryset.query.is_empty():
        return None
    return FallBack(reason="its rows have lists within them, or are read without compiled code")


def why_instances_in_one_piece(view: StreamingList, serializer: Any) -> FallBack | None:
    """Return the same of the instances that `serializer` has, which Django would read."""
    try:
        _check_says_so(view)
        check_rows_around(serializer)
        check_chunks(serializer.instance)
    except CannotCompileError as error:
        return error.fall_back
    return _of_transactions(serializer.instance)


def _of_transactions(queryset: QuerySet) -> FallBack | None:
    if not connections[queryset.db].settings_dict["ATOMIC_REQUESTS"]:
        return None
    return FallBack(reason="the view runs in a transaction (ATOMIC_REQUESTS)")


def _content_type(request: Request) -> str:
    """Return the header that Response would have."""
    renderer = request.accepted_renderer
    if renderer.charset is None:
        return str(renderer.media_type)
    return f"{renderer.media_type}; charset={renderer.charset}"


def _may_stream(request: Request, using: str) -> bool:
    return not _is_by_asgi(request) and not connections[using].in_atomic_block


def _is_by_asgi(request: Request) -> bool:
    return hasattr(request._request, "scope")


def _rows_of_a_piece(rows: int, piece: bytes) -> int:
    """Return how many rows the next piece has, as `rows` were `piece`."""
    return min(max(1, _PIECE_BYTES * rows // max(1, len(piece))), _PIECE_ROWS)


class _Body(InPieces):
    def __init__(self, stream: "Stream", page: "WrittenPage") -> None:
        first = page.take()
        super().__init__(first)
        self._stream = stream
        self._page = page
        self._rows_of_a_piece = _rows_of_a_piece(page.count, first)

    def _following(self) -> bytes:
        before = self._page.count
        self._stream.fetch(self._rows_of_a_piece, self._page.add)
        rows = self._page.count - before
        if rows == 0:
            end = self._page.finish()
            self.close()
            return end
        piece = self._page.take()
        self._rows_of_a_piece = _rows_of_a_piece(rows, piece)
        return piece

    def _give_back(self, error: BaseException | None) -> None:
        self._stream.close(error)
