"""What one request did, for the terminal: each statement with its groups, places and plan."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from rowpath.lab.record import VariantRecord
from rowpath.report import figures, notes
from rowpath.report.statements import Sent, sent


def trace(variant: VariantRecord) -> RenderableType:
    """Return a trace with the whole request first, as the talk's debug toolbar has it."""
    parts: list[RenderableType] = [
        Text(f"{_name(variant)}, {figures.rows(variant.rows)}", style="bold"),
        Text(figures.printable(variant.title), style="dim"),
        Text(totals(variant)),
    ]
    if variant.outcome is not None:
        parts.append(Text(figures.printable(variant.outcome), style="yellow"))
    for number, each in enumerate(sent([variant]), start=1):
        parts += (Text(), *_statement(number, each))
    return Group(*parts)


def totals(variant: VariantRecord) -> str:
    """Return `454.63 ms (101 queries including 100 similar)` in our words, and the memory."""
    number = variant.sql_statements
    noun = "statement" if number == 1 else "statements"
    said = [f"{figures.count(number)} {noun} in {figures.time(variant.sql_ms)}"]
    if number:
        said.append(f"{figures.count(variant.sql_similar)} similar")
        said.append(f"{figures.count(variant.sql_duplicates)} duplicates")
    if variant.sql_rows is not None:
        said.append(figures.rows(variant.sql_rows))
    if variant.outcome is None:
        said.append(f"peak {' '.join(figures.memory_figures(variant))}")
    return ", ".join(said)


def _name(variant: VariantRecord) -> str:
    return f"{figures.printable(variant.name)} ({figures.words(variant.setup)})"


def _statement(number: int, each: Sent) -> Iterator[RenderableType]:
    yield Text(f"{number}. {notes.sent(each.sightings)}", style="bold")
    yield _indented(each.shown.text)
    if each.shown.whole is not None:
        yield _indented(notes.shortened(each.shown), style="dim")
    for source in each.sources:
        yield _indented(notes.source(source), style="cyan")
        if source.code:
            yield _indented(source.code, by=6)
    for plan in each.plans:
        yield _indented(plan.shown.text, style="dim")


def _indented(text: str, *, by: int = 3, style: str = "") -> Padding:
    lines = "\n".join(map(_line, text.splitlines()))
    return Padding(Text(lines, style=style), (0, 0, 0, by), expand=False)


def _line(text: str) -> str:
    """Return a line with its indentation, in which the tree of a plan stands."""
    return " " * (len(text) - len(text.lstrip(" "))) + figures.printable(text)
