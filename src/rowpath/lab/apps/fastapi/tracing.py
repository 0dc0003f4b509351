"""The instruments, which a traced server alone carries."""

from pathlib import Path

from sqlalchemy import Engine
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rowpath.capture.memory import peak_bytes, reset_peak
from rowpath.capture.sqlalchemy import recorded
from rowpath.capture.trace import Trace
from rowpath.lab.apps.tracing import REQUEST_HEADER, is_request_name, write_trace


class TracingMiddleware:
    """Writes the trace of each request that names itself, before the last of its answer is sent."""

    def __init__(self, app: ASGIApp, *, engine: Engine, folder: Path) -> None:
        self._app = app
        self._engine = engine
        self._folder = folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, and leave its trace."""
        name = Headers(scope=scope).get(REQUEST_HEADER, "") if scope["type"] == "http" else ""
        if not is_request_name(name):
            await self._app(scope, receive, send)
            return
        reset_peak()
        with recorded(self._engine) as recording:

            async def send_traced(message: Message) -> None:
                if message["type"] == "http.response.body" and not message.get("more_body"):
                    trace = Trace(statements=recording.statements(), peak_bytes=peak_bytes())
                    write_trace(self._folder, name, trace)
                await send(message)

            await self._app(scope, receive, send_traced)
