"""`rowpath race`: which of several endpoints is faster, with an honest interval."""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from rowpath.cli import pages
from rowpath.cli.history import History, no_history, runs_dir
from rowpath.cli.load import FILE, seconds
from rowpath.cli.outputs import STANDARD_OUTPUT, Maker, tried, write
from rowpath.cli.progress import console_for
from rowpath.cli.race_entrants import entered, setup
from rowpath.cli.race_live import told
from rowpath.errors import InvalidRunError, ServerError, UsageError
from rowpath.lab.gates import invalidating, mend
from rowpath.lab.race.record import RaceRun, to_json
from rowpath.lab.race.session import Race
from rowpath.lab.race.values import DEFAULT, PROFILES, RacePlan, profile_named
from rowpath.report.race import markdown, terminal

_PERCENT = re.compile(r"(\d{1,2}(?:\.\d+)?)%")
MOST_USERS = 200
"""Each is a thread of the one process that asks."""
FINEST, COARSEST = 0.001, 0.5


def precision(_context: click.Context, _option: click.Parameter, text: str | None) -> float | None:
    """Return the half width that an option asks for, as a share."""
    if text is None:
        return None
    found = _PERCENT.fullmatch(text.strip())
    share = float(found[1]) / 100 if found else 0.0
    if not FINEST <= share <= COARSEST:
        raise click.BadParameter(f"{text!r} is no precision; write it like 2%, from 0.1% to 50%")
    return share


@click.command("race")
@click.argument("urls", nargs=-1, metavar="URL URL [URL ...]")
@click.option("--name", "names", multiple=True, help="One for each URL. [default: A, B, C ...]")
@click.option("-X", "--method", metavar="METHOD", help="[default: GET, with a body POST]")
@click.option("-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'")
@click.option("--cookie", "cookies", multiple=True, metavar="NAME=VALUE")
@click.option("-d", "--data", "--body", "body", metavar="TEXT|@FILE", help="The requests' body.")
@click.option(
    "--requests",
    "requests_path",
    type=FILE,
    metavar="FILE",
    help="What each server is asked, in turn: a path a line, or METHOD PATH, or a JSON object.",
)
@click.option(
    "--command",
    "commands",
    multiple=True,
    metavar="'PROGRAM {port}'",
    help="Starts a server, anew for each block: once for all, or once for each URL.",
)
@click.option(
    "--git",
    "is_git",
    is_flag=True,
    help="Race revisions of this checkout, which are named beside one URL: REV REV [REV ...] URL.",
)
@click.option(
    "--setup",
    multiple=True,
    metavar="PROGRAM",
    help="Run in the working tree of each revision before.",
)
@click.option(
    "--start-timeout",
    "starts_within_s",
    callback=seconds,
    default="30s",
    show_default=True,
    metavar="TIME",
    help="For a server to be ready.",
)
@click.option(
    "--users",
    type=click.IntRange(min=1, max=MOST_USERS),
    default=1,
    show_default=True,
    help="How many ask at once.",
)
@click.option(
    "--profile",
    metavar="|".join(profile.name for profile in PROFILES),
    default=DEFAULT.name,
    show_default=True,
    help="How long to measure.",
)
@click.option(
    "--precision",
    callback=precision,
    metavar="PERCENT",
    help="Measure until half the width of every ratio's interval is at most that, like 2%.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0, max=2**63 - 1),
    default=1,
    show_default=True,
    help="Decides the order of the slots.",
)
@click.option(
    "--timeout",
    callback=seconds,
    default="30s",
    show_default=True,
    metavar="TIME",
    help="For one whole answer.",
)
@click.option(
    "--ignore-field",
    "ignored",
    multiple=True,
    metavar="NAME",
    help="A field that the JSON answers are compared without, at any depth.",
)
@click.option(
    "--different-answers-ok", "may_differ", is_flag=True, help="The answers are not compared."
)
@click.option(
    "--i-own-this-host",
    "may_leave_loopback",
    is_flag=True,
    help="Hosts other than this machine may be raced: they are yours.",
)
@click.option(
    "--json",
    "json_path",
    is_flag=False,
    flag_value=STANDARD_OUTPUT,
    metavar="[FILE]",
    help="The race as JSON; without a FILE, or as -, on standard output.",
)
@click.option(
    "--markdown",
    "markdown_path",
    is_flag=False,
    flag_value=STANDARD_OUTPUT,
    metavar="[FILE]",
    help="The table and the verdicts for a pull request; likewise.",
)
@click.option(
    "--html", "html_path", metavar="FILE", help="The race as one page that needs no network."
)
@runs_dir
@no_history
def race(**options: Any) -> None:  # noqa: ANN401 each is an option above
    """Say which endpoint is faster: URLs are asked in turn, in blocks of random order.

    All are compared with the first. Their answers must be the same.
    """
    plan = _plan(options)
    files = _Files.of(options)
    out = console_for(sys.stderr if files.takes_standard_output else sys.stdout)
    racing = Race(plan)
    history = History(folder=options["runs_dir"], is_off=options["no_history"])
    telling = _Tell(console=out, files=files, history=history)
    with racing.kept(telling.result), told(out, console_for(sys.stderr)) as listener:
        racing.execute(listener)
    _end(racing.run())


def _plan(options: dict[str, Any]) -> RacePlan:
    """Return what is to be done; UsageError where options do not go together."""
    urls: Sequence[str] = options["urls"]
    for option in ("json", "markdown", "html"):
        if "://" in (options[f"{option}_path"] or ""):
            raise UsageError(
                f"Cannot write to {options[f'{option}_path']}: that is a URL. Name a file with "
                f"--{option}, or write the URL before it."
            )
    if not urls:
        raise UsageError(
            "Cannot race nothing: there is no URL. Name two or more, like "
            "rowpath race http://127.0.0.1:8000/a http://127.0.0.1:8000/b."
        )
    if options["ignored"] and options["may_differ"]:
        raise UsageError(
            "Cannot leave fields out of answers that are not compared. Leave out --ignore-field or "
            "--different-answers-ok."
        )
    profile = profile_named(options["profile"])
    prepared = setup(options)
    who = entered(options)
    return RacePlan(
        entrants=who.entrants,
        profile=profile,
        precision=options["precision"],
        seed=options["seed"],
        timeout_s=options["timeout"],
        ignored=frozenset(options["ignored"]),
        may_differ=options["may_differ"],
        users=options["users"],
        starts_within_s=options["starts_within_s"],
        checkout=who.checkout,
        setup=prepared,
    )


Place = Path | str | None
"""A file, standard output, or nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    """Where the result goes; each place was tried."""

    json: Place
    markdown: Place
    html: Path | None

    @classmethod
    def of(cls, options: dict[str, Any]) -> "_Files":
        """Return the places that options name; OutputError where one cannot be written."""
        json_path, markdown_path = options["json_path"], options["markdown_path"]
        html_path = options["html_path"]
        if html_path == STANDARD_OUTPUT:
            raise UsageError("Cannot write the page to standard output. Name a file with --html.")
        forms = {"JSON": json_path, "Markdown": markdown_path, "HTML": html_path}
        places: dict[str, str] = {}
        for form, path in forms.items():
            if path is not None and path in places:
                raise UsageError(
                    f"Cannot write {places[path]} and {form} to one place, {path}. "
                    "Name a file for one."
                )
            places |= {path: form} if path is not None else {}
        return cls(
            json=_place(json_path, "--json"),
            markdown=_place(markdown_path, "--markdown"),
            html=None if html_path is None else tried(Path(html_path), "--html"),
        )

    @property
    def takes_standard_output(self) -> bool:
        """Whether one of them is standard output, which then has nothing else."""
        return STANDARD_OUTPUT in {self.json, self.markdown}

    def makers(self, run: RaceRun) -> Iterator[Maker]:
        """Yield each file of a race."""
        if isinstance(self.json, Path):
            yield "JSON", self.json, lambda: to_json(run)
        if isinstance(self.markdown, Path):
            yield "Markdown", self.markdown, lambda: markdown.render(run).encode()
        if self.html is not None:
            yield "HTML", self.html, lambda: pages.of_race(run).encode()


def _place(path: str | None, option: str) -> Place:
    if path is None or path == STANDARD_OUTPUT:
        return path
    return tried(Path(path), option)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tell:
    """Writes and prints a race, be it one that was ended early."""

    console: Console
    files: _Files
    history: History

    def result(self, run: RaceRun) -> None:
        """Write all files, then print: whatever printing meets, what was measured is on disk."""
        written = write(self.files.makers(run))
        kept = self.history.keep(to_json(run), kind="race", started_at=run.started_at)
        if self.files.json == STANDARD_OUTPUT:
            sys.stdout.write(to_json(run).decode())
        if self.files.markdown == STANDARD_OUTPUT:
            sys.stdout.write(markdown.render(run))
        sys.stdout.flush()
        self.console.print(terminal.summary(run))
        for name, path in written.paths.items():
            self.console.print(Text(f"{name}: {path}"), soft_wrap=True)
        if kept is not None:
            self.console.print(Text(f"Kept: {kept}"), soft_wrap=True)
        written.check()


def _end(run: RaceRun) -> None:
    """ServerError where an entrant fell out, InvalidRunError where a gate failed that must not."""
    fallen = [entrant for entrant in run.entrants if entrant.failed is not None]
    if fallen:
        told_of = "; ".join(f"{entrant.name}: {entrant.failed}" for entrant in fallen)
        raise ServerError(
            f"Cannot race all of these to the end: {told_of}. Correct the endpoint, or leave it "
            "out; what was measured is told."
        )
    failed = invalidating(run.gates)
    if failed:
        others = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        raise InvalidRunError(
            f"Cannot vouch for this race: {failed[0].text.rstrip('.')}{others}. {mend(failed[0])}"
        )
