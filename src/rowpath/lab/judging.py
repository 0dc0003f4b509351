"""Verdicts on claims, by what the run's own gates support. Pure: from records alone."""

from collections.abc import Iterator
from dataclasses import replace

from rowpath.lab.experiment import Claim, Experiment
from rowpath.lab.experiments.reasons import why
from rowpath.lab.gates import Support, gates_of, support
from rowpath.lab.record import ClaimRecord, ComparisonRecord, ExperimentRecord
from rowpath.stats.verdict import Verdict, judge


def judged(
    record: ExperimentRecord, experiment: Experiment, held_rows: int | None
) -> Iterator[ClaimRecord]:
    """Yield the verdicts on an experiment's claims, by what its own gates support."""
    gates = gates_of(record)
    for claim in experiment.claims:
        for comparison in record.comparisons:
            if _speaks_of(comparison, claim):
                rests_on = support(record, gates, comparison)
                other = _other_table(experiment, held_rows)
                withheld = " ".join(filter(None, (rests_on.withheld, other)))
                rests_on = replace(rests_on, withheld=withheld)
                yield _claim_record(claim, comparison, rests_on)


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


def _claim_record(claim: Claim, comparison: ComparisonRecord, rests_on: Support) -> ClaimRecord:
    measured = comparison.ratio
    verdict = judge(
        claim.ratio, measured, null_band=rests_on.null_band, shows_absence=rests_on.sees
    )
    is_withheld = bool(rests_on.withheld) and measured is not None
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
        verdict=Verdict.NOT_JUDGED if is_withheld else verdict,
        why=why(claim),
        withheld=rests_on.withheld if is_withheld else "",
    )
