"""Where a person would put FastListMixin into a view that does not have it."""

from typing import Any

from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin

from rowpath.fast.drf.mixin import FastListMixin


def with_mixin(view_class: type[GenericAPIView]) -> type[GenericAPIView]:
    """Return `view_class` as it would be with the mixin: itself, if it has it.

    The mixin stands right before DRF's ListModelMixin, behind every class whose list() ends in
    DRF's: as if the last of them had it in its bases.
    """
    if issubclass(view_class, FastListMixin):
        return view_class
    order = view_class.__mro__
    at = order.index(ListModelMixin) if ListModelMixin in order else 0
    metaclass: Any = type(view_class)

    class Placing(metaclass):  # type: ignore[misc] # a metaclass that is known now only
        def mro(self) -> list[type]:
            return [self, *order[:at], FastListMixin, *order[at:]]

    names = {"__module__": view_class.__module__, "__qualname__": view_class.__qualname__}
    return Placing(view_class.__name__, (view_class,), names)


def owner_of_list(view_class: type) -> type | None:
    """Return the last class before DRF's own that has a list(), behind which the mixin goes."""
    order = view_class.__mro__
    before = order[: order.index(ListModelMixin)] if ListModelMixin in order else ()
    return next((cls for cls in reversed(before) if "list" in vars(cls)), None)
