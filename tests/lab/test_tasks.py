"""Tasks and views through Django's own handler, with the middleware of a traced server."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from time import perf_counter, process_time, sleep
from typing import Any

import pytest
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, path

from capture.django_setup import TOKEN, set_up_django
from rowpath.capture.trace import Trace, from_json
from rowpath.lab.apps.meeting import MEETING_HEADER
from rowpath.lab.apps.tracing import (
    CPU_HEADER,
    DURATION_HEADER,
    REQUEST_HEADER,
    TOKEN_HEADER,
)
from rowpath.lab.database import Database

NAME = "a-request"
MIB = 1 << 20
CLOCK_ERROR_S = 2e-9
"""The headers have nine digits."""

Ask = Callable[..., Any]


def send(text: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def clocks() -> tuple[float, float]:
    return perf_counter(), process_time()


def plain_view(_request: HttpRequest) -> HttpResponse:
    send("SELECT id FROM product WHERE id = %s", 1)
    return HttpResponse("plain")


def failing_view(_request: HttpRequest) -> HttpResponse:
    send("SELECT id FROM product WHERE id = %s", 1)
    raise LookupError("nothing\n  there")


def task_patterns() -> Iterator[URLPattern]:
    """Yield where the tasks of these tests are asked for; made once Django is set up."""
    from rowpath.lab.apps.django.tasks import Task  # noqa: PLC0415 after Django is set up

    class Whole(Task):
        """Sends a statement in each of its three parts, and notes when they begin and end."""

        def prepare(self, rows: int) -> None:
            send("SELECT id FROM product LIMIT %s", rows)
            self.held = bytearray(b"x") * (64 * MIB)
            self.clocks = [clocks()]

        def run(self, rows: int) -> object:
            self.clocks.append(clocks())
            assert connection.get_autocommit()
            send("SELECT id FROM product WHERE id <= %s", rows)
            self.clocks.append(clocks())
            return {"ran": rows}

        def left(self, rows: int, result: object) -> object:
            self.clocks.append(clocks())
            send("SELECT count(*) FROM product")
            return {"left": rows, "result": result, "clocks": self.clocks}

    class Bare(Task):
        """Has nothing but its work."""

        def run(self, rows: int) -> object:
            return rows

    class Failing(Task):
        """Ends with an error of its own."""

        def run(self, rows: int) -> object:
            send("SELECT id FROM product WHERE id = %s", rows)
            raise LookupError("nothing there")

    class Unprepared(Bare):
        """Does not come to its work."""

        def prepare(self, rows: int) -> None:
            send("SELECT id FROM product WHERE id = %s", rows)
            raise LookupError("not prepared")

    class Slow(Whole):
        """Takes its time to prepare."""

        def prepare(self, rows: int) -> None:
            sleep(0.3)
            super().prepare(rows)

    yield path("slow", Slow.as_view())
    yield path("whole", Whole.as_view())
    yield path("bare", Bare.as_view())
    yield path("failing", Failing.as_view())
    yield path("unprepared", Unprepared.as_view())


@pytest.fixture(scope="module")
def urls(products: Database) -> tuple[URLPattern, ...]:
    """The paths of these tests, in a Django that is set up."""
    set_up_django(products)
    views = path("plain", plain_view), path("failing-view", failing_view)
    return *views, *task_patterns()


@pytest.fixture
def ask(urls: tuple[URLPattern, ...]) -> Iterator[Ask]:
    """Ask an application that carries no instrument."""
    with override_settings(ROOT_URLCONF=urls, MIDDLEWARE=[]):
        yield Client(raise_request_exception=False, headers={TOKEN_HEADER: TOKEN}).post
    connections.close_all()


@pytest.fixture
def traced_client(urls: tuple[URLPattern, ...], tmp_path: Path) -> Iterator[Client]:
    """A client of an application that is traced."""
    with override_settings(
        ROOT_URLCONF=urls,
        MIDDLEWARE=["rowpath.lab.apps.django.tracing.TracingMiddleware"],
        ROWPATH_TRACE_FOLDER=tmp_path,
    ):
        yield Client(raise_request_exception=False, headers={TOKEN_HEADER: TOKEN})
    connections.close_all()


@pytest.fixture
def ask_traced(traced_client: Client) -> Ask:
    """Ask an application that is traced, with a name."""
    return partial(traced_client.post, headers={REQUEST_HEADER: NAME})


def trace_in(folder: Path) -> Trace:
    return from_json((folder / f"{NAME}.json").read_bytes())


@pytest.mark.parametrize("asked", ["ask", "ask_traced"])
def test_a_task_answers_what_it_left(asked: str, request: pytest.FixtureRequest) -> None:
    """With or without instruments it runs for the rows that are asked for, 100 by default."""
    do: Ask = request.getfixturevalue(asked)

    whole = do("/whole?rows=7").json()
    assert (whole["left"], whole["result"]) == (7, {"ran": 7})
    assert do("/bare").json() == 100


@pytest.mark.parametrize("given", ["", "the-tokem", "the-token-", "thé-token"])
def test_a_task_runs_for_nobody_without_the_token(ask_traced: Ask, given: str) -> None:
    """No page in a browser knows it, and none can send the header unasked."""
    answer = ask_traced("/whole", headers={TOKEN_HEADER: given, REQUEST_HEADER: NAME})

    assert answer.status_code == 403
    assert TOKEN_HEADER in answer.json()["detail"]
    assert TOKEN not in answer.content.decode()


def test_a_task_is_no_safe_thing_to_ask_for(traced_client: Client) -> None:
    """GET, which a browser or a robot may send unasked, runs no task."""
    assert traced_client.get("/bare").status_code == 405


def test_only_the_run_is_traced(ask_traced: Ask, tmp_path: Path) -> None:
    """What comes before and after it is in neither the statements nor the memory."""
    assert ask_traced("/whole?rows=7").status_code == 200

    trace = trace_in(tmp_path)
    (statement,) = trace.statements
    assert statement.text == "SELECT id FROM product WHERE id <= %s"
    assert statement.rows == 7
    assert "product" in (statement.plan or "")
    assert trace.resident_bytes > 64 * MIB
    assert trace.grown_bytes < 32 * MIB
    assert trace.error is None


def test_only_the_run_is_timed(ask: Ask) -> None:
    """Both clocks begin after the preparation, and end before the answer is made."""
    answer = ask("/whole")

    prepared, began, ended, answering = answer.json()["clocks"]
    for header, clock in ((DURATION_HEADER, 0), (CPU_HEADER, 1)):
        told_s = float(answer.headers[header])
        assert ended[clock] - began[clock] <= told_s + CLOCK_ERROR_S
        assert told_s <= answering[clock] - prepared[clock] + CLOCK_ERROR_S


def ask_from_a_thread(ask: Ask, place: str, headers: dict[str, str]) -> Any:  # noqa: ANN401 a response
    """Ask, and leave no connection of the thread's behind."""
    try:
        return ask(place, headers=headers)
    finally:
        connections.close_all()


def test_tasks_that_meet_run_at_once_and_their_wait_is_not_timed(ask: Ask, tmp_path: Path) -> None:
    """Neither begins before both have prepared; the clocks begin after that."""
    headers = {MEETING_HEADER: str(tmp_path)}
    with ThreadPoolExecutor() as pool:
        asked = [
            pool.submit(ask_from_a_thread, ask, place, headers) for place in ("/whole", "/slow")
        ]
    quick, slow = (each.result() for each in asked)

    prepared_s, began_s = zip(
        *([moment[0] for moment in each.json()["clocks"][:2]] for each in (quick, slow)),
        strict=True,
    )
    waited_s = prepared_s[1] - prepared_s[0]
    assert max(prepared_s) <= min(began_s)
    assert float(quick.headers[DURATION_HEADER]) < waited_s


def test_an_ordinary_view_is_traced_whole(ask_traced: Ask, tmp_path: Path) -> None:
    """It has no clock of its own, and its statement is in its trace, explained."""
    answer = ask_traced("/plain")

    assert answer.content == b"plain"
    assert DURATION_HEADER not in answer.headers
    trace = trace_in(tmp_path)
    (statement,) = trace.statements
    assert "on product" in (statement.plan or "")
    assert 0 < trace.resident_bytes <= trace.peak_bytes


@pytest.mark.parametrize(
    ("place", "error", "statements"),
    [
        ("/failing", "LookupError: nothing there", 1),
        ("/failing-view", "LookupError: nothing there", 1),
        ("/unprepared", "LookupError: not prepared", 0),
    ],
)
def test_what_fails_is_answered_with_500_and_leaves_its_error(
    place: str, error: str, statements: int, ask_traced: Ask, tmp_path: Path
) -> None:
    """The trace says why, with what was sent until then."""
    assert ask_traced(place).status_code == 500

    trace = trace_in(tmp_path)
    assert trace.error == error
    assert len(trace.statements) == statements


@pytest.mark.parametrize(("place", "status"), [("/whole?rows=many", 400), ("/nowhere", 404)])
def test_a_request_that_is_refused_leaves_a_trace_without_statements(
    place: str, status: int, ask_traced: Ask, tmp_path: Path
) -> None:
    """It ended without an exception, before any work."""
    assert ask_traced(place).status_code == status

    trace = trace_in(tmp_path)
    assert trace.statements == ()
    assert trace.error is None


def test_without_instruments_an_error_goes_up(ask: Ask) -> None:
    """Django answers 500, as for any view."""
    assert ask("/failing").status_code == 500


def test_a_request_without_a_name_is_not_traced(traced_client: Client, tmp_path: Path) -> None:
    """A traced server is otherwise an ordinary one."""
    assert traced_client.post("/bare?rows=1").json() == 1
    assert list(tmp_path.iterdir()) == []
