"""Print how many times better rowpath is, from a run: `python bench/ladder_table.py RUN.json`."""

import sys
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from statistics import median

from rowpath.lab.measures import Better
from rowpath.lab.record import FigureRecord, VariantRecord
from rowpath.lab.runs import read_run
from rowpath.report import figures, notes
from rowpath.stats.ratio import ratio_interval

EXPERIMENT = "ladder"
OURS = "rowpath"
REFERENCES = ("drf", "fastapi")
"""What rowpath is held against by name; of all others, against the best at each size."""

Rungs = Mapping[str, VariantRecord]


def main() -> None:
    """Print rowpath's ratios by size, the figure and ratio of every rung, and the environment.

    Both first for one user and then for many.
    """
    run = read_run(Path(sys.argv[1]))
    record = next(each for each in run.experiments if each.name == EXPERIMENT)
    for group, variants in groupby(record.variants, key=lambda variant: variant.group):
        by_size: dict[int, dict[str, VariantRecord]] = {}
        for variant in variants:
            rung = variant.name.removesuffix("-many")
            by_size.setdefault(variant.rows, {})[rung] = variant
        print(f"{group}\n")
        for lines in (ratios(by_size), rungs(by_size)):
            print("\n".join(lines), end="\n\n")
    print("\n".join(notes.environment(run)))
    for missing in record.left_out:
        print(f"{missing.variant} was left out: {missing.reason}")


def ratios(by_size: Mapping[int, Rungs]) -> Iterator[str]:
    """Yield a line a size: how many times better rowpath is than each reference, with its 95%."""
    yield f"| rows | {' | '.join(REFERENCES)} | the best other | which |"
    yield "|---" * (3 + len(REFERENCES)) + "|"
    for rows, variants in by_size.items():
        others = variants.keys() - {OURS, *REFERENCES}
        best = min(others, key=lambda name: times_better(variants, name))
        cells = [told(variants, name) for name in (*REFERENCES, best)]
        yield f"| {rows:,} | {' | '.join(cells)} | {best} |"


def rungs(by_size: Mapping[int, Rungs]) -> Iterator[str]:
    """Yield a line a rung: at each size its figure, and how many times better rowpath is."""
    yield f"| variant | {' | '.join(f'{rows:,}' for rows in by_size)} |"
    yield "|---" * (1 + len(by_size)) + "|"
    for name, variant in next(iter(by_size.values())).items():
        cells = (
            f"{written(compared(variants[name]))}, {told(variants, name)}"
            for variants in by_size.values()
        )
        yield f"| {variant.title} (`{name}`) | {' | '.join(cells)} |"


def compared(variant: VariantRecord) -> FigureRecord:
    """Return the quantity of a rung that its group compares."""
    return variant.figures[0]


def written(figure: FigureRecord) -> str:
    """Return the median of a quantity over the blocks as a reader reads it."""
    value = median(figure.blocks)
    return figures.time(value * 1_000) if figure.unit == "s" else figures.rate(value)


def times_better(variants: Rungs, name: str) -> float:
    """Return how many times better rowpath is than a rung, by their medians."""
    theirs, ours = (median(compared(variants[each]).blocks) for each in (name, OURS))
    return theirs / ours if compared(variants[OURS]).better == Better.LESS else ours / theirs


def told(variants: Rungs, name: str) -> str:
    """Return how many times better rowpath is, from the blocks that both were measured in."""
    if name == OURS:
        return "1"
    ours = compared(variants[OURS])
    pairs = list(zip(compared(variants[name]).blocks, ours.blocks, strict=False))
    theirs, own = [each for each, _ in pairs], [each for _, each in pairs]
    less = ours.better == Better.LESS
    found = ratio_interval(theirs, own) if less else ratio_interval(own, theirs)
    if found is None:
        return f"no interval from {len(pairs)} blocks"
    return f"**{found.estimate:.3g}** ({found.low:.3g} to {found.high:.3g})"


if __name__ == "__main__":
    main()
