"""Statements of instances that are compiled once for a shape, and what that leaves in a Query."""

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest import mock

from django.db import DatabaseError, connections
from django.db.models import F
from django.db.models.functions import Lower
from django.db.models.query import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext, override_settings

from fast.made import described, made
from fast.shop.making.models import LITE, Shelf, Thing, Tool, begin
from fast.shop.making.querysets import QUERYSETS
from rowpath.fast import stores
from rowpath.fast.django.making import statements
from rowpath.fast.django.making.iterable import made_by_rowpath

__all__ = ["begin"]

Make = Callable[[QuerySet[Any]], QuerySet[Any]]

# By name: a queryset as it is first read, the same with other values, and whether both have a
# statement in common.
PAIRS: dict[str, tuple[type[Any], Make, Make, bool]] = {
    "all": (Thing, lambda rows: rows.all(), lambda rows: rows.all(), True),
    "pages": (
        Thing,
        lambda rows: rows.order_by("-pk")[:3],
        lambda rows: rows.order_by("-pk")[2:9],
        True,
    ),
    "values": (
        Thing,
        lambda rows: rows.filter(pk__gt=3, name__contains="th%i").order_by("name"),
        lambda rows: rows.filter(pk__gt=5, name__contains="ing").order_by("name"),
        True,
    ),
    "of a list": (
        Thing,
        lambda rows: rows.filter(pk__in=[1, 2, 41]),
        lambda rows: rows.filter(pk__in=[42, 3, 5]),
        True,
    ),
    "lists of several lengths": (
        Thing,
        lambda rows: rows.filter(pk__in=[1, 2, 41]),
        lambda rows: rows.filter(pk__in=[42, 3]),
        False,
    ),
    "joined": (
        Thing,
        lambda rows: rows.select_related("shelf", "twin__shelf").order_by("shelf__name", "pk"),
        lambda rows: rows.select_related("shelf", "twin__shelf").order_by("shelf__name", "pk"),
        True,
    ),
    "filtered over a relation": (
        Thing,
        lambda rows: rows.filter(twin__name="thing 9").order_by("twin__twin__name", "pk"),
        lambda rows: rows.filter(twin__name="thing 41").order_by("twin__twin__name", "pk"),
        True,
    ),
    "inheriting": (
        Tool,
        lambda rows: rows.filter(weight__lt=5).order_by("thing_ptr__name"),
        lambda rows: rows.filter(weight__lt=7).order_by("thing_ptr__name"),
        True,
    ),
    "deferring": (
        Thing,
        lambda rows: rows.only("name", "small").order_by("pk"),
        lambda rows: rows.only("name", "ratio").order_by("pk"),
        False,
    ),
    "distinct": (
        Shelf,
        lambda rows: rows.filter(things__pk__gt=2).distinct().order_by("things__name"),
        lambda rows: rows.filter(things__pk__gt=6).distinct().order_by("things__name"),
        True,
    ),
    "null or not": (
        Thing,
        lambda rows: rows.filter(twin__isnull=True),
        lambda rows: rows.filter(twin__isnull=False),
        False,
    ),
    "expressions": (
        Thing,
        lambda rows: rows.order_by(Lower("name"), F("pk").desc()),
        lambda rows: rows.order_by(Lower("name"), F("pk").desc()),
        False,
    ),
    "for update": (
        Thing,
        lambda rows: rows.order_by("pk")[:2],
        lambda rows: rows.order_by("pk").select_for_update(of=())[:2],
        False,
    ),
    "nothing": (Thing, lambda rows: rows.none(), lambda rows: rows.none(), False),
    "no page": (Thing, lambda rows: rows.all()[3:3], lambda rows: rows.all()[5:5], False),
    "extra": (
        Thing,
        lambda rows: rows.extra(order_by=["-name"]),
        lambda rows: rows.extra(order_by=["name"]),
        False,
    ),
}


def names() -> list[str]:
    """Return the names of all pairs."""
    return [*PAIRS]


def pair(of: str, alias: str) -> list[Any]:
    """Return what Django and rowpath read of a pair, and whether the second was compiled."""
    stores.forget()
    model, *both, _ = PAIRS[of]
    told = [[_read(make(model.objects.using(alias)), by_rowpath=False) for make in both]]
    compiled: list[Any] = []
    with mock.patch.object(statements, "statement_for", _noting(compiled)):
        told += [[_read(make(model.objects.using(alias)), by_rowpath=True) for make in both]]
    return [*map(repr, told), sum(one is not None for one in compiled), PAIRS[of][3]]


def _noting(compiled: list[Any]) -> Callable[..., Any]:
    compile_ = statements.statement_for

    def noting(*given: Any) -> Any:
        compiled.append(compile_(*given))
        return compiled[-1]

    return noting


def _read(rows: QuerySet[Any], *, by_rowpath: bool) -> list[Any]:
    """Return the instances, what was sent, and what the Query has of joins before and after."""
    query = rows.query
    connection = connections[rows.db]
    with CaptureQueriesContext(connection) as sent:
        found, _ = made(rows, by_rowpath=by_rowpath)
    seen: dict[int, int] = {}
    joins = [(alias, join.join_type, join.parent_alias) for alias, join in query.alias_map.items()]
    return [
        [described(one, seen) for one in found],
        [one["sql"] for one in sent],
        [joins, [*query.alias_refcount.items()], [*query.table_map.items()]],
        None if query.is_sliced else _text(rows.order_by()),
    ]


def _text(rows: QuerySet[Any]) -> Any:
    related = "twin__twin__shelf__name" if rows.model is Thing else "pk"
    try:
        return str(rows.filter(**{f"{related}__gt": 1}).query)
    except Exception as error:  # noqa: BLE001 - of nothing there is no SQL
        return repr(error)


def all_of_making(alias: str) -> list[Any]:
    """Return the querysets of which the second reading is another than Django's."""
    wrong: list[Any] = []
    for name, (make, _) in QUERYSETS.items():
        read = partial(_instances, make, alias)
        theirs, _, ours = read(by_rowpath=False), read(by_rowpath=True), read(by_rowpath=True)
        if theirs != ours:
            wrong.append([name, theirs, ours])
    return wrong


def _instances(make: Any, alias: str, *, by_rowpath: bool) -> str:
    with CaptureQueriesContext(connections[alias]) as sent:
        found, _ = made(make(alias), by_rowpath=by_rowpath)
    seen: dict[int, int] = {}
    return repr([[described(one, seen) for one in found], [one["sql"] for one in sent]])


def few(alias: str) -> list[Any]:
    """Return a few instances by Django and by rowpath's statement, which Django makes."""
    rows = Thing.objects.using(alias).select_related("shelf").order_by("pk")
    told = [repr([described(one) for one in rows.all()[:2]])]
    for _ in range(2):
        page = rows.all()[:2]
        with made_by_rowpath(page):
            told.append(repr([described(one) for one in page]))
    return told


def counts(of: str, alias: str) -> list[Any]:
    """Return what Django and rowpath count of a pair, what they send, and how often it compiles."""
    stores.forget()
    model, *both, _ = PAIRS[of]
    compiled: list[Any] = []
    count_statement = statements.count_statement

    def noting(*given: Any) -> Any:
        compiled.append(count_statement(*given))
        return compiled[-1]

    with mock.patch.object(statements, "count_statement", noting):
        told = [
            [_counted_rows(make(model.objects.using(alias)), within) for make in both]
            for within in (_as_it_is, made_by_rowpath)
        ]
    return [*told, sum(one is not None for one in compiled)]


@contextmanager
def _as_it_is(_: QuerySet[Any]) -> Iterator[None]:
    yield


def _counted_rows(rows: QuerySet[Any], within: Any) -> list[Any]:
    with CaptureQueriesContext(connections[rows.db]) as sent, within(rows):
        found = rows.count()
        page = rows.all()
        beside = page.count()
    text = pickle.dumps(page.query)
    return [
        [found, beside, rows.count(), page.count()],
        [one["sql"] for one in sent],
        [type(rows.query).__name__, b"rowpath" in text, type(pickle.loads(text)).__name__],  # noqa: S301
    ]


def refused() -> list[Any]:
    """Return what is raised while rows are counted, and how often it was tried, by either way."""
    errors = (ValueError("the project's"), DatabaseError("the database's"))
    return [_tried(error, within) for error in errors for within in (_as_it_is, made_by_rowpath)]


def _tried(error: Exception, within: Any) -> list[Any]:
    tries: list[int] = []

    def refusing(_execute: Any, _sql: Any, *_: Any) -> Any:
        tries.append(1)
        raise error

    rows = Thing.objects.order_by("pk")
    with connections["default"].execute_wrapper(refusing), within(rows):
        try:
            rows.count()
        except (ValueError, DatabaseError) as raised:
            return [repr(raised), repr(raised.__context__), len(tries)]
    return []


def with_a_defect() -> list[Any]:
    """Return what is counted where a step of rowpath's fails, and by how many statements."""
    rows = Thing.objects.order_by("pk")
    told: list[Any] = [rows.count()]
    for name in ("shape_of", "is_countable"):
        with (
            mock.patch.object(statements, name, side_effect=KeyError("moved")),
            CaptureQueriesContext(connections["default"]) as sent,
            made_by_rowpath(rows),
        ):
            told.append([rows.count(), len(sent)])
    return told


def settings_changed() -> list[Any]:
    """Return how many statements are compiled before, within and after a change of a setting."""
    stores.forget()
    compiled: list[Any] = []
    counts = []

    def read() -> None:
        made(Shelf.objects.order_by("pk"), by_rowpath=True)
        counts.append(len(compiled))

    with mock.patch.object(statements, "statement_for", _noting(compiled)):
        read()
        read()
        with override_settings(TIME_ZONE="Asia/Kathmandu"):
            read()
        read()
    return counts


def patched() -> list[Any]:
    """Return how often what compiles a statement is called by Django's way and by rowpath's."""
    told: list[Any] = []
    for name in ("as_sql", "get_select", "pre_sql_setup"):
        made(Shelf.objects.order_by("pk"), by_rowpath=True)
        calls: list[int] = []
        for by_rowpath in (False, True):
            with mock.patch.object(SQLCompiler, name, _counted(name, calls)):
                calls.clear()
                made(Shelf.objects.order_by("pk"), by_rowpath=by_rowpath)
                told.append([name, len(calls)])
    return told


def _counted(name: str, calls: list[int]) -> Callable[..., Any]:
    original = getattr(SQLCompiler, name)

    def counting(self: Any, *given: Any, **more: Any) -> Any:
        calls.append(1)
        return original(self, *given, **more)

    return counting


def of_the_projects() -> list[Any]:
    """Return what is compiled of a backend of Django's, and then of one of the project's."""
    stores.forget()
    compiled: list[Any] = []
    operations = type(connections[LITE].ops)
    with mock.patch.object(statements, "statement_for", _noting(compiled)):
        made(Shelf.objects.using(LITE).order_by("pk"), by_rowpath=True)
        with mock.patch.object(operations, "__module__", "project.backend"):
            made(Shelf.objects.using(LITE).order_by("-pk"), by_rowpath=True)
    return [one is not None for one in compiled]
