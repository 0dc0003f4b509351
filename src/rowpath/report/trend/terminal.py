"""A trend for the terminal."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from rowpath.report.trend import table
from rowpath.report.trend.series import Series, Trend


def summary(trend: Trend) -> RenderableType:
    """Return what failed, each comparison from run to run, and the runs."""
    parts: list[RenderableType] = [
        Text(f"Run {run.number} is not valid: {run.failed}", style="bold red")
        for run in trend.runs
        if run.failed
    ]
    for name, series in trend.parts:
        parts += [Text(), Text(name, style="bold")]
        for each in series:
            parts += [Text(f"{each.title}, {each.quantity}"), _table(each)]
    parts.append(Text())
    parts += [Text(sentence, style="dim") for sentence in table.sentences(trend)]
    return Group(*parts)


def _table(series: Series) -> Table:
    grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for column in table.COLUMNS:
        grid.add_column(column.header, justify="right" if column.is_number else "left")
    for point in series.points:
        cells = (Text(column.text(point)) for column in table.COLUMNS)
        grid.add_row(*cells, style="red" if point.run.failed else "")
    return grid
