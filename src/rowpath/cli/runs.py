"""`rowpath runs`: what was kept, the newest last."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from rowpath.cli.history import runs_dir
from rowpath.cli.progress import console_for
from rowpath.errors import UsageError
from rowpath.lab import history
from rowpath.lab.race.record import RaceRun
from rowpath.lab.record import Run
from rowpath.lab.rereading import as_said
from rowpath.report import figures

COMPLETE = "complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A run in one line; `unreadable` says why there is nothing but its file's name.

    It is `counted` as `last` and so on where its file is named as those of kept runs are.
    """

    file: str
    kind: str = ""
    started_at: str = ""
    measured: str = ""
    blocks: int = 0
    valid: bool = False
    ended: str = ""
    duration_s: float = 0.0
    unreadable: str = ""
    counted: bool = True


@click.command("runs")
@runs_dir
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def runs(*, runs_dir: Path | None, as_json: bool) -> None:
    """List the runs that were kept, the newest last."""
    others = [replace(_listed(path), counted=False) for path in history.strays(runs_dir)]
    listed = [*others, *map(_listed, history.kept_runs(runs_dir))]
    if as_json:
        content = json.dumps([asdict(each) for each in listed], indent=1, ensure_ascii=False)
        sys.stdout.write(f"{content}\n")
        return
    console = console_for(sys.stdout)
    if not listed:
        place = history.runs_folder(runs_dir)
        console.print(Text(f"No run is kept in {place}."), soft_wrap=True)
        return
    console.print(_table(listed))
    for each in listed:
        if each.unreadable:
            console.print(Text(figures.printable(each.unreadable)), soft_wrap=True)
    if others:
        names = figures.printable(", ".join(each.file for each in others))
        console.print(Text(f"Not named as a kept run is, so never last: {names}."), soft_wrap=True)


def _listed(path: Path) -> Listed:
    try:
        run = as_said(path)
    except UsageError as error:
        return Listed(file=path.name, unreadable=str(error))
    is_race = isinstance(run, RaceRun)
    return Listed(
        file=path.name,
        kind="race" if is_race else "lab",
        started_at=f"{run.started_at.astimezone():%Y-%m-%d %H:%M}",
        measured=", ".join(_measured(run)),
        blocks=run.blocks if isinstance(run, RaceRun) else _most_blocks(run),
        valid=run.valid,
        ended=run.stopped or COMPLETE,
        duration_s=run.duration_s,
    )


def _measured(run: Run | RaceRun) -> Iterator[str]:
    if isinstance(run, RaceRun):
        yield from (each.name for each in run.entrants)
    else:
        yield from (each.name for each in run.experiments)


def _most_blocks(run: Run) -> int:
    """Return the most blocks that a stage has; stages differ."""
    orders = (order for each in run.experiments for order in each.orders)
    return max((len(order.blocks) for order in orders), default=0)


def _table(listed: list[Listed]) -> Table:
    grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for header in ("when", "kind", "what", "blocks", "valid", "ended", "took", "file"):
        grid.add_column(header, overflow="fold")
    for each in listed:
        if each.unreadable:
            grid.add_row(*["?"] * 7, Text(figures.printable(each.file)))
            continue
        cells = (
            each.started_at,
            each.kind,
            each.measured,
            str(each.blocks),
            "yes" if each.valid else "no",
            each.ended,
            figures.duration(each.duration_s),
            each.file,
        )
        grid.add_row(*(Text(figures.printable(cell)) for cell in cells))
    return grid
