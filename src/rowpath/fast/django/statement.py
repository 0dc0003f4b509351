"""One lean statement: the queryset's own Query with the columns that the plan wants and no others.

Django compiles it. Only the SELECT list is ours, and the joins that it needs: they are LEFT JOINs,
so that a related row that is missing, or hidden by row-level security, takes no row away, while
every join that Django would have made itself (filters, ordering, select_related, parents) stays as
Django makes it. Where PostgreSQL's plan decides which rows come, the plan is that of Django's own
statement, see `page`.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet, FieldError, FullResultSet
from django.db import NotSupportedError
from django.db.models import ExpressionWrapper, F, Value
from django.db.models.expressions import RawSQL
from django.db.models.query import QuerySet
from django.db.models.sql import Query
from django.db.models.sql.constants import INNER, LOUTER
from django.db.models.sql.datastructures import Join

from rowpath.fast.django.columns import Column, Selected
from rowpath.fast.django.page import lean_of_own, own_compiler, places_of
from rowpath.fast.django.rows import python_rows
from rowpath.fast.django.ties import plan_decides
from rowpath.fast.fallback import CannotCompileError


@dataclass(slots=True)  # made for each request, and a frozen one takes twice as long to make
class Statement:
    """SQL with placeholders, its parameters, and the alias of its database. No SQL: no rows."""

    sql: str
    params: tuple[Any, ...]
    using: str
    after: str = ""
    """What stands behind the LIMIT, where `sql` was made without one."""
    is_planned_anew: bool = False
    """Whether it has to be planned each time, as Django's own is: its plan decides its rows."""


def statement(queryset: QuerySet, columns: tuple[Selected, ...]) -> Statement:
    """Return the statement for `columns` of the rows of `queryset`, in that order."""
    return _compiled(queryset, columns, with_limits=True)


def unlimited(
    queryset: QuerySet, columns: tuple[Selected, ...], known: frozenset[str] = frozenset()
) -> Statement:
    """Return the same statement without its LIMIT and OFFSET, which would stand at its end.

    With `known`, only the order of rows that have the same under these names is looked at.
    """
    return _compiled(queryset, columns, with_limits=False, known=known)


def _compiled(
    queryset: QuerySet,
    columns: tuple[Selected, ...],
    *,
    with_limits: bool,
    known: frozenset[str] = frozenset(),
) -> Statement:
    using = queryset.db
    try:
        if plan_decides(queryset, known):
            return _of_own(queryset, columns, with_limits=with_limits)
        compiler = lean_query(queryset, columns).get_compiler(using=using)
        sql, params = compiler.as_sql(with_limits=with_limits)
    except EmptyResultSet:
        return Statement("", (), using)
    except (FieldError, FullResultSet, NotSupportedError, TypeError, ValueError) as error:
        text = f"its SQL cannot be made: {type(error).__name__}: {error}"
        raise CannotCompileError(text) from None
    return Statement(sql, tuple(params), using)


def rows_in_python(queryset: QuerySet, columns: tuple[Selected, ...]) -> list[tuple[Any, ...]]:
    """Return the values of `columns` of the rows of `queryset`, as Django converts them.

    Raises CannotCompileError.
    """
    using = queryset.db
    if queryset._fields is not None or not plan_decides(queryset):
        return list(python_rows(lean_query(queryset, columns), using))
    compiler = own_compiler(queryset)
    try:
        compiler.as_sql()
    except EmptyResultSet:
        return []
    places = places_of(compiler)
    if missing := [column for column in columns if column not in places]:
        raise CannotCompileError(
            f"its order is not total, and Django's own statement has no {_path(missing[0])}",
            change="Order by the primary key as well, or add select_related().",
        )
    positions = [places[column] for column in columns]
    rows = python_rows(queryset.query.chain(), using)
    return [tuple([row[position] for position in positions]) for row in rows]


def _path(column: Selected) -> str:
    return (
        "__".join((*column.hops, column.field.name)) if isinstance(column, Column) else column.name
    )


def _of_own(queryset: QuerySet, columns: tuple[Selected, ...], *, with_limits: bool) -> Statement:
    compiler = own_compiler(queryset)
    sql, params = compiler.as_sql(with_limits=with_limits)
    after = ""
    if queryset._fields is None:
        sql, after = lean_of_own(compiler, sql, queryset.model, columns)
    if with_limits:
        sql, after = sql + after, ""
    return Statement(sql, tuple(params), queryset.db, after=after, is_planned_anew=True)


def lean_query(queryset: QuerySet, columns: tuple[Selected, ...]) -> Query:
    """Return a Query of its own that selects `columns` alone; its annotations come last."""
    query = queryset.query.chain()
    if queryset._fields is not None:
        return query
    related = query.select_related
    query.select_related = False
    query.clear_deferred_loading()
    query.clear_select_fields()
    selected = {column.name for column in columns if not isinstance(column, Column)}
    _annotate_extra(query, selected)
    _check_ordering(query, selected)
    _check_dropped(query, selected, queryset.db)
    query.set_annotation_mask(selected)
    _keep_grouping(query)
    query.default_cols = False
    base = query.get_initial_alias()
    _join_parents(query, base)
    if isinstance(related, dict):
        _join_related(query, query.get_meta(), base, related)
    wanted = [column for column in columns if isinstance(column, Column)]
    if any(column.hops for column in wanted):
        _join_ordering(query, queryset.db)
    query.select = tuple(_col(query, base, column) for column in wanted)
    return query


def _annotate_extra(query: Query, selected: set[str]) -> None:
    """Select what a prefetch selects by extra() behind the columns, as an annotation."""
    for name in query.extra.keys() & selected:
        query.annotations[name] = RawSQL(*query.extra[name])  # noqa: S611 - Django's own
    query.set_extra_mask(())


def _check_ordering(query: Query, selected: set[str]) -> None:
    """Raise if an annotation that is not `selected` would be a number in ORDER BY: a position."""
    for name in _ordering_names(query) & query.annotation_select.keys() - selected:
        expression = query.annotations[name]
        while isinstance(expression, ExpressionWrapper):
            expression = expression.expression
        if isinstance(expression, Value):
            raise CannotCompileError(f"it is ordered by the constant {name}, which is no field")


def _check_dropped(query: Query, selected: set[str], using: str) -> None:
    """Raise if an annotation that is not `selected` has no SQL on this database."""
    compiler = query.get_compiler(using=using)
    for name in query.annotation_select.keys() - selected:
        try:
            compiler.compile(query.annotations[name])
        except (EmptyResultSet, FullResultSet):
            pass  # Django has a value for these
        except Exception as error:
            text = f"the annotation {name}, which is no field, has no SQL: {error!r}"
            raise CannotCompileError(text) from error


def _ordering_names(query: Query) -> set[str]:
    names: set[str] = set()
    for term in query.order_by:
        if isinstance(term, str):
            names.add(term.lstrip("-+"))
        else:
            parts = [term] if isinstance(term, F) else term.flatten()
            names |= {part.name for part in parts if isinstance(part, F)}
    return names


def _keep_grouping(query: Query) -> None:
    # As Query.set_values() does: rows that are grouped by the model stay grouped by its columns.
    if query.group_by is True:
        names = (field.attname for field in query.get_meta().concrete_fields)
        query.add_fields(names, allow_m2m=False)
        query.set_group_by(allow_aliases=False)
        query.clear_select_fields()


def _join_parents(query: Query, base: str) -> None:
    meta = query.get_meta()
    seen: dict[Any, str] = {None: base}
    for field in meta.concrete_fields:
        owner = field.model._meta.concrete_model
        if owner is not meta.concrete_model:
            query.join_parent_model(meta, owner, base, seen)


def _join_related(query: Query, meta: Any, base: str, tree: dict[str, Any]) -> None:
    """Make the joins of select_related() that can take a row away, as get_select() makes them.

    Those are the inner ones: of relations that cannot be null, and those that a filter has made and
    left over, which Django takes up again.
    """
    for name, below in tree.items():
        joined = query.setup_joins([name], meta, base, allow_many=False)
        alias = joined.joins[-1]
        _join_related(query, joined.opts, alias, below)
        is_needed = any(
            join.parent_alias == alias and query.alias_refcount[child]
            for child, join in query.alias_map.items()
        )
        if query.alias_map[alias].join_type == LOUTER and not is_needed:
            query.unref_alias(alias)


def _join_ordering(query: Query, using: str) -> None:
    """Make the joins that the ORDER BY needs before ours, so that they are not taken for ours."""
    names = query.order_by or (query.default_ordering and query.get_meta().ordering) or ()
    local = {field.attname for field in query.get_meta().concrete_fields}
    if all(isinstance(name, str) and name.lstrip("-+") in local for name in names):
        return
    query.select = (query.get_meta().pk.get_col(query.get_initial_alias()),)
    query.get_compiler(using=using).pre_sql_setup()


def _col(query: Query, base: str, column: Column) -> Any:
    meta, alias = query.get_meta(), base
    if column.hops:
        # One without a reference is left over: Django would give it the type that it finds.
        before = {alias for alias, references in query.alias_refcount.items() if references}
        info = query.setup_joins(list(column.hops), meta, base, allow_many=False)
        for new in query.alias_map.keys() - before:
            join = query.alias_map[new]
            if isinstance(join, Join) and join.join_type == INNER:
                query.alias_map[new] = join.promote()
        return column.field.get_col(info.joins[-1])
    owner = column.field.model._meta.concrete_model
    if owner is not meta.concrete_model:
        alias = query.join_parent_model(meta, owner, base, {None: base})
    return column.field.get_col(alias)
