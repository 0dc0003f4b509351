"""Claims with what came of them, and the signs of the verdicts."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rowpath.lab.record import ClaimRecord
from rowpath.report.figures import printable, words
from rowpath.stats.verdict import Verdict

SYMBOLS: dict[str, str] = {
    Verdict.CONFIRMED: "\N{CHECK MARK}",
    Verdict.DIRECTION_ONLY: "~",
    Verdict.REFUTED: "\N{BALLOT X}",
    Verdict.INCONCLUSIVE: "?",
    Verdict.NOT_JUDGED: "\N{EN DASH}",
}
"""A sign for each verdict, so that none is told by its colour alone; in the order of telling."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedClaim:
    """One claim with what came of it in each set-up."""

    claim: ClaimRecord
    outcomes: tuple[ClaimRecord, ...]


def judged(claims: Iterable[ClaimRecord]) -> tuple[JudgedClaim, ...]:
    """Return claims, each once, with their outcomes in the order in which they came."""
    grouped: dict[tuple[str | int | float, ...], list[ClaimRecord]] = {}
    for claim in claims:
        what = (claim.variant, claim.baseline, claim.rows)
        key = (claim.section, claim.text, *what, claim.quantity, claim.claimed_ratio)
        grouped.setdefault(key, []).append(claim)
    return tuple(
        JudgedClaim(claim=outcomes[0], outcomes=tuple(outcomes)) for outcomes in grouped.values()
    )


def tally(claims: Iterable[ClaimRecord]) -> tuple[tuple[str, tuple[tuple[str, int], ...]], ...]:
    """Return, for every set-up in words, how many claims got which verdict."""
    counts: dict[str, dict[str, int]] = {}
    for claim in claims:
        verdicts = counts.setdefault(words(claim.setup), {})
        verdicts[claim.verdict] = verdicts.get(claim.verdict, 0) + 1
    known = list(SYMBOLS)
    return tuple(
        (setup, tuple(sorted(verdicts.items(), key=lambda each: _place(known, each[0]))))
        for setup, verdicts in counts.items()
    )


def other_versions(claims: Iterable[ClaimRecord]) -> tuple[str, ...]:
    """Return in which versions the run is not what claims were measured with, each with a count."""
    judged_claims = tuple(claims)
    told = Counter(sentence for claim in judged_claims for sentence in claim.differs)
    return tuple(
        f"{printable(sentence)} That holds for {number} of {len(judged_claims)} verdicts."
        for sentence, number in told.items()
    )


def symbol(verdict: str) -> str:
    """Return the sign of a verdict, a dot for one that has none."""
    return SYMBOLS.get(verdict, "\N{MIDDLE DOT}")


def _place(known: list[str], name: str) -> int:
    return known.index(name) if name in known else len(known)
