"""Changes that were proved one by one, run all together."""

from collections.abc import Sequence

from rowpath.errors import RowpathError
from rowpath.explain.asking.look import Look, sameness_now, second_answer
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
    it is the first change alone, which saves the most. A request that another process of the
    unchanged project answers otherwise, too, is held by its statements alone, and told.
    """
    changes = side_by_side(changes)
    edits = joined(edit for change in changes for edit in change)
    if len(changes) < 2:  # noqa: PLR2004 one was proved by itself
        return edits, ()
    restless: list[str] = []
    try:
        with ProjectProcess(project, edits) as changed:
            objections = (_objection(seen, today, changed, project, restless) for seen in looks)
            against = next(filter(None, objections), None)
    except RowpathError as error:
        against = " ".join(str(error).split())[:300]
    if against is None:
        return edits, tuple(
            f"{path} answers otherwise in each process of the project, so its answer was not "
            "compared with all changes"
            for path in restless
        )
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


def _objection(
    seen: Look,
    today: ProjectProcess,
    changed: ProjectProcess,
    project: ProjectOf,
    restless: list[str],
) -> str | None:
    """Return what speaks against the changes; a path whose answer does not is put to `restless`."""
    answer = second_answer(seen, changed)
    path = seen.ask.request.name
    if sameness_now(seen, today, answer.compared) is Sameness.DIFFERENT:
        with ProjectProcess(project) as unchanged:
            again = second_answer(seen, unchanged)
        if sameness_now(seen, today, again.compared) is not Sameness.DIFFERENT:
            return f"{path} answers otherwise"
        restless.append(path)
    if len(answer.observed.statements) > len(seen.observed.statements):
        return f"{path} sends more statements"
    return None
