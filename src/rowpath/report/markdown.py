"""A run in Markdown, as it goes into a pull request: what failed, the verdicts, the ratios."""

from collections.abc import Iterator

from rowpath.lab.record import ClaimRecord, ExperimentRecord, Run
from rowpath.report import figures, notes, trust
from rowpath.report.layout import Line, SizePart, groups
from rowpath.report.markdown_text import inert, row
from rowpath.report.missing import missing
from rowpath.report.verdicts import judged, tally


def render(run: Run) -> str:
    """Return the run as GitHub's Markdown."""
    return "\n".join(_lines(run)) + "\n"


def _lines(run: Run) -> Iterator[str]:
    if run.stopped is not None:
        yield from (f"> **{inert(notes.stopped(run.stopped))}**", "")
    failures = trust.failures(run)
    if failures:
        yield from (f"> **{notes.NOT_VALID}**", ">")
        yield from (f"> - {inert(failure)}" for failure in failures)
        yield ""
    claims = [claim for record in run.experiments for claim in record.claims]
    yield from _verdicts(claims) if claims else (notes.NO_CLAIM, "")
    for record in run.experiments:
        yield from _experiment(record)
    yield from _listed("Not measured in full", missing(run))
    yield from _listed("How far to believe it", trust.summary(run))
    yield from _listed("Where it was measured", notes.environment(run))


def _verdicts(claims: list[ClaimRecord]) -> Iterator[str]:
    yield row(("claim", "set-up", "claimed", "measured", "verdict"))
    yield row(("---", "---", "--:", "--:", "---"))
    for each in judged(claims):
        for number, claim in enumerate(each.outcomes):
            measured = claim.measured
            yield row(
                (
                    inert(notes.claim(claim)) if number == 0 else "",
                    inert(figures.words(figures.printable(claim.setup))),
                    figures.ratio(claim.claimed_ratio),
                    notes.NOT_MEASURED
                    if measured is None
                    else f"{figures.ratio(measured.estimate)} ({figures.ratio_range(measured)})",
                    f"**{inert(figures.printable(claim.verdict))}**",
                )
            )
    yield ""
    for setup, counts in tally(claims):
        told = ", ".join(f"{number} {figures.printable(word)}" for word, number in counts)
        yield f"- {inert(figures.printable(setup))}: {inert(told)}"
    yield ""


def _experiment(record: ExperimentRecord) -> Iterator[str]:
    name, question = figures.printable(record.name), figures.printable(record.question)
    # GitHub shows what is inside only where a line without anything stands before it.
    yield from (f"<details><summary>{inert(name)}: {inert(question)}</summary>", "")
    for part in groups(record):
        for size in part.sizes:
            yield from _size(record, size)
    yield from ("</details>", "")


def _size(record: ExperimentRecord, size: SizePart) -> Iterator[str]:
    group = figures.words(figures.printable(size.group.name))
    title = f"{size.title}, relative to {figures.printable(size.group.baseline)}"
    yield from (f"{inert(f'{group}, ' if len(record.groups) > 1 else '')}{inert(title)}:", "")
    compared = figures.quantity(size.group.compares)
    yield row(("variant", "set-up", inert(compared), "ratio"))
    yield row(("---", "---", "--:", "--:"))
    for line in size.lines:
        yield row(
            (
                inert(figures.printable(line.variant.name)),
                inert(figures.words(figures.printable(line.variant.setup))),
                _measured(line, size.group.compares),
                _ratio(line),
            )
        )
    yield ""


def _measured(line: Line, quantity: str) -> str:
    variant = line.variant
    if quantity == "time":
        seen = figures.time_seen(variant)
        note = figures.time_note(variant)
        return figures.NOTHING if seen is None else f"{figures.time(seen)} ({note})"
    if quantity == figures.THROUGHPUT:
        figure = figures.figure_of(variant, quantity)
        over = figure.over_blocks if figure else None
        return (
            figures.NOTHING
            if over is None
            else f"{figures.rate(over.median)} ({figures.rate_range(over)})"
        )
    latency = figures.latency_ms(variant, quantity)
    if latency is None:
        return figures.NOTHING
    return f"{figures.time(latency.median)} ({figures.time_range(latency)})"


def _ratio(line: Line) -> str:
    if line.is_baseline:
        return "baseline"
    ratio = line.comparison.ratio if line.comparison else None
    if ratio is None:
        return figures.NOTHING
    return f"{figures.ratio(ratio.estimate)} ({figures.ratio_range(ratio)})"


def _listed(title: str, sentences: tuple[str, ...]) -> Iterator[str]:
    if sentences:
        yield from (f"**{title}**", "", *(f"- {inert(each)}" for each in sentences), "")
