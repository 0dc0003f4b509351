"""The lab's own recorder as an instrument that is measured itself."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from rowpath.capture.trace import to_json
from rowpath.lab.apps.django.tracing import Watch


class RecorderMiddleware:
    """Makes the trace of each request as a traced server does, plans included, and drops it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        watch = Watch()
        with watch.entered():
            response = self._get_response(request)
        to_json(watch.trace(error=None))
        return response
