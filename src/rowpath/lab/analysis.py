"""From raw results to records: intervals, ratios, Holm's correction and verdicts. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from statistics import median

from rowpath.capture.trace import Statement, Trace
from rowpath.lab.conditions import Conditions
from rowpath.lab.experiment import Claim, Experiment, Group, Timing, Variant
from rowpath.lab.experiments.reasons import why
from rowpath.lab.measures import CPU, Quantity
from rowpath.lab.plan import Cell, Comparison, Stage
from rowpath.lab.record import (
    ClaimRecord,
    ComparisonRecord,
    CpuLineRecord,
    DifferenceRecord,
    ExperimentRecord,
    FigureRecord,
    GroupRecord,
    LeftOutRecord,
    OrderRecord,
    StatementRecord,
    TimeRecord,
    VariantRecord,
)
from rowpath.lab.results import Observation, Results, Slot
from rowpath.stats.holm import holm
from rowpath.stats.interval import Interval
from rowpath.stats.median import median_interval
from rowpath.stats.precision import precise_enough
from rowpath.stats.ratio import ratio_interval, ratio_p_value
from rowpath.stats.verdict import judge

MIB = 1 << 20


def experiment_record(
    experiment: Experiment,
    stages: Sequence[Stage],
    results: Results,
    versions: Mapping[str, str],
    sources: Mapping[Variant, str],
) -> ExperimentRecord:
    """Return what is known of an experiment, as far as its `stages` were measured.

    `versions` are the packages', which decide what could not run here; `sources` the code of each
    variant of the stages.
    """
    own = [stage for stage in stages if stage.experiment.name == experiment.name]
    comparisons = tuple(
        record
        for comparison in _comparisons(own)
        for record in _records(comparison, experiment.claims, results)
    )
    return ExperimentRecord(
        name=experiment.name,
        section=experiment.section,
        question=experiment.question,
        dataset=experiment.data,
        groups=tuple(
            GroupRecord(
                name=group.name, question=group.question, baseline=group.baseline, leads=group.leads
            )
            for group in experiment.groups
        ),
        variants=tuple(
            _variant_record(cell, comparison.group, results, sources[cell.variant])
            for comparison in _comparisons(own)
            for cell in comparison.cells
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
                stage=str(stage),
                blocks=tuple(tuple(map(str, order)) for order in results.orders.get(stage, ())),
                done=stage in results.done,
                spent_s=results.spent_s.get(stage, 0.0),
                cut=results.cut.get(stage, ()),
            )
            for stage in own
        ),
        left_out=tuple(_left_out(experiment, versions)),
    )


def _comparisons(stages: Sequence[Stage]) -> Iterator[Comparison]:
    """Yield the comparisons of stages, group by group, each from the smallest size on."""
    found = [comparison for stage in stages for comparison in stage.comparisons]
    for name in dict.fromkeys(comparison.group.name for comparison in found):
        yield from (comparison for comparison in found if comparison.group.name == name)


def _left_out(experiment: Experiment, versions: Mapping[str, str]) -> Iterator[LeftOutRecord]:
    for variant in experiment.variants:
        needs = variant.needs
        if needs is not None and not needs.met_by(versions):
            has = versions.get(needs.package, "none")
            reason = f"it needs {needs.package} {needs.version}, and this run has {has}"
            yield LeftOutRecord(variant=variant.name, reason=reason)


def narrow_enough(stage: Stage, results: Results, bound: float) -> bool:
    """Return whether every ratio of the stage is known to within `bound` on the ln scale."""
    return precise_enough(
        (
            ratio_interval(*_block_figures(pair, results))
            for comparison in stage.comparisons
            for pair in _pairs(comparison, stage.experiment.claims)
        ),
        bound=bound,
    )


def _pairs(comparison: Comparison, claims: Sequence[Claim]) -> tuple[tuple[Cell, Cell], ...]:
    """Return (variant, baseline) for all that is compared, under the same conditions."""
    cells = {
        (cell.variant.name, cell.conditions): cell
        for cell in comparison.cells
        if cell.variant.is_timed
    }
    group = comparison.group
    names = dict.fromkeys(
        (variant.name, group.baseline)
        for variant in group.variants
        if variant.name != group.baseline
    )
    names |= dict.fromkeys(
        (claim.variant, claim.baseline) for claim in claims if claim.rows == comparison.rows
    )
    return tuple(
        (cells[variant, conditions], cells[baseline, conditions])
        for conditions in _conditions(comparison)
        for variant, baseline in names
        if (variant, conditions) in cells and (baseline, conditions) in cells
    )


def _conditions(comparison: Comparison) -> tuple[Conditions, ...]:
    """Return the conditions of a comparison's cells, each once."""
    return tuple(dict.fromkeys(cell.conditions for cell in comparison.cells))


def _block_figures(
    pair: tuple[Cell, Cell], results: Results
) -> tuple[Sequence[float], Sequence[float]]:
    """Return what both cells are compared by, for the blocks in which both were measured."""
    quantity = compared(pair[0])
    both = list(zip(*(results.slots.get(cell, ()) for cell in pair), strict=False))
    variant = [slot.figures[quantity] for slot, _ in both]
    baseline = [slot.figures[quantity] for _, slot in both]
    return variant, baseline


def compared(cell: Cell) -> Quantity:
    """Return the quantity by which a cell is compared with others of its group."""
    return cell.measure.quantities[0]


def _records(
    comparison: Comparison, claims: Sequence[Claim], results: Results
) -> tuple[ComparisonRecord, ...]:
    """Return a group's comparisons at a size; Holm's family is what the same conditions compare."""
    return tuple(
        record
        for conditions in _conditions(comparison)
        for record in _family(
            [
                pair
                for pair in _pairs(comparison, claims)
                if pair[0].conditions == conditions
                and all(results.slots.get(cell) for cell in pair)
            ],
            results,
        )
    )


def _family(pairs: Sequence[tuple[Cell, Cell]], results: Results) -> Iterator[ComparisonRecord]:
    figures = [_block_figures(pair, results) for pair in pairs]
    adjusted = holm([ratio_p_value(*each) for each in figures])
    for (variant, baseline), each, p_holm in zip(pairs, figures, adjusted, strict=True):
        interval = ratio_interval(*each)
        yield ComparisonRecord(
            variant=variant.variant.name,
            baseline=baseline.variant.name,
            setup=variant.conditions.name,
            rows=variant.rows,
            quantity=compared(variant).name,
            blocks=len(each[0]),
            ratio=interval,
            p_holm=None if interval is None else p_holm,
        )


def _variant_record(cell: Cell, group: Group, results: Results, source: str) -> VariantRecord:
    """Return what is known of a cell; of a run that goes on, what its file told is kept."""
    recorded = results.recorded.get(cell)
    seen = recorded or _observed(cell, group, results.observations[cell], source)
    return _with_slots(seen, cell, results.slots.get(cell, ())) if cell.variant.is_timed else seen


def _observed(cell: Cell, group: Group, observation: Observation, source: str) -> VariantRecord:
    """Return what the tracing pass saw of a cell, its time too where that is the only one."""
    variant = cell.variant
    once = variant.fails is None and variant.timing is Timing.ONCE
    cpu_ms = observation.cpu_s * 1000 if once and observation.cpu_s is not None else None
    told = next((told for told in variant.told if told.rows == cell.rows), None)
    return VariantRecord(
        name=variant.name,
        group=group.name,
        title=variant.title,
        app=variant.app,
        setup=cell.conditions.name,
        rows=cell.rows,
        time_ms=None,
        bytes=observation.size_bytes,
        bytes_gzip=observation.gzip_bytes,
        sql_statements=len(observation.trace.statements),
        sql_similar=observation.trace.similar,
        sql_ms=observation.trace.duration_s * 1000,
        sql_rows=observation.trace.rows,
        statements=_statements(observation.trace),
        cpu_ms=cpu_ms,
        peak_mib=observation.trace.peak_bytes / MIB,
        grown_mib=observation.trace.grown_bytes / MIB,
        samples_ms=((observation.duration_s * 1000,),) if once else (),
        samples_cpu_ms=() if cpu_ms is None else (cpu_ms,),
        code=source,
        told_ms=told.time_s * 1000 if told and told.time_s is not None else None,
        told_requests_per_s=told.requests_per_s if told else None,
        outcome=observation.outcome,
        differences=tuple(
            DifferenceRecord(
                column=each.column, rows=each.rows, baseline=each.baseline, variant=each.variant
            )
            for each in observation.differences
        ),
        cpu_lines=tuple(
            CpuLineRecord(name=line.name, at_s=line.at_s, share=line.share)
            for line in observation.cpu_lines
        ),
        observed_ms=observation.duration_s * 1000,
        beside_bytes=observation.beside_bytes,
    )


def _with_slots(seen: VariantRecord, cell: Cell, slots: Sequence[Slot]) -> VariantRecord:
    """Return the record of a timed cell with all that its slots say."""
    samples_ms = tuple(tuple(s * 1000 for s in slot.samples_s) for slot in slots)
    cpu_ms = tuple(slot.figures[CPU] * 1000 for slot in slots if CPU in slot.figures)
    return replace(
        seen,
        # Of what the file holds, so that a run that goes on comes to the very same.
        time_ms=_time_record(median_interval([median(block) for block in samples_ms])),
        cpu_ms=median(cpu_ms) if cpu_ms else None,
        samples_ms=samples_ms,
        samples_cpu_ms=cpu_ms,
        figures=tuple(_figures(cell, slots)),
    )


def _figures(cell: Cell, slots: Sequence[Slot]) -> Iterator[FigureRecord]:
    """Yield what each quantity of a timed cell came to, in the order of its measure."""
    for quantity in cell.measure.quantities if slots else ():
        blocks = tuple(slot.figures[quantity] for slot in slots)
        yield FigureRecord(
            quantity=quantity.name,
            unit=quantity.unit,
            better=quantity.better,
            over_blocks=_time_record(median_interval(blocks)),
            blocks=blocks,
        )


def _statements(trace: Trace) -> tuple[StatementRecord, ...]:
    """Return the distinct statements of a trace in the order of their first time."""
    by_text: dict[str, list[Statement]] = {}
    for statement in trace.statements:
        by_text.setdefault(statement.text, []).append(statement)
    return tuple(
        StatementRecord(
            text=text,
            count=len(sent),
            duration_ms=sum(statement.duration_s for statement in sent) * 1000,
            rows=_sum_if_known(statement.rows for statement in sent),
            plan=sent[0].plan,
        )
        for text, sent in by_text.items()
    )


def _sum_if_known(counts: Iterable[int | None]) -> int | None:
    """Return the sum of counts; None where one is not known."""
    known = list(counts)
    return None if None in known else sum(count for count in known if count is not None)


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
        verdict=judge(claim.time_ratio, measured),
        why=why(claim),
    )


def _time_record(interval: Interval | None) -> TimeRecord | None:
    if interval is None:
        return None
    return TimeRecord(median=interval.estimate, low=interval.low, high=interval.high)
