"""A load as it goes: a table that is drawn anew each second, or a line now and then in a pipe."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from rowpath.lab.load.ledger import Ledger
from rowpath.lab.load.plan import LoadPlan
from rowpath.lab.load.results import LoadResult
from rowpath.report import figures

PLAIN_LINE_EVERY_S = 5.0
MOST_LINES = 12
"""More targets than this do not fit under one another in a terminal; the summary has all."""
_HEADERS = ("", "requests", "failures", "requests/s", "median", "p95")


class Telling:
    """The engine's listener: what is new is drawn, and what was ended early is kept."""

    def __init__(
        self,
        plan: LoadPlan,
        draw: Callable[[Ledger], None],
        say: Callable[[str], None],
        keep: Callable[[LoadResult], None],
    ) -> None:
        self._plan = plan
        self._say = say
        self.goes_on = draw
        self.stopped = keep

    def waits(self, workers: int, port: int) -> None:
        """Say that a master waits for its workers."""
        expected = self._plan.generators
        self._say(f"listening on port {port}: {workers} of {expected} workers are there")


@contextmanager
def told(
    console: Console, errors: Console, plan: LoadPlan, keep: Callable[[LoadResult], None]
) -> Iterator[Telling]:
    """Yield a listener that suits the console; plain lines go to `errors`."""
    if console.file.isatty() and not console.is_dumb_terminal:
        with Live(Text("starting Locust"), console=console, transient=True) as live:
            yield Telling(
                plan,
                lambda ledger: live.update(_drawn(ledger)),
                lambda text: live.update(Text(text)),
                keep,
            )
    else:

        def say(text: str) -> None:
            errors.print(Text(text), soft_wrap=True)

        yield Telling(plan, _plain(say), say, keep)


def _drawn(ledger: Ledger) -> Group:
    grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for header in _HEADERS:
        grid.add_column(header, justify="right" if header else "left", overflow="ellipsis")
    for name, (requests, failures) in list(ledger.counts.items())[:MOST_LINES]:
        lately = ledger.recent(name)
        grid.add_row(
            Text(figures.printable(name[1])),
            f"{requests:,}",
            Text(f"{failures:,}", style="bold red" if failures else ""),
            figures.significant(lately.requests_per_s),
            _time(lately.p50_ms),
            _time(lately.p95_ms),
        )
    return Group(Text(_progress(ledger)), grid)


def _progress(ledger: Ledger) -> str:
    return f"{ledger.at_s:.0f} of {ledger.plan.run_time_s:g} s, {ledger.users:,} users"


def _time(value_ms: float | None) -> str:
    return figures.NOTHING if value_ms is None else figures.time(value_ms)


def _plain(say: Callable[[str], None]) -> Callable[[Ledger], None]:
    last = monotonic()

    def draw(ledger: Ledger) -> None:
        nonlocal last
        if monotonic() - last < PLAIN_LINE_EVERY_S:
            return
        last = monotonic()
        requests = sum(each for each, _ in ledger.counts.values())
        failures = sum(each for _, each in ledger.counts.values())
        say(f"{_progress(ledger)}: {requests:,} requests, {failures:,} failures")

    return draw
