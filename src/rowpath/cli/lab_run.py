"""`rowpath lab run`: the main job, from nothing to tables, a report and a run on disk."""

import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from rowpath.cli import options
from rowpath.cli.choices import Options, fresh, on_command_line, said, taken_up
from rowpath.cli.history import History, no_history, runs_dir
from rowpath.cli.outputs import STANDARD_OUTPUT, Outputs, outputs
from rowpath.cli.progress import Steps, console_for, steps
from rowpath.errors import InvalidRunError, UsageError
from rowpath.lab.database import open_database
from rowpath.lab.experiments import EXPERIMENTS, needs
from rowpath.lab.folders import logs_folder
from rowpath.lab.gates import mend
from rowpath.lab.own_file import is_own_file
from rowpath.lab.packages import REDIS, package_versions
from rowpath.lab.plan import Stage
from rowpath.lab.profile import PROFILES
from rowpath.lab.record import Run, to_json
from rowpath.lab.runs import read_run
from rowpath.lab.servers.redis import open_redis
from rowpath.lab.session import Session, prepared
from rowpath.report import markdown, terminal, trust


@click.command("run")
@click.argument("experiments", nargs=-1, metavar="[EXPERIMENT ...|FILE.py]")
@options.rows
@click.option("--sizes", metavar="N,N,...", help="Rows per answer, such as 1k,10k,100k.")
@click.option(
    "--profile",
    metavar="|".join(profile.name for profile in PROFILES),
    help="How long to measure. [default: talk, or default where experiments are named]",
)
@options.seed
@options.workers
@options.database_url
@options.redis_url
@click.option(
    "--resume",
    "resume_path",
    metavar="RUN.json",
    type=click.Path(path_type=Path),
    help="Go on with a run that was interrupted; what it was asked for stands in its file.",
)
@click.option(
    "--json",
    "json_path",
    type=click.Path(path_type=Path),
    help="The run's file. [default: in rowpath-runs, or the one that is resumed]",
)
@click.option(
    "--html",
    "html_path",
    type=click.Path(path_type=Path),
    help="The report's file. [default: beside the run's]",
)
@click.option(
    "--markdown",
    "markdown_path",
    is_flag=False,
    flag_value=STANDARD_OUTPUT,
    metavar="[FILE]",
    help="The verdicts and ratios for a pull request; without a FILE, or as -, on standard output.",
)
@runs_dir
@no_history
def run_experiments(  # noqa: PLR0913 one parameter an option
    *,
    experiments: tuple[str, ...],
    rows: str | None,
    sizes: str | None,
    profile: str | None,
    seed: int,
    workers: int,
    database_url: str | None,
    redis_url: str | None,
    resume_path: Path | None,
    json_path: Path | None,
    html_path: Path | None,
    markdown_path: str | None,
    runs_dir: Path | None,
    no_history: bool,
) -> None:
    """Run experiments, by default the whole talk, and report what was measured."""
    given = Options(
        experiments=experiments,
        rows=rows,
        sizes=sizes,
        profile=profile,
        seed=seed if said("seed") else None,
        workers=workers if said("workers") else None,
        # From the environment they are for whatever follows them.
        of_the_lab=on_command_line("workers", "database_url", "redis_url"),
    )
    _refuse_experiment(markdown_path)
    earlier = None if resume_path is None else read_run(resume_path)
    if resume_path is None or earlier is None:
        choices = fresh(given, seed=seed, workers=workers)
    else:
        choices = taken_up(given, earlier, resume_path)
        json_path = json_path or resume_path
        html_path = html_path or json_path.with_suffix(".html")
    choices.stages(package_versions())  # what cannot be run is told before anything is made
    files = outputs(json_path, html_path, datetime.now(UTC), markdown_path)
    history = History(folder=runs_dir, is_off=no_history)
    console = console_for(sys.stderr if files.tells_markdown else sys.stdout)
    needed = open_database(database_url) if choices.datasets else nullcontext(None)
    with needed as database, steps(console) as progress:
        if database is not None:
            progress.step(f"using {database.description}")
        wants_redis = needs(choices.experiments, REDIS)
        with open_redis(redis_url, logs_folder(), wanted=wants_redis) as redis:
            versions = package_versions() | (dict(redis.versions) if redis else {})
            session = prepared(
                database,
                choices.stages(versions),
                choices.datasets,
                asked=choices.asked,
                profile=choices.profile,
                seed=choices.seed,
                workers=choices.workers,
                logs=logs_folder(),
                versions=versions,
                redis_url=redis.url if redis else None,
                report=progress.step,
                earlier=earlier,
            )
            with session.kept(partial(_tell, console, files, history)):
                session.execute(Telling(console, progress, session, files))
            _vouch(session.run())


def _refuse_experiment(markdown_path: str | None) -> None:
    """UsageError where an option that may have a file was written before an experiment."""
    names = {experiment.name for experiment in EXPERIMENTS}
    if markdown_path is not None and (markdown_path in names or is_own_file(markdown_path)):
        raise UsageError(
            f"Cannot write Markdown to {markdown_path}: that is an experiment. Name a file with "
            "--markdown, or write the experiment before it."
        )


def _tell(console: Console, files: Outputs, history: History, run: Run) -> None:
    """Write the run, then print it: whatever printing meets, what was measured is on disk."""
    written = files.write(run)
    kept = history.keep(to_json(run), kind="lab", started_at=run.started_at)
    if files.tells_markdown:
        sys.stdout.write(markdown.render(run))
        sys.stdout.flush()
    console.print(terminal.summary(run))
    for name, path in written.paths.items():
        console.print(Text(f"{name}: {path}"), soft_wrap=True)
    if kept is not None:
        console.print(Text(f"Kept: {kept}"), soft_wrap=True)
    written.check()


def _vouch(run: Run) -> None:
    """InvalidRunError where the run failed a gate that its verdicts rest on."""
    failed = trust.failed(run)
    if failed:
        others = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        raise InvalidRunError(
            f"Cannot vouch for all of this run: {trust.placed(failed[0]).rstrip('.')}{others}. "
            f"All is written. {mend(failed[0])}"
        )


UNTOLD = "It was ended from outside and could not say by what, or it is still running."
"""What a run's file says until the run has ended."""


class Telling:
    """The runner's listener: steps go to the progress, a finished stage's tables to the console.

    A finished stage is on disk at once, so that no end of the process loses it.
    """

    def __init__(self, console: Console, progress: Steps, session: Session, files: Outputs) -> None:
        self._console = console
        self._files = files
        self._session = session
        progress.forecast = session.forecast()
        self._first_of = {stage.experiment.name: stage for stage in reversed(session.plan.stages)}
        self._last_of = {stage.experiment.name: stage for stage in session.plan.stages}
        self.step = progress.step

    def stage_done(self, stage: Stage) -> None:
        """Print the tables of what was just measured, the question above, the key at the end."""
        record = self._session.record(stage.experiment)
        if self._first_of[record.name] is stage:
            self._console.print(terminal.question(record))
        for comparison in stage.comparisons:
            self._console.print(
                terminal.group_table(record, comparison.group.name, comparison.rows)
            )
        if self._last_of[record.name] is stage:
            self._console.print(terminal.caption(record))
        self._files.keep(self._session.run(UNTOLD))
