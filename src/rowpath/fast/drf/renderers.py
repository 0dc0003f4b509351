"""Which renderers write the JSON that the encoder writes, and how theirs is set up."""

from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.utils.encoders import JSONEncoder

from rowpath.fast.django.overrides import overridden
from rowpath.fast.fallback import CannotCompileError
from rowpath.fast.names import named
from rowpath.fast.plan import JsonStyle


def style_of(renderer: BaseRenderer, accepted_media_type: str) -> JsonStyle:
    """Return how `renderer` dumps JSON, or raise CannotCompileError."""
    name = named(type(renderer))
    if not isinstance(renderer, JSONRenderer):
        raise CannotCompileError(f"the answer is rendered by {name}")
    if own := overridden(type(renderer), JSONRenderer, ("render", "get_indent")):
        raise CannotCompileError(f"{name} has a {own}() of its own")
    if renderer.encoder_class is not JSONEncoder:
        raise CannotCompileError(f"{name} has the encoder {named(renderer.encoder_class)}")
    if renderer.get_indent(accepted_media_type, {}) is not None:
        raise CannotCompileError("the client asks for indented JSON")
    return JsonStyle(ascii_only=bool(renderer.ensure_ascii), compact=bool(renderer.compact))
