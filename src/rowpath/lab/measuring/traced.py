"""One request of one variant, traced and verified, and nothing timed."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from rowpath.errors import InstallError, UsageError
from rowpath.lab.answers.reference import reference
from rowpath.lab.conditions import CONTROLLED
from rowpath.lab.experiment import Experiment, Variant
from rowpath.lab.measuring.observe import Observer
from rowpath.lab.measuring.runner import Tracing
from rowpath.lab.plan import Cell, Stage, Stock, stages
from rowpath.lab.profile import profile_named
from rowpath.lab.results import Results
from rowpath.lab.servers.fleet import Site


def variant_at(path: str, experiments: Sequence[Experiment]) -> tuple[Experiment, Variant]:
    """Return the variant that `experiment/variant` names; UsageError where there is none."""
    name, _, variant = path.strip("/").partition("/")
    for experiment in experiments:
        known = {each.name: each for each in experiment.variants}
        if experiment.name == name and variant in known:
            return experiment, known[variant]
        if experiment.name == name:
            raise UsageError(
                f"Cannot trace {path!r}: the experiment {name} has no such variant. Choose from: "
                f"{', '.join(f'{name}/{each}' for each in known)}."
            )
    raise UsageError(
        f"Cannot trace {path!r}: no such experiment. Give a variant as experiment/variant, such as "
        f"{experiments[0].name}/{experiments[0].variants[0].name}; `rowpath lab list` has them all."
    )


def only(
    experiment: Experiment,
    variant: Variant,
    *,
    conditions: str | None,
    size: int | None,
    stock: Stock,
) -> Stage:
    """Return the stage that has one cell: the variant at a size, by default its group's first.

    `conditions` None are the controlled ones, or the first where it is not measured in those.
    InstallError where what it needs is not here, UsageError where it is not measured so.
    """
    path = f"{experiment.name}/{variant.name}"
    if variant.needs is not None and not variant.can_run(stock.versions):
        lack = variant.needs.lack(stock.versions)
        raise InstallError(
            f"Cannot trace {path}: {lack.rstrip('.')}. Install that, or trace another one."
        )
    if conditions is None:
        measured = [each.name for each in variant.conditions]
        conditions = CONTROLLED.name if CONTROLLED.name in measured else measured[0]
    if conditions not in {each.name for each in variant.conditions}:
        known = " or ".join(map(str, variant.conditions))
        raise UsageError(
            f"Cannot trace {path} {conditions}: it is not measured so. Give --setup {known}."
        )
    own = experiment.group_of(variant)
    beside = {each.beside for each in own.variants}
    # A task that runs beside another stands in another group, and must be found.
    needed = tuple(
        group
        for group in experiment.groups
        if group == own or beside & {each.name for each in group.variants}
    )
    planned = stages(
        (replace(experiment, groups=needed),),
        profile_named("thorough"),
        stock=stock,
        sizes=() if size is None else (size,),
    )
    comparison = next(each for each in planned[0].comparisons if each.group == own)
    cells = tuple(
        cell
        for cell in comparison.cells
        if cell.variant == variant and cell.conditions.name == conditions
    )
    return Stage(experiment=experiment, comparisons=(replace(comparison, cells=cells),))


@dataclass(frozen=True, slots=True)
class _Steps:
    """A listener that passes on what runs."""

    report: Callable[[str], None]

    def step(self, text: str, cell: Cell | None = None) -> None:
        """Tell of the text alone: there is one cell."""
        del cell
        self.report(text)

    def stage_done(self, stage: Stage) -> None:
        """Hear of nothing: no stage is measured."""


def traced(stage: Stage, site: Site, report: Callable[[str], None]) -> Results:
    """Return what the instruments saw of a stage's cells; `report` hears of each step.

    AnswerError where one does not answer what it must, ServerError where its application fails.
    """
    results = Results()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="rowpath-traces-")))
        table = stack.enter_context(reference(site.dsn))
        Tracing(site, folder, Observer(table, folder), results, _Steps(report)).observe(stage)
    return results
