"""The text by which the rows of a prefetched relation are asked in Python; pure.

`book.reviews.filter(stars__gt=2).count()` sends a statement whether the reviews are there or not,
`sum(1 for row in book.reviews.all() if row.stars > 2)` none.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rowpath.explain.changes.constants import constant, fits
from rowpath.explain.changes.edits import Edit, read, replacement
from rowpath.explain.trails import Columns

_OPERATORS = {"exact": "==", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_NO_STATEMENT = frozenset({"all", "count", "exists"})
"""What a prefetched relation answers from its rows."""
_ENDS = frozenset({"count", "exists", "first", "last", "values_list"})
_REFINING = frozenset({"all", "filter", "exclude", "order_by"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chain:
    """An expression like `book.reviews.filter(...).first()`, as its relation and its calls."""

    relation: ast.Attribute
    calls: tuple[ast.Call, ...]

    @property
    def names(self) -> list[str]:
        return [_name(call) for call in self.calls]


@dataclass(slots=True)
class _Asked:
    """What a chain asks of the rows, as Python: conditions, and a column that orders."""

    conditions: list[str] = field(default_factory=list)
    order: str | None = None
    is_descending: bool = False


def edits(file: str, line: int, relation: str, rows: Columns) -> tuple[Edit, ...]:
    """Return the edits by which a line asks a relation's rows instead of the database.

    Empty where one of its expressions cannot be said in Python so that it means the same: what
    compares with anything but constants, or columns that Python orders in another way.
    """
    source = read(file)
    made: list[Edit] = []
    for chain in _chains(ast.parse(source), line, relation):
        text = _text(chain, rows, source.decode())
        if text is None:
            return ()
        made.append(replacement(file, chain.relation, chain.calls[-1], text))
    return tuple(made)


def _chains(tree: ast.AST, line: int, relation: str) -> Iterator[_Chain]:
    """Yield the expressions of a line that ask a relation anew."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or node.attr != relation:
            continue
        calls = tuple(_calls(node, parents))
        if not calls or not node.lineno <= line <= (calls[-1].end_lineno or node.lineno):
            continue
        chain = _Chain(relation=node, calls=calls)
        if not set(chain.names) <= _NO_STATEMENT:
            yield chain


def _calls(node: ast.expr, parents: dict[ast.AST, ast.AST]) -> Iterator[ast.Call]:
    method = parents.get(node)
    call = parents.get(method) if method is not None else None
    if isinstance(method, ast.Attribute) and isinstance(call, ast.Call) and call.func is method:
        yield call
        yield from _calls(call, parents)


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _text(chain: _Chain, rows: Columns, source: str) -> str | None:
    *before, last = chain.calls
    refining = before if _name(last) in _ENDS else chain.calls
    asked = _asked(refining, rows, source)
    owner = ast.get_source_segment(source, chain.relation)
    if asked is None or owner is None:
        return None
    end = last if _name(last) in _ENDS else None
    return _said(f"{owner}.all()", asked, end, rows)


def _asked(calls: Sequence[ast.Call], rows: Columns, source: str) -> _Asked | None:
    asked = _Asked()
    for call in calls:
        name = _name(call)
        if name not in _REFINING:
            return None
        if name in {"filter", "exclude"}:
            conditions = [_condition(each, rows, source) for each in call.keywords]
            if call.args or not all(conditions) or (name == "exclude" and len(conditions) != 1):
                return None
            shown = [each for each in conditions if each is not None]
            asked.conditions += shown if name == "filter" else [f"not ({shown[0]})"]
        elif name == "order_by":
            column = constant(call.args[0]) if len(call.args) == 1 else None
            order = column.removeprefix("-") if isinstance(column, str) else None
            order = rows.key if order == "pk" else order
            if order not in rows.compared:
                return None
            asked.order, asked.is_descending = order, str(column).startswith("-")
        elif call.args or call.keywords:
            return None
    return asked


def _condition(keyword: ast.keyword, rows: Columns, source: str) -> str | None:
    column, _, lookup = (keyword.arg or "").partition("__")
    column = rows.key if column == "pk" else column
    if column not in rows.equal or (column not in rows.compared and lookup not in {"", "in"}):
        return None
    value = ast.get_source_segment(source, keyword.value) or ""
    if lookup == "in":
        is_list = isinstance(keyword.value, ast.List | ast.Tuple | ast.Set)
        members = keyword.value.elts if is_list else []  # type: ignore[attr-defined]
        is_known = bool(members) and all(fits(each, column, rows) for each in members)
        return f"row.{column} in {value}" if is_known else None
    if not fits(keyword.value, column, rows):
        return None
    if column in rows.truths and isinstance(constant(keyword.value), bool):
        return (
            {"True": f"row.{column}", "False": f"not row.{column}"}[value] if not lookup else None
        )
    operator = _OPERATORS.get(lookup or "exact")
    return f"row.{column} {operator} {value}" if operator else None


def _said(rows: str, asked: _Asked, end: ast.Call | None, known: Columns) -> str | None:
    """Return in Python what is asked of the rows; `end` is what it ends with, None for a list."""
    condition = " and ".join(
        f"({each})" if len(asked.conditions) > 1 else each for each in asked.conditions
    )
    method = _name(end) if end is not None else ""
    if method == "values_list" and end is not None:
        column = _flat(end, known)
        return None if column is None else _listed(rows, asked, condition, f"row.{column}")
    if end is not None and (end.args or end.keywords):
        return None
    if method == "count":
        return f"sum(1 for row in {rows} if {condition})" if condition else f"len({rows})"
    if method == "exists":
        return f"any({condition} for row in {rows})" if condition else f"bool({rows})"
    if method:
        return _one(rows, asked, condition, known, is_last=method == "last")
    return _listed(rows, asked, condition, "row")


def _flat(end: ast.Call, known: Columns) -> str | None:
    """Return the only column of a `values_list("name", flat=True)`."""
    flat = [each for each in end.keywords if each.arg == "flat" and constant(each.value) is True]
    column = constant(end.args[0]) if len(end.args) == 1 else None
    column = known.key if column == "pk" else column
    is_plain = len(flat) == len(end.keywords) == 1 and column in known.equal
    return str(column) if is_plain else None


def _listed(rows: str, asked: _Asked, condition: str, each: str) -> str:
    if asked.order is not None:
        reverse = ", reverse=True" if asked.is_descending else ""
        rows = f"sorted({rows}, key=lambda row: row.{asked.order}{reverse})"
        if not condition and each == "row":
            return rows
    return f"[{each} for row in {rows}{f' if {condition}' if condition else ''}]"


def _one(rows: str, asked: _Asked, condition: str, known: Columns, *, is_last: bool) -> str | None:
    order, is_descending = asked.order, asked.is_descending
    if order is None and known.is_ordered:
        rows = f"reversed({rows})" if is_last else rows
        if condition:
            return f"next((row for row in {rows} if {condition}), None)"
        return f"next(iter({rows}), None)"
    order = order or known.key
    if order not in known.compared:
        return None
    best = "max" if is_descending != is_last else "min"
    if condition:
        rows = f"(row for row in {rows} if {condition})"
    return f"{best}({rows}, key=lambda row: row.{order}, default=None)"
