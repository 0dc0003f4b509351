"""How long a run measures: the profiles by name. docs/statistics.md argues their blocks."""

from dataclasses import dataclass
from math import inf

from rowpath.errors import UsageError
from rowpath.stats.precision import HALF_WIDTH_BOUND
from rowpath.stats.signed_rank import MINIMUM_BLOCKS

WARM_UP_ROWS = 20
"""A warm-up brings connection, caches and code paths to life; it need not move all the rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How many blocks are measured, and how long a slot lasts.

    At least `floor` and at most `blocks` blocks. Between them a stage stops when every interval
    is narrow enough, that is, half of its width on the ln scale is `half_width` or less (None: it
    never does), or when another block would end later than `stage_s` seconds. Neither rule looks
    at where an interval lies. A slot lasts `slot_s` seconds or one request, whichever is longer;
    one of many users `load_s` seconds, and until all who ask are answered.
    `budget_s` is the time of all blocks of a run together: what the fewest blocks leave of it is
    shared out among the stages, each of which then has its own part in the place of `stage_s`.
    `thorough` adds the largest sizes and the variants that need hours or a memory limit.
    """

    name: str
    floor: int
    blocks: int
    half_width: float | None
    stage_s: float
    slot_s: float
    load_s: float
    budget_s: float | None = None
    thorough: bool = False


TALK_S = 930.0
"""Of 20 minutes for the whole talk, what datasets, checking and the report leave on two cores."""
PROFILES: tuple[Profile, ...] = (
    Profile(
        name="quick",
        floor=MINIMUM_BLOCKS,
        blocks=6,
        half_width=None,
        stage_s=inf,
        slot_s=0.2,
        load_s=1.0,
    ),
    Profile(
        name="talk",
        floor=MINIMUM_BLOCKS,
        blocks=10,
        half_width=HALF_WIDTH_BOUND,
        stage_s=inf,
        slot_s=0.1,
        load_s=0.5,
        budget_s=TALK_S,
    ),
    Profile(
        name="default",
        floor=MINIMUM_BLOCKS,
        blocks=10,
        half_width=HALF_WIDTH_BOUND,
        stage_s=60.0,
        slot_s=0.25,
        load_s=1.5,
    ),
    Profile(
        name="thorough",
        floor=20,
        blocks=20,
        half_width=None,
        stage_s=inf,
        slot_s=1.0,
        load_s=10.0,
        thorough=True,
    ),
)


def profile_named(name: str) -> Profile:
    """Return the profile called `name`; UsageError where there is none."""
    for profile in PROFILES:
        if profile.name == name:
            return profile
    known = ", ".join(profile.name for profile in PROFILES)
    raise UsageError(f"Cannot use profile {name!r}: it is unknown. Choose one of: {known}.")
