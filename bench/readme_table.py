"""Print the README's table from a run: `python bench/readme_table.py rowpath-runs/....json`."""

import sys
from collections.abc import Mapping
from pathlib import Path

from rowpath.lab.record import ExperimentRecord, Run, VariantRecord
from rowpath.lab.runs import read_run
from rowpath.report import figures

ROWS = 1_000
TIMES, RATES = "lists", "users"
SETUPS = ("as-told", "controlled")

Variants = Mapping[tuple[str, str], VariantRecord]


def main() -> None:
    """Print a line a variant: the talk's figures, then time, ratio and rate in each set-up."""
    run = read_run(Path(sys.argv[1]))
    record = experiment(run, TIMES)
    variants, asked = of_size(record), of_size(experiment(run, RATES))
    print("| variant | the talk | as told | ratio | req/s | controlled | ratio | req/s |")
    print("|---|---|---|---|---|---|---|---|")
    for name in dict.fromkeys(name for name, _setup in variants):
        title = variants[name, SETUPS[0]].title
        cells = [f"{title} (`{name}`)", told(variants, asked, name)]
        for setup in SETUPS:
            variant = variants[name, setup]
            cells += [time(variant), ratio(record, variant), rate(asked.get((name, setup)))]
        print(f"| {' | '.join(cells)} |")


def experiment(run: Run, name: str) -> ExperimentRecord:
    """Return an experiment of a run."""
    return next(each for each in run.experiments if each.name == name)


def of_size(record: ExperimentRecord) -> Variants:
    """Return the variants of the table's size, by name and set-up."""
    return {(each.name, each.setup): each for each in record.variants if each.rows == ROWS}


def told(variants: Variants, asked: Variants, name: str) -> str:
    """Return the talk's time and its requests per second, as far as it told them."""
    said = [*figures.told(variants[name, SETUPS[0]])]
    if (name, SETUPS[0]) in asked:
        said += figures.told(asked[name, SETUPS[0]])
    return ", ".join(said)


def time(variant: VariantRecord) -> str:
    """Return the median of a variant's time."""
    return figures.time(variant.time_ms.median) if variant.time_ms else ""


def rate(variant: VariantRecord | None) -> str:
    """Return the median of what many users were answered in a second; nothing if not measured."""
    seen = figures.figure_of(variant, figures.THROUGHPUT) if variant else None
    return figures.rate(seen.over_blocks.median) if seen and seen.over_blocks else ""


def ratio(record: ExperimentRecord, variant: VariantRecord) -> str:
    """Return the ratio to the group's baseline with its interval."""
    baseline = record.group(variant.group).baseline
    where = (variant.name, variant.setup, variant.rows, baseline)
    for each in record.comparisons:
        if (each.variant, each.setup, each.rows, each.baseline) == where and each.ratio:
            low, high = map(figures.ratio_number, (each.ratio.low, each.ratio.high))
            return f"**{figures.ratio_number(each.ratio.estimate)}** ({low} to {high})"
    return "baseline"


if __name__ == "__main__":
    main()
