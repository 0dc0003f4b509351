"""A race's figures for the terminal: what failed, the table, the verdicts, the notes."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from rowpath.lab.race.judging import RaceVerdict
from rowpath.lab.race.record import RaceRun
from rowpath.report.race import notes, table

_STYLES = {RaceVerdict.FASTER: "bold green", RaceVerdict.SLOWER: "bold yellow"}


def summary(run: RaceRun) -> RenderableType:
    """Return all that is told of a race; what failed stands first."""
    failed = [Text(sentence, style="bold red") for sentence in notes.failures(run)]
    parts: list[RenderableType] = [*failed, *([Text()] if failed else [])]
    parts += [Text(notes.heading(run)), Text(), _table(run), Text()]
    parts += [
        Text(said, style=_STYLES.get(verdict, "bold")) for verdict, said in notes.verdicts(run)
    ]
    parts.append(Text())
    parts += [Text(sentence, style="dim") for sentence in notes.sentences(run)]
    return Group(*parts)


def _table(run: RaceRun) -> Table:
    grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    columns = table.columns(run)
    for column in columns:
        grid.add_column(
            column.header, justify="right" if column.is_number else "left", no_wrap=column.is_number
        )
    grid.add_column("", overflow="fold", style="dim")
    for entrant in run.entrants:
        cells = (Text(column.text(entrant)) for column in columns)
        grid.add_row(
            *cells,
            Text(table.place(run, entrant)),
            style="red" if entrant.failed is not None else "",
        )
    return grid
