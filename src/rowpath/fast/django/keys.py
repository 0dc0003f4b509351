"""When two querysets have the same SQL and parameters, told without compiling either.

Compiling takes as long as encoding some 500 rows. A plain queryset (columns compared with plain
values, ordered by names, sliced) is told by a key; any other has none and is compiled each time.
"""

import datetime as dt
import decimal
import uuid
from collections.abc import Hashable
from typing import Any

from django.db.models import lookups
from django.db.models.expressions import Col
from django.db.models.fields import related_lookups
from django.db.models.query import QuerySet
from django.db.models.sql.where import NothingNode, WhereNode

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


def query_key(queryset: QuerySet) -> Hashable | None:
    """Return a key that only querysets with the same statement share; None if there is none."""
    query = queryset.query
    is_plain = not (query.annotations or query.extra or query.group_by or query.distinct)
    if not is_plain or not all(isinstance(name, str) for name in query.order_by):
        return None
    try:
        return (
            query.model,
            queryset.db,
            query.order_by,
            query.default_ordering,
            query.standard_ordering,
            _names(query.select_related),
            query.low_mark,
            query.high_mark,
            tuple(query.values_select),
            tuple(_join(alias, join) for alias, join in query.alias_map.items()),
            tuple(query.alias_refcount.items()),
            _where(query.where),
        )
    except _NotPlainError:
        return None


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


def _where(node: Any) -> Hashable:
    if type(node) is WhereNode:
        if node.resolved:
            raise _NotPlainError
        return (node.connector, node.negated, *(_where(child) for child in node.children))
    if type(node) is NothingNode:
        return NothingNode
    if type(node).__module__ not in _LOOKUPS or not isinstance(node.lhs, Col):
        raise _NotPlainError
    if node.bilateral_transforms or node.lhs.target is not node.lhs.output_field:
        raise _NotPlainError
    return (type(node), node.lhs.alias, node.lhs.target, _value(node.rhs))


def _value(value: Any) -> Hashable:
    # With the type, since 1 == True == 1.0 and their SQL differs.
    if type(value) in _PLAIN:
        return (type(value), value)
    if type(value) in (list, tuple):
        return (type(value), *(_value(item) for item in value))
    raise _NotPlainError
