"""A run's life: prepared, executed, and a Run at whatever end."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import psycopg

from rowpath import __version__
from rowpath.errors import DatabaseError, RowpathError, ServerError
from rowpath.lab.analysis import experiment_record
from rowpath.lab.database import Database, connect, refused
from rowpath.lab.dataset import Dataset, ensure
from rowpath.lab.experiment import Experiment, Variant
from rowpath.lab.forecast import Forecast
from rowpath.lab.host import environment
from rowpath.lab.measuring import runner
from rowpath.lab.plan import Stage
from rowpath.lab.profile import Profile
from rowpath.lab.record import (
    SCHEMA_VERSION,
    DatasetRecord,
    EnvironmentRecord,
    ExperimentRecord,
    Run,
)
from rowpath.lab.results import Results
from rowpath.lab.servers.fleet import Site
from rowpath.lab.source import source_of


@dataclass(slots=True, kw_only=True)
class Session:
    """A run on its way, with all that its record will tell.

    `sources` has the code of each variant of the plan.
    """

    plan: runner.Plan
    environment: EnvironmentRecord
    datasets: tuple[DatasetRecord, ...]
    sources: Mapping[Variant, str]
    results: Results = field(default_factory=Results)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    started: float = field(default_factory=monotonic)

    def forecast(self) -> Forecast:
        """Return what tells how long the run will still take."""
        return Forecast(
            self.plan.stages, self.plan.profile, self.results, table_rows=self.datasets[0].rows
        )

    def execute(self, listener: runner.Listener) -> None:
        """Measure all that is planned. Raises as `runner.execute` does."""
        runner.execute(self.plan, self.results, listener)

    def record(self, experiment: Experiment) -> ExperimentRecord:
        """Return what is known of an experiment so far."""
        versions = self.environment.packages
        return experiment_record(experiment, self.plan.stages, self.results, versions, self.sources)

    def run(self, stopped: str | None = None) -> Run:
        """Return what was measured so far as a value; `stopped` says why that is not all."""
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

    @contextmanager
    def kept(self, keep: Callable[[Run], None]) -> Iterator[None]:
        """Give `keep` what was measured at the end of the block, whatever ends it."""
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
                keep(self.run(stopped))

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


def prepared(  # noqa: PLR0913 one parameter a choice
    database: Database,
    stages: Sequence[Stage],
    datasets: Mapping[Dataset, int],
    *,
    profile: Profile,
    seed: int,
    workers: int,
    logs: Path,
    versions: Mapping[str, str],
    redis_url: str | None = None,
    report: Callable[[str], None],
) -> Session:
    """Return a session that is ready to measure `stages`, once the database holds `datasets`.

    These are given with their numbers of rows; `versions` are those of packages, by which the
    stages were planned; `report` hears of each step. DatabaseError where they cannot be had.
    """
    surroundings = environment(database, versions)
    variants = {cell.variant for stage in stages for cell in stage.cells}
    return Session(
        environment=surroundings,
        datasets=tuple(
            ensure(database, dataset, rows=rows, seed=seed, report=report)
            for dataset, rows in datasets.items()
        ),
        plan=runner.Plan(
            stages=stages,
            profile=profile,
            seed=seed,
            site=Site(dsn=database.dsn, logs=logs, workers=workers, redis_url=redis_url),
        ),
        sources={variant: source_of(variant) for variant in variants},
    )
