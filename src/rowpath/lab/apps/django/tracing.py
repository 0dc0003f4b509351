"""The instruments, which a traced server alone carries."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from rowpath.capture.django import recorded
from rowpath.capture.memory import peak_bytes, reset_peak
from rowpath.capture.trace import Trace
from rowpath.lab.apps.tracing import REQUEST_HEADER, is_request_name, write_trace


class TracingMiddleware:
    """Writes the trace of each request that names itself, before its answer is sent.

    The answer is whole when it comes by here: no view of the lab streams.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, and leave its trace."""
        name = request.headers.get(REQUEST_HEADER, "")
        if not is_request_name(name):
            return self._get_response(request)
        reset_peak()
        with recorded() as recording:
            response = self._get_response(request)
        trace = Trace(statements=recording.statements(), peak_bytes=peak_bytes())
        write_trace(settings.ROWPATH_TRACE_FOLDER, name, trace)
        return response
