"""What is said of a race in sentences, in the terminal and in Markdown alike."""

from collections import Counter
from collections.abc import Iterator
from statistics import fmean

from rowpath.lab.gates import invalidating, mend
from rowpath.lab.measures import PRESSURE
from rowpath.lab.race.judging import RaceVerdict
from rowpath.lab.race.record import RaceComparisonRecord, RaceRun
from rowpath.report import figures
from rowpath.report.race import table
from rowpath.stats.precision import half_width
from rowpath.stats.signed_rank import MINIMUM_BLOCKS
from rowpath.stats.verdict import NULL_BAND

SHORT_COMMIT = 10


def heading(run: RaceRun) -> str:
    """Return what was raced, how long and how."""
    origin = figures.printable(table.common_origin(run))
    methods = ", ".join(dict.fromkeys(each.method for each in run.requests or run.entrants))
    how = figures.printable(f"profile {run.profile}")
    if run.users > 1:
        how = f"{run.users:,} users at once, {how}"
    if run.precision is not None:
        how += f", to a precision of {run.precision * 100:.3g}%"
    what = f"endpoints{f' of {origin}' if origin else ''} ({methods})"
    if table.is_of_calls(run):
        what = f"functions of {figures.printable(run.entrants[0].url)}"
    return (
        f"Race of {len(run.entrants)} {what}: "
        f"{_blocks(run.blocks)} in "
        f"{figures.duration(run.duration_s)}, {how}, seed {run.seed}."
    )


def controls(run: RaceRun) -> str:
    """Return how a race tests itself, as it was done in this one."""
    if run.users > 1:
        slowed = (
            "and a third time, in which each answer is counted as 5% more: under load a delay is "
            "lost in the server's queue, so none is waited. That a change of 5% would stand out is "
            "computed from these"
        )
    else:
        slowed = "and a third time with a delay of 5%, which is really waited and must be found"
    return (
        "What the race had to show of itself. In each block the first entrant is measured a second "
        f"time, which must come to the same, {slowed}."
    )


def failures(run: RaceRun) -> Iterator[str]:
    """Yield what went wrong, a sentence each: it is told before all else."""
    if run.stopped is not None:
        yield figures.printable(f"Not complete: {run.stopped}")
    for entrant in run.entrants:
        if entrant.failed is not None:
            until = _blocks(len(entrant.samples_ms))
            yield figures.printable(
                f"{entrant.name} is out: {entrant.failed}. It has {until} from before that."
            )
    for gate in invalidating(run.gates):
        yield f"Not valid: {gate.text} {mend(gate)}"


def verdicts(run: RaceRun) -> Iterator[tuple[RaceVerdict, str]]:
    """Yield each comparison's verdict, with the sentence that tells it."""
    for comparison in run.comparisons:
        yield RaceVerdict(comparison.verdict), figures.printable(_verdict(comparison))


def sentences(run: RaceRun) -> Iterator[str]:
    """Yield what is to be known about the figures."""
    judged = [comparison for comparison in run.comparisons if comparison.ratio is not None]
    if judged:
        yield (
            "A ratio is of times, below 1 is faster; its 95% interval is in brackets. "
            f"{_way_of_asking(run)}"
        )
    yield from _latencies(run)
    commits = [
        f"{figures.printable(entrant.name)} is {entrant.revision[:SHORT_COMMIT]}"
        for entrant in run.entrants
        if entrant.revision is not None
    ]
    if commits:
        yield f"{', '.join(commits)}."
    if run.restarted:
        yield (
            "The servers were started anew for every block, so what a start is worth is within the "
            "intervals."
        )
    for gate in run.gates:
        if not gate.invalidates and (gate.name == "control" or not gate.passed):
            yield gate.text
    yield from _machine(run)
    if run.null_band > NULL_BAND:
        yield (
            f"What is not different was seen to differ by {run.null_band:.1%}: only more than that "
            "is called a difference."
        )
    if any(comparison.verdict == RaceVerdict.UNDECIDED for comparison in judged):
        yield (
            "Undecided: the interval lies neither beyond what is called a difference nor within "
            "2%. More blocks narrow it, as with --precision 2%."
        )
    yield from _precision(run)
    yield from _again(run)
    if run.answers_may_differ:
        yield "The answers may differ: they were not compared."
    elif run.ignored:
        names = figures.printable(", ".join(run.ignored))
        yield f"The answers are the same but for the fields left out: {names}."


def _way_of_asking(run: RaceRun) -> str:
    """Return what a time is of."""
    if run.users > 1:
        return (
            f"{run.users:,} users asked at once, each anew when answered: a time is how long it "
            "took for each answer that was given, to whomever of them."
        )
    if run.requests:
        return (
            f"{len(run.requests):,} requests one at a time, over a kept connection, to the last "
            "byte: a time is of all of them, the sum of the median of each."
        )
    if table.is_of_calls(run):
        return "One call at a time; a time is the mean of as many calls as take a millisecond."
    return "One request at a time, over a kept connection, to the last byte."


def _latencies(run: RaceRun) -> Iterator[str]:
    """Yield how long a user waits for an answer, of a race under load."""
    waits = [
        f"{figures.printable(entrant.name)} {figures.time(entrant.latency_ms.median)} "
        f"({figures.time_range(entrant.latency_ms)})"
        for entrant in run.entrants
        if entrant.latency_ms is not None
    ]
    if waits:
        yield f"Half of the answers came within: {', '.join(waits)}."


def _verdict(comparison: RaceComparisonRecord) -> str:
    variant, baseline, ratio = comparison.variant, comparison.baseline, comparison.ratio
    if ratio is None:
        return (
            f"{variant} and {baseline}: undecided, since an interval takes {MINIMUM_BLOCKS} blocks "
            f"and there {'is' if comparison.blocks == 1 else 'are'} {comparison.blocks}."
        )
    of = "of" if ratio.estimate < 1 else "times"
    takes = (
        f"takes {figures.ratio_number(ratio.estimate)} {of} {baseline}'s time "
        f"({figures.ratio_number(ratio.low)} to {figures.ratio_number(ratio.high)}), "
        f"{_blocks(comparison.blocks)}."
    )
    match RaceVerdict(comparison.verdict):
        case RaceVerdict.FASTER | RaceVerdict.SLOWER as seen:
            return f"{variant} is {seen} than {baseline}: it {takes}"
        case RaceVerdict.NO_DIFFERENCE:
            said = f"no difference beyond {NULL_BAND:.0%}"
        case RaceVerdict.TOO_NOISY:
            said = "a difference of 5% could be missed here"
        case RaceVerdict.NOT_JUDGED:
            said = "not judged, since the race failed its own tests"
        case _:
            said = "undecided"
    return f"{variant} and {baseline}: {said}. {variant} {takes}"


def _machine(run: RaceRun) -> Iterator[str]:
    """Yield what the machine was seen to do, where times alone do not say what they come of."""
    failed = any(gate.name in {"clone", "control"} and not gate.passed for gate in run.gates)
    seen = [each.blocks for each in run.around if each.quantity == PRESSURE.name]
    waits = [value for blocks in seen for value in blocks]
    if failed and waits:
        yield (
            f"While it was measured, some process waited for a processor {fmean(waits):.0%} of the "
            "time: the more, the more of it is the machine's doing."
        )


def _precision(run: RaceRun) -> Iterator[str]:
    ratios = [each.ratio for each in run.comparisons if each.ratio is not None]
    if run.precision is None or not ratios:
        return
    reached = max(map(half_width, ratios))
    if reached > run.precision:
        yield (
            f"The precision of {run.precision * 100:.3g}% was not reached: half the width of an "
            f"interval is still {reached:.1%}."
        )


def _again(run: RaceRun) -> Iterator[str]:
    reasons = Counter(again.reason for again in run.again)
    if reasons:
        slots = "slot was" if reasons.total() == 1 else "slots were"
        told = "; ".join(f"{reason} ({number})" for reason, number in reasons.most_common(4))
        yield f"{reasons.total():,} {slots} measured again, by a rule fixed beforehand: {told}."


def _blocks(number: int) -> str:
    return f"{number:,} block{'' if number == 1 else 's'}"
