"""The change that takes loader options out of a statement whose relations nobody reads; pure."""

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from rowpath.explain.changes.comments import Commented
from rowpath.explain.changes.edits import Edit, behind

_LOADS = frozenset({"joinedload", "selectinload", "subqueryload"})
_OF_COLUMNS = frozenset({"load_only", "defer", "undefer", "undefer_group"})
"""What says of a relation's rows which columns they have."""
_RAISES = "raiseload"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """One call of a chain like `selectinload(Author.books).load_only(Book.title)`."""

    name: str
    node: ast.Call


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cuts:
    """What is left out of an `options()`, and of those within it.

    An edit is None where it would leave a comment behind that spoke of what is gone.
    """

    commented: Commented
    asked: Collection[str]
    names: list[str] = field(default_factory=list)
    edits: list[Edit | None] = field(default_factory=list)


def left_out(
    call: ast.Call, asked: Collection[str], commented: Commented
) -> tuple[tuple[str, ...], tuple[Edit, ...]]:
    """Return the relations that an `options()` loads and nobody asks for, and the edits.

    `asked` are paths as `books.tags`. An option in any other form than a chain of loaders, each of
    one relation, is left as it is; so are all beside a `raiseload()`, which has whatever they load
    raise without them.
    """
    if any(
        isinstance(node, ast.Name | ast.Attribute) and _last(node) == _RAISES
        for node in ast.walk(call)
    ):
        return (), ()
    cuts = _Cuts(commented=commented, asked=asked)
    _cut_arguments(call, (), cuts)
    if None in cuts.edits:
        return (), ()
    return tuple(cuts.names), tuple(edit for edit in cuts.edits if edit is not None)


def _cut_arguments(call: ast.Call, path: tuple[str, ...], cuts: _Cuts) -> None:
    """Take the arguments out of a call that load nothing which is read; with all, the call."""
    gone = [each for each in call.args if _is_gone(each, path, cuts)]
    if len(gone) == len(call.args) and isinstance(call.func, ast.Attribute):
        cuts.edits.append(cuts.commented.calls(call.func.value, call.func, call))
    else:
        cuts.edits.extend(_without_arguments(call, gone, cuts.commented))


def _without_arguments(
    call: ast.Call, gone: Sequence[ast.expr], commented: Commented
) -> Iterator[Edit | None]:
    """Yield the edits without some arguments of a call, None where one would leave its comment."""
    if gone and commented.are_on(call.func.end_lineno or 0, call.end_lineno or 0):
        yield from map(commented.argument, gone)
        return
    for number, argument in enumerate(call.args):
        if argument not in gone:
            continue
        kept_before = [each for each in call.args[:number] if each not in gone]
        if kept_before:
            yield behind(commented.file, call.args[number - 1], argument, "")
        else:
            yield _up_to(commented.file, argument, call.args[number + 1])


def _is_gone(argument: ast.expr, path: tuple[str, ...], cuts: _Cuts) -> bool:
    """Return whether nothing that an argument loads is read; cut off its end where that is so."""
    chain = _chain(argument)
    if not _is_plain(chain):
        return False
    for number, each in enumerate(chain):
        if each.name == "options":
            _cut_arguments(each.node, path, cuts)
        if each.name not in _LOADS:
            continue
        path = (*path, _attribute(each.node))
        if not _is_asked(path, cuts.asked):
            cuts.names.append(".".join(path))
            first = each.node.func
            if number and isinstance(first, ast.Attribute):
                kept = chain[number - 1].node
                cuts.edits.append(cuts.commented.calls(kept, first, chain[-1].node))
            return number == 0
    return False


def _chain(node: ast.expr) -> list[_Call]:
    """Return the calls of a chain from the first on; empty where it is none."""
    found: list[_Call] = []
    while isinstance(node, ast.Call):
        found.append(_Call(name=ast.unparse(node.func).rpartition(".")[2], node=node))
        inner = node.func.value if isinstance(node.func, ast.Attribute) else None
        # What a module is asked for, as in `orm.selectinload(...)`, begins the chain.
        if not isinstance(inner, ast.Call):
            return found[::-1]
        node = inner
    return []


def _last(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr


def _is_plain(chain: list[_Call]) -> bool:
    """Return whether a chain begins with a loader and has nothing else that would be lost."""
    return bool(chain) and chain[0].name in _LOADS and all(map(_is_known, chain))


def _is_known(call: _Call) -> bool:
    if call.name in _LOADS:
        node = call.node
        return len(node.args) == 1 and not node.keywords and isinstance(node.args[0], ast.Attribute)
    if call.name == "options":
        return not call.node.keywords
    return call.name in _OF_COLUMNS and "raiseload" not in _keywords(call.node)


def _keywords(call: ast.Call) -> Iterator[str | None]:
    return (keyword.arg for keyword in call.keywords)


def _attribute(call: ast.Call) -> str:
    argument = call.args[0]
    return argument.attr if isinstance(argument, ast.Attribute) else ""


def _is_asked(path: tuple[str, ...], asked: Collection[str]) -> bool:
    return any(tuple(text.split("."))[: len(path)] == path for text in asked)


def _up_to(file: str, first: ast.expr, following: ast.expr) -> Edit:
    return Edit(
        file=file,
        line=first.lineno,
        column=first.col_offset,
        end_line=following.lineno,
        end_column=following.col_offset,
        text="",
    )
