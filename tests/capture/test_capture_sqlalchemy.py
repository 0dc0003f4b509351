from contextvars import copy_context
from datetime import UTC, datetime
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from sqlalchemy import (
    Engine,
    Executable,
    column,
    delete,
    insert,
    literal,
    select,
    table,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from conftest import PRODUCTS
from rowpath.capture.sqlalchemy import recorded
from rowpath.capture.trace import Statement, Trace

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


def test_a_statement_has_its_values_and_its_place(engine: Engine) -> None:
    """What is asked again is a duplicate, and the line of the project that asked is told."""
    with recorded(engine) as recording:
        for count in (1, 2, 1):
            send(engine, count)

    trace = Trace(statements=recording.statements(), peak_bytes=0)
    assert (trace.similar, trace.duplicates) == (3, 2)
    for statement in trace.statements:
        assert statement.place is not None
        assert statement.place.function == "send"
        assert statement.place.code == 'connection.execute(SERIES, {"count": count}).all()'


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


PRODUCT = table(
    "product",
    *map(
        column,
        (
            "id",
            "low_price",
            "high_price",
            "demand_qty",
            "offers_qty",
            "bought_qty",
            "sold_qty",
            "time_created",
        ),
    ),
)
IDS = select(PRODUCT.c.id)


def product_at(pk: int) -> dict[str, object]:
    """Return the columns of a product that is not there."""
    return {
        "id": pk,
        "low_price": Decimal("1.50"),
        "high_price": Decimal("2.50"),
        "demand_qty": 1,
        "offers_qty": 2,
        "bought_qty": 3,
        "sold_qty": 4,
        "time_created": datetime(2022, 1, 1, tzinfo=UTC),
    }


def plans(statements: tuple[Statement, ...]) -> list[str | None]:
    return [statement.plan for statement in statements]


@pytest.mark.parametrize(
    "statement",
    [
        IDS.where(PRODUCT.c.id == 7),
        IDS.where(PRODUCT.c.id.in_([1, 2, 3])),
        IDS.where(PRODUCT.c.low_price < Decimal("7.50")),
        IDS.where(PRODUCT.c.time_created < datetime(2022, 1, 2, tzinfo=UTC)),
        IDS.where(PRODUCT.c.id == literal(None)),
        IDS.where(literal({"a": ["'", None]}, JSONB) != literal([], JSONB)),
        IDS.where(PRODUCT.c.id % 2 == 1).limit(5),
        select(PRODUCT.c.id, literal("it's 5 %")),
        text("SELECT id FROM product WHERE id = ANY(:ids)").bindparams(ids=[1, 2, 3]),
        text("SELECT id FROM product WHERE CAST(:none AS text) IS NULL").bindparams(none=None),
    ],
)
def test_a_plan_names_the_table(statement: Executable, engine: Engine) -> None:
    """Values of every type are explained as PostgreSQL got them."""
    with recorded(engine) as recording, engine.connect() as connection:
        connection.execute(statement)
    recording.explain()

    (plan,) = plans(recording.statements())
    assert plan is not None
    assert " on product" in plan or "One-Time Filter: false" in plan


def test_a_plan_is_asked_for_only_on_demand_and_not_recorded(engine: Engine) -> None:
    """What is recorded has no plan until somebody asks, and asking adds no statement."""
    with recorded(engine) as recording:
        send(engine, 1)
        before = plans(recording.statements())
        recording.explain()

    assert before == [None]
    (plan,) = plans(recording.statements())
    assert "ProjectSet" in (plan or "")


def test_text_without_values_is_explained(engine: Engine) -> None:
    """Neither what takes no values, nor what is sent as it stands, is read for placeholders."""
    with recorded(engine) as recording, engine.connect() as connection:
        connection.exec_driver_sql("SELECT id FROM product WHERE id %% 2 = 1")
        connection.exec_driver_sql("SELECT id FROM product WHERE id = %s", (1,))
        connection.execution_options(no_parameters=True).exec_driver_sql(
            "SELECT id FROM product WHERE id % 2 = 0"
        )
    recording.explain()

    assert [" on product" in (plan or "") for plan in plans(recording.statements())] == [True] * 3


def test_a_stream_has_the_plan_of_its_select(engine: Engine) -> None:
    """A server-side cursor is explained as the SELECT that it was declared for."""
    with recorded(engine) as recording, engine.connect() as connection:
        streaming = connection.execution_options(yield_per=30)
        streaming.execute(IDS.where(PRODUCT.c.low_price > Decimal("0.5"))).all()
    recording.explain()

    (plan,) = plans(recording.statements())
    assert "Seq Scan on product" in (plan or "")


def test_what_writes_is_explained_and_not_done(engine: Engine) -> None:
    """One row or many, INSERT, UPDATE and DELETE have plans, and the table is as before."""
    rows_of = [product_at(PRODUCTS + 1), product_at(PRODUCTS + 2)]
    change = text("UPDATE product SET sold_qty = :sold WHERE id = :id")
    with recorded(engine) as recording, engine.connect() as connection:
        connection.execute(insert(PRODUCT), rows_of)
        connection.execute(insert(PRODUCT).returning(PRODUCT.c.id), product_at(PRODUCTS + 3))
        connection.execute(update(PRODUCT).where(PRODUCT.c.id == 1).values(sold_qty=1))
        connection.execute(change, [{"sold": 1, "id": 1}, {"sold": 1, "id": 2}])
        connection.execute(delete(PRODUCT).where(PRODUCT.c.id == 1))
        connection.rollback()
    recording.explain()

    heads = [(plan or "").split("  ")[0] for plan in plans(recording.statements())]
    assert heads == [
        f"{verb} on product" for verb in ("Insert",) * 2 + ("Update",) * 2 + ("Delete",)
    ]
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM product")).scalar() == PRODUCTS


def test_many_rows_in_one_insert_are_explained_once_a_text(engine: Engine) -> None:
    """SQLAlchemy's INSERT of many rows that returns them has its batch as its values."""
    rows_of = [product_at(PRODUCTS + 1), product_at(PRODUCTS + 2)]
    with recorded(engine) as recording, engine.connect() as connection:
        returned = connection.execute(insert(PRODUCT).returning(PRODUCT.c.id), rows_of).all()
        connection.rollback()
    recording.explain()

    assert len(returned) == 2
    (plan,) = plans(recording.statements())
    assert "Insert on product" in (plan or "")


def test_what_cannot_be_explained_has_no_plan(engine: Engine) -> None:
    """A command, a statement that failed, and one whose table only its own connection knew."""
    with recorded(engine) as recording, engine.connect() as connection:
        connection.execute(text("SET LOCAL timezone = 'UTC'"))
        connection.execute(text("CREATE TEMPORARY TABLE gone (id integer) ON COMMIT DROP"))
        connection.execute(text("SELECT id FROM gone"))
        with pytest.raises(DBAPIError):
            connection.execute(text("SELECT 1 / 0"))
    recording.explain()

    assert plans(recording.statements()) == [None] * 4
    send(engine, 1)


def test_a_request_that_holds_its_table_is_explained_without_a_plan(engine: Engine) -> None:
    """Its connection may be open still, and is not waited for without end."""
    with recorded(engine) as recording, engine.connect() as connection:
        connection.execute(text("SELECT id FROM product WHERE id = 1"))
        connection.execute(text("LOCK TABLE product IN ACCESS EXCLUSIVE MODE"))
        recording.explain()

    assert plans(recording.statements()) == [None, None]
