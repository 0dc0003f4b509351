"""`rowpath lab run`: the main job, from nothing to tables, a report and a run on disk."""

import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from rowpath.cli import options
from rowpath.cli.counts import parse_sizes
from rowpath.cli.datasets import table_sizes, wanted_datasets
from rowpath.cli.outputs import Outputs, outputs
from rowpath.cli.progress import Steps, console_for, steps
from rowpath.lab.database import open_database
from rowpath.lab.experiments import EXPERIMENTS, needs
from rowpath.lab.folders import logs_folder
from rowpath.lab.packages import REDIS, package_versions
from rowpath.lab.plan import Stage, Stock, chosen, stages
from rowpath.lab.profile import PROFILES, profile_named
from rowpath.lab.record import Run
from rowpath.lab.servers.redis import open_redis
from rowpath.lab.session import Session, prepared
from rowpath.report import terminal


@click.command("run")
@click.argument("experiments", nargs=-1, metavar="[EXPERIMENT ...]")
@options.rows
@click.option("--sizes", metavar="N,N,...", help="Rows per answer, such as 1k,10k,100k.")
@click.option(
    "--profile",
    metavar="|".join(profile.name for profile in PROFILES),
    default="default",
    show_default=True,
    help="How long to measure.",
)
@options.seed
@options.workers
@options.database_url
@options.redis_url
@click.option(
    "--json",
    "json_path",
    type=click.Path(path_type=Path),
    help="The run's file. [default: in rowpath-runs]",
)
@click.option(
    "--html",
    "html_path",
    type=click.Path(path_type=Path),
    help="The report's file. [default: in rowpath-runs]",
)
def run_experiments(  # noqa: PLR0913 one parameter an option
    *,
    experiments: tuple[str, ...],
    rows: str | None,
    sizes: str | None,
    profile: str,
    seed: int,
    workers: int,
    database_url: str | None,
    redis_url: str | None,
    json_path: Path | None,
    html_path: Path | None,
) -> None:
    """Run experiments, all of them by default, and report what was measured."""
    asked = chosen(experiments, EXPERIMENTS)
    wanted = wanted_datasets(asked, rows)
    chosen_profile = profile_named(profile)
    console = console_for(sys.stdout)
    with open_redis(redis_url, logs_folder(), wanted=needs(asked, REDIS)) as redis:
        versions = package_versions() | (dict(redis.versions) if redis else {})
        planned = stages(
            asked,
            chosen_profile,
            stock=Stock(tables=table_sizes(wanted), versions=versions),
            sizes=parse_sizes(sizes),
        )
        files = outputs(json_path, html_path, datetime.now(UTC))
        with open_database(database_url) as database, steps(console) as progress:
            progress.step(f"using {database.description}")
            session = prepared(
                database,
                planned,
                wanted,
                profile=chosen_profile,
                seed=seed,
                workers=workers,
                logs=logs_folder(),
                versions=versions,
                redis_url=redis.url if redis else None,
                report=progress.step,
            )
            with session.kept(partial(_tell, console, files)):
                session.execute(Telling(console, progress, session))


def _tell(console: Console, files: Outputs, run: Run) -> None:
    """Write the run, then print it: whatever printing meets, what was measured is on disk."""
    written = files.write(run)
    console.print(terminal.summary(run))
    for name, path in written.paths.items():
        console.print(Text(f"{name}: {path}"), soft_wrap=True)
    written.check()


class Telling:
    """The runner's listener: steps go to the progress, a finished stage's tables to the console."""

    def __init__(self, console: Console, progress: Steps, session: Session) -> None:
        self._console = console
        self._session = session
        self._forecast = progress.forecast = session.forecast()
        self._first_of = {stage.experiment.name: stage for stage in reversed(session.plan.stages)}
        self._last_of = {stage.experiment.name: stage for stage in session.plan.stages}
        self.step = progress.step

    def stage_done(self, stage: Stage) -> None:
        """Print the tables of what was just measured, the question above, the key at the end."""
        self._forecast.stage_done(stage)
        record = self._session.record(stage.experiment)
        if self._first_of[record.name] is stage:
            self._console.print(terminal.question(record))
        for comparison in stage.comparisons:
            self._console.print(
                terminal.group_table(record, comparison.group.name, comparison.rows)
            )
        if self._last_of[record.name] is stage:
            self._console.print(terminal.caption(record))
