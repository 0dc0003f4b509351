from math import sqrt

import pytest

from rowpath.stats.signed_rank import critical_rank, lower_tail
from rowpath.stats.simulation import (
    Design,
    Noise,
    Outcome,
    Proportion,
    Stopping,
    simulate,
)

RUNS = 4_000
SEED = 20_221_022
# A wrong method misses by far more; a right one misses 4 errors once in 16,000 seeds.
ERRORS = 4


def shown(design: Design) -> Outcome:
    """Return what RUNS runs of the design show."""
    return simulate(design, replications=RUNS, seed=SEED)


def binomial_error(share: float) -> float:
    """Return the standard error of a share counted in RUNS runs."""
    return sqrt(share * (1 - share) / RUNS)


@pytest.mark.parametrize("blocks", [6, 7, 10, 20])
@pytest.mark.parametrize("true_ratio", [1.0, 0.5])
def test_interval_covers_as_the_null_distribution_says(blocks: int, true_ratio: float) -> None:
    """With disturbed blocks too, the coverage is 1 - 2 P(T <= cut), wherever the ratio lies."""
    cut = critical_rank(blocks, 0.95)
    assert cut is not None
    promised = 1 - 2 * lower_tail(blocks, cut)

    coverage = shown(Design(most_blocks=blocks, true_ratio=true_ratio)).coverage

    assert coverage.share == pytest.approx(promised, abs=ERRORS * binomial_error(promised))


def test_the_default_profile_is_honest() -> None:
    """Stopping between 6 and 10 blocks once the interval is narrow keeps the level within 1%."""
    outcome = shown(Design(stopping=Stopping.PRECISE))

    assert outcome.coverage.share >= 0.94 - ERRORS * binomial_error(0.95)
    assert outcome.excluding_one.share <= 0.06 + ERRORS * binomial_error(0.05)
    assert 6 < outcome.mean_blocks < 10


def test_peeking_is_not() -> None:
    """Stopping as soon as 1 is excluded, over 6 to 20 blocks, trebles the false positives."""
    outcome = shown(Design(stopping=Stopping.PEEKING, most_blocks=20))

    assert outcome.excluding_one.share > 0.13


def test_holm_holds_the_family() -> None:
    """Of six equal variants one looks different far too often by itself, but not after Holm."""
    outcome = shown(Design(comparisons=6))

    assert outcome.excluding_one.share > 0.15
    assert outcome.rejected.share <= 0.05 + ERRORS * binomial_error(0.05)


def test_six_blocks_show_nothing_in_a_family() -> None:
    """With six blocks not even a twofold difference survives Holm's correction over two."""
    outcome = shown(Design(comparisons=2, most_blocks=6, true_ratio=2.0))

    assert outcome.beyond_band.share > 0.99
    assert outcome.rejected.count == 0


def test_one_sided_disturbance_costs_coverage() -> None:
    """Where only one side is ever disturbed, symmetry is lost and coverage with it."""
    symmetric = shown(Design(most_blocks=20))
    one_sided = shown(Design(most_blocks=20, noise=Noise(one_sided=True)))

    assert one_sided.coverage.share < symmetric.coverage.share - ERRORS * binomial_error(0.95)


def test_blocks_that_share_a_restart_cost_coverage() -> None:
    """Where five blocks share what a restart drew, ten blocks are hardly more than two."""
    alone = shown(Design(noise=Noise(restart_sd=0.03, blocks_per_restart=1)))
    shared = shown(Design(noise=Noise(restart_sd=0.03, blocks_per_restart=5)))

    assert alone.coverage.share == pytest.approx(0.95, abs=ERRORS * binomial_error(0.95))
    assert shared.coverage.share < 0.85


def test_the_same_seed_gives_the_same_outcome() -> None:
    """A simulation can be repeated to the last run, and another seed gives another one."""
    design = Design(comparisons=2, stopping=Stopping.PRECISE)

    first, again = (simulate(design, replications=200, seed=3) for _ in range(2))
    other = simulate(design, replications=200, seed=4)

    assert first == again
    assert first != other


def test_standard_error_is_binomial() -> None:
    """A share of one half in 100 runs is known to within 5%."""
    proportion = Proportion(count=50, total=100)

    assert proportion.share == 0.5
    assert proportion.standard_error == pytest.approx(0.05)


def test_a_design_has_six_blocks() -> None:
    """A design too small for an interval is refused."""
    with pytest.raises(ValueError, match="at least 6 blocks, not 5"):
        simulate(Design(most_blocks=5), replications=1, seed=1)
