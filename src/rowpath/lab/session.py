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
from rowpath.lab.circumstances import AskedRecord, DatasetRecord, EnvironmentRecord, SittingRecord
from rowpath.lab.database import Database, connect, refused
from rowpath.lab.dataset import Dataset, ensure
from rowpath.lab.experiment import Experiment, Variant
from rowpath.lab.forecast import Forecast
from rowpath.lab.gates import run_gates, valid
from rowpath.lab.host import environment
from rowpath.lab.interruptions import told
from rowpath.lab.measuring import runner
from rowpath.lab.plan import Stage
from rowpath.lab.profile import Profile
from rowpath.lab.record import SCHEMA_VERSION, ExperimentRecord, Run
from rowpath.lab.results import Results
from rowpath.lab.resume import other_data, other_surroundings, refuse, resumed
from rowpath.lab.servers.fleet import Site
from rowpath.lab.source import source_of


@dataclass(slots=True, kw_only=True)
class Session:
    """A run on its way, with all that its record will tell.

    `sources` has the code of each variant of the plan, `earlier` the sittings of a run that goes
    on.
    """

    asked: AskedRecord
    plan: runner.Plan
    environment: EnvironmentRecord
    datasets: tuple[DatasetRecord, ...]
    sources: Mapping[Variant, str]
    results: Results = field(default_factory=Results)
    earlier: tuple[SittingRecord, ...] = ()
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    started: float = field(default_factory=monotonic)

    def forecast(self) -> Forecast:
        """Return what tells how long the run will still take."""
        return self.plan.forecast(self.results)

    def execute(self, listener: runner.Listener) -> None:
        """Measure all that is planned. Raises as `runner.execute` does."""
        runner.execute(self.plan, self.results, listener)

    def record(self, experiment: Experiment) -> ExperimentRecord:
        """Return what is known of an experiment so far."""
        versions = self.environment.packages
        held = {dataset.name: dataset.rows for dataset in self.datasets}
        return experiment_record(
            experiment, self.plan.stages, self.results, versions, self.sources, held=held
        )

    def run(self, stopped: str | None = None) -> Run:
        """Return what was measured so far as a value; `stopped` says why that is not all."""
        now = SittingRecord(
            started_at=self.started_at,
            duration_s=monotonic() - self.started,
            # A path that is no UTF-8 has surrogates in it, which no file of a run can hold.
            stopped=stopped and stopped.encode(errors="replace").decode(),
        )
        sittings = (*self.earlier, now)
        experiments = tuple(record for record in self._records() if record.variants)
        gates = run_gates(experiments)
        return Run(
            schema_version=SCHEMA_VERSION,
            rowpath=__version__,
            started_at=sittings[0].started_at,
            duration_s=sum(sitting.duration_s for sitting in sittings),
            stopped=now.stopped,
            seed=self.plan.seed,
            profile=self.plan.profile.name,
            workers=self.plan.site.workers,
            environment=self.environment,
            dataset=self.datasets[0] if self.datasets else None,
            datasets=self.datasets,
            experiments=experiments,
            asked=self.asked,
            sittings=sittings,
            gates=gates,
            valid=valid(gates),
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
        except BaseException as error:
            stopped = told(error)
            raise
        finally:
            if self.results.observations:
                keep(self.run(stopped))

    def _failure(self, error: psycopg.Error | RowpathError) -> RowpathError:
        """Return what to tell of an error: a server that fails may have lost its database."""
        if isinstance(error, RowpathError) and not isinstance(error, ServerError):
            return error
        if not self.plan.site.dsn and isinstance(error, RowpathError):
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
    database: Database | None,
    stages: Sequence[Stage],
    datasets: Mapping[Dataset, int],
    *,
    asked: AskedRecord,
    profile: Profile,
    seed: int,
    workers: int,
    logs: Path,
    versions: Mapping[str, str],
    redis_url: str | None = None,
    report: Callable[[str], None],
    earlier: Run | None = None,
) -> Session:
    """Return a session that is ready to measure `stages`, once the database holds `datasets`.

    These are given with their numbers of rows; `versions` are those of packages, by which the
    stages were planned; `report` hears of each step. `earlier` is a run that was interrupted and
    goes on with what is not measured yet. `database` is None where no dataset is
    needed. DatabaseError where the datasets cannot be had,
    ResumeError where new blocks would not belong to the earlier ones.
    """
    surroundings = environment(database, versions)
    variants = {cell.variant for stage in stages for cell in stage.cells}
    sources = {variant: source_of(variant) for variant in variants}
    results = Results()
    if earlier is not None:
        refuse(other_surroundings(earlier, __version__, surroundings))
        results = resumed(earlier, stages, sources)
    held = tuple(
        ensure(database, dataset, rows=rows, seed=seed, report=report)
        for dataset, rows in datasets.items()
        if database is not None
    )
    if earlier is not None:
        refuse(other_data(earlier, held))
    return Session(
        asked=asked,
        environment=earlier.environment if earlier else surroundings,
        datasets=earlier.datasets if earlier else held,
        results=results,
        earlier=earlier.sittings if earlier else (),
        plan=runner.Plan(
            stages=stages,
            profile=profile,
            seed=seed,
            site=Site(
                dsn=database.dsn if database else "",
                logs=logs,
                workers=workers,
                redis_url=redis_url,
            ),
            table_rows=held[0].rows if held else 0,
        ),
        sources=sources,
    )
