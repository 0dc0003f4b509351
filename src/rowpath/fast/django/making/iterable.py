"""What stands in the place of Django's ModelIterable in one queryset, for a while."""

import copyreg
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache, partial
from operator import itemgetter
from typing import Any, TypeVar, cast

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models.query import ModelIterable, QuerySet
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

from rowpath.fast.django.counting import as_query, count_by, counted
from rowpath.fast.django.drivers import has_binary_rows
from rowpath.fast.django.making.converters import converters_of
from rowpath.fast.django.making.grounds import making_changed
from rowpath.fast.django.making.makers import instances_of
from rowpath.fast.django.making.statements import compiler_of, counted_by
from rowpath.fast.fallback import CannotCompileError, TheirsError
from rowpath.fast.names import place_of
from rowpath.fast.stores import kept

T = TypeVar("T")
_Send = Callable[[], Any]
_Make = Callable[[Any], Iterator[Any] | None]
_HaveMade = Callable[[Any], Iterator[Any]]

_log = logging.getLogger("rowpath.fast")

# The places that have been logged with their traceback.
_logged: set[tuple[str, int]] = kept(set())

# Telling compiled code how takes as long as Django does for some six rows of PostgreSQL.
FEW_ROWS = 8

_ITERABLE = "_iterable_class"


class _PickledAsDjangos(type):
    """The class of what is ModelIterable in pickles of a queryset, and in whatever reads them."""


copyreg.pickle(_PickledAsDjangos, lambda _: (itemgetter(0), ((ModelIterable,),)))


class CompiledIterable(ModelIterable, metaclass=_PickledAsDjangos):
    """The instances that ModelIterable makes, made by compiled code where that is certain."""

    def __iter__(self) -> Iterator[Any]:
        asked = _guarded(lambda: _asked(self))
        if asked is None:
            yield from super().__iter__()
            return
        send, make, have_made = asked
        results = send()
        made = _guarded(lambda: make(results))
        yield from have_made(results) if made is None else made


def _made(
    queryset: QuerySet, compiler: SQLCompiler, results: Any, *, is_converted: bool
) -> Iterator[Any] | None:
    """Return the instances of `results`; None if Django makes them."""
    if _are_few(results):
        return None
    converters = converters_of(compiler) if is_converted else ()
    return instances_of(queryset, compiler, results, converters)


def _are_few(results: Any) -> bool:
    """Whether Django has made instances of `results` before somebody was told how."""
    if not isinstance(results, list):  # a cursor, or nothing that was asked for
        return False
    return sum(map(len, results)) < FEW_ROWS


def _asked(rows: ModelIterable) -> tuple[_Send, _Make, _HaveMade]:
    """Return what sends the statement, and what makes instances of its results, also by Django."""
    queryset = rows.queryset
    compiler, is_converted = compiler_of(queryset)
    execute = partial(
        compiler.execute_sql, chunked_fetch=rows.chunked_fetch, chunk_size=rows.chunk_size
    )
    reading = _reading(compiler.connection)

    def send() -> Any:
        with reading:
            return execute()

    make = partial(_made, queryset, compiler, is_converted=is_converted)
    return send, make, partial(_by_django, queryset, compiler)


def _reading(connection: BaseDatabaseWrapper) -> AbstractContextManager[Any]:
    """Return within what rows of `connection` are read faster."""
    try:
        is_psycopg = has_binary_rows(connection)
    except CannotCompileError:  # of a version that was not proved, say
        is_psycopg = False
    return connection.execute_wrapper(_quickening) if is_psycopg else nullcontext()


def _quickening(execute: Callable[..., Any], *sent: Any) -> Any:
    """Execute a statement, and have its rows read faster."""
    result = execute(*sent)
    _guarded(lambda: _quicken(sent[-1]["cursor"]))
    return result


def _quicken(cursor: CursorWrapper) -> None:
    from rowpath.fast.django.making import moments  # noqa: PLC0415 - needs psycopg 3

    if not 0 <= cursor.rowcount < moments.FEW_ROWS:  # a cursor in the server does not know how many
        moments.quicken(cursor.cursor)


def _guarded(step: Callable[[], T], passing: tuple[type[Exception], ...] = ()) -> T | None:
    """Return what `step` returns; None, which is logged, if Django has to go on."""
    try:
        return step()
    except passing:
        raise
    except CannotCompileError as error:
        _log.debug("Django makes the instances of a list: %s", error)
    except Exception as error:  # noqa: BLE001 - no defect of ours is a reason for an error 500
        level = logging.DEBUG if (place := place_of(error)) in _logged else logging.WARNING
        _logged.add(place)
        text = "Django makes the instances of a list, since a step failed."
        _log.log(level, text, exc_info=error)
    return None


def _by_django(queryset: QuerySet, compiler: SQLCompiler, results: Any) -> Iterator[Any]:
    return iter(ModelIterable(cast("QuerySet", _Sent(queryset, compiler, results))))


class _Sent:
    """A queryset whose statement was sent, as ModelIterable asks it."""

    def __init__(self, queryset: QuerySet, compiler: SQLCompiler, results: Any) -> None:
        self._queryset = queryset
        self._compiler = compiler
        vars(compiler)["execute_sql"] = lambda **_: results

    @property
    def query(self) -> "_Sent":
        """Return what has the compiler."""
        return self

    def get_compiler(self, using: str) -> SQLCompiler:  # noqa: ARG002 - as Django's
        """Return the compiler that has the results."""
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queryset, name)


def _count(query: Query, using: str) -> int | None:
    """Return how many rows `query` has, by Django's statement; None to have Django count them."""
    asked = _guarded(lambda: counted_by(query, using))
    if asked is None:
        return None
    try:
        return _guarded(partial(counted, *asked), passing=(DatabaseError, TheirsError))
    except TheirsError as error:
        raised = error.error
    raise raised  # not within the handler, which would be its context


@contextmanager
def made_by_rowpath(rows: QuerySet) -> Iterator[None]:
    """Have the instances of `rows`, which may_be_made(), made by compiled code, within.

    So are those of querysets that are made of it within, and the rows of all are counted by a
    statement that is known of their shape.
    """
    own = vars(rows)
    own[_ITERABLE] = CompiledIterable
    query = _guarded(lambda: own.get("_query"))
    if isinstance(query, Query):
        count_by(_count, query)
    try:
        yield
    finally:
        if isinstance(query, Query):
            as_query(query)
        if _ITERABLE in own and own[_ITERABLE] is CompiledIterable:
            own[_ITERABLE] = ModelIterable


def may_be_made(rows: Any) -> bool:
    """Whether `rows` are a queryset that is not read yet, by what Django ships."""
    return (
        isinstance(rows, QuerySet)
        and vars(rows).get(_ITERABLE) is ModelIterable
        and rows._result_cache is None
        and _is_compiled()
        and making_changed() is None
    )


@kept
@cache
def _is_compiled() -> bool:
    try:
        import rowpath.fast._making  # noqa: F401, PLC0415 - not built everywhere
    except ImportError as error:
        _log.info("Django makes all instances: %s.", error)
        return False
    return True
