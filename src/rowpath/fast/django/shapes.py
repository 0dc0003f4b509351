"""What two querysets with the same SQL have in common, told without compiling either.

Compiling takes as long as encoding some 500 rows. A plain queryset (columns compared with plain
values, ordered by names, sliced) has a shape, which leaves out the values and the slice; any other
has none and is compiled each time.
"""

import datetime as dt
import decimal
import uuid
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import lookups
from django.db.models.expressions import Col
from django.db.models.fields import related_lookups
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.where import NothingNode, WhereNode

from rowpath.fast.bounded import Key

_PLAIN = (
    str,
    int,
    bool,
    float,
    type(None),
    decimal.Decimal,
    dt.datetime,
    dt.date,
    dt.time,
    dt.timedelta,
    uuid.UUID,
)
_LOOKUPS = {lookups.__name__, related_lookups.__name__}


class _NotPlainError(Exception):
    pass


@dataclass(slots=True)  # made for each request, and a frozen one takes twice as long to make
class Shape:
    """A key that only querysets with the same SQL share, and what this one adds to the SQL."""

    key: Key
    params: tuple[Any, ...]
    """The values of the WHERE clause, as the database gets them."""
    limits: str
    """LIMIT and OFFSET, which stand at the statement's end."""


def shape_of(query: Query, connection: BaseDatabaseWrapper) -> Shape | None:
    """Return the shape of `query`, which is read on `connection`; None if it has none."""
    is_plain = not (query.annotations or query.extra or query.group_by)
    if not is_plain or not all(isinstance(name, str) for name in query.order_by):
        return None
    using = connection.alias
    values = _Values(query, using)
    try:
        where = values.where(query.where)
        joins = tuple(_join(alias, join) for alias, join in query.alias_map.items())
    except (_NotPlainError, EmptyResultSet, FullResultSet):
        return None
    key = (
        query.model,
        using,
        query.order_by,
        query.default_ordering,
        query.standard_ordering,
        _names(query.select_related),
        query.distinct,
        query.distinct_fields,
        tuple(query.values_select),
        _deferred(*query.deferred_loading),
        joins,
        tuple(query.alias_refcount.items()),
        where,
    )
    return Shape(Key(key), tuple(values.params), _limits(query, connection))


def sliced(shape: Shape, query: Query, connection: BaseDatabaseWrapper) -> Shape:
    """Return the shape of `query`, which is a slice of one that has `shape`."""
    return Shape(shape.key, shape.params, _limits(query, connection))


def _limits(query: Query, connection: BaseDatabaseWrapper) -> str:
    if not query.is_sliced:
        return ""
    return f" {connection.ops.limit_offset_sql(query.low_mark, query.high_mark)}"


def _deferred(names: Any, is_deferring: bool) -> Hashable:  # noqa: FBT001 - as Django has it
    return frozenset(names), is_deferring


def _names(tree: Any) -> Hashable:
    if not isinstance(tree, dict):
        return bool(tree)
    return tuple((name, _names(below)) for name, below in tree.items())


def _join(alias: str, join: Any) -> Hashable:
    return (
        alias,
        join.table_name,
        join.join_type,
        join.parent_alias,
        getattr(join, "join_field", None),
    )


class _Values:
    """Collects the values of a WHERE clause in the order of its SQL."""

    def __init__(self, query: Query, using: str) -> None:
        self.params: list[Any] = []
        self._query = query
        self._using = using

    def where(self, node: Any) -> Hashable:
        """Return what decides the SQL of `node`, and note its values."""
        if type(node) is WhereNode:
            if node.resolved:
                raise _NotPlainError
            return (node.connector, node.negated, *(self.where(child) for child in node.children))
        if type(node) is NothingNode:
            return NothingNode
        if type(node).__module__ not in _LOOKUPS or not isinstance(node.lhs, Col):
            raise _NotPlainError
        if node.bilateral_transforms or node.lhs.target is not node.lhs.output_field:
            raise _NotPlainError
        return (type(node), node.lhs.alias, node.lhs.target, self._value(node))

    def _value(self, lookup: Any) -> Hashable:
        value = lookup.rhs
        if isinstance(value, bool):
            return value  # which decides the SQL: IS NULL, NOT column
        if not _is_plain(value):
            raise _NotPlainError
        compiler = self._compiler
        sql, params = lookup.process_rhs(compiler, compiler.connection)
        self.params += params
        return tuple(sql) if isinstance(sql, list) else sql

    @cached_property
    def _compiler(self) -> SQLCompiler:
        # Most lists have no value to compile.
        return self._query.get_compiler(using=self._using)


def _is_plain(value: Any) -> bool:
    if type(value) in (list, tuple):
        return all(type(item) in _PLAIN for item in value)
    return type(value) in _PLAIN
