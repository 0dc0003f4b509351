"""Finding: rows of SQLAlchemy's that are sent once for each of the many joined to them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rowpath.explain.asking.look import Look
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.changes.edits import Edit
from rowpath.explain.changes.insertion_points import Point, points
from rowpath.explain.growth import FEWEST_ROWS
from rowpath.explain.messages import Answer, Evaluated
from rowpath.explain.proving.trials import Trials, with_finding
from rowpath.explain.sqlalchemy.kind_options import selecting_edits
from rowpath.explain.values import Confidence, Explained, Finding, Kind, Place, Proof
from rowpath.stats.interval import Interval

FEWEST_COPIES = 2.0
"""How often each row comes at the least, on average."""
MOST_OF_TIME = 0.9
"""Of the time today, by the whole interval: a statement more takes longer on a slow network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiplied:
    """A list whose rows are multiplied by what is joined to them, and the change of these joins."""

    look: Look
    evaluated: Evaluated
    point: Point
    edits: tuple[Edit, ...]


def told(trials: Trials, explained: Sequence[Explained], looks: Sequence[Look]) -> list[Explained]:
    """Return the requests with joins to many that take longer than statements of their own.

    These are run and timed, and are advice all the same, since they are more statements. Without a
    timing nothing is said.
    """
    found = list(explained)
    if trials.timing is None:
        return found
    for each in multiplied(looks):
        proof = proved(trials, each)
        if proof is not None and is_worth_it(proof.ratio):
            found = with_finding(found, looks, each.look, _finding(each, proof))
    return found


def multiplied(looks: Sequence[Look]) -> Iterator[Multiplied]:
    """Yield the lists whose rows come several times each, where the change's place is known."""
    for look in looks:
        for evaluated in look.columns.evaluated:
            if evaluated.copies < FEWEST_COPIES or evaluated.rows < FEWEST_ROWS:
                continue
            names = {hop.name for hop in evaluated.multiplied}
            made = (
                (point, selecting_edits(point, names)) for point in points(evaluated.trail, None)
            )
            point, edits = next(((point, edits) for point, edits in made if edits), (None, ()))
            if point is not None:
                yield Multiplied(look=look, evaluated=evaluated, point=point, edits=edits)


def proved(trials: Trials, each: Multiplied) -> Proof | None:
    """Return what statements of their own come to; None where an answer is another, or slower."""
    most = len(each.look.observed.statements) + len(each.evaluated.multiplied)

    def bears(_: ProjectProcess, answers: Sequence[Answer]) -> bool:
        return all(len(answer.observed.statements) <= most for answer in answers)

    return trials.proof_of(each.edits, (each.look,), bears)


def is_worth_it(ratio: Interval | None) -> bool:
    """Return whether so much time is saved, by the whole interval, that it is worth saying."""
    return ratio is not None and ratio.high <= MOST_OF_TIME


def _finding(each: Multiplied, proof: Proof) -> Finding:
    model = each.evaluated.trail.model.rpartition(".")[2]
    names = ", ".join(hop.name for hop in each.evaluated.multiplied)
    more = proof.statements_after - proof.statements_before
    ratio = proof.ratio
    taken = (
        f"{ratio.estimate:.2f} of the time ({ratio.low:.2f} to {ratio.high:.2f})" if ratio else ""
    )
    return Finding(
        kind=Kind.MULTIPLIED,
        confidence=Confidence.ADVICE,
        title=f"{names}: joined to each {model}, which is sent {each.evaluated.copies:.0f} times",
        place=Place(file=each.point.file, line=each.point.line, function=each.point.function),
        statements=0,
        of_statements=len(each.look.observed.statements),
        advice=f"With selectinload() in place of joinedload() it takes {taken}, with the same "
        f"answer and {more} {'statement' if more == 1 else 'statements'} more.",
    )
