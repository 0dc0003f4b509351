"""Finding: rows that are written one by one in a loop of the project's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rowpath.explain.asking.look import Look
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.changes.loop_edits import Loop, loop_of
from rowpath.explain.messages import Answer, Seen, Watch
from rowpath.explain.proving.trials import Trials
from rowpath.explain.recording.statement_text import is_write
from rowpath.explain.selected import Written
from rowpath.explain.values import Confidence, Explained, Finding, Growth, Kind, Place

FEWEST = 3
"""Rows that a loop writes: below it a bulk form is hardly less."""
_FORMS = {
    "create": "Make the objects in the loop, and write them behind it: bulk_create(objects)",
    "save": "Change the objects in the loop, and write them behind it: bulk_update(objects, "
    "fields), or QuerySet.update() where all get the same; new ones by bulk_create(objects)",
    "add": "Collect what is added, and call add(*objects) once for each object that it is added "
    "to; one that is added to many takes them all from its own side",
    "remove": "Collect what goes, and call remove(*objects) once for each object",
    "delete": "Delete them at once, by QuerySet.delete(), which still tells receivers",
    "update": "Update them at once, by filter(pk__in=...).update(...) or bulk_update()",
    "get_or_create": "Ask which are there by one filter(), and bulk_create() the others",
    "update_or_create": "bulk_create(objects, update_conflicts=True, ...) does both at once",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """What one line of a loop writes, by one text."""

    look: Look
    place: Place
    loop: Loop
    written: Written
    number: int


def told(trials: Trials, explained: Sequence[Explained], looks: Sequence[Look]) -> list[Explained]:
    """Return the requests with their loops that write, instead of statements that are repeated."""
    found = []
    for each, look in zip(explained, looks, strict=True):
        groups = list(_groups(trials.unchanged, look))
        new = [replace(_finding(trials, one), growth=_growth(each, one)) for one in groups]
        kept = [one for one in each.findings if not any(_is_of(one, group) for group in groups)]
        found.append(replace(each, findings=(*kept, *new)))
    return found


def _is_of(finding: Finding, group: _Group) -> bool:
    """Return whether a finding is that what a loop writes is sent again and again."""
    is_same = finding.place in group.written.places and group.written.text in finding.texts
    return finding.kind is Kind.REPEATED and is_same and all(map(is_write, finding.texts))


def _growth(explained: Explained, group: _Group) -> Growth | None:
    return next((one.growth for one in explained.findings if _is_of(one, group)), None)


def _groups(process: ProjectProcess, look: Look) -> Iterator[_Group]:
    by_line: dict[tuple[Place, str], list[Seen]] = {}
    for one in look.observed.statements:
        if one.place is not None and is_write(one.text):
            by_line.setdefault((one.place, one.text), []).append(one)
    alike = {key: seen for key, seen in by_line.items() if len(seen) >= FEWEST}
    if not alike:
        return
    for each in _written(process, look):
        number = len(alike.get((each.places[0], each.text), ())) if each.places else 0
        for place in each.places if number else ():
            loop = loop_of(place.file, place.line)
            if loop is not None:
                yield _Group(look=look, place=place, loop=loop, written=each, number=number)
                break


def _written(process: ProjectProcess, look: Look) -> tuple[Written, ...]:
    return process.ask(replace(look.ask, watch=Watch.SELECTS)).observed.written


def _finding(trials: Trials, group: _Group) -> Finding:
    """Return the change where it is proved, and else what the bulk form is and skips."""
    change = group.loop.edit
    finding = _advice(group)
    if change is None or group.written.skips:
        return finding

    def bears(changed: ProjectProcess, answers: Sequence[Answer]) -> bool:
        (answer,) = answers
        is_less = len(answer.observed.statements) < len(group.look.observed.statements)
        return is_less and _values(changed, group) == {group.written.values}

    proof = trials.proof(change, (group.look,), bears)
    if proof is None:
        return finding
    return replace(
        finding,
        confidence=Confidence.PROVED,
        edits=(change,),
        proof=proof,
        advice="The same values are written, and nothing is skipped: the model has no save() of "
        "its own, and nobody receives its signals.",
    )


def _values(changed: ProjectProcess, group: _Group) -> set[str]:
    found = _written(changed, group.look)
    return {each.values for each in found if each.table == group.written.table}


def _advice(group: _Group) -> Finding:
    written = group.written
    model = written.model.rpartition(".")[2]
    skipped = f" It skips {', and '.join(written.skips)}." if written.skips else ""
    return Finding(
        kind=Kind.WRITTEN,
        confidence=Confidence.ADVICE,
        title=f"{group.number} rows of {model} are written one by one, by {group.loop.method}()",
        place=group.place,
        statements=group.number,
        of_statements=len(group.look.observed.statements),
        statement=written.text,
        advice=f"{_FORMS[group.loop.method]}.{skipped}",
    )
