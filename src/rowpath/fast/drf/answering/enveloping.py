"""What stands around the rows of an answer, and whether it has left them alone."""

from typing import Any

from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from rowpath.fast.django.overrides import has_own
from rowpath.fast.drf.admission.views import generic_view
from rowpath.fast.drf.answering.envelopes import NotPlainError, marked
from rowpath.fast.drf.answering.lazy import LazyList, is_unread
from rowpath.fast.names import definer
from rowpath.fast.shipped import is_shipped

_ENVELOPE = ("get_paginated_response",)
_DRFS = "rest_framework.pagination"


def why_drf_renders(view: Any, response: Response, rows: LazyList, *, is_page: bool) -> str | None:
    """Return why `response`, made around `rows`, is for DRF to render; None if it is not."""
    if not is_unread(rows):
        return f"{enveloping(view)} looked at the rows"
    if not is_page:
        return None
    if type(response) is not Response or response.is_rendered:
        return f"{enveloping(view)} returned a {type(response).__name__}"
    try:
        marked(response.data, rows)
    except NotPlainError as error:
        return f"{enveloping(view)} put {error} around the rows"
    return None


def enveloping(view: Any) -> str:
    """Return the name of what makes the envelope of the view's pages."""
    owner = type(view if has_own(view, generic_view(type(view)), _ENVELOPE) else view.paginator)
    return f"{owner.__name__}.get_paginated_response()"


def has_drfs_envelope(view: Any) -> bool:
    """Whether the envelope of the view's pages is DRF's own."""
    if has_own(view, generic_view(type(view)), _ENVELOPE):
        return False
    return is_drfs_envelope(view.paginator)


def is_drfs_envelope(paginator: BasePagination | None) -> bool:
    """Whether `paginator` puts DRF's own envelope around its pages."""
    if paginator is None or _ENVELOPE[0] in vars(paginator):
        return False
    owner = definer(type(paginator), *_ENVELOPE)
    return owner.__module__ == _DRFS and is_shipped(owner, *_ENVELOPE)
