"""The words that make a view fast, first in its bases: FastListMixin and FastMixin."""

import logging
from typing import TYPE_CHECKING, Any

from django.http.response import HttpResponseBase
from rest_framework.generics import GenericAPIView
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from rowpath.fast.drf.admission.views import lists_as_drf, view_falls_back
from rowpath.fast.drf.answering.responses import Outcome, outcome_of, with_outcome
from rowpath.fast.drf.answering.shadow import turned_off
from rowpath.fast.drf.answers import Answered, answer, listed
from rowpath.fast.drf.data import of_views  # noqa: F401 - which looks for FastMixin
from rowpath.fast.drf.grounds import changed, data_changed
from rowpath.fast.drf.instances import passed_on  # noqa: F401 - and for what it has marked
from rowpath.fast.drf.instances.written import Written
from rowpath.fast.drf.rows.reading import Reading
from rowpath.fast.drf.steps import count, held, step
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
        reason, is_drfs = beforehand(self)
        if not is_drfs:
            response = super().list(request, *args, **kwargs)
            return _told(self, Answered(response=response, reason=reason))
        queryset = self.filter_queryset(self.get_queryset())
        return answered(self, request, queryset, reason)

    # Answers all rows in another way than in one piece; None for one piece.
    def list_unpaginated(  # noqa: D102
        self, _request: Request, _reading: Reading
    ) -> HttpResponseBase | None:
        return None

    # Answers all rows of instances in another way than in one piece; None for one piece.
    def list_written(  # noqa: D102
        self, _request: Request, _written: Written
    ) -> HttpResponseBase | None:
        return None


# Has what the view's serializers represent made as DRF's data, faster: one object, lists of the
# view's own actions. For its own list FastListMixin does more.
#
# It stands in the bases of a generic view, and has no method: DRF's get_serializer() looks for it.
class FastMixin:  # noqa: D101 - see above
    _rowpath_marks = True


def answered(
    view: FastListMixin, request: Request, queryset: Any, reason: FallBack | None
) -> Response:
    """Return the answer of `queryset`, whose rows Django reads for a `reason` if there is one."""
    if reason is not None:
        return _told(view, listed(view, request, queryset, reason))
    return _told(view, answer(view, request, queryset))


def beforehand(view: FastListMixin) -> tuple[FallBack | None, bool]:
    """Return why `view` does not answer fast, whatever its queryset is, and None if it may.

    And whether it lists as DRF does, so that its list() may be done without.
    """
    try:
        return _known(view)
    except CannotCompileError as error:
        return error.fall_back, False


@step
def _known(view: FastListMixin) -> tuple[FallBack | None, bool]:
    reason = changed() or view_falls_back(view, FastListMixin)
    reason = reason or turned_off(type(view)) or held(view)
    if reason is None:
        return None, True
    return reason, data_changed() is None and lists_as_drf(type(view), FastListMixin)


def _told(view: FastListMixin, answered: Answered) -> Response:
    """Return the response, which tells from now on why it is DRF's, if it is."""
    try:
        _tell(view, answered)
    except CannotCompileError:
        _log.debug("A list of %s was not counted", type(view).__name__)
    return answered.response


@step
def _tell(view: FastListMixin, answered: Answered) -> None:
    reason = answered.reason
    if reason is not None:
        _log.debug("Django reads the rows of %s: %s", type(view).__name__, reason)
        before = outcome_of(answered.response)  # of a serializer that is fast by itself
        made = answered.made or (None if before is None else before.made)
        with_outcome(answered.response, Outcome(reason=reason, made=made))
    count(view, reason, answered.ready)
