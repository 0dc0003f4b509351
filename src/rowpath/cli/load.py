"""`rowpath load`: what many users at once get from a URL."""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from rowpath.cli import pages
from rowpath.cli.counts import MOST_WORKERS
from rowpath.cli.load_live import told
from rowpath.cli.load_requests import Common, targets
from rowpath.cli.outputs import STANDARD_OUTPUT, Maker, tried, write
from rowpath.cli.progress import console_for
from rowpath.errors import LimitError, ThresholdError, UsageError
from rowpath.lab.load.engine import run_load, run_worker
from rowpath.lab.load.figures import limits
from rowpath.lab.load.hosts import check_named, parts_of
from rowpath.lab.load.plan import MASTER_PORT, LoadPlan, Local, Master, Target, Worker
from rowpath.lab.load.record import to_json
from rowpath.lab.load.results import LoadResult
from rowpath.lab.load.thresholds import EXAMPLES, Threshold, failed, threshold
from rowpath.report.load import csv, terminal

MOST_USERS = 100_000
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?")


def seconds(_context: click.Context, _option: click.Parameter, text: str) -> float:
    """Return the time that an option has in seconds, as Locust and k6 write it."""
    found = _DURATION.fullmatch(text)
    if found is None or not text:
        raise click.BadParameter(f"{text!r} is no time; write it like 30s, 5m or 1h30m")
    hours, minutes, rest = (float(each or 0) for each in found.groups())
    total_s = hours * 3_600 + minutes * 60 + rest
    if total_s <= 0:
        raise click.BadParameter(f"{text!r} is no time to do anything in")
    return total_s


FILE = click.Path(path_type=Path)


@click.command("load")
@click.argument("urls", nargs=-1, metavar="URL [URL ...]")
@click.option(
    "-u",
    "--users",
    type=click.IntRange(min=1, max=MOST_USERS),
    default=1,
    show_default=True,
    help="How many ask at once; with --rate the most that may be waiting at once.",
)
@click.option(
    "-r",
    "--spawn-rate",
    type=click.FloatRange(min=0, min_open=True),
    help="Users to start a second. [default: all at once]",
)
@click.option(
    "-t",
    "--run-time",
    callback=seconds,
    default="30s",
    show_default=True,
    metavar="TIME",
    help="30s, 5m, 1h30m; a number alone is of seconds.",
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    help="Requests a second that arrive by chance, whether or not those before were answered.",
)
@click.option("-X", "--method", metavar="METHOD", help="[default: GET, with a body POST]")
@click.option("-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'")
@click.option("--cookie", "cookies", multiple=True, metavar="NAME=VALUE")
@click.option("-d", "--data", "--body", "body", metavar="TEXT|@FILE", help="The request's body.")
@click.option("--status", type=click.IntRange(100, 599), help="The only status that is no failure.")
@click.option(
    "--requests",
    "requests_path",
    type=FILE,
    metavar="FILE",
    help="More to ask: a URL a line, or METHOD URL, or a JSON object.",
)
@click.option(
    "-f", "--locustfile", type=FILE, metavar="FILE", help="Users of your own; URL is their host."
)
@click.option(
    "--timeout",
    callback=seconds,
    default="30s",
    show_default=True,
    metavar="TIME",
    help="For one answer.",
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option(
    "--workers",
    type=click.IntRange(min=0, max=MOST_WORKERS),
    default=0,
    help="Processes of this machine that ask, beside one that leads. [default: one process]",
)
@click.option("--master", "is_master", is_flag=True, help="Lead workers of other machines, too.")
@click.option("--expect-workers", type=click.IntRange(min=1), help="Begin when so many are there.")
@click.option("--worker", "is_worker", is_flag=True, help="Ask what the master says.")
@click.option("--master-host", metavar="HOST", help="Where the master of a worker is.")
@click.option(
    "--master-bind-host",
    metavar="ADDRESS",
    default="*",
    help="Where a master listens. [default: *]",
)
@click.option(
    "--master-port",
    "--master-bind-port",
    type=click.IntRange(1, 65_535),
    default=MASTER_PORT,
    show_default=True,
)
@click.option("--csv", "csv_prefix", metavar="PREFIX", help="Locust's four files, by this prefix.")
@click.option("--html", "html_path", type=FILE, metavar="FILE", help="A page with charts.")
@click.option(
    "--json",
    "json_path",
    is_flag=False,
    flag_value=STANDARD_OUTPUT,
    metavar="[FILE]",
    help="The figures as JSON; without a FILE, or as -, on standard output.",
)
@click.option("--fail-if", "conditions", multiple=True, metavar="LIMIT", help=f"Like {EXAMPLES}.")
@click.option(
    "--i-own-this-host",
    "may_leave_loopback",
    is_flag=True,
    help="Hosts other than this machine may be loaded: they are yours.",
)
def load(**options: Any) -> None:  # noqa: ANN401 each is an option above
    """Let many users ask URLs at once, and tell what they get.

    Without --rate a closed loop: each user asks again when answered. With --rate an open loop,
    whose times count from when a request was due.
    """
    if options["is_worker"]:
        _work(options)
        return
    conditions = tuple(threshold(text) for text in options["conditions"])
    plan = _plan(options)
    files = _Files.of(options)
    out = console_for(sys.stderr if files.json == STANDARD_OUTPUT else sys.stdout)
    telling = _Tell(console=out, files=files, conditions=conditions)
    with told(out, console_for(sys.stderr), plan, telling.result) as listener:
        result = run_load(plan, listener)
    telling.result(result)
    _end(result, conditions)


def _plan(options: dict[str, Any]) -> LoadPlan:
    """Return what is to be done; UsageError where options do not go together."""
    urls: Sequence[str] = options["urls"]
    locustfile: Path | None = options["locustfile"]
    common = Common(
        method=options["method"],
        headers=options["headers"],
        cookies=options["cookies"],
        body=options["body"],
        status=options["status"],
    )
    asked: tuple[Target, ...] = ()
    if locustfile is not None:
        _check_locustfile(locustfile, options)
    else:
        asked = targets(urls, options["requests_path"], common)
    check_named(
        (*urls, *(target.url for target in asked)), may_leave_loopback=options["may_leave_loopback"]
    )
    return LoadPlan(
        targets=asked,
        users=options["users"],
        run_time_s=options["run_time"],
        spawn_rate=options["spawn_rate"],
        rate=options["rate"],
        seed=options["seed"],
        timeout_s=options["timeout"],
        role=_role(options),
        locustfile=locustfile,
        host=urls[0].rstrip("/") if locustfile is not None and urls else None,
        may_leave_loopback=options["may_leave_loopback"],
    )


def _check_locustfile(locustfile: Path, options: dict[str, Any]) -> None:
    if not locustfile.is_file():
        raise UsageError(f"Cannot read the Locust file {locustfile}: it is no file. Name another.")
    if len(options["urls"]) > 1:
        raise UsageError(
            f"Cannot give the users of {locustfile} {len(options['urls'])} hosts. Name one URL."
        )
    for url in options["urls"]:
        parts_of(url)
    of_requests = ("method", "headers", "cookies", "body", "status", "requests_path")
    given = sorted(name for name in of_requests if options[name])
    if given:
        raise UsageError(
            f"Cannot say with a Locust file what is asked ({', '.join(given)}): its users decide "
            "that. Leave out one of the two."
        )


def _role(options: dict[str, Any]) -> Local | Master:
    workers: int = options["workers"]
    if options["is_master"]:
        return Master(
            expects=options["expect_workers"] or max(1, workers),
            workers=workers,
            host=options["master_bind_host"],
            port=options["master_port"],
        )
    if options["expect_workers"] is not None or options["master_host"] is not None:
        raise UsageError(
            "Cannot have workers of other machines without --master, or a --master-host without "
            "--worker. Say which of the two this is."
        )
    return Local(workers=workers)


def _work(options: dict[str, Any]) -> None:
    """Be a worker until the load is over."""
    of_master = ("is_master", "workers", "csv_prefix", "html_path", "json_path", "conditions")
    given = sorted(name for name in of_master if options[name])
    if given:
        raise UsageError(
            f"Cannot do as a worker what its master does ({', '.join(given)}). "
            "Give the master these options."
        )
    if options["master_host"] is None:
        raise UsageError("Cannot be a worker of nobody. Name the master's machine: --master-host.")
    for url in options["urls"]:
        parts_of(url)
    out = console_for(sys.stdout)
    worker = Worker(
        master_host=options["master_host"],
        master_port=options["master_port"],
        may_leave_loopback=options["may_leave_loopback"],
        locustfile=options["locustfile"],
    )
    words = {
        "connected": f"Connected to {worker.master_host}:{worker.master_port}.",
        "began": "Asking.",
        "ended": "Done; the master has what was measured.",
    }
    run_worker(worker, lambda event: out.print(Text(words[event]), soft_wrap=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    """Where the result goes; each place was tried."""

    csv: Path | None
    html: Path | None
    json: Path | str | None

    @classmethod
    def of(cls, options: dict[str, Any]) -> "_Files":
        """Return the places that options name; OutputError where one cannot be written."""
        json_path, prefix = options["json_path"], options["csv_prefix"]
        if json_path not in {None, STANDARD_OUTPUT}:
            if "://" in json_path:
                raise UsageError(
                    f"Cannot write the JSON to {json_path}: that is a URL. "
                    "Write --json - for standard output, or the URL before it."
                )
            json_path = tried(Path(json_path), "--json")
        if prefix is not None:
            prefix = tried(Path(f"{prefix}_stats.csv"), "--csv").with_name(Path(prefix).name)
        html_path = options["html_path"]
        return cls(
            csv=prefix,
            html=None if html_path is None else tried(html_path, "--html"),
            json=json_path,
        )

    def makers(self, result: LoadResult, not_kept: Sequence[str]) -> Iterator[Maker]:
        """Yield each file of a result."""
        if isinstance(self.json, Path):
            yield "JSON", self.json, lambda: to_json(result, not_kept)
        if self.html is not None:
            yield "Page", self.html, lambda: pages.of_load(result, not_kept).encode()
        if self.csv is not None:
            for ending, content in csv.files(result):
                path = self.csv.with_name(f"{self.csv.name}{ending}")
                name = ending.strip("_").removesuffix(".csv")
                yield f"CSV {name}", path, partial(bytes, content)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tell:
    """Writes and prints a result, be it one that was ended early."""

    console: Console
    files: _Files
    conditions: tuple[Threshold, ...]

    def result(self, result: LoadResult) -> None:
        """Write all files, then print: whatever printing meets, what was measured is on disk."""
        not_kept = tuple(failed(result, self.conditions))
        written = write(self.files.makers(result, not_kept))
        if self.files.json == STANDARD_OUTPUT:
            sys.stdout.write(to_json(result, not_kept).decode())
            sys.stdout.flush()
        self.console.print(terminal.summary(result, not_kept))
        for name, path in written.paths.items():
            self.console.print(Text(f"{name}: {path}"), soft_wrap=True)
        written.check()


def _end(result: LoadResult, conditions: tuple[Threshold, ...]) -> None:
    """LimitError for figures that do not hold, ThresholdError where they are not as asked for."""
    refused = tuple(limits(result))
    if refused:
        raise LimitError(f"Cannot tell what the server does under this load: {' '.join(refused)}")
    not_kept = tuple(failed(result, conditions))
    if not_kept:
        raise ThresholdError(f"Cannot pass this load: {' '.join(not_kept)}")
