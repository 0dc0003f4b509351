"""The word that makes an asynchronous view of adrf's fast, first in its bases."""

import logging
from typing import Any

from asgiref.sync import sync_to_async
from rest_framework.response import Response

from rowpath.fast.drf.admission.asynchronous import lists_in_its_own_way
from rowpath.fast.drf.admission.views import lists_as_drf
from rowpath.fast.drf.grounds import changed
from rowpath.fast.drf.mixin import FastListMixin
from rowpath.fast.drf.steps import step
from rowpath.fast.fallback import CannotCompileError, FallBack
from rowpath.fast.names import named

_log = logging.getLogger("rowpath.fast")


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
        return await sync_to_async(FastListMixin.list)(self, *args, **kwargs)


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
        return FallBack(reason=f"{named(type(view))} has a list() of its own")
    own = lists_in_its_own_way(view, AsyncFastListMixin)
    return None if own is None else FallBack(reason=own)
