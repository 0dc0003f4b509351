"""django-silk's plans beside other instruments."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import silk.sql
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from rowpath.capture.postgresql import plan_of


@contextmanager
def plans_unseen() -> Iterator[None]:
    """Let silk ask for plans past Django's cursors for as long as the block lasts.

    It sends an EXPLAIN with each statement, which every instrument in Django's cursors would count
    as another statement of the application's.
    """
    # silk has no setting for it.
    original = silk.sql._explain_query  # noqa: SLF001
    silk.sql._explain_query = _plan  # noqa: SLF001
    try:
        yield
    finally:
        silk.sql._explain_query = original  # noqa: SLF001


def _plan(used: Any, query: str, parameters: Any) -> str | None:
    return plan_of(used.connection, query, parameters)


class UnseenPlansMiddleware:
    """Has silk ask for plans unseen, so that the toolbar counts what the application sends."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        with plans_unseen():
            return self._get_response(request)
