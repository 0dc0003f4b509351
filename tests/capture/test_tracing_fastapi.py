"""The middleware of the measured FastAPI application, around applications that are made here."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rowpath.capture.trace import from_json
from rowpath.lab.apps.fastapi.tracing import TracingMiddleware
from rowpath.lab.apps.tracing import REQUEST_HEADER

NAME = "a-request"
START: Message = {"type": "http.response.start", "status": 200, "headers": []}
END: Message = {"type": "http.response.body", "body": b"done"}


def application(engine: Engine, *, raises_before: bool, raises_after: bool) -> ASGIApp:
    """Return an application of one statement, which fails before or after it has answered."""

    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        with engine.connect() as connection:
            connection.execute(text("SELECT id FROM product WHERE id = :id"), {"id": 1})
        if raises_before:
            raise LookupError("nothing\n  there")
        await send(START)
        await send(END)
        if raises_after:
            raise LookupError("too late")

    return app


def request(app: ASGIApp, engine: Engine, folder: Path, sent: list[Message]) -> None:
    """Ask a traced application, with a name."""

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        if message is END:
            assert (folder / f"{NAME}.json").exists(), "the trace comes before the last message"
        sent.append(message)

    headers = [(REQUEST_HEADER.lower().encode(), NAME.encode())]
    traced = TracingMiddleware(app, engine=engine, folder=folder)
    asyncio.run(traced({"type": "http", "headers": headers}, receive, send))


def test_the_trace_has_plan_and_memory(engine: Engine, tmp_path: Path) -> None:
    """A request that was answered left its statement, explained, and no error."""
    sent: list[Message] = []

    request(application(engine, raises_before=False, raises_after=False), engine, tmp_path, sent)

    trace = from_json((tmp_path / f"{NAME}.json").read_bytes())
    (statement,) = trace.statements
    assert "on product" in (statement.plan or "")
    assert 0 < trace.resident_bytes <= trace.peak_bytes
    assert trace.error is None
    assert sent == [START, END]


@pytest.mark.parametrize(
    ("raises_before", "error"), [(True, "LookupError: nothing there"), (False, None)]
)
def test_an_error_is_in_the_trace_if_it_came_before_the_answer(
    error: str | None, engine: Engine, tmp_path: Path, *, raises_before: bool
) -> None:
    """The server still gets it; one that came later changes nothing about the answer."""
    app = application(engine, raises_before=raises_before, raises_after=True)

    with pytest.raises(LookupError):
        request(app, engine, tmp_path, [])

    trace = from_json((tmp_path / f"{NAME}.json").read_bytes())
    assert trace.error == error
    assert len(trace.statements) == 1
