"""A group of an experiment at one size, as a table for the terminal.

Nothing is cut at 80 columns, where a figure stands above its interval; from `WIDE` columns on they
stand side by side. Piped, rich leaves out the colours and keeps the columns.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rowpath.lab.record import VariantRecord
from rowpath.report import cpu, figures, notes
from rowpath.report.columns import columns
from rowpath.report.differences import differing
from rowpath.report.layout import Line, SetupPart, SizePart
from rowpath.report.tables import Column
from rowpath.report.terminal_cells import add_columns, stacks, text

WIDE = 120
"""From this number of columns on, a figure and its interval stand on one line."""


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
        shown = columns(self.part)
        yield Text(self.title, style="bold")
        if self.question:
            yield Padding(Text(self.question), (0, 0, 0, 2), expand=False)
        for setup in self.part.setups:
            yield Text()
            if self.part.names_setups:
                yield Text(f"  {figures.words(setup.setup)}", style="italic")
            yield _setup_table(shown, setup, wide=wide)
        for sentence in self._sentences():
            yield Padding(sentence, (0, 0, 0, 2), expand=False)
        yield Text()

    def _sentences(self) -> Iterator[Text]:
        if self.baseline:
            compared = figures.quantity(self.part.group.compares)
            yield Text(f"ratio: {compared} relative to {self.baseline}", style="dim")
        if self.part.explanation is not None:
            yield from map(Text, notes.explanation(self.part.explanation))
        yield from map(Text, notes.steps(self.part))
        for ending in notes.endings([self.part]):
            yield Text(str(ending), style="yellow")
        for left in differing(line.variant for line in self.part.lines):
            yield Text(str(left))
        for line in self.part.lines:
            yield from map(Text, _cpu(line.variant))


def _setup_table(shown: Iterable[Column[Line]], setup: SetupPart, *, wide: bool) -> RenderableType:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
    placed = stacks(shown, wide=wide)
    add_columns(table, placed, wide=wide)
    for line in setup.lines:
        table.add_row(*(text(stack, line, wide=wide) for stack in placed))
    return Padding(table, (0, 0, 0, 2), expand=False)


def _cpu(variant: VariantRecord) -> Iterator[str]:
    uses = cpu.uses(variant.cpu_lines)
    if uses:
        shares = ", ".join(f"{use.name} {cpu.percent(use.share)}" for use in uses)
        whole = figures.duration(uses[0].of_s)
        yield f"{cpu.title(variant.cpu_lines)}, {whole}: {shares} of a core"
