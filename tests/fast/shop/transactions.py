"""Lists that are asked for inside a transaction, and inside one that is broken."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection, transaction

from fast.shop.asking import ask, same, way_of
from fast.shop.models import Note

Seen = tuple[list[bool], list[bool], str | None]
MARK = "written in a transaction"


@contextmanager
def _rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def _another() -> Iterator[Any]:
    """Give a session of its own, whose transaction is rolled back in the end."""
    session = connection.copy()
    try:
        session.set_autocommit(False)
        with session.cursor() as cursor:
            yield cursor
        session.rollback()
    finally:
        session.close()


def _write() -> None:
    first = Note.objects.order_by("id")[0]
    Note.objects.create(owner_id=first.owner_id, text=MARK, home_id=first.home_id)


INSERT = (
    f"INSERT INTO shop_note (owner_id, text, home_id) SELECT owner_id, '{MARK}', home_id"  # noqa: S608
    " FROM shop_note ORDER BY id LIMIT 1"
)
UPDATE = f"UPDATE shop_note SET text = '{MARK}' WHERE id = (SELECT min(id) FROM shop_note)"  # noqa: S608


def _sees() -> bool:
    """Ask both ways, compare, and return whether the mark is there."""
    return MARK.encode() in same("notes/").content


def _told(expected: list[bool], seen: list[bool]) -> Seen:
    return expected, seen, way_of(ask("notes/", "fast"))


def own_rows_of_an_open_transaction_are_seen() -> Seen:
    with _rolled_back():
        before = _sees()
        _write()
        return _told([False, True], [before, _sees()])


def rows_of_an_open_transaction_of_another_are_not_seen() -> Seen:
    with _another() as cursor:
        cursor.execute(INSERT)
        return _told([False], [_sees()])


def rows_that_were_rolled_back_are_gone() -> Seen:
    with _rolled_back():
        _write()
        within = _sees()
    return _told([True, False], [within, _sees()])


def a_savepoint_that_was_rolled_back_is_gone() -> Seen:
    with _rolled_back():
        with _rolled_back():
            _write()
            within = _sees()
        return _told([True, False], [within, _sees()])


def a_repeatable_read_sees_one_moment() -> Seen:
    return _one_moment("REPEATABLE READ")


def a_serializable_transaction_sees_its_moment() -> Seen:
    return _one_moment("SERIALIZABLE")


def _one_moment(level: str) -> Seen:
    seen = []
    with _another() as cursor:
        with transaction.atomic():
            with connection.cursor() as own:
                own.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
            seen.append(_sees())
            cursor.execute(INSERT)
            cursor.execute("COMMIT")
            seen.append(_sees())
            told = _told([False, False, True], seen)
        seen.append(_sees())
        Note.objects.filter(text=MARK).delete()
    return told


def _raised(way: str) -> list[str]:
    try:
        ask("notes/", way)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is compared
        return [type(error).__name__, str(error), type(error.__cause__).__name__]
    return ["nothing"]


def _each(broken: Callable[[str], list[str]]) -> list[list[str]]:
    return [broken("drf"), broken("fast")]


def an_atomic_block_that_is_broken() -> list[list[str]]:
    def broken(way: str) -> list[str]:
        with _rolled_back():
            _fail()
            return _raised(way)
        raise AssertionError

    return _each(broken)


def a_transaction_that_the_database_refuses() -> list[list[str]]:
    def broken(way: str) -> list[str]:
        transaction.set_autocommit(False)
        try:
            _fail()
            return _raised(way)
        finally:
            transaction.rollback()
            transaction.set_autocommit(True)

    return _each(broken)


def _fail() -> None:
    try:
        Note.objects.create(owner_id=1, text="x" * 99, home_id=1)
    except DatabaseError:
        return
    raise AssertionError("the text was not too long")


def a_table_that_is_not_there() -> list[list[str]]:
    def broken(way: str) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE shop_note RENAME TO hidden_note")
            try:
                return [*_raised(way)[::2]]
            finally:
                cursor.execute("ALTER TABLE hidden_note RENAME TO shop_note")

    return _each(broken)


def a_statement_that_takes_too_long() -> list[list[str]]:
    def broken(way: str) -> list[str]:
        with _another() as cursor:
            cursor.execute("LOCK TABLE shop_note IN ACCESS EXCLUSIVE MODE")
            with connection.cursor() as own:
                own.execute("SET statement_timeout = '200ms'")
                try:
                    return _raised(way)
                finally:
                    own.execute("RESET statement_timeout")

    return _each(broken)
