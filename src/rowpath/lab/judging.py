"""Verdicts on claims, by what the run's own gates support. Pure: from records alone."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from rowpath.lab.applications import APPLICATIONS, App
from rowpath.lab.experiment import Claim, Data, Experiment
from rowpath.lab.experiments.reasons import why
from rowpath.lab.gates import Support, gates_of, support
from rowpath.lab.measures import Better
from rowpath.lab.record import ClaimRecord, ComparisonRecord, ExperimentRecord
from rowpath.stats.readings import Reading, nearest, readings
from rowpath.stats.verdict import Verdict, judge


def judged(
    record: ExperimentRecord,
    experiment: Experiment,
    held_rows: int | None,
    versions: Mapping[str, str],
) -> Iterator[ClaimRecord]:
    """Yield the verdicts on an experiment's claims, by what its own gates support.

    `held_rows` are those of its table, where known; `versions` the packages' of the run.
    """
    gates = gates_of(record)
    for claim in experiment.claims:
        for comparison in record.comparisons:
            if _speaks_of(comparison, claim):
                rests_on = support(record, gates, comparison)
                other = _other_table(experiment, held_rows)
                withheld = " ".join(filter(None, (rests_on.withheld, other)))
                rests_on = replace(rests_on, withheld=withheld)
                judgement = _claim_record(claim, comparison, rests_on)
                differs = tuple(_other_versions(record, experiment.data, claim, versions))
                yield replace(judgement, differs=differs)


def _speaks_of(comparison: ComparisonRecord, claim: Claim) -> bool:
    told = (claim.variant, claim.baseline, claim.rows, claim.quantity.name)
    return told == (
        comparison.variant,
        comparison.baseline,
        comparison.rows,
        comparison.quantity,
    )


def _other_table(experiment: Experiment, held_rows: int | None) -> str:
    """Return why claims on a table of another size are not judged; nothing if it is the same."""
    told = experiment.data and experiment.data.told_rows
    if told is None or held_rows is None or told == held_rows:
        return ""
    return f"The claim is of a table of {told:,} rows; this one has {held_rows:,}."


def _other_versions(
    record: ExperimentRecord, data: Data | None, claim: Claim, versions: Mapping[str, str]
) -> Iterator[str]:
    """Yield the versions that a claim was measured with, where the run has others."""
    if data is None:
        return
    about = (claim.variant, claim.baseline)
    apps = {App(each.app) for each in record.variants if each.name in about}
    for orm in dict.fromkeys(APPLICATIONS[app].orm for app in sorted(apps)):
        told, has = data.told_versions.get(orm), versions.get(orm)
        if told is not None and has is not None and has != told:
            yield f"The talk measured with {orm} {told}; this run has {has}."


def _claim_record(claim: Claim, comparison: ComparisonRecord, rests_on: Support) -> ClaimRecord:
    measured = comparison.ratio
    is_withheld = bool(rests_on.withheld) and measured is not None

    def verdict_on(ratio: float) -> Verdict:
        if is_withheld:
            return Verdict.NOT_JUDGED
        return judge(ratio, measured, null_band=rests_on.null_band, shows_absence=rests_on.sees)

    read_as, other_ratio = _readings(claim)
    return ClaimRecord(
        text=claim.text,
        section=claim.section,
        variant=claim.variant,
        baseline=claim.baseline,
        setup=comparison.setup,
        rows=claim.rows,
        quantity=claim.quantity.name,
        claimed_ratio=claim.ratio,
        measured=measured,
        verdict=verdict_on(claim.ratio),
        why=why(claim),
        withheld=rests_on.withheld if is_withheld else "",
        faster_by=claim.faster_by,
        read_as=read_as,
        other_ratio=other_ratio,
        other_verdict="" if other_ratio is None else verdict_on(other_ratio),
    )


def _readings(claim: Claim) -> tuple[str, float | None]:
    """Return how a claim's percentage is read, and its ratio by the other reading, if it has one.

    Ratios of a rate are turned into ratios of times and back: the readings are of times.
    """
    if claim.faster_by is None:
        return "", None
    is_rate = claim.quantity.better is Better.MORE
    used = nearest(1 / claim.ratio if is_rate else claim.ratio, claim.faster_by)
    other = Reading.RATE if used is Reading.TIME else Reading.TIME
    time_ratio = readings(claim.faster_by).get(other)
    if time_ratio is None:
        return used, None
    return used, 1 / time_ratio if is_rate else time_ratio
