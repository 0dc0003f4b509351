"""The COUNT that a paginator asks for: the framework's own statement, compiled once for a shape.

Django clones the Query three times and compiles it for each page, which takes it several times as
long as sending what comes of that.
"""

from collections.abc import Callable
from typing import Any, NoReturn, cast

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql import Query

from rowpath.fast.django.overrides import overridden
from rowpath.fast.django.shapes import Shape
from rowpath.fast.django.statement import Statement
from rowpath.fast.django.wrappers import ToldApart

# Returns how many rows a Query has on the database of that alias; None to have Django count them.
Count = Callable[[Query, str], int | None]

# What Django counts by.
_COUNTING = ("get_count", "get_aggregation", "clear_limits", "clear_ordering")


class CountingQuery(Query):
    """A Query whose rows are counted by `count`."""

    count: Count

    def get_count(self, using: str) -> int:
        """Return the number of rows, as Query does."""
        counted = self.count(self, using)
        return super().get_count(using) if counted is None else counted

    def __reduce_ex__(self, _protocol: Any) -> Any:
        # As the Query that it stands for: caches make keys of these. By the oldest protocol, since
        # pickle refuses by newer ones what is made of another class than it was given.
        return as_query(self.chain()).__reduce_ex__(0)


def count_by(count: Count, query: Query) -> None:
    """Have the rows of `query`, and of whatever is chained from it, be counted by `count`."""
    if type(query) is Query and overridden(Query, Query, _COUNTING) is None:
        counting = cast("CountingQuery", query)
        counting.__class__ = CountingQuery
        counting.count = count


def as_query(query: Query) -> Query:
    """Make `query` Django's own again, and return it."""
    if type(query) is CountingQuery:
        del query.count
        cast("Any", query).__class__ = Query
    return query


def is_countable(query: Query) -> bool:
    """Whether a shape decides the statement that counts the rows of `query`.

    Those of distinct rows, of a slice and of several queries are counted within a subquery.
    """
    return not (query.distinct or query.is_sliced or query.combinator or query._filtered_relations)


def count_statement(query: Query, shape: Shape, using: str) -> Statement | None:
    """Return what Django sends to count the rows of `query`; None if it need not ask.

    None too if its values are not those of `shape`, so that it is not that of any of the shape.
    """
    try:
        cast("Any", query.chain(_Compiling)).get_count(using)
    except _Compiled as compiled:
        is_of_shape = compiled.params == shape.params
        return Statement(compiled.sql, compiled.params, using) if is_of_shape else None
    except (EmptyResultSet, FullResultSet):
        return None
    return None


def counted(statement: Statement, connection: BaseDatabaseWrapper) -> int:
    """Run `statement` on `connection` as Django does, and return the number that it answers."""
    with ToldApart(connection), connection.cursor() as cursor:
        cursor.execute(statement.sql, statement.params)
        row = cursor.fetchone()
    return int(row[0]) if row else 0


class _Compiled(Exception):  # noqa: N818 - no error
    def __init__(self, sql: str, params: tuple[Any, ...]) -> None:
        self.sql = sql
        self.params = params


class _Compiling(Query):
    """A Query that is compiled where it would be run."""

    def get_compiler(self, *arguments: Any, **more: Any) -> Any:
        compiler: Any = super().get_compiler(*arguments, **more)

        def compiled(*_: Any, **__: Any) -> NoReturn:
            sql, params = compiler.as_sql()
            raise _Compiled(sql, tuple(params))

        compiler.execute_sql = compiled
        return compiler
