"""The word that makes an asynchronous view of adrf's fast, first in its bases."""

import logging
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.db.models.query import QuerySet
from rest_framework.response import Response

from rowpath.fast.django.overrides import overridden
from rowpath.fast.drf.admission.asynchronous import lists_in_its_own_way
from rowpath.fast.drf.admission.views import lister_behind, lists_as_drf
from rowpath.fast.drf.grounds import changed
from rowpath.fast.drf.mixin import FastListMixin, answered, beforehand
from rowpath.fast.drf.steps import step
from rowpath.fast.fallback import CannotCompileError, FallBack
from rowpath.fast.names import named

_log = logging.getLogger("rowpath.fast")

_READING = ("__iter__", "__aiter__", "_fetch_all")


# Answers `alist` as FastListMixin answers `list`, in the thread in which Django's code runs that is
# not asynchronous. Where something asynchronous has a say in the list, adrf answers.
#
# It has no docstrings, as FastListMixin has none.
class AsyncFastListMixin(FastListMixin):  # noqa: D101 - see above
    async def alist(self, *args: Any, **kwargs: Any) -> Response:  # noqa: D102
        if (reason := _why_not(self)) is not None:
            _log.debug("adrf lists the rows of %s: %s", type(self).__name__, reason)
            behind: Any = super()
            response: Response = await behind.alist(*args, **kwargs)
            return response
        found = await sync_to_async(_listed)(self, *args, **kwargs)
        return await _by_adrf(self, found.queryset) if isinstance(found, _Unread) else found


@dataclass(frozen=True, slots=True)
class _Unread:
    """What a view has filtered, and only adrf can read as adrf does."""

    queryset: Any


def _listed(view: AsyncFastListMixin, request: Any, *args: Any, **kwargs: Any) -> Any:
    reason, is_drfs = beforehand(view)
    if not is_drfs:
        return FastListMixin.list(view, request, *args, **kwargs)
    queryset = view.filter_queryset(view.get_queryset())
    try:
        is_alike = _is_read_alike(queryset)
    except CannotCompileError:
        is_alike = False
    return answered(view, request, queryset, reason) if is_alike else _Unread(queryset)


@step
def _is_read_alike(queryset: Any) -> bool:
    """Whether `async for`, by which adrf's serializers read it, gives what `for` does."""
    if not isinstance(queryset, QuerySet):
        return isinstance(queryset, (list, tuple))
    return overridden(type(queryset), QuerySet, _READING) is None


async def _by_adrf(view: Any, queryset: Any) -> Response:
    """Answer as adrf's alist() does, from where it has its queryset."""
    page = await view.apaginate_queryset(queryset)
    serializer = view.get_serializer(queryset if page is None else page, many=True)
    if hasattr(serializer, "adata"):
        data = await serializer.adata
    else:
        data = await sync_to_async(lambda: serializer.data)()
    if page is None:
        return Response(data)
    response: Response = await view.get_apaginated_response(data)
    return response


def _why_not(view: AsyncFastListMixin) -> FallBack | None:
    try:
        return _known(view)
    except CannotCompileError as error:
        return error.fall_back


@step
def _known(view: AsyncFastListMixin) -> FallBack | None:
    return changed() or why_adrf_lists(view)


def why_adrf_lists(view: AsyncFastListMixin) -> FallBack | None:
    """Return why the mixin leaves alist() to adrf; None if it answers."""
    if not lists_as_drf(type(view), FastListMixin):
        owner = lister_behind(type(view), FastListMixin) or type(view)
        return FallBack(reason=f"{named(owner)} has a list() of its own")
    own = lists_in_its_own_way(view, AsyncFastListMixin)
    return None if own is None else FallBack(reason=own)
