"""Print how many times faster rowpath is, from a run: `python bench/ladder_table.py RUN.json`."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

from rowpath.lab.record import VariantRecord
from rowpath.lab.runs import read_run
from rowpath.report import figures, notes
from rowpath.stats.ratio import ratio_interval

EXPERIMENT = "ladder"
OURS = "rowpath"
REFERENCES = ("drf", "fastapi")
"""What rowpath is held against by name; of all others, against the fastest at each size."""

Times = Mapping[str, VariantRecord]


def main() -> None:
    """Print rowpath's ratios by size, the time and ratio of every variant, and the environment."""
    run = read_run(Path(sys.argv[1]))
    record = next(each for each in run.experiments if each.name == EXPERIMENT)
    by_size: dict[int, dict[str, VariantRecord]] = {}
    for variant in record.variants:
        by_size.setdefault(variant.rows, {})[variant.name] = variant
    for lines in (ratios(by_size), times(by_size), notes.environment(run)):
        print("\n".join(lines), end="\n\n")
    for missing in record.left_out:
        print(f"{missing.variant} was left out: {missing.reason}")


def ratios(by_size: Mapping[int, Times]) -> Iterator[str]:
    """Yield a line a size: the time of each reference over rowpath's, with its 95% interval."""
    yield f"| rows | {' | '.join(REFERENCES)} | the fastest other | which |"
    yield "|---" * (3 + len(REFERENCES)) + "|"
    for rows, variants in by_size.items():
        others = variants.keys() - {OURS, *REFERENCES}
        fastest = min(others, key=lambda name: median(medians(variants[name])))
        cells = [times_faster(variants, name) for name in (*REFERENCES, fastest)]
        yield f"| {rows:,} | {' | '.join(cells)} | {fastest} |"


def times(by_size: Mapping[int, Times]) -> Iterator[str]:
    """Yield a line a variant: at each size its time, and how much longer it takes than rowpath."""
    yield f"| variant | {' | '.join(f'{rows:,}' for rows in by_size)} |"
    yield "|---" * (1 + len(by_size)) + "|"
    for name, variant in next(iter(by_size.values())).items():
        cells = (
            f"{figures.time(median(medians(variants[name])))}, {times_faster(variants, name)}"
            for variants in by_size.values()
        )
        yield f"| {variant.title} (`{name}`) | {' | '.join(cells)} |"


def times_faster(variants: Times, name: str) -> str:
    """Return the time of a variant over rowpath's, from the blocks that both were measured in."""
    pairs = list(zip(medians(variants[name]), medians(variants[OURS]), strict=False))
    found = ratio_interval([other for other, _ in pairs], [ours for _, ours in pairs])
    if name == OURS:
        return "1"
    if found is None:
        return f"no interval from {len(pairs)} blocks"
    return f"**{found.estimate:.3g}** ({found.low:.3g} to {found.high:.3g})"


def medians(variant: VariantRecord) -> list[float]:
    """Return the median time of each block, in milliseconds."""
    return [median(block) for block in variant.samples_ms]


if __name__ == "__main__":
    main()
