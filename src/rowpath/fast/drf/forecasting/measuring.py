"""What the fast path saves on the rows that are there."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models.query import QuerySet
from rest_framework.generics import GenericAPIView

from rowpath.fast.drf.rows.ways import Way
from rowpath.fast.fallback import CannotCompileError
from rowpath.fast.names import error_text

# Rows that are measured at most, and rounds: a second or so for a slow list.
_ROWS = 1_000
_ROUNDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """One page's rows from the statement to the bytes: medians of interleaved rounds."""

    rows: int
    drf_s: float
    fast_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What came of reading up to 1,000 rows in both ways: nothing at all if there were none."""

    saving: Saving | None = None
    unwritten: str | None = None
    """Which value of these rows could not be written, so that DRF answers lists that have it."""
    raised: str | None = None
    """What reading the rows raised."""


NOT_MEASURED = Measured()


def measured(view: GenericAPIView, way: Way, queryset: QuerySet) -> Measured:
    """Read rows of `queryset` by DRF and by `way` in turn."""
    try:
        return Measured(saving=_saving(view, way, queryset))
    except CannotCompileError as error:
        return Measured(unwritten=str(error))
    except Exception as error:  # noqa: BLE001 - the database's, or the view's own
        return Measured(raised=f"reading its rows raised {error_text(error)}")


def _saving(view: GenericAPIView, way: Way, queryset: QuerySet) -> Saving | None:
    rows = queryset if queryset.query.is_sliced else queryset[:_ROWS]
    render = view.request.accepted_renderer.render

    def drf() -> int:
        return len(render(view.get_serializer(rows.all(), many=True).data))

    def fast() -> int:
        return len(way.read(rows).array())

    if (count := len(rows.all())) == 0 or fast() == 0 or drf() == 0:
        return None
    times = [(_seconds(drf), _seconds(fast)) for _ in range(_ROUNDS)]
    drf_s, fast_s = zip(*times, strict=True)
    return Saving(rows=count, drf_s=statistics.median(drf_s), fast_s=statistics.median(fast_s))


def _seconds(call: Callable[[], Any]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
