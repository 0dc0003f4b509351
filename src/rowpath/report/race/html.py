"""A race as one HTML file in the report's style that needs no network."""

from collections.abc import Iterator
from dataclasses import dataclass

from rowpath.lab.gates import is_note
from rowpath.lab.race.judging import RaceVerdict
from rowpath.lab.race.record import RaceRun
from rowpath.report import figures, page
from rowpath.report.charts.race import race_charts
from rowpath.report.race import notes, table

_LOOKS = {
    RaceVerdict.FASTER: "confirmed",
    RaceVerdict.SLOWER: "direction only",
}
"""The colours of the lab's verdicts; the word stands there always."""
_WORDS = {RaceVerdict.TOO_NOISY: "5% not visible"}
"""What is said in the place of a verdict that would name a cause which nobody has seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A verdict: its word, the page's name for its colour, and the sentence that tells it.

    The word is the file's, but for one that would name a cause that nobody has seen.
    """

    verdict: str
    looks: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLine:
    """What a gate saw, for a line of a table, and the page's name for the colour of its end."""

    name: str
    ended: str
    looks: str
    text: str
    value: str
    bound: str
    costs: str


def render(run: RaceRun) -> str:
    """Return the page as one HTML document, to be written as UTF-8."""
    templates = page.templates()
    return templates.get_template("race.html").render(
        **page.frame(templates),
        charts=race_charts(run),
        controls=notes.controls(run),
        columns=table.columns(run),
        environment=run.environment,
        failures=tuple(notes.failures(run)),
        gates=tuple(_gates(run)),
        heading=notes.heading(run),
        places=tuple((entrant, table.place(run, entrant)) for entrant in run.entrants),
        printable=figures.printable,
        run=run,
        said=tuple(_said(run)),
        sentences=tuple(notes.sentences(run)),
    )


def _said(run: RaceRun) -> Iterator[Said]:
    for verdict, sentence in notes.verdicts(run):
        yield Said(
            verdict=_WORDS.get(verdict, verdict),
            looks=_LOOKS.get(verdict, "inconclusive"),
            sentence=sentence,
        )


_ENDS = {"passed": "confirmed", "noted": "inconclusive", "failed": "refuted"}


def _gates(run: RaceRun) -> Iterator[GateLine]:
    for gate in run.gates:
        ended = "passed" if gate.passed else "noted" if is_note(gate) else "failed"
        if gate.invalidates:
            costs = "the race is not valid"
        else:
            costs = {"absence": "no verdict that there is no difference"}.get(
                gate.withholds, "nothing: it explains"
            )
        yield GateLine(
            name=gate.name.replace("_", " "),
            ended=ended,
            looks=_ENDS[ended],
            text=figures.printable(gate.text),
            value=f"{gate.value:.3g}",
            bound=f"{gate.bound:.3g}",
            costs=costs,
        )
