"""What a race comes to: gates, ratios and verdicts, from what was measured alone. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import fmean, median

from rowpath.lab.gates import (
    GENERATOR,
    OTHER_WORK,
    Support,
    Withheld,
    as_note,
    clone_gate,
    control_gate,
    machine_gate,
    steal_gate,
    valid,
)
from rowpath.lab.measures import ASKING_CPU, PRESSURE, STEAL, Quantity
from rowpath.lab.plan import Control
from rowpath.lab.race.record import (
    AroundRecord,
    EntrantRecord,
    RaceComparisonRecord,
    RaceControlRecord,
    RaceCutRecord,
)
from rowpath.lab.race.results import Results, Slot
from rowpath.lab.race.values import Entrant, Lane
from rowpath.lab.record import GateRecord, TimeRecord
from rowpath.stats.holm import holm
from rowpath.stats.interval import Interval
from rowpath.stats.median import median_interval
from rowpath.stats.ratio import ratio_interval, ratio_p_value
from rowpath.stats.verdict import NULL_BAND, beyond, wider_band

MOST_GENERATOR = 0.80
"""Of a core: whoever asks and uses more is late itself, and times its own waiting."""
MOST_BEFORE = 0.25
"""Of all processors, before anything is asked."""
DIGITS = 9
"""Of a millisecond: a clock has nanoseconds, and the mean of a thousand short calls has less."""
_SEEN_AROUND = (STEAL, PRESSURE, ASKING_CPU)


class RaceVerdict(StrEnum):
    """What a race says of an entrant, compared with the first."""

    FASTER = "faster"
    SLOWER = "slower"
    NO_DIFFERENCE = "no difference"
    TOO_NOISY = "too noisy"
    """No difference is seen, nor would one of 5% have been, be it by the machine or the server."""
    UNDECIDED = "undecided"
    NOT_JUDGED = "not judged"
    """The race failed its own tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A race judged: what it can bear, and what it says."""

    gates: tuple[GateRecord, ...]
    null_band: float
    entrants: tuple[EntrantRecord, ...]
    comparisons: tuple[RaceComparisonRecord, ...]
    controls: tuple[RaceControlRecord, ...]

    @property
    def valid(self) -> bool:
        """Whether no gate failed that invalidates."""
        return valid(self.gates)


def judge(results: Results) -> Judgement:
    """Return what the results say so far."""
    gates = tuple(_gates(results))
    clone = _control_ratio(results, Control.CLONE)
    failed = [gate for gate in gates if not gate.passed]
    rests_on = Support(
        null_band=NULL_BAND if clone is None else wider_band(clone),
        sees=all(gate.withholds != Withheld.ABSENCE for gate in failed),
        withheld=" ".join(gate.text for gate in failed if gate.withholds == Withheld.VERDICTS),
    )
    return Judgement(
        gates=gates,
        null_band=rests_on.null_band,
        entrants=tuple(_entrant(results, entrant) for entrant in results.plan.entrants),
        comparisons=tuple(_comparisons(results, rests_on)),
        controls=tuple(
            RaceControlRecord(
                kind=control,
                ratio=_control_ratio(results, control),
                samples_ms=_samples_ms(results.slots.get(_control_lane(results, control), [])),
                values_ms=_values_ms(results, _control_lane(results, control)),
            )
            for control in Control
        ),
    )


def verdict(ratio: Interval | None, rests_on: Support) -> RaceVerdict:
    """Return what the interval of a ratio of times says, below 1 being faster.

    - not judged where the race cannot bear verdicts;
    - faster or slower where the whole interval lies beyond the band of what identical endpoints
      were seen to differ by;
    - too noisy where it does not, and a difference of 5% could have been missed;
    - no difference where the whole interval lies within NULL_BAND, whatever the race's own band is:
      a wider one must not make that easier;
    - undecided otherwise, and without an interval.
    """
    if ratio is None:
        return RaceVerdict.UNDECIDED
    if rests_on.withheld:
        return RaceVerdict.NOT_JUDGED
    if beyond(ratio, rests_on.null_band):
        return RaceVerdict.FASTER if ratio.estimate < 1 else RaceVerdict.SLOWER
    if not rests_on.sees:
        return RaceVerdict.TOO_NOISY
    if ratio.low >= 1 / (1 + NULL_BAND) and ratio.high <= 1 + NULL_BAND:
        return RaceVerdict.NO_DIFFERENCE
    return RaceVerdict.UNDECIDED


def cut_slots(results: Results) -> tuple[RaceCutRecord, ...]:
    """Return the slots that count for nothing."""
    return tuple(
        RaceCutRecord(slot=str(lane), samples_ms=_samples_ms([slot])[0])
        for lane, slot in results.cut
    )


def around_slots(results: Results) -> tuple[AroundRecord, ...]:
    """Return what went on in the machine in the slots that count, as far as the system tells it."""
    return tuple(
        AroundRecord(
            slot=str(lane),
            quantity=quantity.name,
            unit=quantity.unit,
            blocks=tuple(slot.around[quantity] for slot in slots),
        )
        for lane, slots in results.slots.items()
        for quantity in _SEEN_AROUND
        if slots and all(quantity in slot.around for slot in slots)
    )


def _gates(results: Results) -> Iterator[GateRecord]:
    clone = _control_ratio(results, Control.CLONE)
    if clone is not None:
        yield replace(clone_gate(clone), invalidates=True)
        slowed = _control_ratio(results, Control.SLOWED)
        # Under load nobody waited: an answer of what is slowed was counted for less.
        yield control_gate(clone, slowed, was_waited=results.plan.users == 1)
    steal = _all(results, STEAL)
    if steal:
        yield steal_gate(fmean(steal))
    asking = _all(results, ASKING_CPU)
    if asking:
        share = fmean(asking)
        text = f"The process that asks used {share:.0%} of a core on average"
        yield machine_gate(GENERATOR, share, MOST_GENERATOR, text)
    yield _other_work_gate(max(0.0, results.other_cpu))


def _other_work_gate(share: float) -> GateRecord:
    """Return whether the machine was at rest before the race: it explains, and takes nothing.

    No sample in the file has what was seen then, so it is read again from this gate.
    """
    seen = f"Before anything was asked, {share:.0%} of the machine's processors were at work"
    return as_note(machine_gate(OTHER_WORK, share, MOST_BEFORE, seen), seen)


def _all(results: Results, quantity: Quantity) -> Sequence[float]:
    """Return a quantity of each slot that has it, but of what is slowed: that waits by working."""
    return [
        slot.around[quantity]
        for lane, slots in results.slots.items()
        if lane.control is not Control.SLOWED
        for slot in slots
        if quantity in slot.around
    ]


def _control_lane(results: Results, control: Control) -> Lane:
    return Lane(entrant=results.plan.baseline, control=control)


def _control_ratio(results: Results, control: Control) -> Interval | None:
    return ratio_interval(*results.paired_s(_control_lane(results, control)))


def _comparisons(results: Results, rests_on: Support) -> Iterator[RaceComparisonRecord]:
    pairs = [results.paired_s(Lane(entrant=entrant)) for entrant in results.plan.others]
    ratios = [ratio_interval(*pair) for pair in pairs]
    p_values = [
        ratio_p_value(*pair) for pair, ratio in zip(pairs, ratios, strict=True) if ratio is not None
    ]
    adjusted = iter(holm(p_values))
    for entrant, (own, _), ratio in zip(results.plan.others, pairs, ratios, strict=True):
        says = verdict(ratio, rests_on)
        yield RaceComparisonRecord(
            variant=entrant.name,
            baseline=results.plan.baseline.name,
            quantity=results.plan.quantity,
            ratio=ratio,
            blocks=len(own),
            p_holm=None if ratio is None else next(adjusted),
            verdict=says,
            withheld=rests_on.withheld if says is RaceVerdict.NOT_JUDGED else "",
        )


def _entrant(results: Results, entrant: Entrant) -> EntrantRecord:
    lane = Lane(entrant=entrant)
    over = median_interval([value_s * 1_000 for value_s in results.values_s(lane)])
    return EntrantRecord(
        name=entrant.name,
        url=entrant.url,
        method=entrant.target.method,
        median_ms=None if over is None else _time_record(over),
        samples_ms=_samples_ms(results.slots.get(lane, [])),
        bytes=results.sizes_bytes.get(entrant, 0),
        failed=results.fallen.get(entrant),
        values_ms=_values_ms(results, lane),
        latency_ms=_latency(results, lane),
        revision=entrant.revision,
    )


def _values_ms(results: Results, lane: Lane) -> tuple[float, ...]:
    """Return what each block of a lane counts as, where its samples alone do not say that."""
    if results.plan.users == 1 and not lane.entrant.requests:
        return ()
    return tuple(round(value_s * 1_000, DIGITS) for value_s in results.values_s(lane))


def _latency(results: Results, lane: Lane) -> TimeRecord | None:
    """Return how long an answer takes under load: half of them take longer."""
    if results.plan.users == 1:
        return None
    over = median_interval([median(slot.samples_s) * 1_000 for slot in results.slots.get(lane, [])])
    return None if over is None else _time_record(over)


def _time_record(over: Interval) -> TimeRecord:
    return TimeRecord(median=over.estimate, low=over.low, high=over.high)


def _samples_ms(slots: Sequence[Slot]) -> tuple[tuple[float, ...], ...]:
    return tuple(
        tuple(round(sample_s * 1_000, DIGITS) for sample_s in slot.samples_s) for slot in slots
    )
