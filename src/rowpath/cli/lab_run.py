"""`rowpath lab run`: the main job, from nothing to tables, a report and a run on disk."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import click
import psycopg
from rich.console import Console
from rich.text import Text

from rowpath import __version__
from rowpath.cli import options
from rowpath.cli.counts import parse_sizes
from rowpath.cli.datasets import table_sizes, wanted_datasets
from rowpath.cli.outputs import Outputs, outputs
from rowpath.cli.progress import Steps, console_for, steps
from rowpath.errors import DatabaseError, RowpathError, ServerError
from rowpath.lab.analysis import experiment_record
from rowpath.lab.database import connect, open_database, refused
from rowpath.lab.dataset import ensure
from rowpath.lab.experiment import Experiment
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.folders import logs_folder
from rowpath.lab.forecast import Forecast
from rowpath.lab.host import environment
from rowpath.lab.measuring import runner
from rowpath.lab.measuring.results import Results
from rowpath.lab.packages import package_versions
from rowpath.lab.plan import Stage, Stock, chosen, stages
from rowpath.lab.profile import PROFILES, profile_named
from rowpath.lab.record import (
    SCHEMA_VERSION,
    DatasetRecord,
    EnvironmentRecord,
    ExperimentRecord,
    Run,
)
from rowpath.lab.servers.fleet import Site
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
    json_path: Path | None,
    html_path: Path | None,
) -> None:
    """Run experiments, all of them by default, and report what was measured."""
    asked = chosen(experiments, EXPERIMENTS)
    wanted = wanted_datasets(asked, rows)
    chosen_profile = profile_named(profile)
    planned = stages(
        asked,
        chosen_profile,
        stock=Stock(tables=table_sizes(wanted), versions=package_versions()),
        sizes=parse_sizes(sizes),
    )
    files = outputs(json_path, html_path, datetime.now(UTC))
    console = console_for(sys.stdout)
    with open_database(database_url) as database, steps(console) as progress:
        progress.step(f"using {database.description}")
        logs = logs_folder()
        surroundings = environment(database)
        datasets = tuple(
            ensure(database, dataset, rows=count, seed=seed, report=progress.step)
            for dataset, count in wanted.items()
        )
        site = Site(dsn=database.dsn, logs=logs, workers=workers)
        plan = runner.Plan(stages=planned, profile=chosen_profile, seed=seed, site=site)
        session = Session(plan=plan, environment=surroundings, datasets=datasets)
        with session.told(console, files):
            runner.execute(plan, session.results, session.listener(console, progress))


@dataclass(slots=True, kw_only=True)
class Session:
    """A run on its way, with what it will be told as at its end."""

    plan: runner.Plan
    environment: EnvironmentRecord
    datasets: tuple[DatasetRecord, ...]
    results: Results = field(default_factory=Results)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    started: float = field(default_factory=monotonic)

    def listener(self, console: Console, progress: Steps) -> "Telling":
        """Return who tells of the run while it goes on."""
        forecast = Forecast(
            self.plan.stages, self.plan.profile, self.results, table_rows=self.datasets[0].rows
        )
        progress.forecast = forecast
        return Telling(console, progress, self.record, forecast)

    def record(self, experiment: Experiment) -> ExperimentRecord:
        """Return what is known of an experiment so far."""
        versions = self.environment.packages
        return experiment_record(experiment, self.plan.stages, self.results, versions)

    @contextmanager
    def told(self, console: Console, files: Outputs) -> Iterator[None]:
        """Tell of what was measured at the end of the block, whatever ends it."""
        stopped: str | None = None
        try:
            yield
        except (psycopg.Error, RowpathError) as error:
            failure = self._failure(error)
            stopped = str(failure)
            raise failure from error
        except KeyboardInterrupt:
            stopped = "It was ended by Ctrl-C."
            raise
        except SystemExit as error:
            stopped = f"It was ended from outside, with the exit code {error.code}."
            raise
        except BaseException as error:
            stopped = f"A defect of rowpath: {error!r}"
            raise
        finally:
            if self.results.observations:
                _tell(console, files, self.run(stopped))

    def _failure(self, error: psycopg.Error | RowpathError) -> RowpathError:
        """Return what to tell of an error: a server that fails may have lost its database."""
        if isinstance(error, RowpathError) and not isinstance(error, ServerError):
            return error
        try:
            connect(self.plan.site.dsn).close()
        except DatabaseError as broken:
            return DatabaseError(
                f"Cannot go on: the database broke off. {broken} What was measured is written."
            )
        if isinstance(error, RowpathError):
            return error
        return refused(error)

    def run(self, stopped: str | None) -> Run:
        """Return what was measured so far as a value."""
        return Run(
            schema_version=SCHEMA_VERSION,
            rowpath=__version__,
            started_at=self.started_at,
            duration_s=monotonic() - self.started,
            # A path that is no UTF-8 has surrogates in it, which no file of a run can hold.
            stopped=stopped and stopped.encode(errors="replace").decode(),
            seed=self.plan.seed,
            profile=self.plan.profile.name,
            workers=self.plan.site.workers,
            environment=self.environment,
            dataset=self.datasets[0],
            datasets=self.datasets,
            experiments=tuple(record for record in self._records() if record.variants),
        )

    def _records(self) -> Iterator[ExperimentRecord]:
        experiments = {stage.experiment.name: stage.experiment for stage in self.plan.stages}
        return map(self.record, experiments.values())


def _tell(console: Console, files: Outputs, run: Run) -> None:
    """Write the run, then print it: whatever printing meets, what was measured is on disk."""
    written = files.write(run)
    console.print(terminal.summary(run))
    for name, path in written.paths.items():
        console.print(Text(f"{name}: {path}"), soft_wrap=True)
    written.check()


class Telling:
    """The runner's listener: steps go to the progress, a finished stage's tables to the console."""

    def __init__(
        self,
        console: Console,
        progress: Steps,
        record: Callable[[Experiment], ExperimentRecord],
        forecast: Forecast,
    ) -> None:
        self._console = console
        self._forecast = forecast
        self._record = record
        self._first_of = {stage.experiment.name: stage for stage in reversed(forecast.stages)}
        self._last_of = {stage.experiment.name: stage for stage in forecast.stages}
        self.step = progress.step

    def stage_done(self, stage: Stage) -> None:
        """Print the tables of what was just measured, the question above, the key at the end."""
        self._forecast.stage_done(stage)
        record = self._record(stage.experiment)
        if self._first_of[record.name] is stage:
            self._console.print(terminal.question(record))
        for comparison in stage.comparisons:
            self._console.print(
                terminal.group_table(record, comparison.group.name, comparison.rows)
            )
        if self._last_of[record.name] is stage:
            self._console.print(terminal.caption(record))
