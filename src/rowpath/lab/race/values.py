"""What a race is: who takes part, how long it measures, and in which order. Decided beforehand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from rowpath.errors import UsageError
from rowpath.lab.load.plan import DEFAULT_TIMEOUT_S, MOST_ANSWER_BYTES, Target
from rowpath.lab.measures import TIME
from rowpath.lab.plan import Control
from rowpath.stats.signed_rank import MINIMUM_BLOCKS

FEWEST_ENTRANTS = 2
MOST_ENTRANTS = 26
"""As many as have a letter."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LONGEST_NAME = 40
CALL = "CALL"
"""Stands for the method of an entrant that is no endpoint, and whose URL is the test it is of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceProfile:
    """How many blocks are measured, and how long a slot lasts.

    At least `floor` and at most `blocks` blocks; between them the race stops when half the width
    of every ratio's interval, on the ln scale, is `half_width` or less (None: it never does). A
    slot lasts `slot_s` seconds or one request, whichever is longer.
    """

    name: str
    floor: int
    blocks: int
    half_width: float | None
    slot_s: float


QUICK = RaceProfile(name="quick", floor=MINIMUM_BLOCKS, blocks=6, half_width=None, slot_s=0.35)
DEFAULT = RaceProfile(name="default", floor=MINIMUM_BLOCKS, blocks=12, half_width=0.025, slot_s=1.0)
THOROUGH = RaceProfile(name="thorough", floor=20, blocks=20, half_width=None, slot_s=2.0)
PROFILES = (QUICK, DEFAULT, THOROUGH)
MOST_BLOCKS_FOR_PRECISION = 60


Same = Callable[[object, object], object]
"""Says whether two results are the same."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Call:
    """A function of this process that takes part, as often as it is called for one timing.

    Its results are to be the `same` as what was `expected`; where that is None, any will do.
    """

    function: Callable[[], object]
    calls: int
    expected: object
    same: Same | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How an entrant's server is started, anew for each block: a program, and where it runs.

    The `folder` is one of the revision's working tree where the entrant is of a revision.
    """

    argv: tuple[str, ...]
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """One that takes part in a race: what is asked, and the name that it is told by.

    `requests` are asked in their order where they are several; none is the `target` alone. Where
    the race starts the server, by its `launch`, the URLs have a `{port}` that each start fills in,
    and the server is ready when the `target` is answered. `revision` is the commit that it runs.
    Where it has a `call`, that is what is timed, and nothing is asked of its target.
    """

    name: str
    target: Target
    requests: tuple[Target, ...] = ()
    launch: Launch | None = None
    revision: str | None = None
    call: Call | None = None

    @property
    def asked(self) -> tuple[Target, ...]:
        """What is timed."""
        return self.requests or (self.target,)

    @property
    def url(self) -> str:
        """The URL that is asked."""
        return self.target.url

    def __str__(self) -> str:
        """Return `B (http://127.0.0.1:8000/)`."""
        return f"{self.name} ({self.url})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """What a slot measures: an entrant, or a control by which the race tests itself."""

    entrant: Entrant
    control: Control | None = None

    def __str__(self) -> str:
        """Return `B`, or `A (clone)`."""
        return f"{self.entrant.name} ({self.control})" if self.control else self.entrant.name


@dataclass(frozen=True, slots=True, kw_only=True)
class RacePlan:
    """Everything that a race needs: the first entrant is what all others are compared with.

    A `precision` is the half width that every ratio's interval is to have, None where the profile
    decides when to stop. `ignored` are the fields that answers are compared without, at any depth;
    where they `may_differ` they are not compared at all. With `users` above 1 so many ask at once.
    A server that the race starts has `starts_within_s` to be ready. Revisions are of a `checkout`;
    in the working tree of each all of `setup` is run before anything is timed.
    """

    entrants: tuple[Entrant, ...]
    profile: RaceProfile = DEFAULT
    precision: float | None = None
    seed: int = 1
    timeout_s: float = DEFAULT_TIMEOUT_S
    most_bytes: int = MOST_ANSWER_BYTES
    ignored: frozenset[str] = frozenset()
    may_differ: bool = False
    users: int = 1
    starts_within_s: float = 30.0
    checkout: Path | None = None
    setup: tuple[tuple[str, ...], ...] = ()

    @property
    def baseline(self) -> Entrant:
        """What all others are compared with."""
        return self.entrants[0]

    @property
    def others(self) -> tuple[Entrant, ...]:
        """Those that are compared with it."""
        return self.entrants[1:]

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """What each block has a slot of, before it is shuffled."""
        controls = (Lane(entrant=self.baseline, control=control) for control in Control)
        return (*(Lane(entrant=entrant) for entrant in self.entrants), *controls)

    @property
    def quantity(self) -> str:
        """What the ratios are of; whatever it is, less is faster."""
        if self.users > 1:
            return f"time per answer at {self.users} users"
        number = len(self.baseline.asked)
        return TIME.name if number == 1 else f"time for {number} requests"

    @property
    def floor(self) -> int:
        """The fewest blocks."""
        return self.profile.floor if self.precision is None else MINIMUM_BLOCKS

    @property
    def blocks(self) -> int:
        """The most blocks."""
        return self.profile.blocks if self.precision is None else MOST_BLOCKS_FOR_PRECISION

    @property
    def half_width(self) -> float | None:
        """The half width of every interval at which the race may stop early."""
        return self.profile.half_width if self.precision is None else self.precision

    def order(self, block: int) -> tuple[Lane, ...]:
        """Return the lanes in the random order of a block: the same for the same seed."""
        lanes = list(self.lanes)
        Random(f"{self.seed}/race/{block}").shuffle(lanes)
        return tuple(lanes)


def entrants(targets: Sequence[Target], names: Sequence[str]) -> tuple[Entrant, ...]:
    """Return the targets as entrants; UsageError for too few or too many, or names that do not fit.

    Without any name they are called A, B, C and so on.
    """
    if not FEWEST_ENTRANTS <= len(targets) <= MOST_ENTRANTS:
        urls = f"{len(targets)} URL{'' if len(targets) == 1 else 's'}"
        raise UsageError(
            f"Cannot race {urls}: a race has {FEWEST_ENTRANTS} to {MOST_ENTRANTS}. "
            "Name as many; the first is what the others are compared with."
        )
    if names:
        _check_names(names, len(targets))
    chosen = names or LETTERS[: len(targets)]
    return tuple(
        Entrant(name=name, target=target) for name, target in zip(chosen, targets, strict=True)
    )


def path_in(target: Target) -> str:
    """Return what is asked of a target's host, be its port known yet or not."""
    return f"/{target.url.partition('://')[2].partition('/')[2]}"


def _check_names(names: Sequence[str], urls: int) -> None:
    if len(names) != urls:
        raise UsageError(
            f"Cannot give {urls} URLs {len(names)} name{'' if len(names) == 1 else 's'}. "
            "Write --name once for each URL, or not at all."
        )
    for name in names:
        if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
            raise UsageError(
                f"Cannot call a URL {name[: LONGEST_NAME + 1]!r}: a name has 1 to {LONGEST_NAME} "
                "characters that can be printed. Choose another --name."
            )
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"Cannot call two URLs {twice[0]!r}. Give each a --name of its own.")


def profile_named(name: str) -> RaceProfile:
    """Return the profile called `name`; UsageError where there is none."""
    for profile in PROFILES:
        if profile.name == name:
            return profile
    known = ", ".join(profile.name for profile in PROFILES)
    raise UsageError(f"Cannot use profile {name!r}: it is unknown. Choose one of: {known}.")
