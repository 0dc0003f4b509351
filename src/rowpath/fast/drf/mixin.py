"""The one line that makes a list fast: FastListMixin, first in a generic view's bases."""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from django.db import DatabaseError
from django.db.models.query import QuerySet
from django.http.response import HttpResponseBase
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from rowpath.fast.drf.answers import (
    fast_answer,
    ordinary_answer,
    reading_for,
    with_outcome,
)
from rowpath.fast.drf.back_off import values_failed
from rowpath.fast.drf.portable import FallsBackError
from rowpath.fast.drf.prepared import never_compiles
from rowpath.fast.drf.reading import Reading
from rowpath.fast.drf.responses import Outcome
from rowpath.fast.drf.shadow import turned_off
from rowpath.fast.drf.views import view_falls_back
from rowpath.fast.encoding import CannotEncodeError
from rowpath.fast.fallback import CannotCompileError, FallBack

if TYPE_CHECKING:
    # For type checkers only: what the mixin stands in front of.
    class _Listing(ListModelMixin, GenericAPIView[Any]): ...
else:
    _Listing = object

_log = logging.getLogger("rowpath.fast")


class FastListMixin(_Listing):
    """Answers `list` with the bytes, status and headers of DRF's ListModelMixin, faster.

    It stands first in the bases of a generic view. What is not provably the same is answered by
    DRF, for that request; `outcome_of(response)` tells, and the logger `rowpath.fast` says why on
    DEBUG.
    """

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer the view's queryset, filtered and paginated."""
        reason = (
            view_falls_back(self, FastListMixin) or turned_off(type(self)) or never_compiles(self)
        )
        if reason is not None:
            return _told(self, super().list(request, *args, **kwargs), reason)
        queryset = self.filter_queryset(self.get_queryset())
        try:
            reading = _reading(self, request, queryset)
            return _answered(self, request, reading, queryset)
        except CannotCompileError as error:
            reason = error.fall_back
        except (CannotEncodeError, FallsBackError) as error:
            values_failed(reading.way.ready.back_off, type(self), str(error))
            reason = FallBack(reason=str(error))
        return _told(self, ordinary_answer(self, queryset), reason)

    def list_unpaginated(self, _request: Request, _reading: Reading) -> HttpResponseBase | None:
        """Answer all rows in another way than in one piece; None for one piece."""
        return None


def _reading(view: FastListMixin, request: Request, queryset: QuerySet) -> Reading:
    try:
        return reading_for(view, request, queryset)
    except (CannotCompileError, DatabaseError):
        raise
    except Exception as error:
        # A defect here: DRF answers all the same.
        _log.warning("DRF answers %s", type(view).__name__, exc_info=True)
        raise CannotCompileError(f"{type(error).__name__} was raised: {error}") from error


def _answered(
    view: FastListMixin, request: Request, reading: Reading, queryset: QuerySet
) -> Response:
    page: Sequence[Any] | None = None
    if view.paginator is not None:
        page = view.paginate_queryset(reading.queryset())
    if page is None:
        if (answer := view.list_unpaginated(request, reading)) is not None:
            return cast("Response", answer)
        reading.whole()
    reading.check_falls_back()
    return fast_answer(view, request, reading, queryset, page)


def _told(view: object, response: Response, reason: FallBack) -> Response:
    _log.debug("DRF answers %s: %s", type(view).__name__, reason)
    return with_outcome(response, Outcome(reason=reason))
