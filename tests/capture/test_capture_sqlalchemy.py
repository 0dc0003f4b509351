from contextvars import copy_context
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from conftest import PRODUCTS
from rowpath.capture.sqlalchemy import recorded
from rowpath.capture.trace import Statement

SERIES = text("SELECT generate_series(1, CAST(:count AS integer))")


def send(engine: Engine, count: int) -> None:
    with engine.connect() as connection:
        connection.execute(SERIES, {"count": count}).all()


def texts(statements: tuple[Statement, ...]) -> list[str]:
    return [statement.text for statement in statements]


def rows(statements: tuple[Statement, ...]) -> list[int | None]:
    return [statement.rows for statement in statements]


def test_a_statement_is_recorded_with_its_text_and_rows(engine: Engine) -> None:
    """The text is what SQLAlchemy gave the driver, placeholders included."""
    with recorded(engine) as recording:
        send(engine, 7)

    (statement,) = recording.statements()
    assert statement.text == "SELECT generate_series(1, CAST(%(count)s AS integer))"
    assert statement.rows == 7
    assert statement.duration_s > 0


def test_a_stream_is_one_statement_with_all_its_rows(engine: Engine) -> None:
    """A server-side cursor is one SELECT, with the rows and the time of its fetches."""
    with recorded(engine) as recording, engine.connect() as connection:
        streaming = connection.execution_options(yield_per=30)
        read = streaming.execute(text("SELECT id FROM product")).all()

    assert texts(recording.statements()) == ["SELECT id FROM product"]
    assert rows(recording.statements()) == [len(read)] == [PRODUCTS]


def test_executemany_is_one_statement(engine: Engine) -> None:
    """What the application sent once is recorded once."""
    update = text("UPDATE product SET sold_qty = :sold WHERE id = :id")

    with recorded(engine) as recording, engine.connect() as connection:
        connection.execute(update, [{"sold": 1, "id": 1}, {"sold": 1, "id": 2}])
        connection.rollback()

    assert rows(recording.statements()) == [2]


def test_a_statement_that_fails_is_recorded(engine: Engine) -> None:
    """It was sent, and waited for."""
    with recorded(engine) as recording, engine.connect() as connection, pytest.raises(DBAPIError):
        connection.execute(text("SELECT 1 / 0"))

    assert texts(recording.statements()) == ["SELECT 1 / 0"]


def test_nothing_listens_after_the_block(engine: Engine) -> None:
    """The listeners are gone from the engine, also after an exception."""
    with pytest.raises(RuntimeError), recorded(engine) as recording:
        raise RuntimeError

    send(engine, 1)

    assert recording.statements() == ()
    assert not list(engine.dispatch.before_cursor_execute)
    assert not list(engine.dispatch.after_cursor_execute)


def test_a_thread_with_a_copy_of_the_context_is_recorded(engine: Engine) -> None:
    """FastAPI runs an endpoint so: in a pool's thread, with the request's context copied."""
    with recorded(engine) as recording:
        thread = Thread(target=copy_context().run, args=(send, engine, 3))
        thread.start()
        thread.join()

    assert rows(recording.statements()) == [3]


def test_requests_at_the_same_time_do_not_mix(engine: Engine) -> None:
    """Each recording holds what its own context sent, though all use one engine."""
    both_record = Barrier(2, timeout=10)
    seen: dict[int, list[int | None]] = {}

    def request(count: int) -> None:
        with recorded(engine) as recording:
            both_record.wait()
            send(engine, count)
            both_record.wait()
        seen[count] = rows(recording.statements())

    threads = [Thread(target=request, args=(count,)) for count in (3, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == {3: [3], 5: [5]}
