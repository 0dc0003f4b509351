"""Says what runs now and how long it will still take: a live line, or plain lines in a pipe."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from rowpath.lab.forecast import Forecast

PLAIN_LINE_EVERY_S = 10.0


class Steps:
    """Tells of each step with the time that is left. `write` prints one line, or replaces it."""

    def __init__(self, write: Callable[[str, float], None]) -> None:
        self._write = write
        self.forecast: Forecast | None = None

    def step(self, text: str) -> None:
        """Say that `text` runs from now on."""
        self._write(text, self.forecast.remaining_s() if self.forecast else 0.0)


def duration(seconds: float) -> str:
    """Return a time as people say it: `40 s`, `7 min`, `1 h 05 min`."""
    if seconds < 90:  # noqa: PLR2004 below it, seconds say more than minutes
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"  # noqa: PLR2004 an hour


@contextmanager
def steps(console: Console) -> Iterator[Steps]:
    """Yield the way to tell of steps that suits `console`."""
    if console.is_terminal:
        with _live(console) as live:
            yield live
    else:
        yield Steps(_plain())


@contextmanager
def _live(console: Console) -> Iterator[Steps]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TimeElapsedColumn(),
        TextColumn("{task.fields[left]}"),
    )
    started = monotonic()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None, left="")

        def write(text: str, left_s: float) -> None:
            spent_s = monotonic() - started
            progress.update(
                task,
                description=text,
                completed=spent_s,
                total=spent_s + left_s if left_s else None,
                left=f"at most {duration(left_s)} left" if left_s else "",
            )

        yield Steps(write)


def _plain() -> Callable[[str, float], None]:
    """Return a writer of lines on stderr, few enough to read, so that stdout keeps the results."""
    lines = Console(stderr=True, highlight=False, soft_wrap=True)
    last = float("-inf")

    def write(text: str, left_s: float) -> None:
        nonlocal last
        if monotonic() - last >= PLAIN_LINE_EVERY_S:
            last = monotonic()
            left = f" (at most {duration(left_s)} left)" if left_s else ""
            lines.print(f"{text}{left}", markup=False)

    return write
