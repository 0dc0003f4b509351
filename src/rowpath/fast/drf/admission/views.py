"""Which views list their queryset as DRF's own ListModelMixin does."""

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from django.core.paginator import Paginator as DjangoPaginator
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.pagination import (
    BasePagination,
    CursorPagination,
    LimitOffsetPagination,
    PageNumberPagination,
)

from rowpath.fast.codes import calls_super, unwrapped
from rowpath.fast.django.overrides import overridden
from rowpath.fast.drf.admission.askers import asks_for_data
from rowpath.fast.fallback import FallBack
from rowpath.fast.names import definer, named
from rowpath.fast.stores import kept

_LISTING = ("paginate_queryset", "paginator")
_PAGING = ("paginate_queryset", "__init__")
_CURSOR = ("_get_position_from_instance", "get_next_link", "get_previous_link")
# Those whose way of paging is known.
PAGINATORS = (PageNumberPagination, LimitOffsetPagination, CursorPagination)


# By the mixin that asks, and the view's action.
_Known = dict[tuple[type, str | None], FallBack | None]

_views: WeakKeyDictionary[type, _Known] = kept(WeakKeyDictionary())
_paginators: WeakKeyDictionary[type, FallBack | None] = kept(WeakKeyDictionary())


def view_falls_back(view: object, mixin: type) -> FallBack | None:
    """Return why lists of `view`, which has `mixin`, are never fast; None if they are."""
    view_class = type(view)
    of_view = vars(view)
    for name in _LISTING:
        if name in of_view:
            return FallBack(reason=f"{view_class.__name__} has a {name}() of its own")
    action = getattr(view, "action", None)
    try:
        return _views[view_class][mixin, action]
    except KeyError:
        found = _action_falls_back(view_class, mixin, action)
        _views.setdefault(view_class, {})[mixin, action] = found
        return found


def _action_falls_back(view_class: type, mixin: type, action: str | None) -> FallBack | None:
    found = class_falls_back(view_class, mixin)
    if found is None and action not in (None, "list"):
        # One of the view's own that calls list().
        return asks_for_data(view_class, mixin, action)
    return found


def class_falls_back(view_class: type, mixin: type) -> FallBack | None:
    """Return the same for any view of `view_class`."""
    return next(class_blockers(view_class, mixin), None)


def class_blockers(view_class: type, mixin: type) -> Iterator[FallBack]:
    """Yield every reason why lists of `view_class`, which has `mixin`, are never fast."""
    name = named(view_class)
    if not issubclass(view_class, GenericAPIView):
        yield FallBack(reason=f"{name} is not a generic view")
        return
    base = generic_view(view_class)
    for own in _LISTING:
        if overridden(view_class, base, (own,)):
            yield _own(view_class, own)
    after = view_class.__mro__[view_class.__mro__.index(mixin) + 1 :]
    owner = next((cls for cls in after if "list" in vars(cls)), None)
    if mixin is ListModelMixin:
        pass  # whose own list() it is
    elif owner is None:
        yield FallBack(reason=f"{name} has no list() behind {mixin.__name__}")
    elif vars(owner)["list"] is not ListModelMixin.list:
        yield _own_list(owner, _behind(owner, mixin))
    if (asks := asks_for_data(view_class, mixin)) is not None:
        yield asks


def adrfs(cls: type, module: str, name: str) -> type | None:
    """Return the class of adrf's that `cls` has for a base, by its name; None if it has it not.

    A project without adrf has no need of it.
    """
    place = (f"adrf.{module}", name)
    found = (one for one in cls.__mro__ if (one.__module__, one.__qualname__) == place)
    return next(found, None)


def generic_view(view_class: type) -> type:
    """Return the library's class of which `view_class` is a generic view.

    adrf's pages as DRF's does, but for paginators that are asynchronous, which are none of DRF's.
    """
    return adrfs(view_class, "generics", "GenericAPIView") or GenericAPIView


def lists_as_drf(view_class: type, mixin: type) -> bool:
    """Whether DRF's own list() is what stands behind `mixin`, which is in `view_class`."""
    owner = lister_behind(view_class, mixin)
    return owner is not None and vars(owner)["list"] is ListModelMixin.list


def lister_behind(view_class: type, mixin: type) -> type | None:
    """Return the class whose list() stands behind `mixin`, which is in `view_class`."""
    after = view_class.__mro__[view_class.__mro__.index(mixin) + 1 :]
    return next((cls for cls in after if "list" in vars(cls)), None)


def front_blockers(view_class: type, mixin: type) -> Iterator[FallBack]:
    """Yield why the list() methods in front of `mixin`, which is in `view_class`, stop it."""
    for cls in view_class.__mro__[: view_class.__mro__.index(mixin)]:
        if "list" in vars(cls) and not passes_on(cls, "list"):
            yield _own_list(cls, None)


def _own(cls: type, name: str) -> FallBack:
    return FallBack(reason=f"{named(definer(cls, name))} has a {name}() of its own")


def _own_list(owner: type, change: str | None) -> FallBack:
    return FallBack(reason=f"{named(owner)} has a list() of its own", change=change)


def _behind(owner: type, mixin: type) -> str | None:
    """Return how `mixin` gets behind the list() of `owner`, if it can."""
    if _wraps_the_next(owner, "list"):
        return (
            f"Name {mixin.__name__} in the bases of {named(owner)}, whose decorators wrap it then."
        )
    if passes_on(owner, "list"):
        return f"Name {mixin.__name__} after {named(owner)} in the bases."
    return None


def passes_on(owner: type, name: str) -> bool:
    """Whether a method of `owner` ends in the next class's: by super(), or by wrapping it."""
    return _wraps_the_next(owner, name) or calls_super(unwrapped(vars(owner)[name]), name)


def _wraps_the_next(owner: type, name: str) -> bool:
    # A decorator of a class, such as method_decorator(), wraps what it finds there under the name.
    # With the mixin in the class's bases that is the mixin's list().
    innermost = unwrapped(vars(owner)[name])
    return any(
        innermost is unwrapped(vars(cls)[name]) for cls in owner.__mro__[1:] if name in vars(cls)
    )


def paginator_falls_back(paginator_class: type[BasePagination]) -> FallBack | None:
    """Return why pages of `paginator_class` are never fast; None if they are."""
    if paginator_class not in _paginators:
        _paginators[paginator_class] = _paginator_falls_back(paginator_class)
    return _paginators[paginator_class]


def _paginator_falls_back(paginator_class: type[BasePagination]) -> FallBack | None:
    return next(paginator_blockers(paginator_class), None)


def paginator_blockers(paginator_class: type[BasePagination]) -> Iterator[FallBack]:
    """Yield every reason why pages of `paginator_class` are never fast."""
    base = next((base for base in PAGINATORS if issubclass(paginator_class, base)), None)
    name = named(paginator_class)
    if base is None:
        yield FallBack(reason=f"{name} is none of DRF's three paginators")
        return
    for own in (*_PAGING, *_CURSOR) if base is CursorPagination else _PAGING:
        if overridden(paginator_class, base, (own,)):
            yield _own(paginator_class, own)
    if base is PageNumberPagination:
        paging = paginator_class.django_paginator_class
        for own in ("page", "_get_page", "__init__"):
            if overridden(paging, DjangoPaginator, (own,)):
                yield _own(paging, own)
