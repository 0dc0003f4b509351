"""Print the tables of docs/talk.md from a run: `python bench/talk_tables.py rowpath-runs/....json`.

What it prints goes between the page's marks; `--write` puts it there.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from rowpath.lab.record import ClaimRecord, Run
from rowpath.lab.runs import read_run
from rowpath.report import figures, notes
from rowpath.report.chapters import Chapter, chapters
from rowpath.report.findings import findings
from rowpath.report.missing import missing
from rowpath.report.verdicts import JudgedClaim, tally
from rowpath.report.views import ExperimentView, SizeView, in_order
from rowpath.stats.interval import Interval

PAGE = Path(__file__).parents[1] / "docs" / "talk.md"
BEGIN, END = "<!-- from the run: begin -->", "<!-- from the run: end -->"
USAGE = "usage: python bench/talk_tables.py RUN.json [--write]"


def main(arguments: list[str]) -> None:
    """Print the tables, or write them into the page."""
    if len(arguments) not in (1, 2) or arguments[1:] not in ([], ["--write"]):
        sys.exit(USAGE)
    told = "\n".join(lines(read_run(Path(arguments[0])))).rstrip() + "\n"
    if not arguments[1:]:
        print(told, end="")
        return
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{told}\n{END}{after}", encoding="utf-8")


def lines(run: Run) -> Iterator[str]:
    """Yield the page: findings, then section by section, then where it was measured."""
    found = findings(run)
    if found:
        yield from ("## In short", "")
        for number, each in enumerate(found, 1):
            ratio = f"{figures.ratio(each.ratio.estimate)} ({spread(each.ratio)})"
            yield f"{number}. **{each.headline}**: {ratio}, {each.compared}. {each.advice}"
        yield ""
    told: set[str] = set()
    for chapter in chapters(run, in_order(run)):
        yield from section(chapter, told)
    yield from ("## In all", "")
    claims = [claim for record in run.experiments for claim in record.claims]
    for setup, counts in tally(claims):
        yield f"- {setup}: {', '.join(f'{number} {word}' for word, number in counts)}"
    absent = missing(run)
    if absent:
        yield from ("", "Not measured in full:", "", *(f"- {each}" for each in absent))
    yield from ("", "## Where it was measured", "")
    yield from (f"- {line}" for line in notes.environment(run))


def section(chapter: Chapter, told: set[str]) -> Iterator[str]:
    """Yield a chapter: its claims with their verdicts in each set-up, and why; who measured it.

    What an experiment found beside the claims stands in the first chapter that it measured; `told`
    are those of which that was said.
    """
    yield from (f"## {chapter.section} {chapter.title}".rstrip(), "")
    if chapter.claims:
        yield "| claim of the talk | set-up | claimed | measured | verdict |"
        yield "|---|---|---|---|---|"
        for each in chapter.claims:
            yield from rows(each)
        reasons = dict.fromkeys(each.claim.why for each in chapter.claims if each.claim.why)
        yield ""
        yield from (f"- {reason}" for reason in reasons)
        yield ""
    names = ", ".join(f"`{each.record.name}`" for each in chapter.experiments)
    if names:
        yield from (f"Measured by {names}.", "")
    for view in chapter.experiments:
        if view.record.name not in told:
            told.add(view.record.name)
            yield from beside_claims(view)


def beside_claims(view: ExperimentView) -> Iterator[str]:
    """Yield what a ratio is shared out among and what each step brings, or else all ratios."""
    for group in view.groups:
        for size in group.sizes:
            shared = size.part.explanation
            for found in (notes.explanation(shared) if shared else (), size.steps):
                if found:
                    title, *each = map(plain, found)
                    yield from (f"{view.record.name}, {group.record.name}: {title}", "")
                    yield from (*(f"- {one}" for one in each), "")
            if not view.record.claims and not shared and not size.steps:
                yield from ratios(view, size)


def ratios(view: ExperimentView, size: SizeView) -> Iterator[str]:
    """Yield the ratio of each variant of a size to its baseline."""
    found = [
        f"- {plain(line.variant.title)} (`{line.variant.name}`"
        f"{', ' + figures.words(line.variant.setup) if size.part.names_setups else ''}): "
        f"{figures.ratio(line.comparison.ratio.estimate)} ({spread(line.comparison.ratio)})"
        for line in size.part.lines
        if line.comparison is not None and line.comparison.ratio is not None
    ]
    if found:
        compared = figures.quantity(size.part.group.compares)
        baseline = f"`{size.part.group.baseline}`, {size.part.title}"
        yield from (f"{view.record.name}, {compared} relative to {baseline}:", "", *found, "")


def rows(judged: JudgedClaim) -> Iterator[str]:
    """Yield a row for each set-up of a claim, which the first of them tells."""
    for number, claim in enumerate(judged.outcomes):
        cells = (
            cell(notes.claim(claim)) if number == 0 else "",
            figures.words(claim.setup),
            figures.ratio(claim.claimed_ratio),
            measured(claim),
            f"**{claim.verdict}**",
        )
        yield f"| {' | '.join(cells)} |"


def measured(claim: ClaimRecord) -> str:
    """Return the measured ratio with its interval."""
    if claim.measured is None:
        return notes.NOT_MEASURED
    return f"{figures.ratio(claim.measured.estimate)} ({spread(claim.measured)})"


def spread(interval: Interval) -> str:
    """Return the interval of a ratio in words."""
    return figures.ratio_range(interval).replace(figures.TO, " to ")


def plain(text: str) -> str:
    """Return a sentence of the report with ranges in words."""
    return text.replace(figures.TO, " to ")


def cell(text: str) -> str:
    """Return text for a cell of a table."""
    return text.replace("|", "\\|")


if __name__ == "__main__":
    main(sys.argv[1:])
