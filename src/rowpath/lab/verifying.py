"""Everything that a lab run says, computed again from the samples in its record alone. Pure.

The figures of each block are what was measured; where a slot has the times of its requests, the
figure is theirs. From these follow intervals, ratios and p-values, from these the gates, and from
all of it the verdicts, by the very functions that gave them when it was measured.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import isclose
from statistics import median

from rowpath.lab.differing import TOLERANCE
from rowpath.lab.experiment import Claim, Data, Experiment
from rowpath.lab.gates import run_gates, valid
from rowpath.lab.integrity import original
from rowpath.lab.judging import judged
from rowpath.lab.measures import CPU, TIME, Better, Quantity
from rowpath.lab.record import (
    ClaimRecord,
    ComparisonRecord,
    ControlRecord,
    ExperimentRecord,
    ExplanationRecord,
    FigureRecord,
    MeasuredRecord,
    Run,
    TimeRecord,
    VariantRecord,
)
from rowpath.lab.sharing import shared_out
from rowpath.stats.holm import holm
from rowpath.stats.median import median_interval
from rowpath.stats.ratio import ratio_interval, ratio_p_value

Blocks = tuple[float, ...]


def computed_again(run: Run) -> Run:
    """Return the run as it follows from its samples; what was only seen stays as it is.

    ValueError or ArithmeticError where nothing follows: from a time of 0, say.
    """
    held = {dataset.name: dataset.rows for dataset in run.datasets}
    experiments = tuple(
        _experiment(record, held, run.environment.packages) for record in run.experiments
    )
    gates = run_gates(experiments)
    return replace(run, experiments=experiments, gates=gates, valid=valid(gates))


def _experiment(
    record: ExperimentRecord, held: Mapping[str, int], versions: Mapping[str, str]
) -> ExperimentRecord:
    variants = {each.slot: _variant(each) for each in record.variants}
    again = replace(
        record,
        variants=tuple(variants.values()),
        comparisons=tuple(_comparisons(record.comparisons, variants)),
        controls=tuple(_control(each, variants) for each in record.controls),
        explanations=tuple(
            explained
            for each in record.explanations
            if (explained := _explanation(each, variants)) is not None
        ),
    )
    asked = _experiment_asked(record)
    return replace(again, claims=tuple(judged(again, asked, held.get(record.dataset), versions)))


def _experiment_asked(record: ExperimentRecord) -> Experiment:
    """Return of an experiment what verdicts rest on besides what was measured: its claims."""
    return Experiment(
        name=record.name,
        section=record.section,
        question=record.question,
        groups=(),
        data=Data(record.dataset) if record.dataset else None,
        claims=tuple(dict.fromkeys(_claim(each, record) for each in record.claims)),
    )


def _claim(record: ClaimRecord, experiment: ExperimentRecord) -> Claim:
    return Claim(
        text=record.text,
        section=record.section,
        variant=record.variant,
        baseline=record.baseline,
        rows=record.rows,
        ratio=record.claimed_ratio,
        faster_by=record.faster_by,
        quantity=_quantity(record.quantity, experiment),
    )


def _quantity(name: str, experiment: ExperimentRecord) -> Quantity:
    """Return a quantity as the experiment's figures have it, or, without any, as the time is."""
    figures = (figure for variant in experiment.variants for figure in variant.figures)
    known = next((figure for figure in figures if figure.quantity == name), None)
    if known is None:
        return replace(TIME, name=name)
    return Quantity(name=name, unit=known.unit, better=Better(known.better))


def _variant(record: VariantRecord) -> VariantRecord:
    cpu_ms = record.samples_cpu_ms
    return replace(
        record,
        time_ms=_over([median(block) for block in record.samples_ms]),
        cpu_ms=median(cpu_ms) if cpu_ms else None,
        figures=tuple(_figure(each, record) for each in record.figures),
    )


def _control(record: ControlRecord, variants: Mapping[str, VariantRecord]) -> ControlRecord:
    figures = tuple(_figure(each, record) for each in record.figures)
    again = replace(record, figures=figures)
    baseline = variants[original(record.slot, record.kind)]
    pair = _paired(again, baseline, record.quantity)
    return replace(again, blocks=len(pair[0]), ratio=ratio_interval(*pair))


def _figure(figure: FigureRecord, record: MeasuredRecord) -> FigureRecord:
    blocks = _by_samples(figure, record)
    return replace(figure, blocks=blocks, over_blocks=_over(blocks))


def _by_samples(figure: FigureRecord, record: MeasuredRecord) -> Blocks:
    """Return what a figure came to in each block by the samples that it is made of, if it is."""
    samples: Sequence[float] = ()
    if figure.quantity == TIME.name:
        samples = [median(block) for block in record.samples_ms]
    elif figure.quantity == CPU.name and isinstance(record, VariantRecord):
        samples = record.samples_cpu_ms
    if not samples:
        return figure.blocks
    # To the last bit the figure is the better of the two: milliseconds were made of it.
    return tuple(
        own if isclose(own, sample / 1000, rel_tol=TOLERANCE) else sample / 1000
        for own, sample in zip(figure.blocks, samples, strict=True)
    )


def _explanation(
    record: ExplanationRecord, variants: Mapping[str, VariantRecord]
) -> ExplanationRecord | None:
    """Return the shares anew; as they are where an older file does not say what they are of."""
    if not record.corners:
        return record
    figures = {
        frozenset(corner.changed): _blocks(
            variants[f"{corner.variant} ({corner.setup}, {record.rows:,} rows)"], record.quantity
        )
        for corner in record.corners
    }
    factors = max((corner.changed for corner in record.corners), key=len)
    return shared_out(record, figures, factors)


def _over(blocks: Sequence[float]) -> TimeRecord | None:
    over = median_interval(blocks)
    if over is None:
        return None
    return TimeRecord(median=over.estimate, low=over.low, high=over.high)


def _comparisons(
    records: Iterable[ComparisonRecord], variants: Mapping[str, VariantRecord]
) -> Iterator[ComparisonRecord]:
    """Yield comparisons anew, in their order; Holm's family is as in `analysis`."""
    known = list(records)
    pairs = [_pair(each, variants) for each in known]
    families: dict[tuple[str, str, int, str], list[int]] = defaultdict(list)
    for index, each in enumerate(known):
        group = variants[_slot(each.variant, each)].group
        families[group, each.setup, each.rows, each.quantity].append(index)
    adjusted = {
        index: p_holm
        for family in families.values()
        for index, p_holm in zip(
            family, holm([ratio_p_value(*pairs[each]) for each in family]), strict=True
        )
    }
    for index, (each, pair) in enumerate(zip(known, pairs, strict=True)):
        ratio = ratio_interval(*pair)
        p_holm = None if ratio is None else adjusted[index]
        yield replace(each, blocks=len(pair[0]), ratio=ratio, p_holm=p_holm)


def _pair(record: ComparisonRecord, variants: Mapping[str, VariantRecord]) -> tuple[Blocks, Blocks]:
    variant = variants[_slot(record.variant, record)]
    return _paired(variant, variants[_slot(record.baseline, record)], record.quantity)


def _slot(name: str, record: ComparisonRecord) -> str:
    return f"{name} ({record.setup}, {record.rows:,} rows)"


def _paired(
    variant: MeasuredRecord, baseline: MeasuredRecord, quantity: str
) -> tuple[Blocks, Blocks]:
    """Return what both came to in the blocks that have both."""
    both = list(zip(_blocks(variant, quantity), _blocks(baseline, quantity), strict=False))
    return tuple(own for own, _ in both), tuple(other for _, other in both)


def _blocks(record: MeasuredRecord, quantity: str) -> Blocks:
    for figure in record.figures:
        if figure.quantity == quantity:
            return figure.blocks
    if quantity == TIME.name:  # schema 2 had no figures
        return tuple(median(block) / 1000 for block in record.samples_ms)
    return ()
