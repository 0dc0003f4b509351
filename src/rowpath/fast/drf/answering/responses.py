"""The answer whose rows are there as bytes before it is rendered."""

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast
from weakref import WeakKeyDictionary

from django.http.response import HttpResponseBase
from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response

from rowpath.fast.drf.admission.renderers import style_of
from rowpath.fast.drf.answering.envelopes import NotPlainError, as_json, marked, spliced
from rowpath.fast.drf.answering.lazy import LazyList, is_unread
from rowpath.fast.drf.steps import step
from rowpath.fast.fallback import CannotCompileError, FallBack, TheirsError
from rowpath.fast.names import named
from rowpath.fast.plan import JsonStyle

_log = logging.getLogger("rowpath.fast")

R = TypeVar("R", bound=HttpResponseBase)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a list was answered."""

    path: str | None = None
    """How rowpath read its rows: "compiled", "portable" or "streamed"; None if Django read them."""
    reason: FallBack | None = None
    """Why Django, if it did."""
    made: str | None = None
    """What rowpath made of the rows that Django read: "instances" to bytes, or their "data"."""

    @property
    def fast(self) -> bool:
        """Whether rowpath read the rows."""
        return self.path is not None

    @property
    def way(self) -> str | None:
        """What rowpath made: "rows" or "instances" to bytes, or "data"; None if all is DRF's."""
        return "rows" if self.fast else self.made


# Beside the responses, not in them: a cache pickles what is in a response, and whoever reads the
# cache need not have rowpath.
_outcomes: WeakKeyDictionary[HttpResponseBase, Outcome] = WeakKeyDictionary()


def outcome_of(response: Any) -> Outcome | None:
    """Return how `response` was answered; None if no FastListMixin had to do with it."""
    try:
        return _outcomes.get(response)
    except TypeError:  # a project's own class, without a hash or weak references
        return None


def with_outcome(response: R, outcome: Outcome) -> R:
    """Return `response`, which tells from now on how it was answered."""
    try:
        _outcomes[response] = outcome
    except TypeError:
        return response
    return response


class Source(Protocol):
    """Where the rows of a FastResponse come from."""

    @property
    def style(self) -> JsonStyle:
        """How their JSON is written."""

    def restore(self, rows: LazyList, read: memoryview) -> None:
        """Make `rows` DRF's own data of the rows that were `read`, which are given as JSON."""

    def asked(self, asker: str) -> None:
        """Hear who asked for the data."""

    def passed(self) -> None:
        """Hear that the answer was sent and nobody asked."""

    def rendered_by_drf(self, reason: FallBack) -> Outcome:
        """Return the outcome of the answer if DRF renders it, for `reason`."""

    def ties(self, ours: bytes, other: bytes) -> bool:
        """Whether two bodies differ only in which rows that tie are on the page, and how."""


class FastResponse(Response):
    """A Response with the rows of its body written already.

    Whoever asks for `data`, or pickles it, makes it DRF's own Response with DRF's own data. If
    that is before it is rendered the data may be changed, so then DRF renders it.
    """

    _source: Source
    _data: Any
    _lazy: LazyList
    """What stands in the data in the place of the rows."""
    _array: bytes | Callable[[BaseRenderer], bytes] | None
    """The rows, until they are in the body."""
    _rows: memoryview
    """The rows, wherever they are."""
    _is_rendering: bool

    @classmethod
    def of(
        cls,
        response: Response,
        array: bytes | Callable[[BaseRenderer], bytes],
        rows: LazyList,
        source: Source,
    ) -> "FastResponse":
        """Make `response`, in whose data `rows` stand for `array`, a fast one.

        All else that it has it keeps: its status, headers, cookies. An `array` that is called is
        called once, with the renderer when it renders, and may raise CannotCompileError.
        """
        own = vars(response)
        own |= {
            "_source": source,
            "_data": own.pop("data"),
            "_lazy": rows,
            "_array": array,
            "_rows": memoryview(array if isinstance(array, bytes) else b""),
            "_is_rendering": False,
        }
        response.__class__ = cls
        return cast("FastResponse", response)

    @property
    def data(self) -> Any:
        """DRF's own data of the rows that were written."""
        if self._is_rendering:
            return None  # for the renderer that has rendered already
        self._become_drfs()
        return self.data  # which is DRF's from now on

    @data.setter
    def data(self, value: Any) -> None:
        self._become_response(value)

    @property
    def rendered_content(self) -> bytes:  # type: ignore[override] # bytes, as Response has it
        """The body, under the headers that the renderer's own would have had."""
        raised = None
        try:
            return self._fast_content()
        except CannotCompileError as error:
            reason = error.fall_back
        except TheirsError as error:
            raised = error.error
        if raised is not None:
            raise raised  # not within the handler, which would be its context
        try:
            self._tell_drfs(reason)
        except CannotCompileError:
            _log.debug("An answer that DRF renders says that it was fast")
        self._become_response(self._restored())
        return self.rendered_content

    @step
    def _tell_drfs(self, reason: FallBack) -> None:
        with_outcome(self, self._source.rendered_by_drf(reason))

    @step
    def _fast_content(self) -> bytes:
        renderer = self.accepted_renderer
        array, envelope = self._array, self._envelope(renderer)
        if array is None:
            raise CannotCompileError("its body was rendered before")
        written = array if isinstance(array, bytes) else array(renderer)
        writing = _Writing(renderer, envelope, written, self._source.style)
        self.accepted_renderer = cast("BaseRenderer", writing)
        self._is_rendering = True
        try:
            body = super().rendered_content
        finally:
            self._is_rendering = False
            self.accepted_renderer = renderer
        # The rows are in the body now, and there only.
        self._array, self._rows = None, writing.rows
        return body

    def _envelope(self, renderer: BaseRenderer) -> Any:
        """Return what is to be rendered around the rows.

        Raises CannotCompileError if DRF has to render all.
        """
        if not is_unread(self._lazy):
            raise CannotCompileError("its rows were looked at")
        if self.renderer_context.get("indent") is not None:
            raise CannotCompileError("the client asks for indented JSON")
        if _style(renderer, self.accepted_media_type) != self._source.style:
            self._source.asked(named(type(renderer)))
            raise CannotCompileError(f"it is rendered by {named(type(renderer))}")
        try:
            return marked(self._data, self._lazy)
        except NotPlainError as error:
            raise CannotCompileError(f"there is {error} around the rows") from error

    def close(self) -> None:
        """Close it, and let go of what leads back to it.

        So its body goes when the server drops it, not when Python next looks for cycles.
        """
        super().close()
        if type(self) is FastResponse:  # or one that hears of the end has asked for the data
            try:
                self._let_go()
            except CannotCompileError:
                _log.debug("An answer waits for Python's search for cycles")

    @step
    def _let_go(self) -> None:
        self._source.passed()
        context = getattr(self, "renderer_context", {})
        context.pop("response", None)
        view = context.get("view")
        if view is not None and vars(view).get("response") is self:
            del view.response

    def __reduce_ex__(self, protocol: Any) -> Any:
        if self.is_rendered:  # or else it raises
            self._become_drfs()
            return self.__reduce_ex__(protocol)  # which is DRF's from now on
        return super().__reduce_ex__(protocol)

    def _become_drfs(self) -> None:
        try:
            self._tell_asked()
        except CannotCompileError:
            _log.debug("Who asked for the data of an answer was not counted")
        self._become_response(self._restored())

    @step
    def _tell_asked(self) -> None:
        asker = _caller()
        self._source.asked(asker)
        if not self.is_rendered:
            self._tell_drfs(FallBack(reason=f"its data was asked for by {asker}"))

    def _restored(self) -> Any:
        if is_unread(self._lazy):
            self._source.restore(self._lazy, self._rows)
        return self._data

    def _become_response(self, data: Any) -> None:
        own = vars(self)
        for name in ("_source", "_data", "_lazy", "_array", "_rows", "_is_rendering"):
            del own[name]
        self.__class__ = Response  # type: ignore[assignment]
        own["data"] = data


def ties_of(response: Response) -> Callable[[bytes, bytes], bool]:
    """Return what tells whether a body of `response` and another differ only in rows that tie.

    Asked for before it is rendered.
    """
    return response._source.ties if isinstance(response, FastResponse) else lambda *_: False


def _style(renderer: BaseRenderer, accepted_media_type: str) -> JsonStyle | None:
    """Return how `renderer` dumps JSON; None if it is not known to."""
    try:
        return style_of(renderer, accepted_media_type)
    except CannotCompileError:
        return None


class _Writing:
    """A renderer that renders what stands around rows that are written already."""

    def __init__(
        self, renderer: BaseRenderer, envelope: Any, array: bytes, style: JsonStyle
    ) -> None:
        self.media_type = renderer.media_type
        self.charset = renderer.charset
        self.rows = memoryview(array)
        self._renderer = renderer
        self._envelope = envelope
        self._array = array
        self._style = style

    def render(self, _data: Any, media_type: str, context: dict[str, Any]) -> bytes:
        def rendered(envelope: Any) -> bytes:
            # What was put into the renderer itself may be a render() too.
            written = None if vars(self._renderer) else as_json(envelope, self._style)
            if written is not None:
                return written
            return cast("bytes", self._renderer.render(envelope, media_type, context))

        body, start = spliced(rendered, self._envelope, self._array)
        if start is not None:
            self.rows = memoryview(body)[start : start + len(self._array)]
        return body


def _caller() -> str:
    """Return the function that asks, which is the first that is not rowpath's."""
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_between(frame.f_globals.get("__name__", "")):
        frame = frame.f_back
    return f"{frame.f_globals.get('__name__')}.{frame.f_code.co_qualname}"


def _is_between(module: str) -> bool:
    return module in ("copy", "copyreg", "pickle") or module.startswith("rowpath.")
