"""The statements by which Django reads and counts instances, compiled once for each shape.

Django compiles them for each queryset: either takes as long as making some fifty instances.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet, FieldError, FullResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field
from django.db.models.expressions import Col
from django.db.models.query import QuerySet
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

from rowpath.fast.bounded import Bounded
from rowpath.fast.django.counting import CountingQuery, count_statement, is_countable
from rowpath.fast.django.grounds import check_compiler
from rowpath.fast.django.making.grounds import compiling_changed
from rowpath.fast.django.overrides import overridden
from rowpath.fast.django.shapes import Shape, shape_of
from rowpath.fast.django.statement import Statement
from rowpath.fast.stores import ANY_SETTING, kept

# What a compiler knows of the rows once it has made the SQL.
_TOLD = ("select", "klass_info", "annotation_col_map", "col_count", "has_extra_select")
# What a Query has of its joins, which compiling leaves in it.
_JOINS = ("alias_map", "alias_refcount", "table_map")

_STATEMENTS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement:
    sql: str
    """Without its LIMIT and OFFSET, which stand at its end."""
    told: dict[str, Any]
    joins: dict[str, dict[str, Any]]
    is_converted: bool
    """Whether Django converts a value of the rows."""


_counts: Bounded[Statement | None] = kept(Bounded(_STATEMENTS), changed_by=ANY_SETTING)
_statements: Bounded[_Statement | None] = kept(Bounded(_STATEMENTS), changed_by=ANY_SETTING)


def compiler_of(queryset: QuerySet) -> tuple[SQLCompiler, bool]:
    """Return the compiler of `queryset`, and whether it may convert a value of the rows.

    It has been given its SQL where that is known, and leaves in the Query what it would by
    compiling. Raises CannotCompileError.
    """
    query = queryset.query
    compiler = query.get_compiler(using=queryset.db)
    shape = shape_of(query, compiler.connection) if _has_kept(compiler) else None
    if shape is None:
        return compiler, True
    known = _statements.get(shape.key, lambda: statement_for(query, compiler, shape))
    if known is None:
        return compiler, True
    sql, params = known.sql + shape.limits, shape.params
    joins = {name: _copied(one) for name, one in known.joins.items()}
    vars(compiler).update(known.told, as_sql=lambda: (sql, params))
    vars(query).update(joins)
    return compiler, known.is_converted


def counted_by(query: Query, using: str) -> tuple[Statement, BaseDatabaseWrapper] | None:
    """Return what counts the rows of `query` on the database `using`, and its connection.

    None to have Django count them. Raises CannotCompileError.
    """
    compiler = query.get_compiler(using=using)
    if not (is_countable(query) and _has_kept(compiler)):
        return None
    if (shape := shape_of(query, compiler.connection)) is None:
        return None
    known = _counts.get(shape.key, lambda: count_statement(query, shape, using))
    if known is None:
        return None
    return Statement(known.sql, shape.params, using), compiler.connection


def _has_kept(compiler: SQLCompiler) -> bool:
    """Whether the SQL of `compiler` is that of all of its shape, if it has one."""
    query = compiler.query
    if type(query) not in _QUERIES or not query.default_cols or compiling_changed() is not None:
        return False
    if (
        query.select
        or query.combinator
        or query.extra_tables
        or query.extra_order_by
        or query.select_for_update
        or query.explain_info
        or query.subquery
        or query._filtered_relations
        or query.alias_prefix != Query.alias_prefix  # by which joins are named that are made yet
    ):
        return False
    # A backend of the project's may name a table by the request.
    of_backend = type(compiler.connection.ops).__module__
    if of_backend not in _BACKENDS:
        return False
    check_compiler(compiler.connection)
    return True


_QUERIES = (Query, CountingQuery)
_BACKENDS = tuple(f"django.db.backends.{name}.operations" for name in ("postgresql", "sqlite3"))


def statement_for(query: Query, compiler: SQLCompiler, shape: Shape) -> _Statement | None:
    """Return the statement of all queries of `shape`; None if that does not decide it."""
    own = query.chain()
    made = own.get_compiler(using=compiler.using)
    try:
        sql, params = made.as_sql(with_limits=False)
    except (EmptyResultSet, FieldError, FullResultSet, TypeError, ValueError):
        return None  # Django meets it as well
    if tuple(params) != shape.params or not all(_is_plain(one[0]) for one in made.select):
        return None
    return _Statement(
        sql=sql,
        told={name: getattr(made, name) for name in _TOLD},
        joins={name: vars(own)[name] for name in _JOINS},
        is_converted=_is_converted(made),
    )


def _is_converted(compiler: SQLCompiler) -> bool:
    """Whether a value may be converted, of the rows of any statement of the shape."""
    columns = [column[0] for column in compiler.select[: compiler.col_count]]
    own = (overridden(type(one.output_field), Field, ("get_db_converters",)) for one in columns)
    return any(own) or bool(compiler.get_converters(columns))


def _is_plain(column: Any) -> bool:
    """Whether nothing but its name is selected of `column`."""
    is_column = type(column) is Col
    return is_column and overridden(type(column.output_field), Field, ("select_format",)) is None


def _copied(joins: dict[str, Any]) -> dict[str, Any]:
    # The aliases of a table are a list, to which a Query appends.
    return {name: one[:] if isinstance(one, list) else one for name, one in joins.items()}
