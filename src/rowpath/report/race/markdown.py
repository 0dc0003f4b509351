"""A race in Markdown, as it goes into a pull request: the table and the sentences."""

from collections.abc import Iterator

from rowpath.lab.race.record import RaceRun
from rowpath.report.markdown_text import code, inert, row
from rowpath.report.race import notes, table


def render(run: RaceRun) -> str:
    """Return the race as GitHub's Markdown."""
    return "\n".join(_lines(run)) + "\n"


def _lines(run: RaceRun) -> Iterator[str]:
    for sentence in notes.failures(run):
        yield from (f"> **{inert(sentence)}**", "")
    yield from (inert(notes.heading(run)), "")
    columns = table.columns(run)
    yield row([*(column.header for column in columns), "test" if table.is_of_calls(run) else "URL"])
    yield row([*("--:" if column.is_number else "---" for column in columns), "---"])
    for entrant in run.entrants:
        cells = [inert(column.text(entrant)) for column in columns]
        yield row([*cells, code(table.place(run, entrant))])
    yield ""
    yield from (f"- **{inert(said)}**" for _, said in notes.verdicts(run))
    yield ""
    yield from (f"- {inert(sentence)}" for sentence in notes.sentences(run))
