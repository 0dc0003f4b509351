"""Two runs compared, for the terminal."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from rowpath.lab.comparing.comparison import ChangeVerdict, Comparison
from rowpath.report.compare import sentences
from rowpath.report.compare.sentences import Section

_STYLES = {ChangeVerdict.REGRESSION: "bold yellow", ChangeVerdict.IMPROVEMENT: "bold green"}


def summary(comparison: Comparison) -> RenderableType:
    """Return all that is told of two runs; what failed stands first."""
    parts: list[RenderableType] = [
        Text(each, style="bold red") for each in sentences.failures(comparison)
    ]
    parts += [Text(sentences.heading(comparison), style="bold"), Text()]
    for section in sentences.sections(comparison):
        parts += [Text(section.title), _table(section), Text()]
    parts += [Text(each, style="dim") for each in sentences.notes(comparison)]
    return Group(*parts)


def _table(section: Section) -> Table:
    grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for place, header in enumerate(sentences.HEADERS):
        is_number = 0 < place < len(sentences.HEADERS) - 1
        grid.add_column(header, justify="right" if is_number else "left", no_wrap=is_number)
    for change, cells in section.lines:
        grid.add_row(*map(Text, cells), style=_STYLES.get(change.verdict, ""))
    return grid
