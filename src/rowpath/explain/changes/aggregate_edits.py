"""The text by which a database adds up and counts what Python does row by row; pure.

`sum(review.stars for review in reviews)` loads all rows for one number, and
`reviews.aggregate(total=Sum("stars", default=0))["total"]` loads the number.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from rowpath.explain.changes.constants import constant, fits
from rowpath.explain.changes.edits import Edit, read, replacement
from rowpath.explain.changes.imports import Named, Names
from rowpath.explain.trails import Columns, Span

_OPERANDS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)
"""What a method can be written behind without parentheses."""
_BEST = {"max": ("Max", "largest"), "min": ("Min", "smallest")}
_WORDS = {"sum": "added up", "max": "compared", "min": "compared", "Counter": "counted"}
_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "",
    ast.Gt: "__gt",
    ast.GtE: "__gte",
    ast.Lt: "__lt",
    ast.LtE: "__lte",
}
_FUNCTIONS = frozenset({"sum", "max", "min", "len", "any", "Counter"})
_NUMBER_OF_ROWS = frozenset({"len", "any"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregated:
    """An expression that takes one value of all rows: what it does with them, and of which column.

    `edits` is the change, empty where Python's value may be another than the database's. `is_name`
    says that the queryset has a name, by which others may read its rows as well.
    """

    word: str
    column: str | None
    method: str
    edits: tuple[Edit, ...]
    is_name: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loop:
    """`element for row in rows if ...`: the parts of what a function is given."""

    call: ast.Call
    element: ast.expr
    row: str
    rows: ast.expr
    ifs: list[ast.expr]
    regions: frozenset[tuple[int, ...]]

    @property
    def method(self) -> str:
        return _name_of(self.call)


def aggregated(span: Span, columns: Columns) -> Aggregated | None:
    """Return the expression that goes through a queryset where it does; None where it is another.

    `span` is what Python tells: a comprehension, what it goes through, or a call of `list`.
    """
    source = read(span.file)
    region = (span.line, span.column, span.end_line, span.end_column)
    loops = [loop for loop in _loops(ast.parse(source)) if region in loop.regions]
    if len(loops) != 1:
        return None
    (loop,) = loops
    column = _column(loop.element, loop)
    is_of_column = column in columns.names
    is_tested = loop.method == "sum" and column in columns.truths
    is_counted = loop.method in _NUMBER_OF_ROWS or is_tested or _is_one(loop)
    if not (is_of_column or is_counted) or not isinstance(loop.rows, _OPERANDS):
        return None
    edits = _edits(loop, columns, span.file, source)
    if is_counted and not edits:
        return None
    return Aggregated(
        word=_word(loop, is_counted=is_counted),
        column=column if not is_counted else None,
        method=loop.method,
        edits=edits,
        is_name=isinstance(loop.rows, ast.Name | ast.Attribute),
    )


def _word(loop: _Loop, *, is_counted: bool) -> str:
    if loop.method == "any":
        return "searched"
    return "counted" if is_counted else _WORDS[loop.method]


def _loops(tree: ast.AST) -> Iterator[_Loop]:
    for node in ast.walk(tree):
        is_call = isinstance(node, ast.Call) and len(node.args) == 1
        if is_call and _name_of(node) in _FUNCTIONS:  # type: ignore[arg-type]
            yield from _loop(node)  # type: ignore[arg-type]


def _loop(call: ast.Call) -> Iterator[_Loop]:
    """Yield the loop that a call goes through by a comprehension, or `len` by `list`."""
    of, is_len = call.args[0], _name_of(call) == "len"
    if isinstance(of, ast.ListComp) or (isinstance(of, ast.GeneratorExp) and not is_len):
        first, *others = of.generators
        if isinstance(first.target, ast.Name) and not (first.is_async or others):
            yield _Loop(
                call=call,
                element=of.elt,
                row=first.target.id,
                rows=first.iter,
                ifs=first.ifs,
                regions=frozenset({_region(of), _region(first.iter)}),
            )
    elif is_len and isinstance(of, ast.Call) and _name_of(of) == "list" and len(of.args) == 1:
        yield _Loop(
            call=call,
            element=ast.Constant(1),
            row="",
            rows=of.args[0],
            ifs=[],
            regions=frozenset({_region(of)}),
        )


def _name_of(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _region(node: ast.expr) -> tuple[int, ...]:
    return node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0


def _column(node: ast.expr, loop: _Loop) -> str | None:
    """Return the attribute of the row that an expression reads, None where it is another."""
    is_read = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    return node.attr if is_read and node.value.id == loop.row else None  # type: ignore[attr-defined]


def _edits(loop: _Loop, columns: Columns, file: str, source: bytes) -> tuple[Edit, ...]:
    is_tested = loop.method == "any" or _column(loop.element, loop) in columns.truths
    tests = [*loop.ifs, loop.element] if is_tested else loop.ifs
    conditions = [_condition(each, loop, columns) for test in tests for each in _parts(test)]
    known = [each for each in conditions if each is not None]
    names = {each.partition("=")[0] for each in known}
    if len(names) < len(conditions) or (loop.call.keywords and _default(loop) is None):
        return ()
    rows = ast.get_source_segment(source.decode(), loop.rows) or ""
    rows = f"{rows}.filter({', '.join(known)})" if known else rows
    if loop.method == "any":
        return (replacement(file, loop.call, loop.call, f"{rows}.exists()"),)
    if loop.method == "len" or (loop.method == "sum" and (is_tested or _is_one(loop))):
        return (replacement(file, loop.call, loop.call, f"{rows}.count()"),)
    said = _aggregate(loop, columns, Names(file, source, loop.call.lineno))
    if said is None:
        return ()
    function, text = said
    edit = replacement(file, loop.call, loop.call, f"{rows}{text}")
    return (edit, function.edit) if function.edit is not None else (edit,)


def _is_one(loop: _Loop) -> bool:
    return constant(loop.element) == 1


def _parts(test: ast.expr) -> list[ast.expr]:
    return test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]


def _condition(test: ast.expr, loop: _Loop, columns: Columns) -> str | None:
    """Return the argument of `filter()` that a condition is; None where there is none."""
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        column, value = _column(test.left, loop), test.comparators[0]
        lookup = _OPERATORS.get(type(test.ops[0]))
        is_known = column in (columns.compared if lookup else columns.equal)
        if column is None or lookup is None or not is_known or not fits(value, column, columns):
            return None
        return f"{column}{lookup}={ast.unparse(value)}"
    is_not = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    column = _column(test.operand if is_not else test, loop)  # type: ignore[attr-defined]
    return f"{column}={not is_not}" if column in columns.truths else None


def _default(loop: _Loop) -> ast.expr | None:
    """Return the default of `max` and `min`, None where there is none or another argument."""
    (*others, last) = loop.call.keywords
    is_default = not others and last.arg == "default" and loop.method in _BEST
    is_constant = isinstance(last.value, ast.Constant) or constant(last.value) is not None
    return last.value if is_default and is_constant else None


def _aggregate(loop: _Loop, columns: Columns, names: Names) -> tuple[Named, str] | None:
    """Return the function and the call of `aggregate()`, None where it may give another value.

    SQLite adds numbers up that are no integers in floating point; `max()` of no rows is an error.
    """
    column = _column(loop.element, loop)
    if loop.method == "sum" and column in columns.summed:
        function, name, default = "Sum", "total", ", default=0"
    elif loop.method in _BEST and loop.call.keywords and column in columns.compared:
        function, name = _BEST[loop.method]
        value = _default(loop)
        is_none = isinstance(value, ast.Constant) and value.value is None
        default = "" if value is None or is_none else f", default={ast.unparse(value)}"
    else:
        return None
    made = names.of_function("django.db.models", function)
    return made, f'.aggregate({name}={made.text}("{column}"{default}))["{name}"]'
