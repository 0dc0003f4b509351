"""A race in Markdown, as it goes into a pull request: the table and the sentences."""

import re
from collections.abc import Iterable, Iterator

from rowpath.lab.race.record import RaceRun
from rowpath.report.race import notes, table

_ACTIVE = re.compile(r"([\\`*_{}\[\]<>|~&#@!])")


def render(run: RaceRun) -> str:
    """Return the race as GitHub's Markdown."""
    return "\n".join(_lines(run)) + "\n"


def _lines(run: RaceRun) -> Iterator[str]:
    for sentence in notes.failures(run):
        yield from (f"> **{inert(sentence)}**", "")
    yield from (inert(notes.heading(run)), "")
    yield _row([*(column.header for column in table.COLUMNS), "URL"])
    yield _row([*("--:" if column.is_number else "---" for column in table.COLUMNS), "---"])
    for entrant in run.entrants:
        cells = [inert(column.text(entrant)) for column in table.COLUMNS]
        yield _row([*cells, _code(table.place(run, entrant))])
    yield ""
    yield from (f"- **{inert(said)}**" for _, said in notes.verdicts(run))
    yield ""
    yield from (f"- {inert(sentence)}" for sentence in notes.sentences(run))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def inert(text: str) -> str:
    """Return text in which nothing means anything to Markdown: names and reasons are others'."""
    return _ACTIVE.sub(r"\\\1", text)


def _code(url: str) -> str:
    """Return a URL as code, where no backslash helps: what would end it is percent-encoded."""
    encoded = url.replace("`", "%60").replace("|", "%7C")
    return f"`{encoded}`"
