"""The talk's sections as chapters: what each claimed, what came of it, and where it is measured."""

from dataclasses import dataclass

from rowpath.lab.record import Run
from rowpath.lab.sections import TITLES, place
from rowpath.report.verdicts import JudgedClaim, judged
from rowpath.report.views import ExperimentView


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A section of the talk: its claims with their outcomes, and what measured it."""

    section: str
    title: str
    anchor: str
    claims: tuple[JudgedClaim, ...]
    experiments: tuple[ExperimentView, ...]


def chapters(run: Run, experiments: tuple[ExperimentView, ...]) -> tuple[Chapter, ...]:
    """Return a chapter for each section that something was measured for, in the talk's order.

    A claim's section that the talk does not have stands behind those that it has.
    """
    claims = judged(claim for record in run.experiments for claim in record.claims)
    strange = {each.claim.section for each in claims} - set(TITLES)
    names = (*TITLES, *sorted(strange, key=lambda name: (place(name), name)))
    return tuple(
        Chapter(
            section=name,
            title=TITLES.get(name, ""),
            anchor=f"section-{'-'.join(name.split())}",
            claims=own,
            experiments=measured,
        )
        for name in names
        for own in [tuple(each for each in claims if each.claim.section == name)]
        for measured in [tuple(each for each in experiments if name in each.sections)]
        if own or measured
    )
