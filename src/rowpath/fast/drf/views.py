"""Which views list their queryset as DRF's own ListModelMixin does."""

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

from rowpath.fast.django.overrides import overridden
from rowpath.fast.drf.askers import asks_for_data
from rowpath.fast.fallback import FallBack

_LISTING = ("paginate_queryset", "paginator")
_PAGING = ("paginate_queryset", "__init__")
_CURSOR = ("_get_position_from_instance", "get_next_link", "get_previous_link")
# Those whose way of paging is known.
PAGINATORS = (PageNumberPagination, LimitOffsetPagination, CursorPagination)


_views: WeakKeyDictionary[type, FallBack | None] = WeakKeyDictionary()
_paginators: WeakKeyDictionary[type, FallBack | None] = WeakKeyDictionary()


def view_falls_back(view: object, mixin: type) -> FallBack | None:
    """Return why lists of `view`, which has `mixin`, are never fast; None if they are."""
    view_class = type(view)
    action = getattr(view, "action", None)
    if action not in (None, "list"):
        # One of the view's own that calls list().
        return class_falls_back(view_class, mixin) or asks_for_data(view_class, mixin, action)
    if own := next((name for name in _LISTING if name in vars(view)), None):
        return FallBack(reason=f"{view_class.__name__} has a {own}() of its own")
    if view_class not in _views:
        _views[view_class] = class_falls_back(view_class, mixin)
    return _views[view_class]


def class_falls_back(view_class: type, mixin: type) -> FallBack | None:
    """Return the same for any view of `view_class`."""
    name = view_class.__name__
    if not issubclass(view_class, GenericAPIView):
        return FallBack(reason=f"{name} is not a generic view")
    if own := overridden(view_class, GenericAPIView, _LISTING):
        return FallBack(reason=f"{name} has a {own}() of its own")
    after = view_class.__mro__[view_class.__mro__.index(mixin) + 1 :]
    owner = next((cls for cls in after if "list" in vars(cls)), None)
    if owner is None:
        return FallBack(reason=f"{name} has no list() behind {mixin.__name__}")
    if vars(owner)["list"] is not ListModelMixin.list:
        return FallBack(
            reason=f"{owner.__name__} has a list() of its own",
            change=f"Name {mixin.__name__} after {owner.__name__} in the bases.",
        )
    return asks_for_data(view_class, mixin)


def paginator_falls_back(paginator_class: type[BasePagination]) -> FallBack | None:
    """Return why pages of `paginator_class` are never fast; None if they are."""
    if paginator_class not in _paginators:
        _paginators[paginator_class] = _paginator_falls_back(paginator_class)
    return _paginators[paginator_class]


def _paginator_falls_back(paginator_class: type[BasePagination]) -> FallBack | None:
    base = next((base for base in PAGINATORS if issubclass(paginator_class, base)), None)
    name = paginator_class.__name__
    if base is None:
        return FallBack(reason=f"{name} is none of DRF's three paginators")
    names = (*_PAGING, *_CURSOR) if base is CursorPagination else _PAGING
    if own := overridden(paginator_class, base, names):
        return FallBack(reason=f"{name} has a {own}() of its own")
    if base is PageNumberPagination:
        paging = paginator_class.django_paginator_class
        if own := overridden(paging, DjangoPaginator, ("page", "_get_page", "__init__")):
            return FallBack(reason=f"{paging.__name__} has a {own}() of its own")
    return None
