"""A run's experiments as the templates show them: parts with their places in the page."""

from dataclasses import dataclass

from rowpath.lab.record import ExperimentRecord, GroupRecord, Run
from rowpath.lab.sections import covered, place
from rowpath.report import notes, source
from rowpath.report.charts import Chart, charts
from rowpath.report.columns import columns
from rowpath.report.differences import Differing, differing
from rowpath.report.layout import GroupPart, Line, SizePart, groups, is_divided
from rowpath.report.tables import Column


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeView:
    """A group at one size: charts, the table as columns for the lines of the part, and steps."""

    part: SizePart
    charts: tuple[Chart, ...]
    columns: tuple[Column[Line], ...]
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """A group at all sizes, with what is said once for all of them; `anchor` is its id."""

    record: GroupRecord
    anchor: str
    sizes: tuple[SizeView, ...]
    endings: tuple[notes.Ending, ...]
    differences: tuple[Differing, ...]
    sources: tuple[source.VariantSource, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentView:
    """An experiment with the groups that were measured; each has a heading if it is `divided`."""

    record: ExperimentRecord
    anchor: str
    divided: bool
    groups: tuple[GroupView, ...]

    @property
    def sections(self) -> tuple[str, ...]:
        """The talk's sections that it measures, those of its claims among them."""
        claimed = (claim.section for claim in self.record.claims)
        return tuple(dict.fromkeys((*covered(self.record.section), *claimed)))

    @property
    def verdicts(self) -> tuple[str, ...]:
        """The verdicts on its claims, each once."""
        return tuple(dict.fromkeys(claim.verdict for claim in self.record.claims))


def in_order(run: Run) -> tuple[ExperimentView, ...]:
    """Return a run's experiments as parts of the page, in the order of the talk's sections."""
    records = sorted(run.experiments, key=lambda record: place(record.section))
    return tuple(map(experiment, records))


def experiment(record: ExperimentRecord) -> ExperimentView:
    """Return an experiment as a part of the page."""
    anchor = f"experiment-{_anchored(record.name)}"
    return ExperimentView(
        record=record,
        anchor=anchor,
        divided=is_divided(record),
        groups=tuple(_group(anchor, part) for part in groups(record)),
    )


def _group(experiment_anchor: str, part: GroupPart) -> GroupView:
    return GroupView(
        record=part.record,
        # The dot keeps a group's anchor from being that of an experiment with a longer name.
        anchor=f"{experiment_anchor}.{_anchored(part.record.name)}",
        sizes=tuple(_size(each) for each in part.sizes),
        endings=notes.endings(part.sizes),
        differences=differing(part.variants),
        sources=source.sources(part.variants) if _has_sources(part) else (),
    )


def _has_sources(part: GroupPart) -> bool:
    """Return whether anything is known of what the variants run: of the user's own it is not."""
    return any(variant.code or variant.statements for variant in part.variants)


def _size(part: SizePart) -> SizeView:
    return SizeView(part=part, charts=charts(part), columns=columns(part), steps=notes.steps(part))


def _anchored(name: str) -> str:
    return "-".join(name.split())
