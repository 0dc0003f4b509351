"""The one line that makes a list fast: FastListMixin, first in a generic view's bases."""

import logging
from typing import TYPE_CHECKING, Any

from django.http.response import HttpResponseBase
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from rowpath.fast.drf.answers import answer
from rowpath.fast.drf.grounds import changed
from rowpath.fast.drf.prepared import Prepared
from rowpath.fast.drf.reading import Reading
from rowpath.fast.drf.responses import Outcome, with_outcome
from rowpath.fast.drf.shadow import turned_off
from rowpath.fast.drf.steps import count, held, step
from rowpath.fast.drf.views import view_falls_back
from rowpath.fast.fallback import CannotCompileError, FallBack

if TYPE_CHECKING:
    # For type checkers only: what the mixin stands in front of.
    class _Listing(ListModelMixin, GenericAPIView[Any]): ...
else:
    _Listing = object

_log = logging.getLogger("rowpath.fast")


# Answers `list` with the bytes, status and headers of DRF's ListModelMixin, faster.
#
# It stands first in the bases of a generic view. What is not provably the same is answered by DRF,
# for that request; `outcome_of(response)` tells, and the logger `rowpath.fast` says why on DEBUG.
#
# Neither it nor its methods have a docstring: tools that describe an API publish those of a view's
# classes and methods as the description of the user's endpoints. help() shows this comment.
class FastListMixin(_Listing):  # noqa: D101 - see above
    # Answers the view's queryset, filtered and paginated.
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: D102
        reason, ready = _beforehand(self), None
        if reason is not None:
            response = super().list(request, *args, **kwargs)
        else:
            queryset = self.filter_queryset(self.get_queryset())
            response, reason, ready = answer(self, request, queryset)
        return _told(self, response, reason, ready)

    # Answers all rows in another way than in one piece; None for one piece.
    def list_unpaginated(  # noqa: D102
        self, _request: Request, _reading: Reading
    ) -> HttpResponseBase | None:
        return None


def _beforehand(view: FastListMixin) -> FallBack | None:
    """Return why `view` does not answer fast, whatever its queryset is; None if it may."""
    try:
        return _known(view)
    except CannotCompileError as error:
        return error.fall_back


@step
def _known(view: FastListMixin) -> FallBack | None:
    return changed() or view_falls_back(view, FastListMixin) or turned_off(type(view)) or held(view)


def _told(
    view: FastListMixin, response: Response, reason: FallBack | None, ready: Prepared | None
) -> Response:
    """Return `response`, which tells from now on why it is DRF's, if it is."""
    try:
        count(view, reason, ready)
    except CannotCompileError:
        _log.debug("A list of %s was not counted", type(view).__name__)
    if reason is not None:
        _log.debug("DRF answers %s: %s", type(view).__name__, reason)
        with_outcome(response, Outcome(reason=reason))
    return response
