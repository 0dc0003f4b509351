"""A run for the terminal: a table for every group and size, and the verdicts at the end."""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rowpath.lab.experiment import OWN
from rowpath.lab.record import ClaimRecord, ExperimentRecord, Run
from rowpath.report import claim_columns, figures, notes, trust
from rowpath.report.layout import groups, is_divided, size_part
from rowpath.report.missing import missing
from rowpath.report.terminal_cells import Stack, add_columns, stacks, text
from rowpath.report.terminal_table import SizeTable
from rowpath.report.verdicts import judged, other_versions, tally


def question(record: ExperimentRecord) -> RenderableType:
    """Return what stands above the tables of an experiment: what it asks, and where in the talk."""
    asked, section = figures.printable(record.question), figures.printable(record.section)
    whose = f"talk {section}" if record.section != OWN else "your own"
    return Text.assemble((asked, "bold"), f"  ({whose})\n")


def group_table(record: ExperimentRecord, group_name: str, rows: int) -> RenderableType:
    """Return what to print as soon as a group of an experiment is done at one size.

    Where the experiment has other groups, it names the group and its baseline, and at its
    smallest size the group's question. KeyError where the experiment has no such group.
    """
    group = record.group(group_name)
    part = size_part(record, group, rows)
    name = figures.printable(record.name)
    if not is_divided(record):
        return SizeTable(title=f"{name}, {part.title}", question="", baseline="", part=part)
    least = min((each.rows for each in record.variants if each.group == group_name), default=rows)
    return SizeTable(
        title=f"{name}: {figures.words(figures.printable(group_name))}, {part.title}",
        question=figures.printable(group.question) if rows == least else "",
        baseline=figures.printable(group.baseline),
        part=part,
    )


def caption(record: ExperimentRecord) -> RenderableType:
    """Return the sentences that the tables of an experiment are read by."""
    relative = (
        f"ratio: to the group's baseline; {_better(record)}."
        if is_divided(record)
        else f"ratio: {_only_compared(record)} relative to {_only_baseline(record)}; "
        f"{_better(record)}."
    )
    sentences = (
        relative,
        "range: 95% interval over blocks.",
        _used(record),
    )
    told = ("talk: its own figure.",) if any(map(figures.told, record.variants)) else ()
    baselines = {variant.name: record.group(variant.group).baseline for variant in record.variants}
    starred = any(claim.baseline != baselines.get(claim.variant) for claim in record.claims)
    star = ("*: against another baseline, named with the verdicts.",) if starred else ()
    return Text(" ".join(sentences + told + star) + "\n", style="dim")


def _better(record: ExperimentRecord) -> str:
    compared = dict.fromkeys(group.compares for group in record.groups)
    if len(compared) == 1:
        return _which_is_better(next(iter(compared)))
    return "; ".join(f"of {figures.quantity(each)}, {_which_is_better(each)}" for each in compared)


def _which_is_better(quantity: str) -> str:
    return "above 1 is more" if quantity == figures.THROUGHPUT else "below 1 is faster"


def _used(record: ExperimentRecord) -> str:
    if any(group.compares != "time" for group in record.groups):
        return "CPU: of the application's workers, for one request; peak: theirs added up."
    if not any(map(figures.is_traced, record.variants)):
        return "CPU: of all the application's processes, for one request."
    return "CPU, peak and added: of the application's worker, for one request."


def _only_compared(record: ExperimentRecord) -> str:
    return ", ".join(dict.fromkeys(figures.quantity(each.compares) for each in record.groups))


def _only_baseline(record: ExperimentRecord) -> str:
    return ", ".join(figures.printable(group.baseline) for group in record.groups)


def whole(run: Run) -> RenderableType:
    """Return all that a run printed while it was measured, and its summary."""
    parts = [part for record in run.experiments for part in _tables(record)]
    return Group(*parts, summary(run))


def _tables(record: ExperimentRecord) -> Iterator[RenderableType]:
    yield question(record)
    for part in groups(record):
        for size in part.sizes:
            yield group_table(record, part.record.name, size.rows)
    yield caption(record)


def summary(run: Run) -> RenderableType:
    """Return what failed, the verdicts of all claims, what is missing, how far to believe the rest.

    And where it was measured.
    """
    parts: list[RenderableType] = []
    if run.stopped is not None:
        parts += [Text(notes.stopped(run.stopped), style="bold red"), Text()]
    failures = trust.failures(run)
    if failures:
        parts += [Text(notes.NOT_VALID, style="bold red"), *map(_item, failures), Text()]
    claims = [claim for experiment in run.experiments for claim in experiment.claims]
    if claims:
        parts += [*_verdicts(claims), *_tally_lines(claims)]
        parts += [*map(Text, other_versions(claims)), Text()]
    elif run.experiments:
        parts += [Text(notes.NO_CLAIM), Text()]
    absent = missing(run)
    if absent:
        parts += [Text("Not measured in full", style="bold"), *map(_item, absent), Text()]
    summary = trust.summary(run)
    if summary:
        parts += [Text("How far to believe it", style="bold"), *map(_item, summary), Text()]
    parts += [Text(line, style="dim") for line in notes.environment(run)]
    return Group(*parts)


def _verdicts(claims: Iterable[ClaimRecord]) -> Iterator[RenderableType]:
    """Yield each claim over the whole width, and below it what came of it in each set-up."""
    told, *outcomes = stacks(claim_columns.COLUMNS, wide=True)
    yield _outcome_table(outcomes, header=True)
    for each in judged(claims):
        yield text(told, each.outcomes[0], wide=True)
        table = _outcome_table(outcomes, header=False)
        for claim in each.outcomes:
            table.add_row(*(text(stack, claim, wide=True) for stack in outcomes))
        yield table
        if read := notes.readings(each.outcomes):
            yield Text(read, style="dim")
        yield Text()


def _outcome_table(outcomes: Sequence[Stack[ClaimRecord]], *, header: bool) -> Table:
    table = Table(
        box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim", show_header=header
    )
    add_columns(table, outcomes, wide=True)
    return table


def _tally_lines(claims: Iterable[ClaimRecord]) -> Iterator[Text]:
    for setup, counts_by_word in tally(claims):
        counts = ", ".join(f"{number} {word}" for word, number in counts_by_word)
        yield Text(f"{setup}: {counts}", style="bold")


def _item(sentence: str) -> Padding:
    return Padding(Text(sentence), (0, 0, 0, 2), expand=False)
