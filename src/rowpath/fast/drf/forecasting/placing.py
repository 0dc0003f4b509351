"""Where a person would put the mixin into a view that does not have it."""

from typing import Any

from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin

from rowpath.fast.drf.admission.views import adrfs
from rowpath.fast.drf.asynchronous import AsyncFastListMixin
from rowpath.fast.drf.forecasting.routes import Route
from rowpath.fast.drf.mixin import FastListMixin


def mixin_of(route: Route) -> type[FastListMixin]:
    """Return the mixin that makes the list of `route` fast."""
    return AsyncFastListMixin if route.is_asynchronous else FastListMixin


def with_mixin(
    view_class: type[GenericAPIView], mixin: type[FastListMixin] = FastListMixin
) -> type[GenericAPIView]:
    """Return `view_class` as it would be with the mixin: itself, if it has it.

    The mixin stands right before the ListModelMixin of DRF, or of adrf, behind every class whose
    list() ends in theirs: as if the last of them had it in its bases.
    """
    if issubclass(view_class, mixin):
        return view_class
    mixins = [cls for cls in mixin.__mro__ if issubclass(cls, FastListMixin)]
    order = [cls for cls in view_class.__mro__ if cls not in mixins]
    base = _listing(view_class, mixin)
    at = order.index(base) if base in order else 0
    metaclass: Any = type(view_class)

    class Placing(metaclass):  # type: ignore[misc] # a metaclass that is known now only
        def mro(self) -> list[type]:
            return [self, *order[:at], *mixins, *order[at:]]

    names = {"__module__": view_class.__module__, "__qualname__": view_class.__qualname__}
    return Placing(view_class.__name__, (view_class,), names)


def owner_of_list(view_class: type, mixin: type[FastListMixin] = FastListMixin) -> type | None:
    """Return the last class before the library's own that has a list(), behind which it goes.

    That of an asynchronous view may be an alist().
    """
    order, base = view_class.__mro__, _listing(view_class, mixin)
    before = order[: order.index(base)] if base in order else ()
    names = ("list", "alist") if mixin is AsyncFastListMixin else ("list",)
    return next((cls for cls in reversed(before) if any(one in vars(cls) for one in names)), None)


def _listing(view_class: type, mixin: type[FastListMixin]) -> type:
    theirs = adrfs(view_class, "mixins", "ListModelMixin")
    return theirs if mixin is AsyncFastListMixin and theirs is not None else ListModelMixin
