"""A race as it goes: a bar for each entrant, drawn between slots, or plain lines in a pipe."""

from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from time import monotonic

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from rowpath.lab.race.measuring import Listener
from rowpath.lab.race.results import Results
from rowpath.lab.race.values import Entrant, Lane, RacePlan
from rowpath.report import figures

PLAIN_LINE_EVERY_S = 5.0
BAR_CELLS = 30
MOST_NAME = 24


@contextmanager
def told(console: Console, errors: Console) -> Iterator[Listener]:
    """Yield a listener that suits the console; plain lines go to `errors`."""
    if console.file.isatty() and not console.is_dumb_terminal:
        # Rich would draw four times a second by a thread of its own, in the middle of a request.
        with Live(console=console, transient=True, auto_refresh=False) as live:
            yield _Drawn(live, "#" if console.options.ascii_only else "\N{FULL BLOCK}")
    else:
        yield _Plain(errors)


class _Drawn:
    """Draws a bar for each entrant, as long as its median time so far."""

    def __init__(self, live: Live, full: str) -> None:
        self._live = live
        self._full = full

    def step(self, text: str) -> None:
        """Show what is done before the blocks."""
        self._live.update(Text(text), refresh=True)

    def goes_on(self, results: Results) -> None:
        """Show what is known so far."""
        self._live.update(drawn(results, self._full), refresh=True)


class _Plain:
    """Prints a line now and then."""

    def __init__(self, errors: Console) -> None:
        self._errors = errors
        self._last_s = monotonic()

    def step(self, text: str) -> None:
        """Say nothing: it takes a moment."""

    def goes_on(self, results: Results) -> None:
        """Print what is known so far, where the last line is long ago."""
        if monotonic() - self._last_s < PLAIN_LINE_EVERY_S:
            return
        self._last_s = monotonic()
        seen = ", ".join(
            f"{figures.printable(entrant.name)} {_told(results, entrant)}"
            for entrant in results.plan.entrants
        )
        self._errors.print(Text(f"{_progress(results)}: {seen}"), soft_wrap=True)


def drawn(results: Results, full: str) -> RenderableType:
    """Return the entrants, a bar each, above them how many blocks are done."""
    times = {entrant: so_far_ms(results, entrant) for entrant in results.plan.entrants}
    longest = max((time for time in times.values() if time is not None), default=None)
    grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_header=False)
    grid.add_column("name", no_wrap=True, overflow="ellipsis", max_width=MOST_NAME)
    grid.add_column("time", justify="right", no_wrap=True)
    grid.add_column("bar", no_wrap=True, overflow="crop")
    for entrant, time in times.items():
        cells = round(BAR_CELLS * time / longest) if time is not None and longest else 0
        is_out = entrant in results.fallen
        grid.add_row(
            Text(figures.printable(entrant.name)),
            Text(_told(results, entrant), style="red" if is_out else ""),
            Text(
                full * (max(1, cells) if cells or time is not None else 0),
                style="red" if is_out else "cyan",
            ),
        )
    return Group(Text(_progress(results)), grid)


def so_far_ms(results: Results, entrant: Entrant) -> float | None:
    """Return an entrant's median time over its slots so far, None where it has none yet."""
    lane = Lane(entrant=entrant)
    values_s = results.values_s(lane)
    now = results.current.get(lane)
    if now is not None and len(values_s) < len(results.orders):
        values_s = [*values_s, now.value_s]
    return median(values_s) * 1_000 if values_s else None


def _progress(results: Results) -> str:
    plan = results.plan
    return f"block {len(results.orders)} of {_range(plan)}"


def _range(plan: RacePlan) -> str:
    early = plan.half_width is not None and plan.floor < plan.blocks
    return f"{plan.floor} to {plan.blocks}" if early else f"{plan.blocks}"


def _told(results: Results, entrant: Entrant) -> str:
    time = so_far_ms(results, entrant)
    shown = figures.NOTHING if time is None else figures.time(time)
    return f"{shown} (out)" if entrant in results.fallen else shown
