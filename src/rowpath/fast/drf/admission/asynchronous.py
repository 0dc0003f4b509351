"""Which asynchronous views of adrf list as DRF's ListModelMixin does, in a thread."""

from collections.abc import Iterator
from inspect import iscoroutinefunction
from typing import Any
from weakref import WeakKeyDictionary

from rowpath.fast.django.overrides import overridden
from rowpath.fast.drf.admission.awaiting import awaits_in_its_own_way
from rowpath.fast.drf.admission.renderers import style_of
from rowpath.fast.drf.admission.views import adrfs, passes_on
from rowpath.fast.fallback import CannotCompileError
from rowpath.fast.names import definer, named
from rowpath.fast.stores import kept

# What stands between a view's queryset and its answer, in adrf and in DRF.
_LISTING = (
    *("afilter_queryset", "apaginate_queryset", "get_apaginated_response"),
    *("filter_queryset", "paginate_queryset", "paginator", "get_paginated_response"),
    "get_serializer",
)
_PAGING = ("paginate_queryset", "get_paginated_response")

_classes: WeakKeyDictionary[type, str | None] = kept(WeakKeyDictionary())


def in_front(view_class: type, mixin: type) -> Iterator[str]:
    """Yield why an alist() in front of `mixin`, which is in `view_class`, does not end in its."""
    for cls in view_class.__mro__[: view_class.__mro__.index(mixin)]:
        if "alist" in vars(cls) and not passes_on(cls, "alist"):
            yield f"{named(cls)} has an alist() of its own"


def lists_in_its_own_way(view: Any, mixin: type) -> str | None:
    """Return why adrf's alist() of `view` does more than DRF's list() in a thread; None if not.

    `mixin` is the class whose alist() asks.
    """
    view_class = type(view)
    if view_class not in _classes:
        _classes[view_class] = _of_class(view_class, mixin)
    if (of_class := _classes[view_class]) is not None:
        return of_class
    owner = adrfs(view_class, "mixins", "ListModelMixin")
    if owner is None or overridden(owner, owner, ("alist",)):
        return "adrf's alist() is not the one that it ships"
    try:
        return _of_view(view)
    except CannotCompileError as error:
        return error.fall_back.reason
    except Exception as error:  # noqa: BLE001 - adrf's alist() asks the project's code again
        return f"the view raised {type(error).__name__}: {error}"


def _of_class(view_class: type, mixin: type) -> str | None:
    after = view_class.__mro__[view_class.__mro__.index(mixin) + 1 :]
    owner = next((cls for cls in after if "alist" in vars(cls)), None)
    base = adrfs(view_class, "generics", "GenericAPIView")
    if base is None or owner is None:
        return f"{named(view_class)} is no generic view of adrf's that lists"
    if owner is not adrfs(view_class, "mixins", "ListModelMixin"):
        return f"{named(owner)} has an alist() of its own"
    if own := overridden(view_class, base, _LISTING):
        return f"{named(definer(view_class, own))} has a {own}() of its own"
    return None


def _of_view(view: Any) -> str | None:
    if put := next((name for name in _LISTING if name in vars(view)), None):
        return f"this view has a {put}() of its own"
    for backend in view.filter_backends:
        if iscoroutinefunction(backend.filter_queryset):
            return f"{named(backend)} filters asynchronously"
    for name in _PAGING if view.paginator is not None else ():
        if iscoroutinefunction(getattr(view.paginator, name)):
            return f"{named(type(view.paginator))} pages asynchronously"
    serializer_class = view.get_serializer_class()
    if not hasattr(serializer_class, "adata"):
        return None
    if (own := awaits_in_its_own_way(serializer_class)) is not None:
        return own
    # For any other renderer a row of DRF's is a dict, and of adrf's an OrderedDict.
    style_of(view.request.accepted_renderer, view.request.accepted_media_type)
    return None
