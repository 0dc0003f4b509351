"""Whether a queryset is another one, or a slice of it: told by what both consist of.

A clone shares with its original whatever is not changed in place, and has copies of the containers.
In doubt two are not the same.
"""

from operator import is_
from typing import Any

from django.db.models.query import QuerySet
from django.db.models.sql import Query
from django.db.models.sql.where import WhereNode

from rowpath.fast.django.counting import CountingQuery

_QUERIES = (Query, CountingQuery)
# By which rows are read, whoever has put it there; the Query is compared by itself.
_OF_READING = dict.fromkeys(("_iterable_class", "_prefetch_related_lookups", "_query"))
# The slice and what counts the rows; what Django finds out of all the rest, or has for the next
# filter alone; and what is compared by itself, since Django takes a join or a value for equal to
# one of another type.
_OF_SLICES = dict.fromkeys(
    (
        *("high_mark", "low_mark", "count"),
        *("_annotation_select_cache", "base_table", "filter_is_sticky", "used_aliases"),
        *("alias_map", "annotations", "order_by", "where"),
    )
)


def is_slice(read: QuerySet, of: QuerySet) -> bool:
    """Whether `read` has all rows of `of` or a slice of them, by nothing else than `of` has.

    How its rows are made, and what is prefetched for them, is not looked at.
    """
    return (
        type(read) is type(of)
        and vars(read) | _OF_READING == vars(of) | _OF_READING
        and is_slice_of_query(read.query, of.query)
    )


def is_slice_of_query(read: Query, of: Query) -> bool:
    """Whether the same is true of two Queries of Django's own class."""
    return (
        type(read) in _QUERIES
        and type(of) in _QUERIES
        and read.order_by is of.order_by
        and _identical(read.alias_map, of.alias_map)
        and _identical(read.annotations, of.annotations)
        and _same_node(read.where, of.where)
        and vars(read) | _OF_SLICES == vars(of) | _OF_SLICES
    )


def _identical(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if not one and not other:
        return True
    return one.keys() == other.keys() and all(map(is_, one.values(), other.values()))


def _same_node(one: Any, other: Any) -> bool:
    """Whether two trees of conditions are built alike of the same conditions."""
    if not type(one) is type(other) is WhereNode:
        return False
    mine, theirs = one.children, other.children
    return (
        one.connector == other.connector
        and one.negated == other.negated
        and one.resolved == other.resolved
        and len(mine) == len(theirs)
        and all(
            child is another or _same_node(child, another)
            for child, another in zip(mine, theirs, strict=True)
        )
    )
