"""Says what runs now and how long it will still take: a live line, or plain lines in a pipe."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from rowpath.lab.forecast import Forecast
from rowpath.lab.plan import Cell

PLAIN_LINE_EVERY_S = 10.0
DEFAULT_COLUMNS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What to tell: the step, the cell that it is at, and the seconds that are left, 0 unknown."""

    step: str
    cell: Cell | None
    left_s: float

    @property
    def left(self) -> str:
        """The time that is left in words."""
        return f"at most {duration(self.left_s)} left" if self.left_s else ""


class Steps:
    """Tells of each step with the time that is left. `write` prints one line, or replaces it."""

    def __init__(self, write: Callable[[Line], None]) -> None:
        self._write = write
        self.forecast: Forecast | None = None

    def step(self, text: str, cell: Cell | None = None) -> None:
        """Say that `text` runs from now on, at `cell`."""
        left_s = self.forecast.remaining_s() if self.forecast else 0.0
        self._write(Line(step=text, cell=cell, left_s=left_s))


def duration(seconds: float) -> str:
    """Return a time as people say it: `40 s`, `7 min`, `1 h 05 min`."""
    if seconds < 90:  # noqa: PLR2004 below it, seconds say more than minutes
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"  # noqa: PLR2004 an hour


def console_for(stream: TextIO) -> Console:
    """Return a console that prints to the stream, whatever width the environment names."""
    console = Console(file=stream, highlight=False)
    if console.width < 1:  # COLUMNS=0, as some terminals and schedulers have it: rich prints none
        console.width = DEFAULT_COLUMNS
    return console


@contextmanager
def steps(console: Console) -> Iterator[Steps]:
    """Yield the way to tell of steps that suits `console`."""
    # Rich takes a pipe for a terminal where FORCE_COLOR is set, and draws nothing on a dumb one.
    if console.file.isatty() and not console.is_dumb_terminal:
        with _live(console) as live:
            yield live
    else:
        yield Steps(_plain())


@contextmanager
def _live(console: Console) -> Iterator[Steps]:
    # What may be cut off in a narrow terminal stands last.
    columns = (
        SpinnerColumn("line" if console.options.ascii_only else "dots"),
        TimeElapsedColumn(),
        BarColumn(bar_width=12),
        TextColumn("{task.fields[left]}"),
        TextColumn("{task.description}", markup=False),  # [::1] is an address, no mark-up
    )
    started = monotonic()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None, left="")

        def write(line: Line) -> None:
            spent_s = monotonic() - started
            at = f", {line.cell.variant.name} ({line.cell.conditions})" if line.cell else ""
            progress.update(
                task,
                description=f"{line.step}{at}",
                completed=spent_s,
                total=spent_s + line.left_s if line.left_s else None,
                left=line.left,
            )

        yield Steps(write)


def _plain() -> Callable[[Line], None]:
    """Return a writer of lines on stderr, so that stdout keeps the results.

    It writes each step once, and one that goes on for long now and then, with the minutes and
    seconds since the command began.
    """
    lines = console_for(sys.stderr)
    started = monotonic()
    last_step, last_at = "", float("-inf")

    def write(line: Line) -> None:
        nonlocal last_step, last_at
        if line.step != last_step or monotonic() - last_at >= PLAIN_LINE_EVERY_S:
            last_step, last_at = line.step, monotonic()
            minutes, seconds = divmod(round(monotonic() - started), 60)
            left = f" ({line.left})" if line.left else ""
            lines.print(Text(f"{minutes}:{seconds:02} {line.step}{left}"), soft_wrap=True)

    return write
