"""What a run measured, in the one form in which two runs are compared, whatever they are of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlsplit

from rowpath.lab.gates import Withheld
from rowpath.lab.measures import TIME
from rowpath.lab.plan import Control
from rowpath.lab.race.record import EntrantRecord, RaceRun
from rowpath.lab.record import ExperimentRecord, GateRecord, GroupRecord, Run, VariantRecord
from rowpath.stats.verdict import NULL_BAND, wider_band


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One thing that a run measured: `blocks` has a value a block, in `unit`.

    Of two runs, those with the same `family` and `name` are the same thing if their `conditions`
    are the same, too. `baseline` is what it was compared with in its own run, empty for a baseline
    itself; `ratios` are to it, block by block. `null_band` is what identical things were seen to
    differ by. `withheld` says why nothing can be said of it, and without `shows_absence` an
    interval around 1 does not say that there is no difference.
    """

    family: str
    name: str
    quantity: str
    unit: str
    better: str
    baseline: str
    blocks: tuple[float, ...]
    ratios: tuple[float, ...]
    conditions: Mapping[str, str]
    null_band: float
    withheld: str
    shows_absence: bool


def measured(run: Run | RaceRun) -> Sequence[Measured]:
    """Return all that a run measured in blocks."""
    if isinstance(run, RaceRun):
        return tuple(_of_race(run))
    return tuple(each for experiment in run.experiments for each in _of_lab(run, experiment))


def environment(run: Run | RaceRun) -> Mapping[str, str]:
    """Return what bears on a run's times beside what was measured: machine and versions."""
    where = run.environment
    common = {
        "rowpath": run.rowpath,
        "CPU": where.cpu,
        "cores": str(where.cores),
        "kernel": where.kernel,
        "Python": where.python,
    }
    if isinstance(run, RaceRun):
        return common
    own = run.environment
    settings = {f"setting {name}": value for name, value in own.settings.items()}
    return common | {"PostgreSQL": own.postgresql} | own.packages | settings


def _of_race(run: RaceRun) -> Iterator[Measured]:
    first = _medians(run.entrants[0]) if run.entrants else ()
    withheld, shows_absence = _support(run.gates)
    for place, entrant in enumerate(run.entrants):
        own = _medians(entrant)
        yield Measured(
            family="race",
            name=entrant.name,
            quantity=next((each.quantity for each in run.comparisons), TIME.name),
            unit=TIME.unit,
            better=TIME.better,
            baseline=run.entrants[0].name if place else "",
            blocks=own,
            ratios=_ratios(own, first) if place else (),
            conditions=_request(run, entrant),
            null_band=run.null_band,
            withheld=withheld,
            shows_absence=shows_absence,
        )


def _request(run: RaceRun, entrant: EntrantRecord) -> Mapping[str, str]:
    """Return what was asked. Its server is not part of that: a port may be another each time."""
    parts = urlsplit(entrant.url)
    query = f"?{parts.query}" if parts.query else ""
    asked = [f"{each.method} {each.path}" for each in run.requests]
    return {
        "request": ", ".join(asked or [f"{entrant.method} {parts.path or '/'}{query}"]),
        "baseline": run.entrants[0].name,
        "users": f"{run.users}",
        "servers": "started anew for each block" if run.restarted else "left as they run",
        "left out of answers": ", ".join(sorted(run.ignored)) or "nothing",
    }


def _medians(entrant: EntrantRecord) -> tuple[float, ...]:
    """Return what each block counts as, in the unit of TIME."""
    blocks = entrant.values_ms or [median(block) for block in entrant.samples_ms if block]
    return tuple(block / 1_000 for block in blocks)


def _ratios(own: Sequence[float], other: Sequence[float]) -> tuple[float, ...]:
    """Return the ratio in each block that has both."""
    if not all(value > 0 for value in (*own, *other)):
        return ()
    return tuple(one / of for one, of in zip(own, other, strict=False))


def _of_lab(run: Run, experiment: ExperimentRecord) -> Iterator[Measured]:
    groups = {group.name: group for group in experiment.groups}
    baselines = {
        (each.group, each.setup, each.rows): each
        for each in experiment.variants
        if each.group in groups and each.name == groups[each.group].baseline
    }
    for variant in experiment.variants:
        group = groups.get(variant.group)
        baseline = baselines.get((variant.group, variant.setup, variant.rows))
        if group is None or baseline is None:
            continue
        unit, better, own = _figure(group, variant)
        withheld, shows_absence = _support(run.gates, experiment.name, group.measure)
        is_baseline = variant is baseline
        yield Measured(
            family=experiment.name,
            name=f"{variant.group}: {variant.slot}",
            quantity=group.compares,
            unit=unit,
            better=better,
            baseline="" if is_baseline else baseline.name,
            blocks=own,
            ratios=() if is_baseline else _ratios(own, _figure(group, baseline)[2]),
            conditions=_conditions(run, experiment, group),
            null_band=_null_band(experiment, group),
            withheld=withheld,
            shows_absence=shows_absence,
        )


def _figure(group: GroupRecord, variant: VariantRecord) -> tuple[str, str, tuple[float, ...]]:
    """Return the unit, the better way and the blocks of the quantity that a group compares."""
    for figure in variant.figures:
        if figure.quantity == group.compares:
            return figure.unit, figure.better, figure.blocks
    # Before schema 3 a variant had no figures, and nothing but times was compared.
    own = variant.samples_ms if group.compares == TIME.name else ()
    return TIME.unit, TIME.better, tuple(median(block) / 1_000 for block in own if block)


def _conditions(run: Run, experiment: ExperimentRecord, group: GroupRecord) -> Mapping[str, str]:
    dataset = next((each for each in run.datasets if each.name == experiment.dataset), None)
    of_rows = "" if dataset is None else f"{dataset.rows:,} rows, {dataset.checksum}"
    return {
        "dataset": f"{experiment.dataset}, {of_rows}",
        "measure": group.measure,
        "quantity": group.compares,
        "baseline": group.baseline,
        "workers": str(run.workers),
    }


def _null_band(experiment: ExperimentRecord, group: GroupRecord) -> float:
    """Return what clones that were measured as a group were off by at most, NULL_BAND at least.

    A clone of any stage of an experiment speaks of all its sizes and set-ups here, as a gate does.
    """
    bands = (
        wider_band(each.ratio)
        for each in experiment.controls
        if each.kind == Control.CLONE and each.measure == group.measure and each.ratio is not None
    )
    return max(bands, default=NULL_BAND)


def _support(
    gates: Sequence[GateRecord], experiment: str = "", measure: str = ""
) -> tuple[str, bool]:
    """Return why nothing can be said, empty where something can, and whether absence can be.

    A gate of any stage of an experiment speaks of all its sizes here: rather none than a wrong one.
    """
    failed = [
        gate
        for gate in gates
        if not gate.passed
        and (not gate.stage or gate.stage.startswith(f"{experiment},"))
        and gate.measure in {"", measure}
    ]
    withheld = " ".join(gate.text for gate in failed if gate.withholds == Withheld.VERDICTS)
    return withheld, all(gate.withholds != Withheld.ABSENCE for gate in failed)
