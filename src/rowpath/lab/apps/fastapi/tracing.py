"""The instruments, which a traced server alone carries."""

from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rowpath.capture.memory import peak_bytes, reset_peak, resident_bytes
from rowpath.capture.recording import Recording
from rowpath.capture.sqlalchemy import recorded
from rowpath.capture.trace import Trace, error_line, to_json
from rowpath.lab.apps.tracing import REQUEST_HEADER, is_request_name, is_technique, write_trace


class TracingMiddleware:
    """Writes the trace of each request that names itself, before the last of its answer is sent."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        engine: Engine,
        folder: Path,
        async_engine: AsyncEngine | None = None,
    ) -> None:
        self._app = app
        self._engines = (engine, *(() if async_engine is None else (async_engine.sync_engine,)))
        self._folder = folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, and leave its trace."""
        name = Headers(scope=scope).get(REQUEST_HEADER, "") if scope["type"] == "http" else ""
        if not is_request_name(name):
            await self._app(scope, receive, send)
            return
        reset_peak()
        resident = resident_bytes()
        is_answered = False
        with recorded(*self._engines, is_own=is_technique) as recording:

            async def send_traced(message: Message) -> None:
                nonlocal is_answered
                if message["type"] == "http.response.body" and not message.get("more_body"):
                    is_answered = True
                    self._leave(name, recording, resident)
                await send(message)

            try:
                await self._app(scope, receive, send_traced)
            except Exception as error:
                # Of an answer that was sent, the trace may have been read and removed by now.
                if not is_answered:
                    self._leave(name, recording, resident, error_line(error))
                raise

    def _leave(
        self, name: str, recording: Recording, resident: int, error: str | None = None
    ) -> None:
        """Write what was seen until now; PostgreSQL is asked for the plans only after that."""
        peak = peak_bytes()
        recording.explain()
        trace = Trace(
            statements=recording.statements(),
            peak_bytes=peak,
            resident_bytes=resident,
            error=error,
        )
        write_trace(self._folder, name, to_json(trace))
