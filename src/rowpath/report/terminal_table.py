"""A group of an experiment at one size, as a table for the terminal.

Nothing is cut at 80 columns, where a figure stands above its interval; from `WIDE` columns on they
stand side by side. Piped, rich leaves out the colours and keeps the columns.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rowpath.lab.experiment import Figure
from rowpath.lab.record import ClaimRecord, VariantRecord
from rowpath.report import cpu, endings, figures, notes
from rowpath.report.differences import differing
from rowpath.report.layout import Line, SetupPart, SizePart
from rowpath.report.verdicts import symbol
from rowpath.stats.verdict import Verdict

WIDE = 120
"""From this number of columns on, a figure and its interval stand on one line."""
_LONG_NAME = 16
"""With more characters, a name beside long intervals takes too much of 80 columns for one line."""

STYLES: dict[str, str] = {
    Verdict.CONFIRMED: "bold green",
    Verdict.DIRECTION_ONLY: "bold yellow",
    Verdict.REFUTED: "bold red",
    Verdict.INCONCLUSIVE: "bold bright_black",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeTable:
    """What a group measured at one size: a rich renderable that fits the width it gets.

    `question` is the group's where it stands above this table, `baseline` its baseline's name
    where the experiment has others.
    """

    title: str
    question: str
    baseline: str
    part: SizePart

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the title, a table for each set-up, and what happened to single variants."""
        del console  # the protocol's; the width is in the options
        wide = options.max_width >= WIDE
        yield Text(self.title, style="bold")
        if self.question:
            yield Padding(Text(self.question), (0, 0, 0, 2), expand=False)
        for setup in self.part.setups:
            yield Text()
            if self.part.names_setups:
                yield Text(f"  {figures.words(setup.setup)}", style="italic")
            yield _setup_table(self.part, setup, wide=wide)
        for sentence in self._sentences():
            yield Padding(sentence, (0, 0, 0, 2), expand=False)
        yield Text()

    def _sentences(self) -> Iterator[Text]:
        if self.baseline:
            yield Text(f"ratio: time relative to {self.baseline}", style="dim")
        for ending in notes.endings([self.part]):
            yield Text(str(ending), style="yellow")
        for left in differing(line.variant for line in self.part.lines):
            yield Text(str(left))
        for line in self.part.lines:
            yield from map(Text, _cpu(line.variant))


def verdict(claim: ClaimRecord, usual_baseline: str) -> Text:
    """Return a verdict with its sign, and a star where it is against another baseline."""
    against = "" if claim.baseline == usual_baseline else " *"
    return Text(
        f"{symbol(claim.verdict)} {figures.printable(claim.verdict)}{against}",
        style=STYLES.get(claim.verdict, ""),
    )


def figure(value: str, note: str, *, wide: bool) -> Text:
    """Return a figure with what stands behind it, beside it where there is room, else below."""
    if not note:
        return Text(value)
    if wide:
        return Text.assemble(value, (f" ({note})", "dim"))
    return Text.assemble(value, "\n", (note, "dim"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """A column with the least width, so that the tables of an experiment stand in line."""

    header: str
    width: int
    right: bool
    cell: Callable[[Line], Text]


def _setup_table(part: SizePart, setup: SetupPart, *, wide: bool) -> RenderableType:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
    columns = list(_columns(part, wide=wide))
    for each in columns:
        table.add_column(
            each.header,
            min_width=each.width,
            no_wrap=True,
            overflow="fold",
            justify="right" if each.right else "left",
        )
    table.columns[0].no_wrap = False
    for line in setup.lines:
        table.add_row(*(each.cell(line) for each in columns))
    return Padding(table, (0, 0, 0, 2), expand=False)


def _columns(part: SizePart, *, wide: bool) -> Iterator[_Column]:
    yield from _first_columns(part, wide=wide)
    yield _Column(header="bytes\ngzip", width=7, right=True, cell=_bytes)
    yield _Column(header="SQL\ntime", width=8, right=True, cell=_sql)
    told = any(figures.told(line.variant) for line in part.lines)
    if told and not _memory_leads(part):  # beside the talk's figures there is no room for another
        yield _Column(header="CPU\npeak\nadded", width=7, right=True, cell=_cpu_and_memory)
    else:
        yield _Column(header="CPU", width=7, right=True, cell=_cpu_time)
        if not _memory_leads(part):
            yield _MEMORY
    if told:
        yield _Column(header="talk", width=7, right=True, cell=_told)
    if wide:
        yield _Column(
            header="verdict",
            width=0,
            right=False,
            cell=lambda line: _lines(_verdicts(line, part.group.baseline)),
        )


def _first_columns(part: SizePart, *, wide: bool) -> Iterator[_Column]:
    def name(line: Line) -> Text:
        shown = figures.printable(line.variant.name)
        verdicts = () if wide else _verdicts(line, part.group.baseline)
        return _lines([Text(figures.parted(shown, _LONG_NAME)), *verdicts])

    header = "variant" if wide else "variant\nverdict"
    yield _Column(header=header, width=20 if wide else 17, right=False, cell=name)
    if _memory_leads(part):
        yield _MEMORY
    ranged = " (95% range)" if wide else "\n95% range"
    yield _Column(
        header=f"time{ranged}",
        width=20 if wide else 9,
        right=False,
        cell=lambda line: figure(_time(line.variant), figures.time_note(line.variant), wide=wide),
    )
    yield _Column(
        header=f"ratio{ranged}",
        width=19 if wide else 9,
        right=False,
        cell=lambda line: _ratio(line, wide=wide),
    )


def _memory_leads(part: SizePart) -> bool:
    return part.group.leads == Figure.MEMORY


def _time(variant: VariantRecord) -> str:
    seen = figures.time_seen(variant)
    return figures.NOTHING if seen is None else figures.time(seen)


def _ratio(line: Line, *, wide: bool) -> Text:
    ended = endings.word(line.variant)
    if ended is not None:
        return Text(ended, style="yellow")
    if line.is_baseline:
        return Text("baseline", style="dim")
    if line.comparison is None:
        return Text()
    ratio = line.comparison.ratio
    if ratio is None:
        return figure(figures.NOTHING, notes.blocks(line.comparison.blocks), wide=wide)
    return figure(figures.ratio(ratio.estimate), figures.ratio_range(ratio), wide=wide)


def _bytes(line: Line) -> Text:
    return _stacked(figures.answer_sizes(line.variant))


def _sql(line: Line) -> Text:
    return _stacked((*figures.statements(line.variant), figures.sql_time(line.variant)))


def _cpu_time(line: Line) -> Text:
    used = line.variant.cpu_ms
    return Text(figures.NOTHING if used is None else figures.time(used))


def _memory(line: Line) -> Text:
    return _stacked(figures.memory_figures(line.variant))


def _cpu_and_memory(line: Line) -> Text:
    return _lines((_cpu_time(line), _memory(line)))


_MEMORY = _Column(header="peak\nadded", width=8, right=True, cell=_memory)


def _told(line: Line) -> Text:
    return _stacked(figures.told(line.variant))


def _verdicts(line: Line, baseline: str) -> list[Text]:
    return [verdict(claim, baseline) for claim in line.claims]


def _stacked(texts: Iterable[str]) -> Text:
    return _lines(map(Text, texts))


def _lines(texts: Iterable[Text]) -> Text:
    return Text("\n").join(texts)


def _cpu(variant: VariantRecord) -> Iterator[str]:
    uses = cpu.uses(variant.cpu_lines)
    if uses:
        shares = ", ".join(f"{use.name} {cpu.percent(use.share)}" for use in uses)
        whole = figures.duration(uses[0].of_s)
        yield f"{cpu.title(variant.cpu_lines)}, {whole}: {shares} of a core"
