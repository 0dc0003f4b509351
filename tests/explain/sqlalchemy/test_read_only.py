"""Transactions that leave nothing behind, on a file of SQLite's."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool, Pool

from rowpath.errors import AnswerError
from rowpath.explain.sqlalchemy.read_only import undone
from rowpath.explain.sqlalchemy.statements import refused_writes

INSERT = text("INSERT INTO visit VALUES (1)")
COUNT = text("SELECT count(*) FROM visit")


@contextmanager
def engine_of(folder: Path, **options: str | type[Pool]) -> Iterator[Engine]:
    """An engine for the database of a folder, all of whose connections are closed in the end."""
    made = create_engine(f"sqlite:///{folder / 'visits.sqlite3'}", **options)
    yield made
    made.dispose()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A database with one empty table."""
    with engine_of(tmp_path) as made:
        with made.begin() as connection:
            connection.execute(text("CREATE TABLE visit (id int)"))
        yield made


def count(engine: Engine) -> object:
    with Session(engine) as session:
        return session.scalar(COUNT)


def test_a_write_is_refused_and_told(engine: Engine) -> None:
    """What may not write is read-only, and the text that is refused is told."""
    with undone(may_write=False), refused_writes() as refused, Session(engine) as session:
        assert session.scalar(COUNT) == 0
        with pytest.raises(OperationalError, match="readonly database"):
            session.execute(INSERT)

    assert refused == [INSERT.text]


def test_what_is_committed_is_seen_and_rolled_back(engine: Engine) -> None:
    """A later session of the request sees a commit; a rollback does not undo it, the end does."""
    with undone(may_write=True) as done:
        with Session(engine) as session:
            session.execute(INSERT)
            session.commit()
            session.execute(INSERT)
            session.rollback()
        within = count(engine)
        done.roll_back()

    assert (within, count(engine)) == (1, 0)


def test_a_pool_that_keeps_no_connection_leaves_nothing(tmp_path: Path, engine: Engine) -> None:
    """A connection that is closed with what it committed has undone it."""
    with engine_of(tmp_path, poolclass=NullPool) as closing, undone(may_write=True) as done:
        with Session(closing) as session:
            session.execute(INSERT)
            session.commit()
        done.roll_back()

    assert count(engine) == 0


def test_what_cannot_be_undone_may_not_write(tmp_path: Path, engine: Engine) -> None:
    """A connection in AUTOCOMMIT is read-only even where a request may write."""
    with (
        engine_of(tmp_path, isolation_level="AUTOCOMMIT") as committing,
        undone(may_write=True),
        Session(committing) as session,
        pytest.raises(OperationalError, match="readonly database"),
    ):
        session.execute(INSERT)

    assert count(engine) == 0


def test_a_savepoint_is_rolled_back_with_the_rest(engine: Engine) -> None:
    """SQLite's driver begins no transaction for one, so that its release would have committed."""
    with undone(may_write=True) as done:
        with Session(engine) as session:
            with session.begin_nested():
                session.execute(INSERT)
            session.commit()
            session.rollback()
        within = count(engine)
        done.roll_back()

    assert (within, count(engine)) == (1, 0)


@pytest.mark.parametrize(
    "text_of", ["COMMIT", "end transaction;", "ROLLBACK", " commit and chain "]
)
@pytest.mark.parametrize("may_write", [True, False])
def test_a_transaction_that_is_ended_by_a_statement_is_no_request_to_be_explained(
    engine: Engine, text_of: str, *, may_write: bool
) -> None:
    """What came before would be kept, and what comes after could write."""
    with undone(may_write=may_write) as done:
        with engine.connect() as connection:
            if may_write:
                connection.execute(INSERT)
            with pytest.raises(AnswerError, match=r"sends '.*' itself"):
                connection.execute(text(text_of))
        done.roll_back()

    assert count(engine) == 0


@pytest.mark.parametrize("may_write", [True, False])
def test_a_raw_connection_may_not_write(engine: Engine, *, may_write: bool) -> None:
    """Nobody sees its commits; the connection writes again for SQLAlchemy."""
    with undone(may_write=may_write) as done:
        raw = engine.raw_connection()
        with pytest.raises(sqlite3.OperationalError, match="readonly database"):
            raw.cursor().execute(INSERT.text)
        raw.close()
        if may_write:
            with Session(engine) as session:
                session.execute(INSERT)
                session.commit()
        within = count(engine)
        done.roll_back()

    assert (within, count(engine)) == (int(may_write), 0)


def test_afterwards_commits_are_commits(engine: Engine) -> None:
    """After a request that may write, the connection that it had commits again."""
    with undone(may_write=False):
        count(engine)
    with undone(may_write=True) as done:
        count(engine)
        done.roll_back()
    with Session(engine) as session:
        session.execute(INSERT)
        session.commit()

    assert count(engine) == 1


def committed(driver: sqlite3.Connection) -> None:
    driver.execute(INSERT.text)
    driver.commit()


def committed_by_text(driver: sqlite3.Connection) -> None:
    driver.execute(INSERT.text)
    driver.execute("COMMIT")


def committed_by_block(driver: sqlite3.Connection) -> None:
    with driver:
        driver.execute(INSERT.text)


def without_transaction(driver: sqlite3.Connection) -> None:
    driver.rollback()
    driver.isolation_level = None
    driver.execute(INSERT.text)


def by_script(driver: sqlite3.Connection) -> None:
    driver.executescript(f"{INSERT.text}; COMMIT")


@pytest.mark.parametrize(
    "writes",
    [committed, committed_by_text, committed_by_block, without_transaction, by_script],
)
@pytest.mark.parametrize("may_write", [True, False])
def test_a_commit_by_the_driver_is_refused(
    engine: Engine, writes: Callable[[sqlite3.Connection], None], *, may_write: bool
) -> None:
    """The connection behind a session leaves nothing either, and what it tried is told."""
    with undone(may_write=may_write) as done:
        with Session(engine) as session:
            session.scalar(COUNT)
            driver = session.connection().connection.driver_connection
            assert driver is not None
            with pytest.raises(sqlite3.DatabaseError, match=r"not authorized|readonly database"):
                writes(driver)
        done.roll_back()
    against = done.objection(None)

    assert count(engine) == 0
    assert against is None or against.startswith("it commits by the driver's connection, behind")
    assert (against is None) is not may_write
