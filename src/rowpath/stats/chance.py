"""How many of many tests fail by chance."""

from math import comb


def most_by_chance(tests: int, level: float) -> int:
    """Return the most of `tests` independent tests of a `level` that chance explains.

    More would fail with a probability of `level` or less, though nothing is wrong with any: the
    binomial distribution's exact quantile. 0 of a single test.
    """
    more = 1.0  # the probability that more fail than `failing`
    for failing in range(tests):
        more -= comb(tests, failing) * level**failing * (1 - level) ** (tests - failing)
        if more <= level + 1e-12:  # a single test fails with just this probability
            return failing
    return tests
