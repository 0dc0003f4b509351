"""The instruments, which a traced server alone carries."""

from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any

from django.conf import settings
from django_bolt.concurrency import run_in_orm_executor

from rowpath.capture.trace import error_line, to_json
from rowpath.lab.apps.django.tracing import Watch
from rowpath.lab.apps.tracing import REQUEST_HEADER, is_request_name, write_trace


class TracingMiddleware:
    """Writes the trace of each request that names itself, before its answer is sent.

    The instruments are entered on the thread that reads querysets, of which a traced server has
    one.
    """

    def __init__(self, get_response: Callable[[Any], Awaitable[Any]]) -> None:
        self._get_response = get_response

    async def __call__(self, request: Any) -> Any:
        """Answer the request, and leave its trace."""
        name = request.headers.get(REQUEST_HEADER.lower(), "")
        if not is_request_name(name):
            return await self._get_response(request)
        watch, stack, error = Watch(), ExitStack(), None
        await run_in_orm_executor(stack.enter_context, watch.entered())
        try:
            return await self._get_response(request)
        except Exception as raised:
            error = error_line(raised)
            raise
        finally:
            await run_in_orm_executor(stack.close)
            trace = await run_in_orm_executor(watch.trace, error)
            write_trace(settings.ROWPATH_TRACE_FOLDER, name, to_json(trace))
