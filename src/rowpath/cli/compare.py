"""`rowpath compare`: what changed from one run to another."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from rich.text import Text

from rowpath.cli.history import found, runs_dir
from rowpath.cli.outputs import Maker, tried, write
from rowpath.cli.progress import console_for
from rowpath.cli.standard_streams import say
from rowpath.errors import OutputError, UsageError
from rowpath.lab.comparing.comparison import Change, ChangeVerdict, Comparison, Kind, compare
from rowpath.lab.rereading import read_back
from rowpath.report import figures
from rowpath.report.compare import data, markdown, terminal

SUMMARY = "GITHUB_STEP_SUMMARY"
"""The variable by which a job of GitHub Actions has the file that its page is made from."""
REGRESSED, INVALID = 1, 3
"""Exit codes of this command alone, as scripts know them from diff and from test runners."""

_output = click.Path(path_type=Path)


@click.command("compare")
@click.argument("old")
@click.argument("new")
@click.option(
    "--fail-on",
    type=click.Choice(("regression", "time")),
    help="End with exit code 1 where a ratio to the baseline is worse; or, with time, a figure "
    "itself is, too.",
)
@runs_dir
@click.option("--json", "json_path", type=_output, metavar="FILE", help="The comparison as JSON.")
@click.option("--markdown", "markdown_path", type=_output, metavar="FILE", help="For a comment.")
@click.option(
    "--bench-json",
    "bench_path",
    type=_output,
    metavar="FILE",
    help="As [{name, unit, value, range}], for what draws benchmarks.",
)
def compare_runs(  # noqa: PLR0913 one parameter an option
    *,
    old: str,
    new: str,
    fail_on: str | None,
    runs_dir: Path | None,
    json_path: Path | None,
    markdown_path: Path | None,
    bench_path: Path | None,
) -> int:
    """Say what changed from the run OLD to the run NEW.

    Each is the path of a run's JSON, the start of the name of a kept run, or last, last~1 and so
    on.
    """
    asked = {"--json": json_path, "--markdown": markdown_path, "--bench-json": bench_path}
    places = {option: tried(path, option) for option, path in asked.items() if path is not None}
    if len(set(places.values())) < len(places):
        raise UsageError("Cannot write two results to one file. Name a file for each option.")
    files = [found(text, runs_dir) for text in (old, new)]
    compared = compare(
        *(read_back(path).run for path in files), files=(files[0].name, files[1].name)
    )
    written = write(_makers(compared, places))
    console = console_for(sys.stdout)
    console.print(terminal.summary(compared))
    for name, path in written.paths.items():
        console.print(Text(f"{name}: {path}"), soft_wrap=True)
    written.check()
    _append_summary(compared)
    return exit_code(compared, fail_on)


def _makers(compared: Comparison, places: dict[str, Path]) -> Iterator[Maker]:
    renderers = {
        "--json": ("JSON", lambda: data.to_json(compared)),
        "--markdown": ("Markdown", lambda: markdown.render(compared).encode()),
        "--bench-json": ("Benchmarks", lambda: data.to_bench_json(compared)),
    }
    for option, path in places.items():
        name, render = renderers[option]
        yield name, path, render


def _append_summary(compared: Comparison) -> None:
    place = os.environ.get(SUMMARY)
    if not place:
        return
    try:
        with Path(place).open("a", encoding="utf-8") as file:
            file.write(markdown.render(compared))
    except OSError as error:
        raise OutputError(
            f"Cannot write the summary {place}: {error.strerror or error}. Correct {SUMMARY}, or "
            "unset it."
        ) from error


def exit_code(compared: Comparison, fail_on: str | None) -> int:
    """Return how the command ends, with the reason on standard error where that is not well."""
    if not compared.valid:
        say("Cannot judge: a run is not valid. Measure it again.", err=True)
        return INVALID
    if all(each.verdict is ChangeVerdict.NOT_JUDGED for each in compared.changes):
        say("Cannot judge: nothing in these runs can bear a verdict. Measure them again.", err=True)
        return INVALID
    worse = [each for each in compared.changes if _counts(each, fail_on)]
    if not worse:
        return 0
    names = "; ".join(figures.printable(each.name) for each in worse)
    say(f"Regression: {names}.", err=True)
    return REGRESSED


def _counts(change: Change, fail_on: str | None) -> bool:
    if fail_on is None or change.verdict is not ChangeVerdict.REGRESSION:
        return False
    return change.kind is Kind.RATIO or fail_on == "time"
