"""The five findings that matter to somebody new: computed from the run, and only if it has them."""

from collections.abc import Iterator
from dataclasses import dataclass

from rowpath.lab.conditions import AS_TOLD, CONTROLLED
from rowpath.lab.gates import support
from rowpath.lab.record import ComparisonRecord, Run
from rowpath.report import figures
from rowpath.stats.interval import Interval
from rowpath.stats.verdict import beyond

MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found: a headline, the ratio that it rests on, a sentence, and where it is shown."""

    headline: str
    ratio: Interval
    compared: str
    advice: str
    experiment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A comparison that a newcomer should know, and what to say of each way that it can end.

    `less` is said where the whole interval lies below 1, `more` where it lies above; where it holds
    1, or nothing is to be said, there is no finding. `{times}` stands for how many times as much or
    as little, `{as_told}` for the same of the pair in the talk's set-up, which must then lie on the
    same side, `{rows}` for the rows: those that are named, or the most that were measured.
    """

    experiment: str
    variant: str
    baseline: str
    less: str
    advice: str
    more: str = ""
    setup: str = CONTROLLED.name
    needs_as_told: bool = False
    rows: int | None = None
    quantity: str = "time"


SOUGHT = (
    Sought(
        experiment="relations",
        variant="fk-select-related",
        baseline="fk-lazy",
        less="Look for a query in a loop first: one joined query is {times} times as fast",
        advice="Many similar statements in one request are its sign; select_related() or "
        "prefetch_related() is one line.",
    ),
    Sought(
        experiment="lists",
        variant="fastapi-schema",
        baseline="drf-objects",
        rows=1_000,
        needs_as_told=True,
        less="FastAPI is {as_told} times as fast as DRF as told, and {times} times on equal terms",
        advice="Equal terms are the same ordered query, an index for it and kept connections. "
        "Compare frameworks only on those.",
    ),
    Sought(
        experiment="lists",
        variant="drf-no-serializer",
        baseline="drf-objects",
        less="Without DRF's serializer and model objects a list of {rows} is {times} times as fast",
        advice="Where a list is only read, values() will do, or a serializer that is compiled.",
    ),
    Sought(
        experiment="cache",
        variant="locmem",
        baseline="no-cache",
        more="A cached page is served {times} times as often as one that is made each time",
        less="",
        setup="warm-cache",
        quantity="requests_per_s",
        advice="Count what the first request, a full expiry and each further worker cost as well.",
    ),
    Sought(
        experiment="aggregates",
        variant="count-method",
        baseline="count-objects",
        less="Counting in PostgreSQL is {times} times as fast as counting objects in Python",
        advice="Ask the database for the number where you do not need the rows.",
    ),
    Sought(
        experiment="fields",
        variant="only-one",
        baseline="all",
        more="A field that only() leaves out and the code reads makes a list {times} times as slow",
        less="",
        advice="Nothing in the code shows it: each row sends a statement more. Count statements in "
        "a test.",
    ),
    Sought(
        experiment="writes",
        variant="update",
        baseline="save",
        less="update() of many rows is {times} times as fast as save() in a loop",
        advice="It skips an overridden save(), signals and auto_now; the report shows in how many "
        "rows.",
    ),
    Sought(
        experiment="loops",
        variant="values-list",
        baseline="values",
        less="values_list() is {times} times as fast as values()",
        advice="Where one field is read, flat=True gives it without a tuple.",
    ),
)
"""In the order in which they matter; the first five that a run has are shown."""


def findings(run: Run) -> tuple[Finding, ...]:
    """Return the first five findings that the run shows; none of a run that is not valid."""
    if not run.valid:
        return ()
    return tuple(finding for _, finding in zip(range(MOST), _found(run), strict=False))


def _found(run: Run) -> Iterator[Finding]:
    for sought in SOUGHT:
        finding = _finding(run, sought)
        if finding is not None:
            yield finding


def _finding(run: Run, sought: Sought) -> Finding | None:
    shown = _shown(run, sought, sought.setup, sought.rows)
    if shown is None:
        return None
    comparison, ratio, headline = shown
    as_told = ""
    if sought.needs_as_told:
        told = _shown(run, sought, AS_TOLD.name, comparison.rows)
        if told is None or told[2] != headline:
            return None
        as_told = _times(told[1].estimate)
    return Finding(
        headline=headline.format(
            times=_times(ratio.estimate),
            as_told=as_told,
            rows=figures.rows(comparison.rows),
        ),
        ratio=ratio,
        compared=f"{sought.variant} against {sought.baseline}, {figures.rows(comparison.rows)}",
        advice=sought.advice,
        experiment=sought.experiment,
    )


def _shown(
    run: Run, sought: Sought, setup: str, rows: int | None
) -> tuple[ComparisonRecord, Interval, str] | None:
    """Return what is sought in a set-up, at these rows or at the most, and what is said of it.

    None where it was not measured, where a gate of the run takes the verdicts from it, and where
    its interval reaches into the null band.
    """
    found = [
        (experiment, each)
        for experiment in run.experiments
        if experiment.name == sought.experiment
        for each in experiment.comparisons
        if (each.variant, each.baseline, each.setup) == (sought.variant, sought.baseline, setup)
        if each.quantity == sought.quantity
        if each.ratio is not None and rows in (None, each.rows)
    ]
    experiment, comparison = max(found, key=lambda one: one[1].rows, default=(None, None))
    if experiment is None or comparison is None or comparison.ratio is None:
        return None
    rests_on = support(experiment, run.gates, comparison)
    headline = _headline(sought, comparison.ratio, rests_on.null_band)
    return None if rests_on.withheld or not headline else (comparison, comparison.ratio, headline)


def _headline(sought: Sought, ratio: Interval, null_band: float) -> str:
    if not beyond(ratio, null_band):
        return ""
    return sought.less if ratio.high < 1 else sought.more


def _times(ratio: float) -> str:
    """Return how many times as much or as little a ratio is, with two figures."""
    return figures.significant(max(ratio, 1 / ratio), 2)
