"""The plans that PostgreSQL has for what sessions send, asynchronous ones too."""

import asyncio
from collections.abc import Awaitable, Iterator
from datetime import date
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, Select, create_engine, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.util import greenlet_spawn

from rowpath.explain.recording.query_plans import Log
from rowpath.explain.sqlalchemy.query_plans import logged, plan_of
from rowpath.explain.sqlalchemy.read_only import undone
from rowpath.lab.database import Database

URL = "postgresql+psycopg://"


class Base(DeclarativeBase):
    pass


class Sale(Base):
    __tablename__ = "planned_sale"
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]


STATEMENTS: tuple[Select[Any], ...] = (
    select(Sale).where(Sale.day > date(2026, 1, 2)).order_by(Sale.id).limit(3),
    select(Sale).where(Sale.id.in_([1, 2, 3])),
    select(Sale),
)


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    """An engine for a database with one empty table."""
    made = create_engine(URL, creator=lambda: psycopg.connect(database.dsn))
    Base.metadata.create_all(made)
    yield made
    made.dispose()
    with psycopg.connect(database.dsn) as connection:
        connection.execute("DROP TABLE planned_sale")


def plans(log: Log) -> list[str]:
    return [sent.plan or "none" for sent in log.explained(plan_of)]


def first_lines(texts: list[str]) -> list[str]:
    return [text.partition("  (cost=")[0] for text in texts]


EXPECTED = ["Limit", "Bitmap Heap Scan on planned_sale", "Seq Scan on planned_sale"]


@pytest.mark.parametrize("may_write", [True, False])
def test_each_statement_of_a_session_has_its_plan(engine: Engine, *, may_write: bool) -> None:
    """With its values, and in transactions that leave nothing."""
    with undone(may_write=may_write) as done, logged() as log:
        with Session(engine) as session:
            for statement in STATEMENTS:
                session.scalars(statement).all()
        found = plans(log)
        done.roll_back()

    assert first_lines(found) == EXPECTED


@pytest.mark.parametrize("may_write", [True, False])
def test_each_statement_of_an_asynchronous_session_has_its_plan(
    engine: Engine, database: Database, *, may_write: bool
) -> None:
    """The same, by a greenlet."""
    del engine

    async def ask(of: AsyncEngine) -> list[str]:
        with undone(may_write=may_write) as done, logged() as log:
            async with AsyncSession(of) as session:
                for statement in STATEMENTS:
                    (await session.scalars(statement)).all()
            found = await greenlet_spawn(plans, log)
            await greenlet_spawn(done.roll_back)
        await of.dispose()
        return found

    def connect() -> Awaitable[psycopg.AsyncConnection]:
        return psycopg.AsyncConnection.connect(database.dsn)

    assert first_lines(asyncio.run(ask(create_async_engine(URL, async_creator=connect)))) == (
        EXPECTED
    )
