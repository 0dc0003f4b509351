"""Statements of a request that awaits them are recorded, in whichever threads they were sent."""

import asyncio
from collections.abc import Iterator
from threading import Barrier, Thread

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections
from django.db.utils import ConnectionHandler

from rowpath.capture.django import recorded_in_context
from rowpath.capture.recording import Recording
from rowpath.capture.trace import Statement, Trace

THREADS = 4

pytestmark = pytest.mark.usefixtures("django_database")


@pytest.fixture(autouse=True)
def closed_at_last() -> Iterator[None]:
    """The connections of this thread are closed at the end of each test."""
    yield
    connections.close_all()


def send(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)


def send_and_close(text: str) -> None:
    try:
        send(text)
    finally:
        connection.close()


send_in_thread = sync_to_async(send_and_close, thread_sensitive=False)


def texts(recording: Recording) -> list[str]:
    return sorted(statement.text for statement in recording.statements())


def test_what_tasks_send_from_threads_is_recorded() -> None:
    """A thread and a connection for each task, and one recording of them all."""
    together = Barrier(THREADS)

    def meet_and_send(number: int) -> None:
        # No thread may have done before another has begun, or one would do for all.
        together.wait(timeout=30)
        send_and_close(f"SELECT {number}")

    async def work() -> Recording:
        with recorded_in_context() as recording:
            in_thread = sync_to_async(meet_and_send, thread_sensitive=False)
            await asyncio.gather(*(in_thread(number) for number in range(THREADS)))
        return recording

    recording = asyncio.run(work())

    assert texts(recording) == [f"SELECT {number}" for number in range(THREADS)]
    trace = Trace(statements=recording.statements(), peak_bytes=0)
    assert trace.connections == THREADS


def test_requests_that_share_threads_do_not_mix() -> None:
    """Each of two requests at once has its own statements, sent by one and the same thread."""

    async def request(name: str, begun: asyncio.Event, other: asyncio.Event) -> Recording:
        with recorded_in_context() as recording:
            await sync_to_async(send)(f"SELECT '{name} first'")
            begun.set()
            await other.wait()
            await sync_to_async(send)(f"SELECT '{name} second'")
        return recording

    async def work() -> tuple[Recording, Recording]:
        one, other = asyncio.Event(), asyncio.Event()
        both = await asyncio.gather(request("one", one, other), request("other", other, one))
        await sync_to_async(connections.close_all)()
        return both

    one, other = asyncio.run(work())

    assert texts(one) == ["SELECT 'one first'", "SELECT 'one second'"]
    assert texts(other) == ["SELECT 'other first'", "SELECT 'other second'"]


def test_a_thread_without_the_context_is_not_recorded() -> None:
    """Another thread of the process has nothing to do with the request."""
    with recorded_in_context() as recording:
        stranger = Thread(target=send_and_close, args=["SELECT 'stranger'"])
        stranger.start()
        stranger.join()
        send("SELECT 'own'")

    assert texts(recording) == ["SELECT 'own'"]


def test_nothing_is_left_on_connections_after_the_block() -> None:
    """Neither on this thread's connection nor on the class, also after an exception."""
    given = ConnectionHandler.__getitem__

    with pytest.raises(RuntimeError), recorded_in_context() as recording:  # noqa: PT012
        send("SELECT 1")
        raise RuntimeError
    send("SELECT 2")

    assert texts(recording) == ["SELECT 1"]
    assert connection.execute_wrappers == []
    assert ConnectionHandler.__getitem__ is given


def test_a_plan_is_asked_for_after_the_block() -> None:
    """In a thread of its own as well as in this one."""

    async def work() -> Recording:
        with recorded_in_context() as recording:
            await send_in_thread("SELECT id FROM product WHERE id = 7")
        await sync_to_async(recording.explain)()
        await sync_to_async(connections.close_all)()
        return recording

    (statement,) = asyncio.run(work()).statements()

    assert statement.plan is not None
    assert "product" in statement.plan


def sent(started_s: float | None, duration_s: float, backend: int | None = 1) -> Statement:
    return Statement(
        text="SELECT 1", duration_s=duration_s, rows=1, started_s=started_s, backend=backend
    )


@pytest.mark.parametrize(
    ("statements", "most"),
    [
        ((), 0),
        ((sent(None, 1),), 0),
        ((sent(0, 1), sent(1, 1), sent(2, 1)), 1),
        ((sent(0, 1), sent(0.5, 1), sent(1.2, 1)), 2),
        ((sent(0, 4), sent(1, 2), sent(2, 3), sent(5, 1)), 3),
    ],
)
def test_most_at_once_is_how_many_overlap(statements: tuple[Statement, ...], most: int) -> None:
    """One that begins when another ends does not overlap with it."""
    assert Trace(statements=statements, peak_bytes=0).most_at_once == most


def test_connections_are_counted_by_the_processes_that_serve_them() -> None:
    """A statement of which it is not known counts for none."""
    statements = (sent(0, 1, 7), sent(1, 1, 8), sent(2, 1, 7), sent(3, 1, None))

    assert Trace(statements=statements, peak_bytes=0).connections == 2
