"""What is said in sentences beside the figures: where, with what, how it ended, how often."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rowpath.lab.circumstances import DatasetRecord, EnvironmentRecord
from rowpath.lab.record import ClaimRecord, ExplanationRecord, Run, ShareRecord
from rowpath.report import figures
from rowpath.report.layout import SizePart, StepPart
from rowpath.report.statements import Plan, Shown, Sighting, Source
from rowpath.stats.interval import Interval
from rowpath.stats.readings import Reading

NOT_MEASURED = "not measured"
NO_CLAIM = "No claim of the talk speaks of what this run measured, so there is no verdict."
NO_OWN_CLAIM = "No claim was made of what this run measured, so there is no verdict."
NOT_VALID = "This run is not valid where it failed its own tests. No claim is judged there."

_TIME_READING, _RATE_READING = "less or more time", "more or less done in a time"
_READ_AS: Mapping[str, tuple[str, str]] = {
    Reading.TIME: (_TIME_READING, _RATE_READING),
    Reading.RATE: (_RATE_READING, _TIME_READING),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A variant that ended badly, in which set-up if that must be told, and how."""

    variant: str
    setup: str | None
    outcome: str

    def __str__(self) -> str:
        """Return all of it on one line."""
        setup = f" ({self.setup})" if self.setup else ""
        return f"{self.variant}{setup}: {self.outcome}"


def stopped(reason: str) -> str:
    """Return the sentence at the top of a run that is not complete."""
    return f"This run stopped before its end: {figures.printable(reason).rstrip('.')}."


def blocks(number: int) -> str:
    """Return what stands where an interval would be, had there been enough blocks."""
    return f"{number} block{'' if number == 1 else 's'}"


def claim(record: ClaimRecord) -> str:
    """Return a claim with what it compares, at how many rows, and where the talk makes it."""
    text = figures.printable(record.text).rstrip(".")
    said = "" if record.quantity == "time" else f", {figures.quantity(record.quantity)}"
    against = f"{figures.printable(record.variant)} against {figures.printable(record.baseline)}"
    section = figures.printable(record.section)
    return f"{text}. ({section}: {against}, {figures.rows(record.rows)}{said})"


def readings(outcomes: Sequence[ClaimRecord]) -> str:
    """Return how the percentage of a claim was read, and what the other reading would change.

    `outcomes` are one claim's, of each set-up; nothing is said of one that was told in figures.
    """
    first = outcomes[0]
    if first.other_ratio is None:
        return ""
    used, other = _READ_AS.get(first.read_as, ("", ""))
    changed = [
        f"{figures.words(figures.printable(each.setup))} {figures.printable(each.other_verdict)}"
        for each in outcomes
        if each.other_verdict != each.verdict
    ]
    then = f"the verdict would be: {', '.join(changed)}" if changed else "no verdict would change"
    return (
        f"Its percentage is read as {used}, {figures.ratio(first.claimed_ratio)}. Read as {other}, "
        f"{figures.ratio(first.other_ratio)}, {then}."
    )


def explained_ratio(record: ExplanationRecord) -> str:
    """Return what a ratio that is shared out is of, and how large it is."""
    ratio = record.ratio.estimate
    faster = (
        f", {figures.ratio_number(1 / ratio)} times as fast" if record.quantity == "time" else ""
    )
    return f"{figures.printable(record.text)}: {figures.ratio(ratio)}{faster}"


def explanation(record: ExplanationRecord) -> tuple[str, ...]:
    """Return a ratio that is shared out, and what each factor has of it, a sentence each."""
    interval = figures.ratio_range(record.ratio)
    quantity = figures.quantity(record.quantity)
    first = (
        f"{explained_ratio(record)} ({quantity}, 95% range {interval}). What each change brings, "
        "in the mean over all orders in which they can be made:"
    )
    return (first, *map(_share, record.shares))


def _share(share: ShareRecord) -> str:
    has = percent(share.share.estimate)
    between = f"{percent(share.share.low)} to {percent(share.share.high)}"
    interval = figures.ratio_range(share.ratio)
    name = figures.printable(share.factor)
    return f"{name}: {factor_of(share)} ({interval}), {has} of it ({between})"


def factor_of(share: ShareRecord) -> str:
    """Return what one factor multiplies the quantity by."""
    return figures.ratio(share.ratio.estimate)


def steps(part: SizePart) -> tuple[str, ...]:
    """Return what each change brings by itself, a sentence each after one that leads to them."""
    if not part.steps:
        return ()
    quantity = figures.quantity(part.group.compares)
    return (
        f"What each change brings by itself ({quantity}, 95% range):",
        *map(_step, part.steps),
    )


def _step(part: StepPart) -> str:
    step = part.step
    compared = f"{figures.printable(step.variant)} against {figures.printable(step.baseline)}"
    brought = "; ".join(
        f"{figures.words(each.setup)} {figures.ratio(each.ratio.estimate)} "
        f"({figures.ratio_range(each.ratio)}){_unshown(each.ratio)}"
        for each in part.comparisons
        if each.ratio is not None
    )
    return f"{figures.printable(step.name)} ({compared}): {brought}"


def _unshown(ratio: Interval) -> str:
    return ", no difference shown" if ratio.low <= 1 <= ratio.high else ""


def percent(share: float) -> str:
    """Return a share as whole percents."""
    return f"{share * 100:.0f}%"


def sent(sightings: Sequence[Sighting]) -> str:
    """Return how often one request sent a statement, and how long it waited for it."""
    counts = sorted({each.count for each in sightings})
    times = [each.duration_ms for each in sightings]
    shortest, longest = figures.time(min(times)), figures.time(max(times))
    waited = shortest if shortest == longest else f"{shortest} to {longest}"
    if counts == [1]:
        return f"sent once a request, {waited}"
    often = " to ".join(figures.count(count) for count in dict.fromkeys((counts[0], counts[-1])))
    again = max(each.duplicates for each in sightings)
    most = "" if len(counts) == 1 else "up to "
    same = f", {most}{figures.count(again)} of them with the values of another" if again else ""
    return f"sent {often} times a request{same}, {waited} in all"


def place(source: Source) -> str:
    """Return the file and the line of code that sent a statement, without the file's folders."""
    return figures.printable(source.place.rpartition("/")[2])


def source(source: Source) -> str:
    """Return where in the code a statement was sent, and how often."""
    often = f", {figures.count(source.most)} times a request" if source.most > 1 else ""
    where, function = figures.printable(source.place), figures.printable(source.function)
    return f"{where} in {function}{often}"


def shortened(shown: Shown) -> str:
    """Return what to say of a text that is not shown in whole; nothing of one that is."""
    if shown.whole is None:
        return ""
    return f"Shortened: all {figures.count(shown.whole)} characters are in the run's JSON file."


def plan_seen(plan: Plan, *, names_setups: bool) -> str:
    """Return where a plan was seen, and whether it had other numbers there."""
    sizes: dict[str, list[int]] = {}
    for setup, rows in plan.seen:
        sizes.setdefault(setup if names_setups else "", []).append(rows)
    places = "; ".join(
        f"{figures.words(setup)}{', ' if setup else ''}{_sizes(rows)}"
        for setup, rows in sizes.items()
    )
    return f"{places} (numbers from the first)" if plan.differs else places


def _sizes(numbers: Iterable[int]) -> str:
    *others, last = numbers
    return " and ".join(filter(None, (", ".join(map(figures.count, others)), figures.rows(last))))


def endings(parts: Iterable[SizePart]) -> tuple[Ending, ...]:
    """Return what ended badly at some sizes of a group, once where it ended alike at several."""
    return tuple(dict.fromkeys(_endings(parts)))


def _endings(parts: Iterable[SizePart]) -> Iterator[Ending]:
    for part in parts:
        for line in part.lines:
            if line.variant.outcome is not None:
                yield Ending(
                    variant=figures.printable(line.variant.name),
                    setup=figures.words(line.variant.setup) if part.names_setups else None,
                    outcome=figures.printable(line.variant.outcome),
                )


def python(where: EnvironmentRecord) -> str:
    """Return the interpreter with its name, whether or not the record has it."""
    return _named("Python", where.python)


def postgresql(where: EnvironmentRecord) -> str:
    """Return the database with its name, whether or not the record has it."""
    return _named("PostgreSQL", where.postgresql)


def _named(name: str, version: str) -> str:
    return f"{name} {version}" if version[:1].isdigit() else version


def datasets(run: Run) -> tuple[DatasetRecord, ...]:
    """Return the datasets of a run, none where no database was needed."""
    return run.datasets or ((run.dataset,) if run.dataset else ())


def is_own(run: Run) -> bool:
    """Return whether a run is of the user's own applications, without a database of the lab's."""
    return not datasets(run)


def contents(run: Run) -> str:
    """Return what the database held: `10,000,000 products and 1,000,000 player fights`."""
    if is_own(run):
        return "applications of the user's own"
    *others, last = map(_main_rows, datasets(run))
    return " and ".join(filter(None, (", ".join(others), last)))


def _main_rows(data: DatasetRecord) -> str:
    # A dataset is sized by the rows of one table; where two have as many, its name says enough.
    mains = [table for table, rows in data.tables.items() if rows == data.rows]
    if len(mains) != 1:
        return f"{figures.rows(data.rows)} of {figures.printable(data.name)}"
    noun = figures.printable(mains[0]).replace("_", " ")
    return f"{figures.count(data.rows)} {noun}{'' if data.rows == 1 else 's'}"


def tables(data: DatasetRecord) -> str:
    """Return the rows of every table of a dataset, the largest first: `1,000 player_fight, ...`."""
    held = sorted(data.tables.items(), key=lambda each: -each[1])
    filled = [f"{figures.count(rows)} {figures.printable(table)}" for table, rows in held if rows]
    empty = len(held) - len(filled)
    written = f"{empty} more, empty, to write to" if empty else ""
    return ", ".join(filter(None, (*filled, written))) or figures.rows(data.rows)


def made(data: DatasetRecord) -> str:
    """Return how a dataset came to be there."""
    return "reused" if data.reused else f"built in {figures.duration(data.built_s)}"


def taken(run: Run) -> str:
    """Return how long a run took: `took 19 min 2 s`, and in how many sittings if it was resumed."""
    sittings = len(run.sittings)
    parts = f" in {sittings} sittings, the time between them apart" if sittings > 1 else ""
    return f"took {figures.duration(run.duration_s)}{parts}"


def environment(run: Run) -> tuple[str, ...]:
    """Return where and with what a run was made, in one line a matter."""
    where = run.environment
    packages = ", ".join(f"{name} {version}" for name, version in sorted(where.packages.items()))
    memory, started = figures.size(where.memory_bytes), f"{run.started_at:%Y-%m-%d %H:%M %Z}"
    machine = f"{where.cpu}, {where.cores} cores, {memory} of memory, {where.kernel}"
    versions = f"{python(where)}, {postgresql(where)}, {packages}"
    took = f"{taken(run)}, rowpath {run.rowpath}"
    run_made = f"profile {run.profile}, seed {run.seed}, started {started}, {took}"
    return tuple(
        map(figures.printable, (machine, versions, *map(_dataset, datasets(run)), run_made))
    )


def _dataset(data: DatasetRecord) -> str:
    disk = figures.size(data.size_bytes)
    return f"{data.name}: {_main_rows(data)} ({disk}, seed {data.seed}), {made(data)}"
