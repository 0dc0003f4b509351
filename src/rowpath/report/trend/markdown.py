"""A trend in Markdown."""

from collections.abc import Iterator

from rowpath.report.markdown_text import inert, row
from rowpath.report.trend import table
from rowpath.report.trend.series import Trend


def render(trend: Trend) -> str:
    """Return the trend as GitHub's Markdown."""
    return "\n".join(_lines(trend)) + "\n"


def _lines(trend: Trend) -> Iterator[str]:
    for run in trend.runs:
        if run.failed:
            yield from (f"> **Run {run.number} is not valid: {inert(run.failed)}**", "")
    for name, series in trend.parts:
        yield from (f"**{inert(name)}**", "")
        for each in series:
            yield from (f"{inert(each.title)}, {inert(each.quantity)}:", "")
            yield row(column.header for column in table.COLUMNS)
            yield row("--:" if column.is_number else "---" for column in table.COLUMNS)
            for point in each.points:
                yield row(inert(column.text(point)) for column in table.COLUMNS)
            yield ""
    yield from (f"- {inert(sentence)}" for sentence in table.sentences(trend))
