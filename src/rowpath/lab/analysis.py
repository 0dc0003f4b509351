"""From raw results to records: intervals, ratios and Holm's correction. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

from rowpath.capture.trace import Statement, Trace, duplicates
from rowpath.lab.conditions import Conditions
from rowpath.lab.experiment import Claim, Experiment, Group, Timing, Variant
from rowpath.lab.judging import judged
from rowpath.lab.measures import CPU, SURROUNDINGS, Quantity
from rowpath.lab.plan import Cell, Comparison, Stage
from rowpath.lab.record import (
    CacheWorkerRecord,
    ComparisonRecord,
    ControlRecord,
    CornerRecord,
    CpuLineRecord,
    DifferenceRecord,
    ExperimentRecord,
    ExplanationRecord,
    FigureRecord,
    GroupRecord,
    LeftOutRecord,
    OrderRecord,
    PlaceRecord,
    StatementRecord,
    StepRecord,
    TimeRecord,
    VariantRecord,
)
from rowpath.lab.results import Observation, Results, Slot
from rowpath.lab.sharing import NOTHING_YET, shared_out
from rowpath.stats.holm import holm
from rowpath.stats.interval import Interval
from rowpath.stats.median import median_interval
from rowpath.stats.precision import precise_enough
from rowpath.stats.ratio import ratio_interval, ratio_p_value

MIB = 1 << 20


def experiment_record(  # noqa: PLR0913 one parameter a thing that is known
    experiment: Experiment,
    stages: Sequence[Stage],
    results: Results,
    versions: Mapping[str, str],
    sources: Mapping[Variant, str],
    *,
    held: Mapping[str, int] | None = None,
) -> ExperimentRecord:
    """Return what is known of an experiment, as far as its `stages` were measured.

    `versions` are the packages', which decide what could not run here; `sources` the code of each
    variant of the stages; `held` the rows of each dataset by its name, where they are known.
    """
    own = [stage for stage in stages if stage.experiment.name == experiment.name]
    comparisons = tuple(
        record
        for comparison in _comparisons(own)
        for record in _records(comparison, experiment.claims, results)
    )
    record = ExperimentRecord(
        name=experiment.name,
        section=experiment.section,
        question=experiment.question,
        dataset=experiment.data or "",
        groups=tuple(map(_group_record, experiment.groups)),
        variants=tuple(
            _variant_record(cell, comparison.group, results, sources[cell.variant])
            for comparison in _comparisons(own)
            for cell in comparison.cells
            if cell in results.observations
        ),
        comparisons=comparisons,
        claims=(),
        orders=tuple(_order_record(stage, results) for stage in own),
        left_out=tuple(_left_out(experiment, versions)),
        explanations=tuple(
            record
            for comparison in _comparisons(own)
            if (record := _explanation(comparison, results)) is not None
        ),
        controls=tuple(
            control
            for stage in own
            for cell in stage.controls
            if (control := _control_record(stage, cell, results)) is not None
        ),
    )
    return replace(
        record,
        claims=tuple(judged(record, experiment, (held or {}).get(experiment.data or ""), versions)),
    )


def _group_record(group: Group) -> GroupRecord:
    return GroupRecord(
        name=group.name,
        question=group.question,
        baseline=group.baseline,
        leads=group.leads,
        measure=str(group.measure),
        compares=group.measure.quantities[0].name,
        steps=tuple(
            StepRecord(name=step.name, variant=step.variant, baseline=step.baseline)
            for step in group.steps
        ),
    )


def _order_record(stage: Stage, results: Results) -> OrderRecord:
    return OrderRecord(
        stage=str(stage),
        blocks=tuple(tuple(map(str, order)) for order in results.orders.get(stage, ())),
        done=stage in results.done,
        spent_s=results.spent_s.get(stage, 0.0),
        cut=results.cut.get(stage, ()),
        again=tuple(results.again.get(stage, ())),
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
            yield LeftOutRecord(variant=variant.name, reason=needs.lack(versions))


def narrow_enough(stage: Stage, results: Results, bound: float) -> bool:
    """Return whether every ratio of the stage is known to within `bound` on the ln scale."""
    return precise_enough(
        (
            ratio_interval(*pair.block_figures(results))
            for comparison in stage.comparisons
            for pair in _pairs(comparison, stage.experiment.claims)
        ),
        bound=bound,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """Two cells under the same conditions, and the quantity by which they are compared."""

    variant: Cell
    baseline: Cell
    quantity: Quantity

    def block_figures(self, results: Results) -> tuple[Sequence[float], Sequence[float]]:
        """Return what both came to, for the blocks in which both were measured."""
        both = zip(
            results.slots.get(self.variant, ()), results.slots.get(self.baseline, ()), strict=False
        )
        figures = [
            (variant.figures[self.quantity], baseline.figures[self.quantity])
            for variant, baseline in both
        ]
        return [variant for variant, _ in figures], [baseline for _, baseline in figures]


def _pairs(comparison: Comparison, claims: Sequence[Claim]) -> tuple[_Pair, ...]:
    """Return all that is compared: with the baseline, the steps, and what a claim speaks of."""
    cells = {
        (cell.variant.name, cell.conditions): cell
        for cell in comparison.cells
        if cell.variant.is_timed
    }
    group = comparison.group
    named = dict.fromkeys(
        (variant.name, group.baseline, group.measure.quantities[0])
        for variant in group.variants
        if variant.name != group.baseline
    )
    named |= dict.fromkeys(
        (step.variant, step.baseline, group.measure.quantities[0]) for step in group.steps
    )
    named |= dict.fromkeys(
        (claim.variant, claim.baseline, claim.quantity)
        for claim in claims
        if claim.rows == comparison.rows and claim.quantity in group.measure.quantities
    )
    return tuple(
        _Pair(
            variant=cells[variant, conditions],
            baseline=cells[baseline, conditions],
            quantity=quantity,
        )
        for conditions in _conditions(comparison)
        for variant, baseline, quantity in named
        if (variant, conditions) in cells and (baseline, conditions) in cells
    )


def _conditions(comparison: Comparison) -> tuple[Conditions, ...]:
    """Return the conditions of a comparison's cells, each once."""
    return tuple(dict.fromkeys(cell.conditions for cell in comparison.cells))


def _records(
    comparison: Comparison, claims: Sequence[Claim], results: Results
) -> tuple[ComparisonRecord, ...]:
    """Return a group's comparisons at a size.

    Holm's family is what is compared by one quantity under the same conditions.
    """
    pairs = [
        pair
        for pair in _pairs(comparison, claims)
        if results.slots.get(pair.variant) and results.slots.get(pair.baseline)
    ]
    families = dict.fromkeys((pair.variant.conditions, pair.quantity) for pair in pairs)
    return tuple(
        record
        for family in families
        for record in _family(
            [pair for pair in pairs if (pair.variant.conditions, pair.quantity) == family], results
        )
    )


def _family(pairs: Sequence[_Pair], results: Results) -> Iterator[ComparisonRecord]:
    figures = [pair.block_figures(results) for pair in pairs]
    adjusted = holm([ratio_p_value(*each) for each in figures])
    for pair, each, p_holm in zip(pairs, figures, adjusted, strict=True):
        interval = ratio_interval(*each)
        yield ComparisonRecord(
            variant=pair.variant.variant.name,
            baseline=pair.baseline.variant.name,
            setup=pair.variant.conditions.name,
            rows=pair.variant.rows,
            quantity=pair.quantity.name,
            blocks=len(each[0]),
            ratio=interval,
            p_holm=None if interval is None else p_holm,
        )


def _explanation(comparison: Comparison, results: Results) -> ExplanationRecord | None:
    """Return a comparison's ratio shared out; None where that was not asked for or not measured."""
    explanation = comparison.group.explanation
    if explanation is None:
        return None
    cells = {(cell.variant.name, cell.conditions): cell for cell in comparison.cells}
    ends = [
        (corner, cells.get((corner.variant, corner.conditions))) for corner in explanation.corners
    ]
    measured = {one.changed: results.slots.get(cell, ()) for one, cell in ends if cell is not None}
    if len(measured) < len(ends):  # one of them cannot run here
        return None
    quantity = comparison.group.measure.quantities[0]
    return shared_out(
        ExplanationRecord(
            group=comparison.group.name,
            text=explanation.text,
            rows=comparison.rows,
            quantity=quantity.name,
            blocks=0,
            ratio=NOTHING_YET,
            shares=(),
            corners=tuple(
                CornerRecord(
                    variant=corner.variant,
                    setup=corner.conditions.name,
                    changed=tuple(each for each in explanation.factors if each in corner.changed),
                )
                for corner in explanation.corners
            ),
        ),
        {
            changed: [slot.figures[quantity] for slot in slots]
            for changed, slots in measured.items()
        },
        explanation.factors,
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
        app=str(variant.application),
        setup=cell.conditions.name,
        rows=cell.rows,
        time_ms=None,
        bytes=observation.size_bytes,
        bytes_gzip=observation.gzip_bytes,
        sql_statements=len(observation.trace.statements),
        sql_similar=observation.trace.similar,
        sql_duplicates=observation.trace.duplicates,
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
        cache_workers=tuple(
            CacheWorkerRecord(requests=each.requests, hits=each.hits)
            for each in observation.cache_workers
        ),
        sql_connections=observation.trace.connections,
        sql_at_once=observation.trace.most_at_once,
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
    samples_ms = _samples_ms(slots)
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


def _samples_ms(slots: Sequence[Slot]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(s * 1000 for s in slot.samples_s) for slot in slots if slot.samples_s)


def _figures(cell: Cell, slots: Sequence[Slot]) -> Iterator[FigureRecord]:
    """Yield what each quantity of a timed cell came to, and after these what went on around it.

    Not every system tells each.
    """
    for quantity in (*cell.measure.quantities, *SURROUNDINGS) if slots else ():
        if any(quantity not in slot.figures for slot in slots):
            continue
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
            duplicates=duplicates(sent),
            places=tuple(_places(sent)),
        )
        for text, sent in by_text.items()
    )


def _places(sent: Sequence[Statement]) -> Iterator[PlaceRecord]:
    """Yield where statements were sent from, in the order of the first time."""
    for place, count in Counter(each.place for each in sent if each.place is not None).items():
        yield PlaceRecord(
            file=place.file,
            line=place.line,
            function=place.function,
            code=place.code,
            count=count,
        )


def _sum_if_known(counts: Iterable[int | None]) -> int | None:
    """Return the sum of counts; None where one is not known."""
    known = list(counts)
    return None if None in known else sum(count for count in known if count is not None)


def _control_record(stage: Stage, cell: Cell, results: Results) -> ControlRecord | None:
    """Return what came of a control, None of one that was not measured yet."""
    slots = results.slots.get(cell)
    if not slots:
        return None
    quantity = cell.measure.quantities[0]
    pair = _Pair(variant=cell, baseline=cell.original, quantity=quantity)
    figures = pair.block_figures(results)
    return ControlRecord(
        kind=str(cell.control),
        stage=str(stage),
        slot=str(cell),
        measure=str(cell.measure),
        quantity=quantity.name,
        blocks=len(figures[0]),
        ratio=ratio_interval(*figures),
        samples_ms=_samples_ms(slots),
        figures=tuple(_figures(cell, slots)),
    )


def _time_record(interval: Interval | None) -> TimeRecord | None:
    if interval is None:
        return None
    return TimeRecord(median=interval.estimate, low=interval.low, high=interval.high)
