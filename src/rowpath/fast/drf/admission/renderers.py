"""Which renderers write the JSON that the encoder writes, and how theirs is set up."""

from functools import lru_cache
from typing import Any, cast

from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

from rowpath.fast.django.overrides import overridden
from rowpath.fast.fallback import CannotCompileError, Holds
from rowpath.fast.names import named
from rowpath.fast.plan import JsonStyle
from rowpath.fast.stores import kept

_STYLES = {
    (ascii_only, compact): JsonStyle(ascii_only=ascii_only, compact=compact)
    for ascii_only in (False, True)
    for compact in (False, True)
}


def style_of(renderer: BaseRenderer, accepted_media_type: str) -> JsonStyle:
    """Return how `renderer` dumps JSON, or raise CannotCompileError."""
    if not isinstance(renderer, JSONRenderer):
        raise CannotCompileError(f"the answer is rendered by {named(type(renderer))}")
    if renderer.encoder_class is not JSONEncoder:
        name, encoder = named(type(renderer)), named(renderer.encoder_class)
        raise CannotCompileError(f"{name} writes by {encoder}")
    renderer_class: Any = type(renderer)
    _check_rendering(renderer_class, accepted_media_type)
    return _STYLES[bool(renderer.ensure_ascii), bool(renderer.compact)]


def rendered(request: Request, data: Any) -> bytes:
    """Return `data` as JSON by the renderer of `request`. Raises CannotCompileError."""
    renderer, media_type = request.accepted_renderer, request.accepted_media_type
    try:
        return cast("bytes", renderer.render(data, media_type, {}))
    except ValueError as error:  # a float without a JSON spelling
        raise CannotCompileError(str(error), holds=Holds.PLAN_A_WHILE) from error


# By classes and what clients accept, which may be anything.
@kept
@lru_cache(maxsize=256)
def _check_rendering(renderer_class: Any, accepted_media_type: str) -> None:
    if own := overridden(renderer_class, JSONRenderer, ("render", "get_indent")):
        raise CannotCompileError(f"{named(renderer_class)} has a {own}() of its own")
    if renderer_class().get_indent(accepted_media_type, {}) is not None:
        raise CannotCompileError("the client asks for indented JSON")
