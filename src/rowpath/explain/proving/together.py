"""Changes that were proved one by one, run all together."""

from collections.abc import Sequence

from rowpath.errors import RowpathError
from rowpath.explain.asking.look import Look, sameness_now
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.changes.edits import Edit
from rowpath.explain.changes.imports import goes_on, joined
from rowpath.explain.project_of import ProjectOf
from rowpath.explain.values import Sameness


def together(
    today: ProjectProcess,
    looks: Sequence[Look],
    project: ProjectOf,
    changes: Sequence[tuple[Edit, ...]],
) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
    """Return the edits that stand together, and a note where they are not all.

    They stand where every request still gives the same answer with no more statements. Otherwise
    it is the first change alone, which saves the most.
    """
    changes = side_by_side(changes)
    edits = joined(edit for change in changes for edit in change)
    if len(changes) < 2:  # noqa: PLR2004 one was proved by itself
        return edits, ()
    try:
        with ProjectProcess(project, edits) as changed:
            against = next(filter(None, (_objection(seen, today, changed) for seen in looks)), None)
    except RowpathError as error:
        against = " ".join(str(error).split())[:300]
    if against is None:
        return edits, ()
    note = (
        f"the changes do not go together ({against}): the diff has the first alone; make it, and "
        "ask again"
    )
    return tuple(changes[0]), (note,)


def side_by_side(changes: Sequence[tuple[Edit, ...]]) -> tuple[tuple[Edit, ...], ...]:
    """Return the changes without those that assign anew, on a new line, what another assigns.

    Calls that continue one chain stand beside each other, and so do the indexes of a `Meta`; of
    two other assignments the last would count.
    """
    kept: list[tuple[Edit, ...]] = []
    assigned: set[tuple[str, int, int]] = set()
    for change in changes:
        places = {
            (edit.file, edit.line, edit.column)
            for edit in change
            if edit.text.startswith("\n") and not goes_on(edit)
        }
        if not places & assigned:
            kept.append(change)
        assigned |= places
    return tuple(kept)


def _objection(seen: Look, today: ProjectProcess, changed: ProjectProcess) -> str | None:
    changed.ask(seen.ask)
    answer = changed.ask(seen.ask)
    same = sameness_now(seen, today, answer.compared)
    path = seen.ask.request.name
    if same is Sameness.DIFFERENT:
        return f"{path} answers otherwise"
    if len(answer.observed.statements) > len(seen.observed.statements):
        return f"{path} sends more statements"
    return None
