"""What is said in sentences beside the figures: where, with what, what is missing and why."""

from collections.abc import Iterator, Sequence

from rowpath.lab.record import ClaimRecord, EnvironmentRecord, Run
from rowpath.report import figures
from rowpath.report.layout import SizePart
from rowpath.report.source import Sighting

NOT_MEASURED = "not measured"
NO_CLAIM = "No claim of the talk speaks of what this run measured, so there is no verdict."


def stopped(reason: str) -> str:
    """Return the sentence at the top of a run that is not complete."""
    return f"This run stopped before its end: {figures.printable(reason).rstrip('.')}."


def blocks(number: int) -> str:
    """Return what stands where an interval would be, had there been enough blocks."""
    return f"{number} block{'' if number == 1 else 's'}"


def claim(record: ClaimRecord) -> str:
    """Return a claim with what it compares, at how many rows, and where the talk makes it."""
    text = figures.printable(record.text).rstrip(".")
    reading = "" if record.reading == "time" else f", read as {figures.printable(record.reading)}"
    against = f"{figures.printable(record.variant)} against {figures.printable(record.baseline)}"
    section = figures.printable(record.section)
    return f"{text}. ({section}: {against}, {figures.rows(record.rows)}{reading})"


def sent(sightings: Sequence[Sighting]) -> str:
    """Return how often one request sent a statement, and how long it waited for it."""
    counts = sorted({each.statement.count for each in sightings})
    times = [each.statement.duration_ms for each in sightings]
    shortest, longest = figures.time(min(times)), figures.time(max(times))
    waited = shortest if shortest == longest else f"{shortest} to {longest}"
    if counts == [1]:
        return f"sent once a request, {waited}"
    often = " to ".join(figures.count(count) for count in dict.fromkeys((counts[0], counts[-1])))
    return f"sent {often} times a request, {waited} in all"


def outcomes(part: SizePart) -> Iterator[str]:
    """Yield how single variants ended that ended otherwise than with an answer."""
    for line in part.lines:
        if line.variant.outcome is not None:
            name = figures.printable(line.variant.name)
            setup = figures.words(line.variant.setup)
            yield f"{name} ({setup}): {figures.printable(line.variant.outcome)}"


def missing(run: Run) -> tuple[str, ...]:
    """Return a sentence for everything that a reader could miss, and why it is not there."""
    return (*_unjudged(run), *_without_interval(run), *_ended(run))


def _unjudged(run: Run) -> Iterator[str]:
    for experiment in run.experiments:
        for each in experiment.claims:
            if each.measured is None:
                where = f"{experiment.name}, {figures.words(each.setup)}, {figures.rows(each.rows)}"
                yield figures.printable(
                    f"{where}: no ratio of {each.variant} to {each.baseline}, so no verdict."
                )


def _without_interval(run: Run) -> Iterator[str]:
    for experiment in run.experiments:
        for each in experiment.comparisons:
            if each.ratio is None:
                where = f"{experiment.name}, {figures.words(each.setup)}, {figures.rows(each.rows)}"
                yield figures.printable(
                    f"{where}: {each.variant} has only {blocks(each.blocks)}, too few for an "
                    "interval."
                )


def _ended(run: Run) -> Iterator[str]:
    for experiment in run.experiments:
        for each in experiment.variants:
            if each.outcome is not None:
                where = f"{experiment.name}, {figures.words(each.setup)}, {figures.rows(each.rows)}"
                yield figures.printable(f"{where}: {each.name}. {each.outcome}")


def python(where: EnvironmentRecord) -> str:
    """Return the interpreter with its name, whether or not the record has it."""
    return _named("Python", where.python)


def postgresql(where: EnvironmentRecord) -> str:
    """Return the database with its name, whether or not the record has it."""
    return _named("PostgreSQL", where.postgresql)


def _named(name: str, version: str) -> str:
    return f"{name} {version}" if version[:1].isdigit() else version


def environment(run: Run) -> tuple[str, ...]:
    """Return where and with what a run was made, in one line a matter."""
    where, data = run.environment, run.dataset
    packages = ", ".join(f"{name} {version}" for name, version in sorted(where.packages.items()))
    built = "reused" if data.reused else f"built in {figures.duration(data.built_s)}"
    memory, started = figures.size(where.memory_bytes), f"{run.started_at:%Y-%m-%d %H:%M %Z}"
    machine = f"{where.cpu}, {where.cores} cores, {memory} of memory, {where.kernel}"
    versions = f"{python(where)}, {postgresql(where)}, {packages}"
    rows = f"{data.rows:,} rows in {data.name} ({figures.size(data.size_bytes)}, seed {data.seed})"
    took = f"took {figures.duration(run.duration_s)}, rowpath {run.rowpath}"
    made = f"profile {run.profile}, seed {run.seed}, started {started}, {took}"
    return tuple(map(figures.printable, (machine, versions, f"{rows}, {built}", made)))
