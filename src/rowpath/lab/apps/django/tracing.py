"""The instruments, which a traced server alone carries."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from rowpath.capture.django import recorded, recorded_in_context
from rowpath.capture.memory import peak_bytes, reset_peak, resident_bytes
from rowpath.capture.places import IsOwn
from rowpath.capture.recording import Recording
from rowpath.capture.trace import Trace, error_line, to_json
from rowpath.fast.drf import outcome_of
from rowpath.lab.apps.django.tasks import WATCH, Task
from rowpath.lab.apps.tracing import (
    PATH_HEADER,
    REQUEST_HEADER,
    is_request_name,
    is_technique,
    write_trace,
)

ERROR = "rowpath_error"
"""The attribute of a request that holds the exception that ended it, on one line."""


class TracingMiddleware:
    """Writes the trace of each request that names itself, before its answer is sent.

    The answer is whole when it comes by here: no view of the lab streams. The whole request is
    watched, of a task only what it runs. Under a server with an event loop the middleware is
    async, as what is timed there has no sync one; the threads of a request are then watched too.
    """

    sync_capable = True
    async_capable = True

    # Django gives a middleware one of two kinds of function, and asks which kind it has become.
    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self._get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer the request, and leave its trace."""
        return self._answered_async(request) if self._is_async else self._answered(request)

    async def _answered_async(self, request: HttpRequest) -> HttpResponseBase:
        name = request.headers.get(REQUEST_HEADER, "")
        if not is_request_name(name):
            return await self._get_response(request)
        watch = Watch()
        with watch.entered(recorded_in_context):
            response = await self._get_response(request)
        trace = await sync_to_async(watch.trace)(error=getattr(request, ERROR, None))
        write_trace(settings.ROWPATH_TRACE_FOLDER, name, to_json(trace))
        return response

    def _answered(self, request: HttpRequest) -> HttpResponseBase:
        name = request.headers.get(REQUEST_HEADER, "")
        if not is_request_name(name):
            return self._get_response(request)
        watch = Watch()
        if _is_task(request):
            setattr(request, WATCH, watch.entered())
            response = self._get_response(request)
        else:
            with watch.entered():
                response = self._get_response(request)
        trace = watch.trace(error=getattr(request, ERROR, None))
        write_trace(settings.ROWPATH_TRACE_FOLDER, name, to_json(trace))
        if (outcome := outcome_of(response)) is not None:
            response[PATH_HEADER] = outcome.path or outcome.way or f"DRF, since {outcome.reason}"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Note the exception that Django is about to answer with 500."""
        setattr(request, ERROR, error_line(exception))


class Watch:
    """What the instruments saw of one piece of work; nothing where it was never entered."""

    def __init__(self) -> None:
        self._recording = Recording()
        self._resident_bytes = 0
        self._peak_bytes = 0

    @contextmanager
    def entered(
        self, recording: Callable[[IsOwn], AbstractContextManager[Recording]] = recorded
    ) -> Iterator[None]:
        """Watch the block, its statements by what `recording` yields."""
        reset_peak()
        self._resident_bytes = resident_bytes()
        with recording(is_technique) as self._recording:
            try:
                yield
            finally:
                self._peak_bytes = peak_bytes()

    def trace(self, error: str | None) -> Trace:
        """Return what was seen; PostgreSQL is asked for the plans only now."""
        self._recording.explain()
        return Trace(
            statements=self._recording.statements(),
            peak_bytes=self._peak_bytes,
            resident_bytes=self._resident_bytes,
            error=error,
        )


def _is_task(request: HttpRequest) -> bool:
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return issubclass(getattr(view, "cls", object), Task)
