"""Print every figure of docs/statistics.md: what the design's intervals hold and miss.

    python bench/interval_coverage.py [--replications N] [--seed N]

Pure computation on one core; the same seed prints the same tables on every machine.
"""

import argparse
import itertools
from collections.abc import Iterable, Sequence
from math import comb

from rowpath.stats.median import critical_count
from rowpath.stats.signed_rank import critical_rank, lower_tail, minimum_blocks
from rowpath.stats.simulation import Design, Noise, Outcome, Proportion, Stopping, simulate

REPLICATIONS = 20_000
SEED = 20_221_022

SHOWN = (
    "coverage of one interval",
    "an interval excludes 1",
    "significant after Holm",
    "an interval beyond the null band",
    "mean blocks",
)


DECIDED = (
    "coverage of one interval",
    "an interval beyond the null band",
    "a difference called, gates included",
    "claims withheld by the clone",
    "5% more is found",
    "mean blocks",
)


def main() -> None:
    """Print the exact table, then the simulated ones, as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=REPLICATIONS)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()

    print(f"Seed {options.seed} for every row, {options.replications:,} replications each.")
    print_exact()
    for title, designs in gated_tables():
        outcomes = (
            (name, simulate(design, replications=options.replications, seed=options.seed))
            for name, design in designs
        )
        rows = ((name, *decided(outcome)) for name, outcome in outcomes)
        print_table(title, ("noise, comparisons", *DECIDED), rows)
    for title, label, designs in tables():
        rows = (
            (name, *cells(simulate(design, replications=options.replications, seed=options.seed)))
            for name, design in designs
        )
        print_table(title, (label, *SHOWN), rows)


def tables() -> Iterable[tuple[str, str, list[tuple[str, Design]]]]:
    """Return the simulated tables: title, what a row is, and the design of each row."""
    scatter = (0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08)
    yield (
        "A fixed number of blocks, one comparison",
        "blocks",
        [(str(blocks), Design(most_blocks=blocks)) for blocks in (6, 7, 8, 9, 10, 20)],
    )
    for comparisons, deviations in ((1, scatter), (6, scatter), (36, (0.03, 0.08))):
        yield (
            f"6 to 10 blocks, stopping on precision, comparisons in the family: {comparisons}",
            "scatter of a ratio",
            [(f"{sd:.0%}", precise(comparisons=comparisons, ratio_sd=sd)) for sd in deviations],
        )
    yield (
        "Peeking: stopping as soon as an interval excludes 1, one comparison",
        "most blocks",
        [(str(n), Design(most_blocks=n, stopping=Stopping.PEEKING)) for n in (10, 20)],
    )
    yield (
        "Asymmetry: only the variant is ever disturbed, one comparison",
        "disturbed, blocks",
        [
            (f"{share:.0%}, {n}", Design(most_blocks=n, noise=one_sided(share)))
            for share in (0.1, 0.3)
            for n in (6, 10, 20)
        ],
    )
    for name, blocks, stopping, groups in (
        ("6 blocks", 6, Stopping.NEVER, (1, 2, 3)),
        ("6 to 10 blocks, stopping on precision", 10, Stopping.PRECISE, (1, 2, 3, 5)),
        ("20 blocks", 20, Stopping.NEVER, (1, 4)),
    ):
        yield (
            f"Restarts, {name}, one comparison",
            "scatter of a restart, blocks per restart",
            [
                (f"{sd:.1%}, {group}", restarts(blocks, stopping, sd, group))
                for sd in (0.015, 0.03)
                for group in groups
            ],
        )
    yield (
        "Power: 6 to 10 blocks, stopping on precision, one comparison",
        "true ratio",
        [(str(ratio), precise(true_ratio=ratio)) for ratio in (0.98, 0.97, 0.95, 0.93, 0.9)],
    )


def gated_tables() -> Iterable[tuple[str, list[tuple[str, Design]]]]:
    """Return the tables of the whole decision: a title, and the design of each row."""
    noises = {
        "scatter 1%": Noise(ratio_sd=0.01),
        "scatter 3%": Noise(ratio_sd=0.03),
        "scatter 8%": Noise(ratio_sd=0.08),
        "scatter 3%, drift 30%": Noise(drift=0.3),
        "scatter 1%, wandering 5%": Noise(ratio_sd=0.01, wander_sd=0.05),
        "scatter 3%, wandering 10%": Noise(wander_sd=0.10),
        "scatter 3%, restarts 3%": Noise(restart_sd=0.03),
        "scatter 3%, variants alone disturbed": one_sided(0.1),
    }
    for true_ratio in (1.0, 1.05, 1.1):
        yield (
            f"The whole decision, 6 to 10 blocks, true ratio {true_ratio}",
            [
                (
                    f"{name}, {comparisons}",
                    Design(
                        comparisons=comparisons,
                        true_ratio=true_ratio,
                        stopping=Stopping.PRECISE,
                        gated=True,
                        noise=noise,
                    ),
                )
                for name, noise in noises.items()
                for comparisons in ((1, 6, 36) if true_ratio == 1 else (1,))
            ],
        )


def precise(*, comparisons: int = 1, ratio_sd: float = 0.03, true_ratio: float = 1.0) -> Design:
    """Return the default profile's design."""
    return Design(
        comparisons=comparisons,
        true_ratio=true_ratio,
        stopping=Stopping.PRECISE,
        noise=Noise(ratio_sd=ratio_sd),
    )


def one_sided(disturbed: float) -> Noise:
    """Return noise that disturbs the variant alone."""
    return Noise(disturbed=disturbed, one_sided=True)


def restarts(blocks: int, stopping: Stopping, restart_sd: float, group: int) -> Design:
    """Return a design whose servers are restarted after each group of blocks."""
    noise = Noise(restart_sd=restart_sd, blocks_per_restart=group)
    return Design(most_blocks=blocks, stopping=stopping, noise=noise)


def decided(outcome: Outcome) -> tuple[str, ...]:
    """Return a row of a table of gated runs."""
    shares = (
        outcome.coverage,
        outcome.beyond_band,
        outcome.called,
        outcome.invalid,
        outcome.control_found,
    )
    return (*map(percent, shares), f"{outcome.mean_blocks:.1f}")


def cells(outcome: Outcome) -> tuple[str, ...]:
    """Return a row of a table: shares in percent with their standard errors."""
    shares = (outcome.coverage, outcome.excluding_one, outcome.rejected, outcome.beyond_band)
    return (*map(percent, shares), f"{outcome.mean_blocks:.1f}")


def percent(proportion: Proportion) -> str:
    """Return a share and its standard error, both in percent."""
    return f"{100 * proportion.share:.1f} ± {100 * proportion.standard_error:.1f}"


def print_exact() -> None:
    """Print what follows from the null distributions without a simulation."""
    rows = []
    for blocks in (6, 7, 8, 9, 10, 11, 20):
        cut, count = critical_rank(blocks), critical_count(blocks)
        if cut is None or count is None:
            msg = f"{blocks} blocks have no interval"
            raise ValueError(msg)
        family = next(n for n in itertools.count(1) if minimum_blocks(n + 1) > blocks)
        rows.append(
            (
                str(blocks),
                f"{cut} of {blocks * (blocks + 1) // 2}",
                f"{1 - 2 * lower_tail(blocks, cut):.1%}",
                f"{count + 1} and {blocks - count}",
                f"{1 - 2 * sign_tail(blocks, count):.1%}",
                f"{family:,}",
            )
        )
    heads = (
        "blocks",
        "Walsh averages cut at each end",
        "confidence of a ratio",
        "order statistics",
        "confidence of a time",
        "largest family",
    )
    print_table("Exact", heads, rows)


def sign_tail(size: int, count: int) -> float:
    """Return P(B <= count) for B binomial(size, 1/2)."""
    return sum(comb(size, below) for below in range(count + 1)) / (1 << size)


def print_table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a Markdown table under a heading."""
    print(f"\n### {title}\n")
    print(f"| {' | '.join(heads)} |")
    print(f"|{'---|' * len(heads)}")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
