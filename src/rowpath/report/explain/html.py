"""An explanation as one HTML file in the report's style that needs no network."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from rowpath import __version__
from rowpath.explain.changes.edits import diff
from rowpath.explain.values import Confidence, Explained, Explanation, Finding, Sent
from rowpath.report import figures, page, source
from rowpath.report.charts.drawing import Chart
from rowpath.report.charts.explain import PhasePart, growth_chart, phase_parts, phases_chart
from rowpath.report.explain.sentences import saving, sentences, share, times, where
from rowpath.report.explain.terminal import left_out
from rowpath.report.statements import MOST_STATEMENTS, Shown, shown_plan, shown_sql

_LOOKS = {
    Confidence.PROVED: "confirmed",
    Confidence.ESTIMATED: "direction only",
    Confidence.ADVICE: "inconclusive",
}
"""The colours of the lab's verdicts; the word stands there always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement that was sent, as HTML, with its plan where there is one."""

    sql: Markup
    count: int
    plan: Shown | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What a request sends in one form of the project; `hidden` are so many more statements."""

    title: str
    sent: int
    statements: tuple[Statement, ...]
    hidden: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingPart:
    """A finding with all that the page shows of it."""

    anchor: str
    confidence: str
    looks: str
    title: str
    share: str | None
    place: str
    change: Markup | None
    statements: tuple[Markup, ...]
    sentences: tuple[str, ...]
    chart: Chart | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPart:
    """A request with its findings, and what it sends before and after."""

    anchor: str
    path: str
    user: str | None
    statements: int
    time: str
    saved: str
    phases: tuple[PhasePart, ...]
    chart: Chart | None
    findings: tuple[FindingPart, ...]
    sides: tuple[Side, ...]
    notes: tuple[str, ...]
    logged: str | None


def render(explanation: Explanation) -> str:
    """Return the page as one HTML document, to be written as UTF-8."""
    templates = page.templates()
    requests = tuple(
        _request(number, each, explanation.root)
        for number, each in enumerate(explanation.requests, 1)
    )
    return templates.get_template("explain.html").render(
        **page.frame(templates),
        diff=_change(diff(explanation.edits, explanation.root)),
        figures=figures,
        left_out=tuple(left_out(explanation)),
        notes=explanation.notes,
        project=Path(explanation.root).name,
        requests=requests,
        has_log=any(request.logged for request in requests),
        rowpath=__version__,
        versions=explanation.versions,
    )


def _request(number: int, explained: Explained, root: str) -> RequestPart:
    parts = phase_parts(explained.phases)
    anchor = f"request-{number}"
    return RequestPart(
        anchor=anchor,
        path=explained.request.name,
        user=explained.request.user,
        statements=explained.statements,
        time=figures.time(explained.duration_s * 1000),
        saved=saving(explained, lambda time_s: figures.time(time_s * 1000)) or figures.NOTHING,
        phases=parts,
        chart=phases_chart(parts),
        findings=tuple(
            _finding(f"{anchor}-{place}", finding, root)
            for place, finding in enumerate(explained.findings, 1)
        ),
        sides=tuple(_sides(explained)),
        notes=explained.notes,
        logged=None if explained.request.logged is None else times(explained.request.logged),
    )


def _finding(anchor: str, finding: Finding, root: str) -> FindingPart:
    texts = (finding.statement, *finding.other_statements)
    return FindingPart(
        anchor=anchor,
        confidence=finding.confidence.value,
        looks=_LOOKS[finding.confidence],
        title=finding.title,
        share=share(finding),
        place=where(finding, root),
        change=_change(diff(finding.edits, root)),
        statements=tuple(source.sql(shown_sql(text).text) for text in texts if text is not None),
        sentences=tuple(sentences(finding)),
        chart=growth_chart(finding),
    )


def _change(text: str) -> Markup | None:
    return source.difference(text) if text else None


def _sides(explained: Explained) -> Iterator[Side]:
    """Yield what a request sends today, and what it sends with all changes of the diff."""
    if explained.sql is None:
        return
    yield _side("Today", explained.sql.unchanged)
    if explained.sql.changed is not None:
        yield _side("With all changes of the diff", explained.sql.changed)


def _side(title: str, sent: tuple[Sent, ...]) -> Side:
    often = sorted(sent, key=lambda each: -each.count)
    return Side(
        title=title,
        sent=sum(each.count for each in sent),
        statements=tuple(
            Statement(
                sql=source.sql(shown_sql(each.text).text),
                count=each.count,
                plan=None if each.plan is None else shown_plan(each.plan),
            )
            for each in often[:MOST_STATEMENTS]
        ),
        hidden=max(0, len(sent) - MOST_STATEMENTS),
    )
