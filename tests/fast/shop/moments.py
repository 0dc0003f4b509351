"""Moments of PostgreSQL, as Django reads them and as compiled code does in its place."""

import datetime as dt
from typing import Any
from unittest import mock

from django.db import connections
from django.db.backends.postgresql import psycopg_any
from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.types import datetime as of_driver
from psycopg.types.datetime import TimestamptzLoader

from fast.exact import chain, exact
from fast.shop.making.models import Thing
from rowpath.fast.django.making import iterable, moments
from rowpath.fast.django.making.moments import quicken

_OID = 1184
_ROWS = "SELECT text, text::timestamptz FROM unnest(%s::text[]) text"


def _read(texts: list[str], session: str = "", *, by_rowpath: bool) -> tuple[Any, bool]:
    """Return what the moments of `texts` are read as, or what is raised; and whether by Django."""
    with connections["default"].cursor() as cursor:
        if session:
            cursor.execute(session)
        cursor.execute(_ROWS, [texts])
        before = cursor.cursor.adapters.get_loader(_OID, 0)
        if by_rowpath:
            quicken(cursor.cursor)
        is_djangos = cursor.cursor.adapters.get_loader(_OID, 0) is before
        try:
            return exact(cursor.fetchall()), is_djangos
        except Exception as error:  # noqa: BLE001 - whatever it is, both have to raise it
            return chain(error), is_djangos


def _both(texts: list[str], session: str = "") -> list[Any]:
    """Return what Django reads, what rowpath does, and whether that was Django's loader as well."""
    theirs, _ = _read(texts, session, by_rowpath=False)
    ours, is_djangos = _read(texts, session, by_rowpath=True)
    if session:
        connections["default"].close()
    return [theirs, ours, is_djangos]


def odd(text: str) -> list[Any]:
    """Return both readings of one moment, and whether Django's loader has read it."""
    return _both([text])


def in_a_session(statement: str) -> list[Any]:
    """Return the same of some moments, after a statement that changes the session."""
    # The second and the third are the same hour of a clock in London.
    moments = ["2024-03-31 01:30:00.5", "2024-10-27 00:30:00", "2024-10-27 01:30:00", "0900-01-01"]
    return _both([f"{moment}+00" for moment in moments], statement)


def any_moments() -> int:
    """Return how many moments were compared, which are of any day and to the microsecond."""
    count = []

    @given(st.lists(st.datetimes(timezones=st.just(dt.UTC)), min_size=1, max_size=20))
    @settings(deadline=None, max_examples=200, database=None)
    def same(moments: list[dt.datetime]) -> None:
        theirs, ours, is_djangos = _both([moment.isoformat() for moment in moments])
        assert ours == theirs
        assert not is_djangos
        count.extend(moments)

    same()
    return len(count)


class _Masking(BaseTzLoader):
    """A project's own loader, made of Django's."""

    timezone = dt.UTC

    def load(self, data: Any) -> Any:
        return super().load(data).replace(microsecond=0)


class _Behind(TimestamptzLoader):
    """What a project has registered with psycopg before Django was imported."""

    def load(self, data: Any) -> Any:
        return super().load(data) + dt.timedelta(days=1)


class _Frozen(dt.datetime):
    """What a test puts in the place of datetime."""


def with_another(what: str) -> list[Any]:
    """Return both readings where another loader, class or function than Django's is there."""
    if what == "masking":
        adapters = connections["default"].connection.adapters
        before = adapters.get_loader(_OID, 0)
        adapters.register_loader(_OID, _Masking)
        try:
            return odd("2024-01-02 03:04:05.678+00")
        finally:
            adapters.register_loader(_OID, before)
    real = BaseTzLoader.load

    def noted(self: Any, data: Any) -> Any:
        return real(self, data) + dt.timedelta(days=1)

    patch = {
        "frozen": mock.patch.object(of_driver, "datetime", _Frozen),
        "patched": mock.patch.object(BaseTzLoader, "load", noted),
        "behind": mock.patch.object(psycopg_any, "orig_tz_loader_cls", _Behind, create=True),
    }[what]
    with patch:
        return odd("2024-01-02 03:04:05.678+00")


def of_lists(few: int) -> list[Any]:
    """Return whether Django's loader read the moments of a list, and of one that is iterated."""
    found = []

    def note(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        cursors.append(context["cursor"].cursor)
        return execute(sql, params, many, context)

    for read in (list, lambda rows: [*rows.iterator(chunk_size=3)]):
        cursors: list[Any] = []
        queryset = Thing.objects.order_by("pk")
        with (
            mock.patch.object(moments, "FEW_ROWS", few),
            connections["default"].execute_wrapper(note),
            iterable.made_by_rowpath(queryset),
        ):
            read(queryset)
        [cursor] = cursors
        loader = cursor.adapters.get_loader(_OID, 0)
        found.append("rowpath" not in loader.__module__)
    return found
