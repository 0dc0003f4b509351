"""What PostgreSQL reads of tables to keep little of it, by its own plan and Django's query."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models.expressions import Col
from django.db.models.lookups import Lookup, YearLookup
from django.db.models.sql.where import AND, WhereNode

from rowpath.explain.django.tables import table_of
from rowpath.explain.recording.frames import OwnCode
from rowpath.explain.selected import Scan

LEAST_ROWS = 2000
"""Of a table with fewer rows PostgreSQL reads all, whatever index it has."""
MOST_KEPT = 0.1
"""Of the rows that are read: an index for more would not be used."""
RUN = "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "
EXPECTED = "EXPLAIN (FORMAT JSON) "
_SCANS = frozenset({"Seq Scan", "Index Scan", "Bitmap Heap Scan"})
_SORTS = frozenset({"Sort", "Incremental Sort"})
_PASSES_ON = frozenset({"Gather", "Gather Merge"})
_RANGES = frozenset({"gt", "gte", "lt", "lte", "range"})
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A part of a plan: what it reads, and keeps; None for `alias` is the query's own model."""

    alias: str | None
    read_rows: int
    kept_rows: int


def plan_of(connection: Any, sql: str, params: Any, explain: str = RUN) -> dict[str, Any]:
    """Return the plan of a SELECT in PostgreSQL: as it was RUN, or is EXPECTED to be."""
    atomic, errors = transaction.atomic(using=connection.alias), connection.wrap_database_errors
    with atomic, errors, connection.cursor() as cursor:
        cursor.cursor.execute(explain + sql, params)
        ((plan,),) = cursor.cursor.fetchall()
    whole = json.loads(plan) if isinstance(plan, str) else plan
    top: dict[str, Any] = whole[0]["Plan"]
    return top


def scans(plan: dict[str, Any], query: Any, code: OwnCode) -> Iterator[Scan]:
    """Yield the tables of which a plan reads much to keep little, each once."""
    query = getattr(query, "inner_query", query)
    own = query.get_initial_alias()
    found: dict[str, list[_Part]] = {}
    for part in _parts(plan):
        found.setdefault(part.alias or own, []).append(part)
    is_sorted = any(_is_sort(node, above) for node, above in _nodes(plan, ()))
    for alias, parts in found.items():
        scan = _scan(query, alias, parts, code, is_sorted=is_sorted and alias == own)
        if scan is not None:
            yield scan


def _parts(plan: dict[str, Any]) -> Iterator[_Part]:
    for node, above in _nodes(plan, ()):
        kind, loops = node["Node Type"], node.get("Actual Loops", 1)
        if kind in _SCANS:
            kept = round(node.get("Actual Rows", 0) * loops)
            removed = round(node.get("Rows Removed by Filter", 0) * loops)
            part = _Part(alias=node.get("Alias"), read_rows=kept + removed, kept_rows=kept)
        elif _is_sort(node, above):
            rows = sum(each["Actual Rows"] * each["Actual Loops"] for each in node["Plans"])
            limit = _limit(above) or {}
            part = _Part(alias=None, read_rows=round(rows), kept_rows=round(limit["Actual Rows"]))
        else:
            continue
        if part.read_rows >= LEAST_ROWS and part.kept_rows <= MOST_KEPT * part.read_rows:
            yield part


def _is_sort(node: dict[str, Any], above: tuple[dict[str, Any], ...]) -> bool:
    return node["Node Type"] in _SORTS and _limit(above) is not None


def _nodes(
    node: dict[str, Any], above: tuple[dict[str, Any], ...]
) -> Iterator[tuple[dict[str, Any], tuple[dict[str, Any], ...]]]:
    yield node, above
    for each in node.get("Plans", ()):
        yield from _nodes(each, (*above, node))


def _limit(above: tuple[dict[str, Any], ...]) -> dict[str, Any] | None:
    """Return the LIMIT that a part's rows go to straightway."""
    for node in reversed(above):
        if node["Node Type"] == "Limit":
            return node
        if node["Node Type"] not in _PASSES_ON:
            return None
    return None


def _scan(
    query: Any, alias: str, parts: list[_Part], code: OwnCode, *, is_sorted: bool
) -> Scan | None:
    model = _model(query, alias)
    if model is None:
        return None
    conditions = list(_conditions(query.where, alias))
    equal = tuple(dict.fromkeys(name for name, kind, _ in conditions if kind == "equal"))
    ranged = tuple(dict.fromkeys(name for name, kind, _ in conditions if kind == "ranged"))
    plain = {name: value for name, kind, value in conditions if value != _UNKNOWN}
    order = _order(query, model) if is_sorted else ()
    if not (equal or ranged or order):
        return None
    return Scan(
        table=table_of(model, code),
        equal=equal,
        plain=tuple(plain.items()),
        ranged=tuple(name for name in ranged if name not in equal),
        order=order,
        read_rows=max(part.read_rows for part in parts),
        kept_rows=min(part.kept_rows for part in parts),
    )


def _model(query: Any, alias: str) -> Any:
    """Return the model that an alias of a query's stands for, None where that is not known."""
    if alias not in query.alias_map:
        return None
    table = query.alias_map[alias].table_name
    own = query.get_meta().concrete_model
    if own._meta.db_table == table:
        return own
    field = getattr(query.alias_map[alias], "join_field", None)
    related = getattr(field, "related_model", None)
    return related if related is not None and related._meta.db_table == table else None


def _conditions(where: Any, alias: str) -> Iterator[tuple[str, str, Any]]:
    """Yield the fields that all rows have to agree in: name, in which way, and a plain value."""
    if where.negated or where.connector != AND:
        return
    for child in where.children:
        if isinstance(child, WhereNode):
            yield from _conditions(child, alias)
        elif isinstance(child, Lookup):
            yield from _condition(child, alias)


def _condition(lookup: Any, alias: str) -> Iterator[tuple[str, str, Any]]:
    is_year = isinstance(lookup, YearLookup)
    column = lookup.lhs.lhs if is_year else lookup.lhs
    if not isinstance(column, Col) or column.alias != alias or hasattr(lookup.rhs, "as_sql"):
        return
    name = column.target.name
    if is_year or lookup.lookup_name in _RANGES:
        yield name, "ranged", _UNKNOWN
    elif lookup.lookup_name == "isnull":
        if lookup.rhs:
            yield name, "equal", None
    elif lookup.lookup_name == "exact":
        yield name, "equal", lookup.rhs if isinstance(lookup.rhs, bool) else _UNKNOWN
    elif lookup.lookup_name == "in":
        yield name, "equal", _UNKNOWN


def _order(query: Any, model: Any) -> tuple[str, ...]:
    """Return the order of a query by fields of its model alone; empty where it is by others."""
    options = model._meta
    given = query.order_by or (options.ordering if query.default_ordering else ())
    if query.extra_order_by or not all(isinstance(each, str) for each in given):
        return ()
    found = []
    for each in given:
        name = each.lstrip("-+")
        field = options.pk if name == "pk" else _field(options, name)
        if field is None:
            return ()
        is_descending = each.startswith("-") == query.standard_ordering
        found.append(f"{'-' if is_descending else ''}{field.name}")
    return tuple(found)


def _field(options: Any, name: str) -> Any:
    """Return the field of a model's own table that a name orders by, None where it is none.

    A foreign key orders as the model does that it leads to.
    """
    for field in options.local_concrete_fields:
        if name == field.attname:
            return field
        if name == field.name:
            related = field.related_model
            return None if related is not None and related._meta.ordering else field
    return None
