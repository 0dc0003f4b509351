"""Requests to an ASGI application in this process, between its start-up and its shutdown."""

import asyncio
import traceback
from collections.abc import Callable
from time import perf_counter
from typing import Any
from urllib.parse import unquote

from rowpath.errors import AnswerError, ServerError
from rowpath.explain.asgi.application import Application, Message
from rowpath.explain.serving import Received
from rowpath.explain.values import JSON, Request

MOST_BYTES = 64 * 1024 * 1024
"""What is longer is taken for an answer without an end."""
ENDS_WITHIN_S = 30.0
TRACEBACK_LINES = 6
HOST = "localhost"
_FAILED = 500
_ASGI = {"version": "3.0", "spec_version": "2.4"}


class Lifespan:
    """An application's start-up; it goes on to live until this process ends."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._started: asyncio.Queue[Message] = asyncio.Queue()
        self._ended = asyncio.Event()
        self._is_first = True
        self._task: asyncio.Task[None] | None = None
        self.state: dict[str, Any] = {}

    async def start(self) -> None:
        """Run the start-up; ServerError where it fails. Without a lifespan there is none."""
        scope = {"type": "lifespan", "asgi": _ASGI, "state": self.state}
        self._task = asyncio.ensure_future(
            self._application(scope, self._receive, self._started.put)
        )
        told = asyncio.ensure_future(self._started.get())
        await asyncio.wait({self._task, told}, return_when=asyncio.FIRST_COMPLETED)
        if not told.done():
            # An application that knows no lifespan raises, or returns: servers go on then.
            told.cancel()
            return
        message = told.result()
        if message["type"] == "lifespan.startup.failed":
            await asyncio.wait({self._task}, timeout=1)
            error = self._task.exception() if self._task.done() else None
            reason = message.get("message") or "".join(traceback.format_exception(error))
            raise ServerError(
                "Cannot start the application: its lifespan's start-up failed. Start it with its "
                f"own server first:\n{_end_of(str(reason))}"
            )

    async def _receive(self) -> Message:
        if self._is_first:
            self._is_first = False
            return {"type": "lifespan.startup"}
        await self._ended.wait()
        return {"type": "lifespan.shutdown"}


async def ask(
    application: Application,
    request: Request,
    state: dict[str, Any],
    answered: Callable[[], None] = lambda: None,
) -> Received:
    """Return the answer to one request, when the application is done with it.

    `answered` is told of the last byte: what the application does after it is no part of the
    answer. AnswerError where the answer does not end.
    """
    exchange = _Exchange(request.body, answered)
    started = perf_counter()
    call = application(_scope(request, state), exchange.receive, exchange.send)
    exchange.task = asyncio.ensure_future(call)
    await asyncio.wait({exchange.task}, timeout=ENDS_WITHIN_S)
    if not exchange.task.done():
        exchange.stopped = f"it has not ended after {ENDS_WITHIN_S:.0f} s"
        exchange.task.cancel()
        await asyncio.wait({exchange.task}, timeout=1)
    if exchange.stopped is not None:
        raise AnswerError(
            f"Cannot explain {request.path}: {exchange.stopped}. Name a path whose answer ends, or "
            "ask for less of it."
        )
    error = exchange.task.exception()
    if error is None and exchange.status is None:
        raise ServerError(
            f"Cannot explain {request.path}: the application returned without an answer. Ask it by "
            "its own server first."
        )
    return Received(
        status=_FAILED if error is not None else exchange.status or _FAILED,
        location=exchange.headers.get("location"),
        content_type=exchange.headers.get("content-type", ""),
        body=b"".join(exchange.parts),
        duration_s=(exchange.ended or perf_counter()) - started,
        error=None if error is None else _end_of("".join(traceback.format_exception(error))),
    )


class _Exchange:
    """What an application receives and sends for one request."""

    def __init__(self, body: bytes, answered: Callable[[], None]) -> None:
        self._body = body
        self._answered = answered
        self._is_asked = False
        self._is_over = asyncio.Event()
        self._size = 0
        self.task: asyncio.Future[None] | None = None
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.parts: list[bytes] = []
        self.ended: float | None = None
        self.stopped: str | None = None

    async def receive(self) -> Message:
        if not self._is_asked:
            self._is_asked = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self._is_over.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in message.get("headers", ())
            }
        elif message["type"] == "http.response.body":
            self._add(message)

    def _add(self, message: Message) -> None:
        body = bytes(message.get("body", b""))
        self.parts.append(body)
        self._size += len(body)
        if self._size > MOST_BYTES and self.task is not None:
            self.stopped = f"its answer is longer than {MOST_BYTES:,} bytes"
            self.task.cancel()
        if not message.get("more_body", False):
            self.ended = perf_counter()
            self._is_over.set()
            self._answered()


def _scope(request: Request, state: dict[str, Any]) -> dict[str, Any]:
    path, _, query = request.path.partition("?")
    headers = {"host": HOST, "accept": "application/json, text/html;q=0.9, */*;q=0.8"}
    if request.body:
        headers |= {"content-type": JSON, "content-length": str(len(request.body))}
    headers |= {name.lower(): value for name, value in request.headers}
    return {
        "type": "http",
        "asgi": _ASGI,
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
        "client": ("127.0.0.1", 50000),
        "server": (HOST, 80),
        "state": dict(state),
    }


def _end_of(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-TRACEBACK_LINES:])
