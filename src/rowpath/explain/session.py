"""A run of `explain`: requests looked at, findings made, their changes proved."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rowpath.explain.asking.look import Look, look
from rowpath.explain.asking.measuring import measurements
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.asking.route_list import RoutesWanted, looks_at_routes, ranked
from rowpath.explain.asking.sql_sent import sql
from rowpath.explain.baseline import Accepted, new
from rowpath.explain.changes.edits import Edit
from rowpath.explain.findings import (
    asked_anew,
    blocked_loop,
    dicts_would_do,
    fast_lists,
    for_a_number,
    in_database,
    in_python,
    key_by_relation,
    multiplied_rows,
    narrowed,
    one_line,
    repeated,
    row_by_row,
    same_values,
    unloading,
    writes_in_a_loop,
)
from rowpath.explain.growth import FEWEST_ROWS, rows_of
from rowpath.explain.project_of import DJANGO, ProjectOf
from rowpath.explain.proving import all_but_one
from rowpath.explain.proving.proof import Before, Outcome, prove
from rowpath.explain.proving.timing import Purse, Timing
from rowpath.explain.proving.together import together
from rowpath.explain.proving.trials import Trials
from rowpath.explain.recording.statement_text import is_write, normalized
from rowpath.explain.trails import Trail, text_of
from rowpath.explain.values import (
    Confidence,
    Explained,
    Explanation,
    Finding,
    Kind,
    LeftOut,
    Request,
)

Tell = Callable[[str], None]
"""Is told of each step when it begins."""
MOST_TIMED_S = 12.0
"""What all timing of a request's changes may take, so that one is explained in less than 30 s."""
MOST_TRAILS = 5
"""Querysets of a request that are measured at several lengths, those with most statements first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is explained: requests, and routes, of which those that give no answer are left out.

    Findings that are `accepted` are told as well, but their changes are not in the diff.
    `with_sql` has the statements of each request with their plans, for what shows them. `teller`
    names a module that foretells which lists a mixin would answer; None looks for none.
    `may_build_indexes` has indexes built in the database, in transactions that are rolled back,
    for which whoever writes to their tables waits.
    """

    requests: tuple[Request, ...] = ()
    routes: RoutesWanted | None = None
    accepted: frozenset[Accepted] = frozenset()
    with_sql: bool = False
    teller: str | None = None
    may_build_indexes: bool = False


def explain(wanted: Wanted, project: ProjectOf, timing: Timing | None, tell: Tell) -> Explanation:
    """Return why each request costs what it does, with changes that were proved.

    An error of rowpath's where the project does not start or a request gives no answer.
    """
    routes = wanted.routes
    log_told = (routes.log.told,) if routes is not None and routes.log is not None else ()
    tell("starting the project")
    with ProjectProcess(project) as today:
        looks = []
        for request in wanted.requests:
            tell(f"asking {request.name}")
            looks.append(look(today, request))
        left_out: tuple[LeftOut, ...] = ()
        if routes is not None:
            more, left_out = looks_at_routes(today, routes, tell)
            asked = {seen.ask.request.path for seen in looks}
            looks.extend(seen for seen in more if seen.ask.request.path not in asked)
        if timing is not None:
            timing = replace(timing, purse=Purse(MOST_TIMED_S * len(looks)))

        def proved(before: Before, edits: Sequence[Edit]) -> Outcome:
            tell(f"running a change in {Path(edits[0].file).name}:{edits[0].line}")
            return prove(before, project, edits, timing)

        explained = tuple(_explained(today, seen, proved) for seen in looks)
        trials = Trials(unchanged=today, project=project, timing=timing, tell=tell)
        explained = tuple(unloading.told(trials, explained, looks))
        explained = tuple(multiplied_rows.told(trials, explained, looks))
        explained = tuple(dicts_would_do.told(trials, explained, looks))
        explained = tuple(narrowed.told(trials, explained, looks))
        explained = tuple(for_a_number.told(trials, explained, looks))
        explained = tuple(in_python.told(trials, explained, looks))
        explained = tuple(fast_lists.told(trials, explained, looks, wanted.teller))
        if project.framework is DJANGO:
            explained = in_database.told(
                trials, explained, looks, may_build_indexes=wanted.may_build_indexes
            )
            explained = tuple(writes_in_a_loop.told(trials, explained, looks))
        changes = _changes(new(each, wanted.accepted, str(project.folder)) for each in explained)
        if len(changes) > 1:
            tell("running all changes together")
        edits, refused = together(today, looks, project, changes)
        explained = tuple(all_but_one.told(trials, explained, looks, changes, edits))
        if wanted.with_sql:
            sent = sql(today, looks, project, edits, tell)
            explained = tuple(
                replace(each, sql=of) for each, of in zip(explained, sent, strict=True)
            )
    if routes is not None:
        explained = ranked(explained)
    return Explanation(
        root=str(project.folder),
        requests=explained,
        edits=edits,
        notes=(*log_told, *today.started.missing, *today.started.unguarded, *refused),
        left_out=left_out,
        versions=today.started.versions,
    )


def _explained(today: ProjectProcess, seen: Look, proved: row_by_row.Prove) -> Explained:
    findings: list[Finding] = list(_writes(seen))
    all_found: list[one_line.Found] = []
    notes: list[str] = []
    for trail in _trails(seen):
        found: list[Finding] = []
        is_measured = False
        for lengths in measurements(today, seen, trail):
            is_measured = True
            before = Before(process=today, look=seen, trail=trail, measured=lengths)
            new = list(_of_trail(before, proved, found, findings))
            found.extend(new)
            all_found.extend(one_line.Found(finding=each, before=before) for each in new)
        findings.extend(found)
        notes.extend(_held(seen, trail, found) if is_measured else _too_few(seen, trail))
    findings = [*_writes(seen), *one_line.findings(all_found, proved)]
    findings.extend(same_values.findings(seen.observed, findings))
    findings.extend(blocked_loop.findings(seen.observed))
    if seen.ask.request.may_write:
        notes.append(_undone(seen.ask.request, today))
    if seen.written is not None and not is_write(seen.written):
        notes.append("it locks rows, so its transactions were not read-only; all were rolled back")
    if not seen.mask.is_comparable:
        notes.append("two answers to the same request differ too much to be compared")
    return Explained(
        request=seen.ask.request,
        statements=len(seen.observed.statements),
        duration_s=seen.duration_s,
        phases=seen.phases,
        findings=tuple(sorted(findings, key=_rank)),
        notes=tuple(notes),
    )


def _of_trail(
    before: Before,
    proved: row_by_row.Prove,
    of_trail: Sequence[Finding],
    others: Sequence[Finding],
) -> Iterator[Finding]:
    """Yield what is found of one queryset at one measurement, without what is known already.

    `of_trail` was found of the same queryset at another measurement, `others` of other ones.
    """
    told_paths = {path for each in of_trail for path in each.paths}
    loaded = list(key_by_relation.findings(before, proved, told_paths))
    told_paths |= {path for each in loaded for path in each.finding.paths}
    loaded.extend(row_by_row.findings(before, proved, told_paths))
    told = {(text, each.place) for each in (*of_trail, *others) for text in each.texts}
    after = next((each.after for each in loaded if each.after), ())
    loaded.extend(asked_anew.findings(before, proved, told))
    yield from (each.finding for each in loaded)
    told |= {(text, each.finding.place) for each in loaded for text in each.finding.texts}
    for finding in repeated.findings(before, after):
        if not {(text, finding.place) for text in finding.texts} <= told:
            yield finding


def _undone(request: Request, today: ProjectProcess) -> str:
    """Return what of a request that writes was undone, and what was not."""
    undone = today.framework.undone.format(method=request.method)
    return f"{undone}; what else it does was real: {', '.join(today.started.real)}"


def _rank(finding: Finding) -> tuple[int, int]:
    return list(Confidence).index(finding.confidence), -finding.statements


def _writes(seen: Look) -> Iterator[Finding]:
    if seen.written is None or not is_write(seen.written) or seen.ask.request.may_write:
        return
    statements = seen.observed.statements
    text = normalized(seen.written)
    place = next((each.place for each in statements if each.text == text), None)
    yield Finding(
        kind=Kind.WRITES,
        confidence=Confidence.ADVICE,
        title="this GET writes",
        place=place,
        statements=1,
        of_statements=len(statements),
        advice="Here it was rolled back. A GET that writes can neither be cached nor answered by a "
        "replica.",
        statement=text,
    )


def _trails(seen: Look) -> list[Trail]:
    """Return the querysets whose rows may explain statements that are sent again and again."""
    loads = [each.load.trail for each in seen.observed.statements if each.load is not None]
    lists = [
        each.trail for each in seen.observed.evaluated if each.rows >= FEWEST_ROWS * each.times
    ]
    ranked = sorted(set(loads), key=lambda trail: -loads.count(trail))
    ranked += sorted(set(lists) - set(loads), key=lambda trail: -rows_of(trail, seen.observed))
    texts = [each.text for each in seen.observed.statements if each.load is None]
    is_repeated = len(set(texts)) < len(texts)
    return ranked[:MOST_TRAILS] if is_repeated else ranked[: len(set(loads))][:MOST_TRAILS]


def _too_few(seen: Look, trail: Trail) -> Iterator[str]:
    """Yield what was loaded several times for a list that is too short to be measured."""
    paths = [
        text_of(each.load.path)
        for each in seen.observed.statements
        if each.load is not None and each.load.trail == trail
    ]
    rows = rows_of(trail, seen.observed)
    again = sorted({path for path in paths if paths.count(path) > 1})
    if again and rows < FEWEST_ROWS:
        yield (
            f"{', '.join(again)} of {trail.model}: loaded more than once for {rows} "
            f"{'row' if rows == 1 else 'rows'}, too few to measure growth; {FEWEST_ROWS} are needed"
        )
    elif again:
        yield (
            f"{', '.join(again)} of {trail.model}: loaded for several rows, but the request does "
            "not answer with a shorter list, so how it grows is not known"
        )


def _held(seen: Look, trail: Trail, found: Sequence[Finding]) -> Iterator[str]:
    """Yield what a session of SQLAlchemy's loads once for each row that it leads to, however many.

    It holds every row once, so that many rows which share few others load these few.
    """
    told = {path for each in found for path in each.paths}
    loads = [
        each.load.path
        for each in seen.observed.statements
        if each.load is not None and each.load.trail == trail
    ]
    for path in dict.fromkeys(loads):
        text, times = text_of(path), loads.count(path)
        if path[0].owner is not None and times > 1 and text not in told:
            yield (
                f"{text} of {trail.model}: loaded {times} times, once for each row that it leads "
                "to, which does not grow with the list"
            )


def _changes(explained: Iterable[Explained]) -> tuple[tuple[Edit, ...], ...]:
    """Return the proved changes, each once, in the order of what they save."""
    proved = [
        finding
        for each in explained
        for finding in each.findings
        if finding.confidence is Confidence.PROVED and finding.edits
    ]
    return tuple(dict.fromkeys(finding.edits for finding in proved))
