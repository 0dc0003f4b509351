"""Runs that were made up, whose every figure follows from their samples."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from race.made import results as race_results
from rowpath.capture.trace import Statement, Trace
from rowpath.lab.analysis import experiment_record
from rowpath.lab.circumstances import AskedRecord, DatasetRecord, EnvironmentRecord
from rowpath.lab.experiment import Experiment, Variant
from rowpath.lab.experiments import EXPERIMENTS
from rowpath.lab.gates import run_gates, valid
from rowpath.lab.measures import (
    CPU,
    MEDIAN_LATENCY,
    OTHER_CPU,
    P95_LATENCY,
    STEAL,
    THROUGHPUT,
    TIME,
)
from rowpath.lab.plan import Control, Stage, Stock, slot_order, stages
from rowpath.lab.profile import profile_named
from rowpath.lab.race.record import RaceRun
from rowpath.lab.race.session import Race
from rowpath.lab.record import SCHEMA_VERSION, ExperimentRecord, Run
from rowpath.lab.results import Observation, Results, Slot

VERSIONS = {"django": "5.2.19"}
SOURCES = defaultdict[Variant, str](lambda: "def view(): ...")
SEED = 1
AT = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
BY_NAME = {experiment.name: experiment for experiment in EXPERIMENTS}
HERE = EnvironmentRecord(
    cpu="a processor",
    cores=2,
    memory_bytes=1 << 30,
    kernel="Linux 6.1",
    python="CPython 3.11",
    postgresql="18",
    packages=VERSIONS,
    settings={"jit": "off"},
    load_average=(0.0, 0.0, 0.0),
)
DATA = {
    name: DatasetRecord(
        name=name,
        rows=rows,
        seed=SEED,
        form=1,
        checksum="5f2b9c0d",
        size_bytes=1 << 20,
        built_s=1.5,
        reused=False,
        tables={},
    )
    for name, rows in (("products", 10_000_000), ("logs", 1_000_000))
}
_SEEN = Observation(
    duration_s=0.5,
    cpu_s=0.1,
    size_bytes=1000,
    gzip_bytes=100,
    trace=Trace(
        statements=(Statement(text="SELECT 1", duration_s=0.002, rows=10, plan="Result"),) * 2,
        peak_bytes=3 << 20,
        resident_bytes=1 << 20,
    ),
)


def stages_of(experiment: Experiment) -> tuple[Stage, ...]:
    stock = Stock(tables={"product": 1_000, "player_fight": 1_000}, versions=VERSIONS)
    return tuple(stages([experiment], profile_named("quick"), stock=stock))


def results_of(planned: Sequence[Stage], blocks: int, *, clone: float = 1.0) -> Results:
    """Return results in which the n-th variant takes n times the first one's time, and noise."""
    random, results = Random(7), Results()
    for stage in planned:
        order = list(dict.fromkeys(cell.variant.name for cell in stage.cells))
        times = {Control.CLONE: clone, Control.SLOWED: 1.05, None: 1.0}
        for cell in stage.cells:
            results.observations[cell] = _SEEN
        for block in range(blocks):
            results.orders[stage].append(slot_order(stage, seed=SEED, block=block))
            for cell in stage.timed:
                time_s = (order.index(cell.variant.name) + 1) * random.gauss(1, 0.002)
                time_s *= times[cell.control]
                one_by_one = TIME in cell.measure.quantities
                figures = {CPU: time_s / 2, OTHER_CPU: 0.03, STEAL: 0.0} | (
                    {TIME: time_s}
                    if one_by_one
                    else {THROUGHPUT: 2 / time_s, MEDIAN_LATENCY: time_s, P95_LATENCY: time_s * 2}
                )
                samples_s = (time_s * 0.9, time_s, time_s * 1.2) if one_by_one else ()
                results.slots[cell].append(Slot(figures=figures, samples_s=samples_s))
    return results


def record_of(name: str, blocks: int = 6, *, clone: float = 1.0) -> ExperimentRecord:
    experiment = BY_NAME[name]
    planned = stages_of(experiment)
    results = results_of(planned, blocks, clone=clone)
    held = {data.name: data.rows for data in DATA.values()}
    return experiment_record(experiment, planned, results, VERSIONS, SOURCES, held=held)


def lab_run(*names: str, blocks: int = 6, clone: float = 1.0, started_at: datetime = AT) -> Run:
    """Return a whole run of some experiments, as a session would write it."""
    records = tuple(record_of(name, blocks, clone=clone) for name in names or ("lists",))
    gates = run_gates(records)
    return Run(
        schema_version=SCHEMA_VERSION,
        rowpath="0.1.0",
        started_at=started_at,
        duration_s=61.5,
        stopped=None,
        seed=SEED,
        profile="quick",
        workers=1,
        environment=HERE,
        dataset=DATA["products"],
        datasets=tuple(DATA.values()),
        experiments=records,
        asked=AskedRecord(experiments=names or ("lists",), sizes=()),
        gates=gates,
        valid=valid(gates),
    )


def race_run(*ratios: float, started_at: datetime = AT, clone: float = 1.0) -> RaceRun:
    """Return a whole race of endpoints that take these ratios of the first one's time."""
    raced = race_results(*(ratios or (0.62, 1.0)), clone=clone)
    race = Race(raced.plan)
    race.results = raced
    return replace(race.run(), started_at=started_at)
