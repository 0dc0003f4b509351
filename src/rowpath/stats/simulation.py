"""The design, simulated: how often its intervals hold the truth, and how often it cries wolf.

A run is drawn as it would be measured: in every block a time for the baseline and one for each
variant, then the very functions that judge a real run. What all slots of a block have in common
cancels in the ratio, so it is drawn only where it changes from slot to slot.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import exp, log, sqrt
from random import Random

from rowpath.stats.holm import holm
from rowpath.stats.interval import CONFIDENCE, Interval
from rowpath.stats.precision import HALF_WIDTH_BOUND, precise_enough
from rowpath.stats.ratio import ratio_interval, ratio_p_value
from rowpath.stats.signed_rank import MINIMUM_BLOCKS
from rowpath.stats.verdict import NULL_BAND, beyond, wider_band

ADDED = 0.05
"""What a positive control takes longer by."""


class Stopping(StrEnum):
    """When a run stops between its fewest and its most blocks."""

    NEVER = "never early"
    PRECISE = "when every interval is narrow enough"
    PEEKING = "when an interval excludes 1"
    """The dishonest rule, here only to show what it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """How times scatter within a block.

    `ratio_sd` is the standard deviation of ln(variant / baseline) in a block where nothing
    happens, half of its variance from each of the two slots. In a share `disturbed` of the blocks
    something slows one of a pair's two slots, or both; the ln time of such a slot grows by an
    exponential variable of mean `disturbance`. Where `one_sided`, only variants are disturbed, so
    the ln ratios lean to the right. `restart_sd` is the deviation of the ln ratio that a restart
    of the servers draws anew, `blocks_per_restart` how many blocks keep it.

    What changes over time meets whatever slot is measured then, in the block's random order: over
    the whole run all ln times grow by `drift`, and they wander by an autoregressive process of the
    deviation `wander_sd`, of which from one slot to the next the share `wander_kept` remains.
    """

    ratio_sd: float = 0.03
    disturbed: float = 0.10
    disturbance: float = 0.20
    one_sided: bool = False
    restart_sd: float = 0.0
    blocks_per_restart: int = 1
    drift: float = 0.0
    wander_sd: float = 0.0
    wander_kept: float = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A run to simulate: `comparisons` variants of the same true ratio against one baseline.

    A `gated` run also measures the baseline a second time, and a third time with ADDED added.
    """

    comparisons: int = 1
    true_ratio: float = 1.0
    fewest_blocks: int = MINIMUM_BLOCKS
    most_blocks: int = 10
    stopping: Stopping = Stopping.NEVER
    half_width: float = HALF_WIDTH_BOUND
    gated: bool = False
    noise: Noise = field(default_factory=Noise)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """How many of a number of independent runs had a property."""

    count: int
    total: int

    @property
    def share(self) -> float:
        """The proportion itself."""
        return self.count / self.total

    @property
    def standard_error(self) -> float:
        """The binomial standard error of the share; 0 where all runs agree."""
        return sqrt(self.share * (1 - self.share) / self.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What many simulated runs showed.

    `coverage` is that of one comparison a run, since those of one run depend on each other. The
    others say in how many runs one comparison or more was called different: `excluding_one` by
    its own interval, `rejected` after Holm's correction at 5%, `beyond_band` by an interval that
    lies beyond the null band. They are false positives where the true ratio is 1, power elsewhere.

    Of gated runs, `called` is the whole decision: the clone's interval does not lie beyond the
    band, and that of a comparison lies beyond the band that the clone may have widened. `invalid`
    are the runs whose clone forbids any verdict, `control_found` those that find what was added. Of
    other runs `called` is `beyond_band`, and the rest is nothing.
    """

    coverage: Proportion
    excluding_one: Proportion
    rejected: Proportion
    beyond_band: Proportion
    called: Proportion
    invalid: Proportion
    control_found: Proportion
    mean_blocks: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    blocks: int
    covered: bool
    excluding_one: bool
    rejected: bool
    beyond_band: bool
    called: bool
    invalid: bool = False
    control_found: bool = False


def simulate(design: Design, *, replications: int, seed: int) -> Outcome:
    """Return what `replications` runs of the design show; the same seed gives the same outcome.

    ValueError for a design that measures fewer than MINIMUM_BLOCKS blocks.
    """
    random = Random(seed)
    trials = [_trial(design, random) for _ in range(replications)]

    def proportion(flags: Iterator[bool]) -> Proportion:
        return Proportion(count=sum(flags), total=replications)

    return Outcome(
        coverage=proportion(trial.covered for trial in trials),
        excluding_one=proportion(trial.excluding_one for trial in trials),
        rejected=proportion(trial.rejected for trial in trials),
        beyond_band=proportion(trial.beyond_band for trial in trials),
        called=proportion(trial.called for trial in trials),
        invalid=proportion(trial.invalid for trial in trials),
        control_found=proportion(trial.control_found for trial in trials),
        mean_blocks=sum(trial.blocks for trial in trials) / replications,
    )


def _trial(design: Design, random: Random) -> _Trial:
    noise = design.noise
    # A pair stays undisturbed where both of its slots do.
    slot_disturbed = noise.disturbed if noise.one_sided else 1 - sqrt(1 - noise.disturbed)
    baseline_disturbed = 0.0 if noise.one_sided else slot_disturbed
    true_ratios = [design.true_ratio] * design.comparisons
    if design.gated:
        true_ratios += [1.0, 1 + ADDED]
    cells = [_ln_times(design, random, disturbed=baseline_disturbed, true_ratio=1.0)]
    cells += [
        _ln_times(design, random, disturbed=slot_disturbed, true_ratio=each) for each in true_ratios
    ]
    if noise.drift or noise.wander_sd:
        _let_time_pass(cells, noise, random)
    baseline, *others = [[exp(each) for each in cell] for cell in cells]
    variants, controls = others[: design.comparisons], others[design.comparisons :]
    blocks, intervals = _measure(design, variants, baseline)
    p_values = [ratio_p_value(variant[:blocks], baseline[:blocks]) for variant in variants]
    beyond_band = _any_beyond(intervals, NULL_BAND)
    trial = _Trial(
        blocks=blocks,
        covered=intervals[0].low <= design.true_ratio <= intervals[0].high,
        excluding_one=_any_beyond(intervals, 0.0),
        rejected=min(holm(p_values)) <= 1 - CONFIDENCE,
        beyond_band=beyond_band,
        called=beyond_band,
    )
    if not controls:
        return trial
    clone, slowed = _intervals(controls, baseline, blocks)
    invalid = beyond(clone, NULL_BAND)
    return replace(
        trial,
        called=not invalid and _any_beyond(intervals, wider_band(clone)),
        invalid=invalid,
        control_found=slowed.low > 1,
    )


def _ln_times(
    design: Design, random: Random, *, disturbed: float, true_ratio: float
) -> list[float]:
    """Draw a variant's ln times, one a block, in units of the baseline's."""
    noise, ln_times, restart = design.noise, [], 0.0
    for block in range(design.most_blocks):
        if noise.restart_sd and block % noise.blocks_per_restart == 0:
            restart = random.gauss(0, noise.restart_sd / sqrt(2))
        ln_time = log(true_ratio) + restart + random.gauss(0, noise.ratio_sd / sqrt(2))
        if random.random() < disturbed:
            ln_time += random.expovariate(1 / noise.disturbance)
        ln_times.append(ln_time)
    return ln_times


def _let_time_pass(cells: Sequence[list[float]], noise: Noise, random: Random) -> None:
    """Add to each slot what the machine was like when its turn came, in each block's own order."""
    blocks = len(cells[0])
    order = list(range(len(cells)))
    wandered, step = random.gauss(0, noise.wander_sd), 0
    fresh_sd = noise.wander_sd * sqrt(1 - noise.wander_kept**2)
    for block in range(blocks):
        random.shuffle(order)
        for cell in order:
            cells[cell][block] += wandered + noise.drift * step / (blocks * len(cells))
            wandered = noise.wander_kept * wandered + random.gauss(0, fresh_sd)
            step += 1


def _measure(
    design: Design, variants: Sequence[Sequence[float]], baseline: Sequence[float]
) -> tuple[int, list[Interval]]:
    """Return how many blocks the design measures of these times, and the intervals then."""
    early = range(design.fewest_blocks, design.most_blocks)
    if design.stopping is not Stopping.NEVER:
        for blocks in early:
            intervals = _intervals(variants, baseline, blocks)
            if _stops(design, intervals):
                return blocks, intervals
    return design.most_blocks, _intervals(variants, baseline, design.most_blocks)


def _stops(design: Design, intervals: Sequence[Interval]) -> bool:
    if design.stopping is Stopping.PRECISE:
        return precise_enough(intervals, bound=design.half_width)
    return _any_beyond(intervals, 0.0)


def _intervals(
    variants: Sequence[Sequence[float]], baseline: Sequence[float], blocks: int
) -> list[Interval]:
    found = [ratio_interval(variant[:blocks], baseline[:blocks]) for variant in variants]
    intervals = [interval for interval in found if interval is not None]
    if len(intervals) < len(found):
        msg = f"A design measures at least {MINIMUM_BLOCKS} blocks, not {blocks}"
        raise ValueError(msg)
    return intervals


def _any_beyond(intervals: Sequence[Interval], null_band: float) -> bool:
    """Return whether an interval lies beyond a band, to either side."""
    return any(beyond(interval, null_band) for interval in intervals)
