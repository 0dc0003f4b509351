"""Finding: a list of DRF's that rowpath's own mixin would answer in less time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rowpath.explain.asking.look import Look, sameness_now
from rowpath.explain.asking.process import ProjectProcess
from rowpath.explain.changes.edits import Edit
from rowpath.explain.changes.mixin_edits import edits
from rowpath.explain.messages import Answer, Foresee, Watch
from rowpath.explain.project_of import DJANGO
from rowpath.explain.proving.trials import SAME, Trials, with_finding
from rowpath.explain.trails import ViewClass
from rowpath.explain.values import Confidence, Explained, Finding, Kind, Place, Proof
from rowpath.stats.interval import Interval

MODULE, MIXIN = "rowpath.fast.drf", "FastListMixin"
MOST_LISTS = 5
"""Lists of a run that are tried, those that take the longest first."""
MOST_S = 4.0
"""What the timing of one may take."""
MOST_OF_TIME = 0.8
"""Of the time today, with the mixin: less is no reason to add a library to a project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FastList:
    """A list without the mixin, what it would bring, and the requests that its view answers."""

    owner: ViewClass
    told: str
    edits: tuple[Edit, ...]
    looks: tuple[Look, ...]


def told(
    trials: Trials, explained: Sequence[Explained], looks: Sequence[Look], teller: str | None
) -> list[Explained]:
    """Return the requests with lists that the mixin would answer; none without a teller.

    That it is worth it only the time can show, so that without a timing nothing is said.
    """
    found = list(explained)
    if teller is None or trials.timing is None:
        return found
    for each in fast_lists(trials.unchanged, looks, teller):
        proof = proved(trials, each)
        if proof is not None and is_worth_it(proof.ratio):
            found = with_finding(found, looks, each.looks[0], _finding(each, proof))
    return found


def fast_lists(process: ProjectProcess, looks: Sequence[Look], teller: str) -> Iterator[FastList]:
    """Yield the lists that the mixin would answer, in code of the project's."""
    if process.framework is not DJANGO:
        return
    by_view: dict[str, list[Look]] = {}
    for look in looks:
        if look.asked is not None and look.ask.request.method == "GET":
            by_view.setdefault(look.asked, []).append(look)
    number = 0
    for alike in sorted(by_view.values(), key=lambda alike: -alike[0].duration_s):
        foreseen = process.foreseen(Foresee(teller=teller, request=alike[0].ask.request))
        made = () if foreseen is None else edits(foreseen.owner, MODULE, MIXIN)
        if foreseen is not None and made and number < MOST_LISTS:
            number += 1
            yield FastList(owner=foreseen.owner, told=foreseen.told, edits=made, looks=tuple(alike))


def proved(trials: Trials, each: FastList) -> Proof | None:
    """Return what the mixin comes to; None where an answer is another, or takes longer.

    While statements are watched DRF answers, so that the answers of the mixin are asked besides.
    """

    def is_same(changed: ProjectProcess, _: Sequence[Answer]) -> bool:
        answers = [changed.ask(replace(look.ask, watch=Watch.NOTHING)) for look in each.looks]
        pairs = zip(each.looks, answers, strict=True)
        return all(
            sameness_now(look, trials.unchanged, answer.body) in SAME for look, answer in pairs
        )

    timing = trials.timing and replace(trials.timing, budget_s=min(MOST_S, trials.timing.budget_s))
    return replace(trials, timing=timing).proof_of(each.edits, each.looks, is_same)


def is_worth_it(ratio: Interval | None) -> bool:
    """Return whether so much time is saved, by the whole interval, that a library is worth it."""
    return ratio is not None and ratio.high <= MOST_OF_TIME


def _finding(each: FastList, proof: Proof) -> Finding:
    return Finding(
        kind=Kind.FAST,
        confidence=Confidence.PROVED,
        title=f"{MIXIN} answers this list with the same bytes, {each.told}",
        place=Place(file=each.owner.file, line=each.owner.line, function=each.owner.name),
        statements=0,
        of_statements=proof.statements_before,
        edits=each.edits,
        proof=proof,
        advice="The statements are counted as DRF sends them. The project then needs rowpath "
        "where it runs; ./manage.py rowpath_plan tells more.",
    )
