"""Where the text of a change goes: the points at which a queryset's trail can be continued."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from rowpath.explain.changes.edits import Edit, insertion, read
from rowpath.explain.trails import Scope, Span, Trail, ViewClass

_SHORTCUTS = frozenset(
    {"get_object_or_404", "get_list_or_404", "aget_object_or_404", "aget_list_or_404"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place for a chain of calls like `.select_related("author")`.

    `before` and `after` stand around the chain. `function` is the code it stands in. `span` is
    the expression that it continues, None where a new line is made. `takes_names` says that no
    chain goes there but the names that it joins, as in an admin's `list_select_related`.
    """

    file: str
    line: int
    column: int
    function: str
    before: str = ""
    after: str = ""
    span: Span | None = None
    takes_names: bool = False

    def edit(self, chain: str) -> Edit:
        """Return the edit that puts the chain here."""
        return insertion(self.file, self.line, self.column, f"{self.before}{chain}{self.after}")


def points(trail: Trail, view: ViewClass | None) -> tuple[Point, ...]:
    """Return where a trail's chain may be continued, the likeliest first.

    The last call that refined the queryset in code which only its callers use; what such code
    calls, if others share it, and the first call of that; then the earlier steps; then the class of
    a generic view.
    """
    found: list[Point] = []
    for step in reversed(trail.steps):
        chosen = own_span(step)
        if chosen is None or _is_handed_in(step, trail.steps[0]):
            continue
        if step[0].is_direct or chosen is not step[0]:
            found.append(_at(chosen))
            if chosen is not step[0] and step[1].scope is Scope.FUNCTION:
                # The outermost may call what returns something made of the rows, and no queryset.
                found.append(_at(step[1]))
        else:
            found.extend(_in_shortcut(chosen, trail.manager))
    if not found:
        found.extend(_in_view(view))
        found.extend(_at(step[0]) for step in reversed(trail.steps) if step)
    found.extend(
        _at(step[0])
        for step in reversed(trail.steps)
        if step and step[0].is_direct and not _is_handed_in(step, trail.steps[0])
    )
    return tuple(dict.fromkeys(found))


def _is_handed_in(step: tuple[Span, ...], made: tuple[Span, ...]) -> bool:
    """Return whether code was called with what its caller made, and may be with any other class's.

    As a helper is that cuts a page of whatever statement it is given.
    """
    if not (step and made) or step[0].scope is not Scope.VIEW:
        return False
    own, maker = step[0], (made[0].file, made[0].function)
    callers = [(each.file, each.function) for each in step[1:]]
    return (own.file, own.function) != maker and maker in callers


def own_span(step: tuple[Span, ...]) -> Span | None:
    """Return the innermost call of a step that is in no code which others share."""
    if not step:
        return None
    for number, span in enumerate(step):
        is_last = number == len(step) - 1
        if span.scope is Scope.QUERYSET or (span.scope is Scope.FUNCTION and not is_last):
            continue
        return span
    return step[-1]


def _at(span: Span) -> Point:
    """Return the end of an expression; of a slice, the end of what is sliced."""
    line, column = _unsliced(span.file, span.end_line, span.end_column)
    return Point(file=span.file, line=line, column=column, function=span.function, span=span)


def _in_shortcut(span: Span, manager: str) -> Iterator[Point]:
    """Yield the end of what a shortcut of Django's is given: a model's class, or a manager."""
    for node in ast.walk(ast.parse(read(span.file))):
        if not isinstance(node, ast.Call) or not node.args or _region(node) != _region_of(span):
            continue
        name = ast.unparse(node.func).rpartition(".")[2]
        given = node.args[0]
        if name in _SHORTCUTS and isinstance(given, ast.Name | ast.Attribute):
            is_class = ast.unparse(given).rpartition(".")[2][:1].isupper()
            yield Point(
                file=span.file,
                line=given.end_lineno or given.lineno,
                column=given.end_col_offset or given.col_offset,
                function=span.function,
                before=f".{manager}" if is_class else "",
            )


def _region(node: ast.expr) -> tuple[int, int, int | None, int | None]:
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


def _region_of(span: Span) -> tuple[int, int, int, int]:
    return span.line, span.column, span.end_line, span.end_column


def _unsliced(file: str, line: int, column: int) -> tuple[int, int]:
    for node in ast.walk(ast.parse(read(file))):
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Slice)
            and (node.end_lineno, node.end_col_offset) == (line, column)
        ):
            return node.value.end_lineno or line, node.value.end_col_offset or column
    return line, column


def _in_view(view: ViewClass | None) -> Iterator[Point]:
    """Yield where a generic view's class can say what to load: `queryset =`, or below `model =`."""
    if view is None:
        return
    tree = ast.parse(read(view.file))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == view.name:
            said = dict(_assigned(node))
            yield from _in_class(said, view) if view.joins is None else _in_admin(said, view)
            return


def _assigned(node: ast.ClassDef) -> Iterator[tuple[str, ast.Assign]]:
    for statement in node.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            yield statement.targets[0].id, statement


def _in_admin(said: dict[str, ast.Assign], view: ViewClass) -> Iterator[Point]:
    """Yield a new line behind `list_display`, or whatever the class says first."""
    if not said or "list_select_related" in said:
        return
    joined = "".join(f'"{name}", ' for name in view.joins or ())
    behind = said.get("list_display", next(iter(said.values())))
    yield Point(
        file=view.file,
        line=behind.end_lineno or behind.lineno,
        column=behind.end_col_offset or 0,
        function=view.name,
        before=f"\n{' ' * behind.col_offset}list_select_related = [{joined}",
        after="]",
        takes_names=True,
    )


def _in_class(said: dict[str, ast.Assign], view: ViewClass) -> Iterator[Point]:
    queryset, model = said.get("queryset"), said.get("model")
    if queryset is not None:
        end = queryset.value
        yield Point(
            file=view.file,
            line=end.end_lineno or end.lineno,
            column=end.end_col_offset or end.col_offset,
            function=view.name,
        )
    elif model is not None:
        yield Point(
            file=view.file,
            line=model.end_lineno or model.lineno,
            column=model.end_col_offset or 0,
            function=view.name,
            before=f"\n{' ' * model.col_offset}queryset = {ast.unparse(model.value)}.objects",
        )
