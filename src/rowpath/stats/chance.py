"""How many of many tests fail by chance."""

from fractions import Fraction
from math import comb


def most_by_chance(tests: int, level: float) -> int:
    """Return the most of `tests` independent tests of a `level` that chance explains.

    More would fail with a probability of `level` or less, though nothing is wrong with any: the
    binomial distribution's exact quantile. 0 of a single test.
    """
    fails = Fraction(level)  # exact, since a single test fails with just this probability
    more = Fraction(1)  # the probability that more fail than `failing`
    for failing in range(tests):
        more -= comb(tests, failing) * fails**failing * (1 - fails) ** (tests - failing)
        if more <= fails:
            return failing
    return tests
