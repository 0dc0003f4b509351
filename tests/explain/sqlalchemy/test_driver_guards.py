"""A driver's connection of PostgreSQL's, behind a session: what it writes leaves nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.util import greenlet_spawn

from rowpath.explain.sqlalchemy.read_only import undone
from rowpath.lab.database import Database

INSERT = "INSERT INTO guarded_visit VALUES (1)"
COUNT = text("SELECT count(*) FROM guarded_visit")
URL = "postgresql+psycopg://"


@pytest.fixture
def engine(database: Database) -> Iterator[Engine]:
    """An engine for a database with one empty table."""
    made = create_engine(URL, creator=lambda: psycopg.connect(database.dsn))
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE guarded_visit (id int)"))
    # A connection of its own for each request, as one that was guarded stays so.
    made.dispose()
    yield made
    made.dispose()
    with psycopg.connect(database.dsn) as connection:
        connection.execute("DROP TABLE guarded_visit")


def count(database: Database) -> object:
    with psycopg.connect(database.dsn) as connection:
        row = connection.execute("SELECT count(*) FROM guarded_visit").fetchone()
    return row and row[0]


def committed(driver: psycopg.Connection) -> None:
    driver.execute(INSERT)
    driver.commit()


def committed_by_text(driver: psycopg.Connection) -> None:
    driver.execute(INSERT)
    driver.execute("COMMIT")


def after_rollback(driver: psycopg.Connection) -> None:
    driver.rollback()
    driver.execute(INSERT)


def in_autocommit(driver: psycopg.Connection) -> None:
    driver.rollback()
    driver.autocommit = True
    try:
        driver.execute(INSERT)
    finally:
        driver.autocommit = False


def in_block(driver: psycopg.Connection) -> None:
    driver.rollback()
    with driver.transaction():
        driver.execute(INSERT)


@pytest.mark.parametrize(
    "writes", [committed, committed_by_text, after_rollback, in_autocommit, in_block]
)
@pytest.mark.parametrize("may_write", [True, False])
def test_what_a_driver_commits_is_refused(
    engine: Engine,
    database: Database,
    writes: Callable[[psycopg.Connection], None],
    *,
    may_write: bool,
) -> None:
    """The database itself refuses it, and says so in an error that is recognised."""
    with undone(may_write=may_write) as done:
        with Session(engine) as session:
            driver: Any = session.connection().connection.driver_connection
            with pytest.raises(psycopg.Error) as raised:
                writes(driver)
        done.roll_back()
    does = "commits" if may_write and writes in {committed, committed_by_text} else "writes"

    assert count(database) == 0
    assert str(done.objection(str(raised.value))).startswith(f"it {does} by the driver's")


def test_a_session_commits_beside_it(engine: Engine, database: Database) -> None:
    """A guard is none for the session's own commits, which are seen until the end."""
    with undone(may_write=True) as done:
        for _ in range(2):
            with Session(engine) as session:
                session.execute(text(INSERT))
                session.commit()
        with Session(engine) as session:
            within = session.scalar(COUNT)
        done.roll_back()

    assert (within, count(database)) == (2, 0)
    assert done.objection(None) is None


async def async_committed(driver: psycopg.AsyncConnection) -> None:
    await driver.execute(INSERT)
    await driver.commit()


async def async_after_rollback(driver: psycopg.AsyncConnection) -> None:
    await driver.rollback()
    await driver.execute(INSERT)
    await driver.commit()


@pytest.mark.parametrize("writes", [async_committed, async_after_rollback])
@pytest.mark.parametrize("may_write", [True, False])
def test_what_an_asynchronous_driver_commits_is_refused(
    engine: Engine,
    database: Database,
    writes: Callable[[psycopg.AsyncConnection], Awaitable[None]],
    *,
    may_write: bool,
) -> None:
    """An AsyncSession's connection is guarded likewise."""
    del engine

    async def ask(of: AsyncEngine) -> None:
        with undone(may_write=may_write) as done:
            async with AsyncSession(of) as session:
                raw = await (await session.connection()).get_raw_connection()
                driver: Any = raw.driver_connection
                with pytest.raises(psycopg.Error):
                    await writes(driver)
            await greenlet_spawn(done.roll_back)
        await of.dispose()

    def connect() -> Awaitable[psycopg.AsyncConnection]:
        return psycopg.AsyncConnection.connect(database.dsn)

    asyncio.run(ask(create_async_engine(URL, async_creator=connect)))

    assert count(database) == 0
