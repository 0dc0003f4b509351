"""Patches of DRF's paginators: pages of as many rows as are asked for."""

from collections.abc import Callable
from typing import Any

from rest_framework.pagination import CursorPagination, LimitOffsetPagination, PageNumberPagination

from rowpath.capture.patching import Patch
from rowpath.explain.recording.recorder import Recorder

METHODS: dict[type, tuple[str, ...]] = {
    PageNumberPagination: ("get_page_size",),
    LimitOffsetPagination: ("get_limit",),
    CursorPagination: ("get_page_size",),
}
FINDING = "growth with a page's size"


def patches(recorder: Recorder) -> tuple[Patch, ...]:
    """Return the patches by which a recorder sees pages, and sets their size where it is to."""

    def sized(original: Callable[..., Any]) -> Callable[..., Any]:
        def size(paginator: Any, request: Any) -> Any:
            own = original(paginator, request)
            if own is None or not recorder.is_watching:
                return own
            recorder.page_rows = own
            limit = recorder.limit
            return own if limit is None or limit.model is not None else limit.rows

        return size

    return (
        Patch(PageNumberPagination, {"get_page_size": sized}),
        Patch(LimitOffsetPagination, {"get_limit": sized}),
        Patch(CursorPagination, {"get_page_size": sized}),
    )
