"""Print the tables of docs/lessons.md from a run: `python bench/lessons_table.py RUN.json`."""

import sys
from collections.abc import Iterator
from pathlib import Path

from rowpath.lab.experiment import Figure
from rowpath.lab.record import ExperimentRecord, Run, VariantRecord
from rowpath.lab.runs import read_run
from rowpath.report import figures, notes

EXPERIMENTS = ("relations", "serializers", "loops", "writes", "cached-queryset", "aggregates")


def main() -> None:
    """Print what writes leave otherwise, the table of all variants, and the environment."""
    run = read_run(Path(sys.argv[1]))
    for lines in (differences(run), table(run), notes.environment(run)):
        print("\n".join(lines), end="\n\n")


def differences(run: Run) -> Iterator[str]:
    """Yield a table of the columns that a write leaves otherwise than its baseline."""
    writes = next(each for each in run.experiments if each.name == "writes")
    differing = [variant for variant in writes.variants if variant.differences]
    columns = tuple(
        dict.fromkeys(each.column for variant in differing for each in variant.differences)
    )
    yield f"| technique | {' | '.join(f'`{column}`' for column in columns)} |"
    yield "|---" * (1 + len(columns)) + "|"
    for variant in differing:
        rows = {each.column: each.rows for each in variant.differences}
        cells = (f"skipped in {rows[name]:,}" if name in rows else "done" for name in columns)
        yield f"| {variant.title} (`{variant.name}`) | {' | '.join(cells)} |"


def table(run: Run) -> Iterator[str]:
    """Yield a line a variant: time, ratio to the baseline, statements, memory."""
    yield "| technique | time | ratio | statements | memory grown |"
    yield "|---|---|---|---|---|"
    for name in EXPERIMENTS:
        record = next(each for each in run.experiments if each.name == name)
        for group in record.groups:
            variants = [each for each in record.variants if each.group == group.name]
            yield f"| **{name}, {group.name}, {figures.rows(variants[0].rows)}** | | | | |"
            yield from (line(record, variant) for variant in variants)


def line(record: ExperimentRecord, variant: VariantRecord) -> str:
    """Return a variant's line, or how it ended."""
    title = f"{variant.title} (`{variant.name}`)"
    if variant.time_ms is None:
        return f"| {title} | fails, as it is known to | | {variant.sql_statements:,} | |"
    # Elsewhere the worker has served other variants before, and growth is a hint at most.
    leads = record.group(variant.group).leads == Figure.MEMORY
    grown = f"{variant.grown_mib:.1f} MiB" if leads else ""
    time = figures.time(variant.time_ms.median)
    return f"| {title} | {time} | {ratio(record, variant)} | {variant.sql_statements:,} | {grown} |"


def ratio(record: ExperimentRecord, variant: VariantRecord) -> str:
    """Return the ratio to the group's baseline with its interval."""
    baseline = record.group(variant.group).baseline
    for each in record.comparisons:
        if (each.variant, each.rows, each.baseline) == (variant.name, variant.rows, baseline):
            if each.ratio is None:
                return "no interval"
            low, high = map(figures.ratio_number, (each.ratio.low, each.ratio.high))
            return f"**{figures.ratio_number(each.ratio.estimate)}** ({low} to {high})"
    return "baseline"


if __name__ == "__main__":
    main()
