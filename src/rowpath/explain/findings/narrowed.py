"""Whether columns that nobody reads can stay away: `only()`, run in all requests it is in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rowpath.explain.asking.look import Look
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.changes.references import shared_in
from rowpath.explain.findings.unread_columns import LEAST_SHARE, Unread, unread
from rowpath.explain.messages import Answer, Watch
from rowpath.explain.proving.trials import Trials, with_finding
from rowpath.explain.values import Confidence, Explained, Finding, Kind, Place, Proof
from rowpath.stats.interval import Interval

MOST_NAMED = 4
LEAST_KB = 8
"""What the database has to send less: a page of PostgreSQL's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volumes:
    """What the database sends for a request without a change and with it, None if not told."""

    before_kb: int | None
    after_kb: int | None


def told(trials: Trials, explained: Sequence[Explained], looks: Sequence[Look]) -> list[Explained]:
    """Return the requests with lists whose unread columns are worth leaving out.

    That is shown by the time or by what the server says that it sends; where neither can be, no
    change is run. A finding stands with the first request that it is of.
    """
    found = list(explained)
    dicts = _dicts(explained)
    for each in unread(looks, shared_in(trials.project)):
        look = each.looks[0]
        if (each.point.file, each.point.function) in dicts:
            continue
        before_kb = _volume(trials.unchanged, look)
        if before_kb is None and trials.timing is None:
            continue
        after: list[int | None] = []

        def bears(
            changed: ProjectProcess,
            answers: Sequence[Answer],
            each: Unread = each,
            after: list[int | None] = after,
        ) -> bool:
            after.append(_volume(changed, each.looks[0]))
            return sends_no_more(each.looks, answers)

        proof = trials.proof_of(each.edits, each.looks, bears)
        if proof is None:
            continue
        volumes = Volumes(before_kb=before_kb, after_kb=after[0])
        if is_worth_it(proof.ratio, volumes):
            found = with_finding(found, looks, look, _finding(each, proof, volumes))
    return found


def _dicts(explained: Sequence[Explained]) -> set[tuple[str, str]]:
    """Return the functions that are to have dicts, which load no more than is read."""
    return {
        (finding.place.file, finding.place.function)
        for each in explained
        for finding in each.findings
        if finding.kind is Kind.DICTS and finding.place is not None
    }


def sends_no_more(looks: Sequence[Look], answers: Sequence[Answer]) -> bool:
    """Return whether no request sends more statements: a column left out is loaded by its own."""
    return all(
        len(answer.observed.statements) <= len(look.observed.statements)
        for look, answer in zip(looks, answers, strict=True)
    )


def is_worth_it(ratio: Interval | None, volumes: Volumes) -> bool:
    """Return whether it takes less time, or the database sends much less."""
    if ratio is not None and ratio.high < 1:
        return True
    before, after = volumes.before_kb, volumes.after_kb
    if before is None or after is None:
        return False
    return before - after >= max(LEAST_KB, LEAST_SHARE * before)


def _named(each: Unread) -> str:
    """Return the largest columns, those of each class together."""
    by_class: dict[str, list[str]] = {}
    for column in each.columns[:MOST_NAMED]:
        way, dot, name = column.rpartition(".")
        owner = each.owners.get(f"{way}{dot}", each.model.rpartition(".")[2])
        by_class.setdefault(owner, []).append(name)
    named = "; ".join(f"{', '.join(names)} of {owner}" for owner, names in by_class.items())
    more = len(each.columns) - MOST_NAMED
    return f"{named} and {more} more column{'s' * (more > 1)}" if more > 0 else named


def _volume(process: ProjectProcess, look: Look) -> int | None:
    return process.ask(replace(look.ask, watch=Watch.VOLUME)).observed.volume_kb


def _finding(each: Unread, proof: Proof, volumes: Volumes) -> Finding:
    requests = len(each.looks)
    by = f"any of the {requests} requests that load them" if requests > 1 else "this request"
    sent = (
        f"The database sends {volumes.after_kb:,} kB instead of {volumes.before_kb:,} kB."
        if volumes.before_kb is not None and volumes.after_kb is not None
        else None
    )
    return Finding(
        kind=Kind.UNREAD,
        confidence=Confidence.PROVED,
        title=f"{_named(each)}: loaded with the rows, and not read by {by}",
        place=Place(file=each.point.file, line=each.point.line, function=each.point.function),
        statements=0,
        of_statements=proof.statements_before,
        edits=each.edits,
        proof=proof,
        advice=sent,
    )
