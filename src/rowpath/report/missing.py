"""What a reader of a run could miss, and why it is not there."""

from collections import Counter
from collections.abc import Iterator

from rowpath.lab.record import ClaimRecord, ComparisonRecord, Run, VariantRecord
from rowpath.report import figures, notes
from rowpath.report.endings import was_ended


def missing(run: Run) -> tuple[str, ...]:
    """Return a sentence for everything that is not there. What failed as known to is a result."""
    sentences = (
        *_apart(run),
        *_left_out(run),
        *_unjudged(run),
        *_withheld(run),
        *_without_interval(run),
        *_ended(run),
    )
    return tuple(map(figures.printable, sentences))


def _apart(run: Run) -> Iterator[str]:
    for each in run.asked.apart if run.asked else ():
        yield f"{each.experiment} is no part of the talk: {each.how}."


def _left_out(run: Run) -> Iterator[str]:
    for experiment in run.experiments:
        for each in experiment.left_out:
            yield f"{experiment.name}: {each.variant} was left out: {each.reason.rstrip('.')}."


def _unjudged(run: Run) -> Iterator[str]:
    for experiment in run.experiments:
        for each in experiment.claims:
            if each.measured is None:
                ratio = f"no ratio of {each.variant} to {each.baseline}, so no verdict."
                yield f"{_where(experiment.name, each)}: {ratio}"


def _withheld(run: Run) -> Iterator[str]:
    for experiment in run.experiments:
        for reason, number in Counter(
            each.withheld for each in experiment.claims if each.withheld
        ).items():
            verdicts = "1 verdict is" if number == 1 else f"{number} verdicts are"
            yield f"{experiment.name}: {verdicts} not given. {reason}"


def _without_interval(run: Run) -> Iterator[str]:
    for experiment in run.experiments:
        few: dict[tuple[str, int], list[str]] = {}
        for each in experiment.comparisons:
            if each.ratio is None:
                where = _where(experiment.name, each)
                few.setdefault((where, each.blocks), []).append(each.variant)
        for (where, number), variants in few.items():
            names, blocks = ", ".join(dict.fromkeys(variants)), notes.blocks(number)
            yield f"{where}: only {blocks}, too few for an interval, of {names}."


def _ended(run: Run) -> Iterator[str]:
    for experiment in run.experiments:
        for each in experiment.variants:
            if was_ended(each):
                yield f"{_where(experiment.name, each)}: {each.name}. {each.outcome}"


def _where(experiment: str, each: ClaimRecord | ComparisonRecord | VariantRecord) -> str:
    return f"{experiment}, {figures.words(each.setup)}, {figures.rows(each.rows)}"
