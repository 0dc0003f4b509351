"""A run for the terminal: a table for every experiment and size, and the verdicts at the end.

Nothing is cut at 80 columns, where a figure stands above its interval; from `WIDE` columns on they
stand side by side. Piped, rich leaves out the colours and keeps the columns.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rowpath.lab.record import ClaimRecord, ExperimentRecord, Run, VariantRecord
from rowpath.report import figures, notes
from rowpath.report.layout import Line, SetupPart, SizePart, size_part
from rowpath.report.verdicts import judged, symbol, tally
from rowpath.stats.verdict import Verdict

WIDE = 112
"""From this number of columns on, a figure and its interval stand on one line."""

_STYLES: dict[str, str] = {
    Verdict.CONFIRMED: "bold green",
    Verdict.DIRECTION_ONLY: "bold yellow",
    Verdict.REFUTED: "bold red",
    Verdict.INCONCLUSIVE: "bold bright_black",
}

_COLUMNS = (("variant\nverdict", 17), ("time\n95% range", 9), ("ratio\n95% range", 9))
_WIDE_COLUMNS = (("variant", 20), ("time (95% range)", 20), ("ratio (95% range)", 19))
_RIGHT_COLUMNS = (("bytes\ngzip", 7), ("SQL\ntime", 8), ("CPU\npeak", 7))
_TALK_COLUMN = ("talk", 7)
"""Headers with the least width, so that the tables of an experiment stand in line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeTable:
    """What an experiment measured at one size: a rich renderable that fits the width it gets."""

    experiment: ExperimentRecord
    part: SizePart

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the title, a table for each set-up, and what happened to single variants."""
        del console  # the protocol's; the width is in the options
        wide = options.max_width >= WIDE
        name = figures.printable(self.experiment.name)
        yield Text(f"{name}, {self.part.title}", style="bold")
        for part in self.part.setups:
            yield Text()
            yield Text(f"  {figures.words(part.setup)}", style="italic")
            told = any(figures.told(line.variant) for line in self.part.lines)
            yield _setup_table(self.experiment.baseline, part, wide=wide, told=told)
        for outcome in notes.outcomes(self.part):
            yield Padding(Text(outcome, style="yellow"), (1, 0, 0, 2), expand=False)
        yield Text()


def question(record: ExperimentRecord) -> RenderableType:
    """Return what stands above the tables of an experiment: what it asks, and where in the talk."""
    asked, section = figures.printable(record.question), figures.printable(record.section)
    return Text.assemble((asked, "bold"), f"  (talk {section})\n")


def size_table(record: ExperimentRecord, rows: int) -> RenderableType:
    """Return what to print as soon as one size of an experiment is done."""
    return SizeTable(experiment=record, part=size_part(record, rows))


def caption(record: ExperimentRecord) -> RenderableType:
    """Return the sentences that the tables of an experiment are read by."""
    sentences = (
        f"ratio: time relative to {figures.printable(record.baseline)}; below 1 is faster.",
        "range: 95% interval over blocks.",
        "CPU and peak: of the application's worker, for one request.",
    )
    told = ("talk: its own figure.",) if any(map(figures.told, record.variants)) else ()
    starred = any(claim.baseline != record.baseline for claim in record.claims)
    star = ("*: against another baseline, named with the verdicts.",) if starred else ()
    return Text(" ".join(sentences + told + star) + "\n", style="dim")


def summary(run: Run) -> RenderableType:
    """Return the verdicts of all claims, what is missing and why, and where it was measured."""
    parts: list[RenderableType] = []
    if run.stopped is not None:
        parts += [Text(notes.stopped(run.stopped), style="bold red"), Text()]
    claims = [claim for experiment in run.experiments for claim in experiment.claims]
    if claims:
        parts += [_verdict_table(claims), Text(), *_tally_lines(claims), Text()]
    elif run.experiments:
        parts += [Text(notes.NO_CLAIM), Text()]
    missing = notes.missing(run)
    if missing:
        parts += [Text("Not measured in full", style="bold"), *map(_item, missing), Text()]
    parts += [Text(line, style="dim") for line in notes.environment(run)]
    return Group(*parts)


def _setup_table(baseline: str, part: SetupPart, *, wide: bool, told: bool) -> RenderableType:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
    for header, width in _WIDE_COLUMNS if wide else _COLUMNS:
        table.add_column(header, min_width=width, no_wrap=True, overflow="fold")
    table.columns[0].no_wrap = False
    for header, width in _RIGHT_COLUMNS + ((_TALK_COLUMN,) if told else ()):
        table.add_column(header, min_width=width, no_wrap=True, justify="right")
    if wide:
        table.add_column("verdict", no_wrap=True)
    for line in part.lines:
        table.add_row(*_cells(baseline, line, wide=wide, told=told))
    return Padding(table, (0, 0, 0, 2), expand=False)


def _cells(baseline: str, line: Line, *, wide: bool, told: bool) -> Iterator[Text]:
    variant = line.variant
    verdicts = [_verdict(claim, baseline) for claim in line.claims]
    name = Text(figures.printable(variant.name))
    yield name if wide else _lines(name, *verdicts)
    yield _figure(_time(variant), figures.time_note(variant), wide=wide)
    yield _ratio(line, wide=wide)
    yield _lines(*map(Text, figures.answer_sizes(variant)))
    yield _lines(*map(Text, _sql(variant)))
    yield _lines(*map(Text, (_cpu(variant), figures.memory(variant.peak_mib))))
    if told:
        yield _lines(*map(Text, figures.told(variant)))
    if wide:
        yield _lines(*verdicts)


def _time(variant: VariantRecord) -> str:
    seen = figures.time_seen(variant)
    return figures.NOTHING if seen is None else figures.time(seen)


def _cpu(variant: VariantRecord) -> str:
    return figures.NOTHING if variant.cpu_ms is None else figures.time(variant.cpu_ms)


def _ratio(line: Line, *, wide: bool) -> Text:
    if line.is_baseline:
        return Text("baseline", style="dim")
    if line.comparison is None:
        return Text()
    ratio = line.comparison.ratio
    if ratio is None:
        return _figure(figures.NOTHING, notes.blocks(line.comparison.blocks), wide=wide)
    return _figure(figures.ratio(ratio.estimate), figures.ratio_range(ratio), wide=wide)


def _sql(variant: VariantRecord) -> tuple[str, ...]:
    number = f"{variant.sql_statements:,}"
    similar = (f"{variant.sql_similar:,} similar",) if variant.sql_similar > 1 else ()
    return (number, *similar, figures.sql_time(variant))


def _verdict(claim: ClaimRecord, usual_baseline: str) -> Text:
    against = "" if claim.baseline == usual_baseline else " *"
    return Text(
        f"{symbol(claim.verdict)} {figures.printable(claim.verdict)}{against}",
        style=_STYLES.get(claim.verdict, ""),
    )


def _figure(figure: str, note: str, *, wide: bool) -> Text:
    if not note:
        return Text(figure)
    if wide:
        return Text.assemble(figure, (f" ({note})", "dim"))
    return Text.assemble(figure, "\n", (note, "dim"))


def _lines(*texts: Text) -> Text:
    return Text("\n").join(texts)


def _verdict_table(claims: Iterable[ClaimRecord]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("verdict", no_wrap=True)
    table.add_column("claim", overflow="fold")
    table.add_column("set-up", no_wrap=True)
    table.add_column("claimed", no_wrap=True, justify="right")
    table.add_column("measured\n95% range", no_wrap=True)
    for each in judged(claims):
        for number, claim in enumerate(each.outcomes):
            table.add_row(
                _verdict(claim, claim.baseline),
                Text(notes.claim(claim)) if number == 0 else Text(),
                Text(figures.words(claim.setup)),
                Text(figures.ratio(claim.claimed_ratio)),
                _measured(claim),
            )
        table.add_row()
    return table


def _measured(claim: ClaimRecord) -> Text:
    if claim.measured is None:
        return Text(notes.NOT_MEASURED, style="dim")
    estimate, interval = figures.ratio(claim.measured.estimate), figures.ratio_range(claim.measured)
    return _figure(estimate, interval, wide=False)


def _tally_lines(claims: Iterable[ClaimRecord]) -> Iterator[Text]:
    for setup, verdicts in tally(claims):
        counts = ", ".join(f"{number} {verdict}" for verdict, number in verdicts)
        yield Text(f"{setup}: {counts}", style="bold")


def _item(sentence: str) -> Padding:
    return Padding(Text(sentence), (0, 0, 0, 2), expand=False)
