"""`rowpath report`: a kept run rendered again, or several as a trend."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import RenderableType
from rich.text import Text

from rowpath.cli import pages
from rowpath.cli.history import found, runs_dir
from rowpath.cli.outputs import STANDARD_OUTPUT, Maker, tried, write
from rowpath.cli.progress import console_for
from rowpath.errors import InvalidRunError, UsageError
from rowpath.lab.gates import invalidating
from rowpath.lab.race.record import RaceRun
from rowpath.lab.record import Run
from rowpath.lab.rereading import Kept, read_back
from rowpath.report import markdown, terminal
from rowpath.report.race import markdown as race_markdown
from rowpath.report.race import terminal as race_terminal
from rowpath.report.trend import markdown as trend_markdown
from rowpath.report.trend import terminal as trend_terminal
from rowpath.report.trend.series import trend


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rendering:
    """What is told, each form made only where it is asked for."""

    terminal: Callable[[], RenderableType]
    html: Callable[[], str]
    markdown: Callable[[], str]


@click.command("report")
@click.argument("runs", nargs=-1, required=True, metavar="RUN [RUN ...]")
@click.option("--html", "html_path", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--markdown",
    "markdown_path",
    is_flag=False,
    flag_value=STANDARD_OUTPUT,
    metavar="[FILE]",
    help="For a pull request; without a FILE, or as -, on standard output.",
)
@runs_dir
def report(**options: Any) -> None:  # noqa: ANN401 each is an option above
    """Render a run or a race again from its file; several of them as a trend.

    All figures and verdicts are computed again from the samples in the files.
    """
    runs: Sequence[str] = options["runs"]
    html_path, markdown_path = options["html_path"], options["markdown_path"]
    to_standard_output = markdown_path == STANDARD_OUTPUT
    kept = [read_back(found(text, options["runs_dir"])) for text in runs]
    rendering = _rendering(kept)
    makers: list[Maker] = []
    if html_path is not None:
        place = tried(html_path, "--html")
        makers.append(("Report", place, lambda: rendering.html().encode()))
    if markdown_path is not None and not to_standard_output:
        place = tried(Path(markdown_path), "--markdown")
        makers.append(("Markdown", place, lambda: rendering.markdown().encode()))
    places = [place for _, place, _ in makers]
    if len(set(places)) < len(places):
        raise UsageError(
            f"Cannot write the page and Markdown to one file, {places[0]}. Name a file for each."
        )
    overwritten = [each.path for each in kept if each.path.resolve() in places]
    if overwritten:
        raise UsageError(
            f"Cannot write over {overwritten[0]}, which is the run itself. Name another file."
        )
    written = write(makers)
    if to_standard_output:
        sys.stdout.write(rendering.markdown())
        sys.stdout.flush()
    out = console_for(sys.stderr if to_standard_output else sys.stdout)
    out.print(rendering.terminal())
    for name, path in written.paths.items():
        out.print(Text(f"{name}: {path}"), soft_wrap=True)
    written.check()
    _vouch(kept)


def _rendering(kept: Sequence[Kept]) -> _Rendering:
    """Return how runs are rendered; UsageError for runs and races together."""
    first = kept[0].run
    if len(kept) == 1 and isinstance(first, RaceRun):
        race = first
        return _Rendering(
            terminal=lambda: race_terminal.summary(race),
            html=lambda: pages.of_race(race),
            markdown=lambda: race_markdown.render(race),
        )
    if len(kept) == 1 and isinstance(first, Run):
        run = first
        return _Rendering(
            terminal=lambda: terminal.whole(run),
            html=lambda: pages.of_run(run),
            markdown=lambda: markdown.render(run),
        )
    for each in kept:
        if type(each.run) is not type(first):
            raise UsageError(
                f"Cannot put {kept[0].path} and {each.path} into one trend: one is a run of the "
                "lab, the other a race. Name runs of one kind."
            )
    seen = trend(kept)
    return _Rendering(
        terminal=lambda: trend_terminal.summary(seen),
        html=lambda: pages.of_trend(seen),
        markdown=lambda: trend_markdown.render(seen),
    )


def _vouch(kept: Sequence[Kept]) -> None:
    """InvalidRunError where one of the runs is not valid."""
    for each in kept:
        failed = invalidating(each.run.gates)
        if failed:
            raise InvalidRunError(
                f"Cannot vouch for {each.path}: {failed[0].text.rstrip('.')}. "
                "Measure again, or take the file as it was written."
            )
