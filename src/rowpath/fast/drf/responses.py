"""The answer whose bytes are there before it is rendered."""

import json
from dataclasses import dataclass
from typing import Any, cast

from rest_framework.renderers import BaseRenderer
from rest_framework.response import Response

from rowpath.fast.drf.renderers import style_of
from rowpath.fast.fallback import CannotCompileError, FallBack
from rowpath.fast.plan import JsonStyle


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a list was answered: `path` is "compiled", "portable" or "streamed", or None by DRF."""

    path: str | None = None
    reason: FallBack | None = None

    @property
    def fast(self) -> bool:
        """Whether rowpath wrote the rows."""
        return self.path is not None


def outcome_of(response: Any) -> Outcome | None:
    """Return how `response` was answered; None if no FastListMixin had to do with it."""
    return getattr(response, "rowpath", None)


class FastResponse(Response):
    """A Response with its body written already.

    `data` is there all the same for whoever asks: what the body says. If it was asked for before
    the answer is rendered it may have been changed, so then it is rendered.
    """

    def __init__(self, body: bytes, style: JsonStyle) -> None:
        super().__init__()
        self._body = body
        self._style = style
        self._is_ours = True
        self._is_rendering = False

    @property
    def data(self) -> Any:
        """The answer as Python values."""
        if self._is_rendering:
            return None  # which the renderer that has rendered already is given
        if self._is_ours:
            self.data = json.loads(self._body)
        return self._data

    @data.setter
    def data(self, value: Any) -> None:
        self._data = value
        self._is_ours = False

    @property
    def rendered_content(self) -> bytes:  # type: ignore[override] # bytes, as Response has it
        """The body, under the headers that the renderer's own would have had."""
        renderer = self.accepted_renderer
        if not self._is_ours or not self._is_written_by(renderer):
            return super().rendered_content
        self.accepted_renderer = cast("BaseRenderer", _Written(renderer, self._body))
        self._is_rendering = True
        try:
            return super().rendered_content
        finally:
            self._is_rendering = False
            self.accepted_renderer = renderer

    def _is_written_by(self, renderer: BaseRenderer) -> bool:
        try:
            style = style_of(renderer, self.accepted_media_type)
        except CannotCompileError:
            return False
        return style == self._style and self.renderer_context.get("indent") is None


class _Written:
    """A renderer that has rendered already."""

    def __init__(self, renderer: BaseRenderer, body: bytes) -> None:
        self.media_type = renderer.media_type
        self.charset = renderer.charset
        self._body = body

    def render(self, _data: Any, _media_type: str, _context: dict[str, Any]) -> bytes:
        return self._body
