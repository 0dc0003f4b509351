"""From raw results to records: intervals, ratios, Holm's correction and verdicts. Pure."""

from collections.abc import Iterator, Sequence
from statistics import median

from rowpath.capture.trace import Trace
from rowpath.lab.experiment import Claim, Experiment, Setup, Timing
from rowpath.lab.plan import Cell, Stage
from rowpath.lab.record import (
    ClaimRecord,
    ComparisonRecord,
    ExperimentRecord,
    OrderRecord,
    StatementRecord,
    TimeRecord,
    VariantRecord,
)
from rowpath.lab.results import Observation, Results, Slot
from rowpath.lab.source import source_of
from rowpath.stats.holm import holm
from rowpath.stats.interval import Interval
from rowpath.stats.median import median_interval
from rowpath.stats.precision import precise_enough
from rowpath.stats.ratio import ratio_interval, ratio_p_value
from rowpath.stats.verdict import judge

MIB = 1 << 20


def experiment_record(
    experiment: Experiment, stages: Sequence[Stage], results: Results
) -> ExperimentRecord:
    """Return what is known of an experiment, as far as its `stages` were measured."""
    own = [stage for stage in stages if stage.experiment.name == experiment.name]
    comparisons = tuple(comparison for stage in own for comparison in _comparisons(stage, results))
    return ExperimentRecord(
        name=experiment.name,
        section=experiment.section,
        question=experiment.question,
        baseline=experiment.baseline,
        variants=tuple(
            _variant_record(cell, results.observations[cell], results.slots.get(cell, ()))
            for stage in own
            for cell in stage.cells
            if cell in results.observations
        ),
        comparisons=comparisons,
        claims=tuple(
            _claim_record(claim, comparison)
            for claim in experiment.claims
            for comparison in comparisons
            if _speaks_of(comparison, claim)
        ),
        orders=tuple(
            OrderRecord(
                rows=stage.rows,
                blocks=tuple(tuple(map(str, order)) for order in results.orders.get(stage, ())),
            )
            for stage in own
        ),
    )


def narrow_enough(stage: Stage, results: Results, bound: float) -> bool:
    """Return whether every ratio of the stage is known to within `bound` on the ln scale."""
    return precise_enough(
        (ratio_interval(*_block_medians(pair, results)) for pair in _pairs(stage)), bound=bound
    )


def _pairs(stage: Stage) -> tuple[tuple[Cell, Cell], ...]:
    """Return (variant, baseline) for all that is compared at a stage, within one set-up each."""
    cells = {(cell.variant.name, cell.setup): cell for cell in stage.timed}
    experiment = stage.experiment
    names = dict.fromkeys(
        (variant.name, experiment.baseline)
        for variant in experiment.variants
        if variant.name != experiment.baseline
    )
    names |= dict.fromkeys(
        (claim.variant, claim.baseline) for claim in experiment.claims if claim.rows == stage.rows
    )
    return tuple(
        (cells[variant, setup], cells[baseline, setup])
        for setup in Setup
        for variant, baseline in names
        if (variant, setup) in cells and (baseline, setup) in cells
    )


def _block_medians(
    pair: tuple[Cell, Cell], results: Results
) -> tuple[Sequence[float], Sequence[float]]:
    """Return both cells' medians in seconds, for the blocks in which both were measured."""
    both = list(zip(*(results.slots.get(cell, ()) for cell in pair), strict=False))
    variant = [median(slot.samples_s) for slot, _ in both]
    baseline = [median(slot.samples_s) for _, slot in both]
    return variant, baseline


def _comparisons(stage: Stage, results: Results) -> tuple[ComparisonRecord, ...]:
    """Return a stage's comparisons; the family of Holm's correction is one set-up at one size."""
    return tuple(
        comparison
        for setup in Setup
        for comparison in _family(
            [
                pair
                for pair in _pairs(stage)
                if pair[0].setup is setup and all(results.slots.get(cell) for cell in pair)
            ],
            results,
        )
    )


def _family(pairs: Sequence[tuple[Cell, Cell]], results: Results) -> Iterator[ComparisonRecord]:
    times = [_block_medians(pair, results) for pair in pairs]
    adjusted = holm([ratio_p_value(*time) for time in times])
    for (variant, baseline), time, p_holm in zip(pairs, times, adjusted, strict=True):
        interval = ratio_interval(*time)
        yield ComparisonRecord(
            variant=variant.variant.name,
            baseline=baseline.variant.name,
            setup=variant.setup,
            rows=variant.rows,
            blocks=len(time[0]),
            ratio=interval,
            p_holm=None if interval is None else p_holm,
        )


def _variant_record(cell: Cell, observation: Observation, slots: Sequence[Slot]) -> VariantRecord:
    variant = cell.variant
    if variant.timing is Timing.ONCE:
        samples: tuple[tuple[float, ...], ...] = ((observation.duration_s,),)
        cpu = tuple(s for s in (observation.cpu_s,) if s is not None)
    else:
        samples = tuple(slot.samples_s for slot in slots)
        cpu = tuple(slot.cpu_s for slot in slots)
    time = median_interval([median(block) * 1000 for block in samples])
    told = next((told for told in variant.told if told.rows == cell.rows), None)
    return VariantRecord(
        name=variant.name,
        title=variant.title,
        app=variant.app,
        setup=cell.setup,
        rows=cell.rows,
        time_ms=_time_record(time),
        bytes=observation.size_bytes,
        bytes_gzip=observation.gzip_bytes,
        sql_statements=len(observation.trace.statements),
        sql_similar=observation.trace.similar,
        sql_ms=observation.trace.duration_s * 1000,
        sql_rows=observation.trace.rows,
        statements=_statements(observation.trace),
        cpu_ms=median(cpu) * 1000 if cpu else None,
        peak_mib=observation.trace.peak_bytes / MIB,
        samples_ms=tuple(tuple(s * 1000 for s in block) for block in samples),
        samples_cpu_ms=tuple(s * 1000 for s in cpu),
        code=source_of(variant),
        told_ms=told.time_s * 1000 if told and told.time_s is not None else None,
        told_requests_per_s=told.requests_per_s if told else None,
        outcome=observation.outcome,
    )


def _statements(trace: Trace) -> tuple[StatementRecord, ...]:
    """Return the distinct statements of a trace in the order of their first time."""
    texts = dict.fromkeys(statement.text for statement in trace.statements)
    parts = [
        Trace(
            statements=tuple(s for s in trace.statements if s.text == text),
            peak_bytes=trace.peak_bytes,
        )
        for text in texts
    ]
    return tuple(
        StatementRecord(
            text=part.statements[0].text,
            count=len(part.statements),
            duration_ms=part.duration_s * 1000,
            rows=part.rows,
        )
        for part in parts
    )


def _speaks_of(comparison: ComparisonRecord, claim: Claim) -> bool:
    return (comparison.variant, comparison.baseline, comparison.rows) == (
        claim.variant,
        claim.baseline,
        claim.rows,
    )


def _claim_record(claim: Claim, comparison: ComparisonRecord) -> ClaimRecord:
    measured = comparison.ratio
    return ClaimRecord(
        text=claim.text,
        section=claim.section,
        variant=claim.variant,
        baseline=claim.baseline,
        setup=comparison.setup,
        rows=claim.rows,
        reading=claim.reading,
        claimed_ratio=claim.time_ratio,
        measured=measured,
        verdict=judge(
            claim.time_ratio,
            measured,
        ),
    )


def _time_record(interval: Interval | None) -> TimeRecord | None:
    if interval is None:
        return None
    return TimeRecord(median=interval.estimate, low=interval.low, high=interval.high)
