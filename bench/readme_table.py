"""Print the README's table from a run: `python bench/readme_table.py rowpath-runs/....json`."""

import sys
from pathlib import Path

from rowpath.lab.record import ExperimentRecord, VariantRecord
from rowpath.lab.runs import read_run

ROWS = 10_000
EXPERIMENT = "lists"


def main() -> None:
    """Print one line a variant: the talk's time, then time and ratio in each set-up."""
    run = read_run(Path(sys.argv[1]))
    record = next(each for each in run.experiments if each.name == EXPERIMENT)
    variants = {(each.name, each.setup): each for each in record.variants if each.rows == ROWS}
    print("| variant | the talk | as told | ratio | controlled | ratio |")
    print("|---|---|---|---|---|---|")
    for name in dict.fromkeys(name for name, _setup in variants):
        told, controlled = variants[name, "as-told"], variants[name, "controlled"]
        cells = (
            f"{controlled.title} (`{name}`)",
            time(told.told_ms) if told.told_ms else "",
            *(cell for each in (told, controlled) for cell in (median(each), ratio(record, each))),
        )
        print(f"| {' | '.join(cells)} |")


def median(variant: VariantRecord) -> str:
    """Return the median of a variant's time."""
    return time(variant.time_ms.median) if variant.time_ms else ""


def ratio(record: ExperimentRecord, variant: VariantRecord) -> str:
    """Return the ratio to the group's baseline with its interval."""
    baseline = record.group(variant.group).baseline
    where = (variant.name, variant.setup, variant.rows, baseline)
    for each in record.comparisons:
        if (each.variant, each.setup, each.rows, each.baseline) == where and each.ratio:
            return f"**{each.ratio.estimate:.2f}** ({each.ratio.low:.2f} to {each.ratio.high:.2f})"
    return "baseline"


def time(milliseconds: float) -> str:
    """Return a time with three figures."""
    if milliseconds >= 1000:  # noqa: PLR2004 a second
        return f"{milliseconds / 1000:.3g} s"
    return f"{milliseconds:.3g} ms"


if __name__ == "__main__":
    main()
