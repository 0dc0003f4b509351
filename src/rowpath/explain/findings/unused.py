"""Finding: a relation that is loaded with the rows, and that nobody reads in the whole run."""

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rowpath.explain.asking.look import Look
from rowpath.explain.changes import assignments
from rowpath.explain.changes.comments import Commented
from rowpath.explain.changes.eager_loading import constants
from rowpath.explain.changes.edits import Edit, behind, read, replacement
from rowpath.explain.changes.insertion_points import own_span
from rowpath.explain.changes.references import Shared
from rowpath.explain.messages import Evaluated
from rowpath.explain.sqlalchemy import unused_options
from rowpath.explain.trails import Span

METHODS = {"select_related": "joined", "prefetch_related": "prefetched", "options": "loaded"}
_OPTIONS = "options"
"""What SQLAlchemy's statements are told by what they load."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """Relations that a call names and nobody reads, and the change that leaves them out.

    `looks` are the requests whose lists come by that call; `missing` are views that share its code
    and were not asked, so that they may read them. What is `declared` is loaded by its mapping.
    """

    span: Span
    word: str
    names: tuple[str, ...]
    edits: tuple[Edit, ...]
    looks: tuple[Look, ...]
    missing: tuple[str, ...]
    declared: str | None = None


def unused(looks: Sequence[Look], is_shared: Shared) -> Iterator[Unused]:
    """Yield the calls of a view's own code that load what no request of the run reads.

    A relation counts as read where it was asked for, whether it had rows or not, and where
    anything behind it was; what a mapping of SQLAlchemy's loads anyway is not left out by that.
    """
    spans = dict.fromkeys(
        span for look in looks for evaluated, span in _spans(look) if evaluated.rows
    )
    for span in spans:
        tree = ast.parse(read(span.file))
        call = _call(tree, span)
        if call is None:
            continue
        passing = [look for look in looks if any(span == each for _, each in _spans(look))]
        asked = {
            text
            for look in passing
            for evaluated, each in _spans(look)
            if each == span
            for text in evaluated.read | evaluated.loaded_anyway
        }
        names, edits = _change(tree, call, asked, span.file)
        if edits and not is_shared(_step(span, passing)):
            yield Unused(
                span=span,
                word=METHODS[_method(call)],
                names=names,
                edits=edits,
                looks=tuple(passing),
                missing=missing(passing, looks),
            )


def _spans(look: Look) -> Iterator[tuple[Evaluated, Span]]:
    """Yield the calls that made the lists of a request, in code that only its view uses."""
    for evaluated in look.columns.evaluated:
        for step in evaluated.trail.steps:
            span = own_span(step)
            if span is not None and span is step[0] and span.is_direct:
                yield evaluated, span


def _step(span: Span, looks: Iterable[Look]) -> Iterator[Span]:
    """Yield all calls of the project's that lead to a call."""
    for look in looks:
        for evaluated in look.columns.evaluated:
            for step in evaluated.trail.steps:
                if span in step:
                    yield from step


def _call(tree: ast.Module, span: Span) -> ast.Call | None:
    """Return the call of a method that loads relations.

    It is told by its end: that of a call on several lines begins, for Python, on its method's.
    """
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and _method(node) in METHODS
            and (node.end_lineno, node.end_col_offset) == (span.end_line, span.end_column)
        ):
            return node
    return None


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _change(
    tree: ast.Module, call: ast.Call, asked: Collection[str], file: str
) -> tuple[tuple[str, ...], tuple[Edit, ...]]:
    """Return the relations that are left out, and the edits, with all that is said of these."""
    uncommented = Commented(file=file, source=b"")
    names, edits = _left_out(call, asked, uncommented)
    alone = assignments.without(tree, call, file)
    if alone is not None and edits == (_without_call(call, uncommented),):
        return names, (alone,)
    return _left_out(call, asked, Commented(file=file, source=read(file)))


def _left_out(
    call: ast.Call, asked: Collection[str], commented: Commented
) -> tuple[tuple[str, ...], tuple[Edit, ...]]:
    """Return the relations that a call loads and nobody asks for, and the edits without them."""
    if _method(call) == _OPTIONS:
        return unused_options.left_out(call, asked, commented)
    if not call.args or call.keywords or len(_names(call)) < len(call.args):
        return (), ()
    kept = {arg: _as_far_as_read(arg, asked) for arg in _names(call)}
    names = tuple(arg for arg, text in kept.items() if text != arg)
    return names, _without(call, kept, commented)


def _names(call: ast.Call) -> list[str]:
    return [name for _, name in constants(call)]


def _as_far_as_read(name: str, asked: Iterable[str]) -> str:
    """Return the part of a lookup that is read, or leads to what is; empty where none is."""
    parts = name.split("__")
    read_parts = [text.split("__") for text in asked]
    for length in range(len(parts), 0, -1):
        if any(each[:length] == parts[:length] for each in read_parts):
            return "__".join(parts[:length])
    return ""


def _without(call: ast.Call, kept: dict[str, str], commented: Commented) -> tuple[Edit, ...]:
    """Return the edits that name what is read alone; without any the call goes as well.

    None where a comment would be left that spoke of what is gone.
    """
    texts = list(dict.fromkeys(text for text in kept.values() if text))
    if not texts:
        made = [_without_call(call, commented)]
    elif commented.are_on(call.func.end_lineno or 0, call.end_lineno or 0):
        gone = [(node, name) for node, name in constants(call) if kept[name] != name]
        made = [None if kept[name] else commented.argument(node) for node, name in gone]
    else:
        first, last = call.args[0], call.args[-1]
        between = ", " if first.lineno == last.lineno else f",\n{' ' * first.col_offset}"
        named = between.join(f'"{each}"' for each in texts)
        made = [replacement(commented.file, first, last, named)]
    edits = tuple(edit for edit in made if edit is not None)
    return edits if len(edits) == len(made) else ()


def _without_call(call: ast.Call, commented: Commented) -> Edit | None:
    if not isinstance(call.func, ast.Attribute):
        return None
    owner = call.func.value
    if not isinstance(owner, ast.Attribute):
        return commented.calls(owner, call.func, call)
    is_commented = commented.are_on(owner.end_lineno or 0, call.end_lineno or 0)
    return None if is_commented else behind(commented.file, owner, call, ".all()")


def missing(passing: Iterable[Look], looks: Sequence[Look]) -> tuple[str, ...]:
    """Return the views that share code with those of some requests and were not asked."""
    asked = {look.asked for look in looks}
    wanted = dict.fromkeys(name for look in passing for name in look.siblings)
    return tuple(name for name in wanted if name not in asked)
