"""A race as it goes: first every endpoint is checked, then blocks of slots in random order."""

import gc
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from shlex import quote
from time import monotonic, process_time, sleep
from typing import Protocol

from rowpath.errors import AnswerError, ServerError
from rowpath.lab.answers.same import Difference, difference
from rowpath.lab.disturbances import MOST_TRIES, disturbance
from rowpath.lab.measures import ASKING_CPU, OTHER_CPU, Quantity
from rowpath.lab.measuring.machine import between, look, span_s
from rowpath.lab.measuring.slots import slowed
from rowpath.lab.plan import Control
from rowpath.lab.race.asking import Alarm, Asker, Bounds, FallenError, alarm, asker, shown
from rowpath.lab.race.results import Results, Slot
from rowpath.lab.race.values import Entrant, Lane, RacePlan
from rowpath.lab.record import AgainRecord
from rowpath.stats.precision import precise_enough
from rowpath.stats.ratio import ratio_interval

LOOKS_FOR_S = 0.5
"""How long the machine is looked at before anything is asked."""


class Listener(Protocol):
    """Whoever is told how a race goes."""

    def step(self, text: str) -> None:
        """Hear what is done from now on, before the blocks."""

    def goes_on(self, results: Results) -> None:
        """Hear that a slot was measured: between slots is the only time to do anything."""


def race(plan: RacePlan, results: Results, listener: Listener) -> None:
    """Check all endpoints, then measure blocks into `results` until the plan says stop.

    ServerError where an endpoint does not answer before anything is timed, AnswerError where two
    do not answer the same. One that fails later is out, with its reason in the results, and the
    others go on; without the baseline, or anything to compare with it, the race is over.
    """
    listener.step("looking at the machine")
    results.other_cpu = _other_cpu()
    with alarm(plan.timeout_s) as watch, _short_collections():
        asking = _Asking(plan, results, listener, watch)
        listener.step("checking the answers")
        asking.check()
        while not _is_over(plan, results):
            asking.block(results.blocks)


@contextmanager
def _short_collections() -> Iterator[None]:
    """Keep Python from searching all that the command has loaded for garbage.

    That takes tens of milliseconds, and would do so in the middle of a request.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _other_cpu() -> float:
    before, own_s = look(), process_time()
    sleep(LOOKS_FOR_S)
    return between(before, look(), own_s=process_time() - own_s)[OTHER_CPU]


def _is_over(plan: RacePlan, results: Results) -> bool:
    left = [entrant for entrant in plan.others if entrant not in results.fallen]
    if plan.baseline in results.fallen or not left or results.blocks >= plan.blocks:
        return True
    if plan.half_width is None or results.blocks < plan.floor:
        return False
    ratios = (ratio_interval(*results.paired_s(Lane(entrant=entrant))) for entrant in left)
    return precise_enough(ratios, bound=plan.half_width)


@dataclass(frozen=True, slots=True)
class _Asking:
    """What the endpoints of a race are checked and timed with."""

    plan: RacePlan
    results: Results
    listener: Listener
    watch: Alarm

    def _asker(self, entrant: Entrant) -> AbstractContextManager[Asker]:
        bounds = Bounds(timeout_s=self.plan.timeout_s, most_bytes=self.plan.most_bytes)
        return asker(entrant.target, bounds, self.watch)

    def check(self) -> None:
        """Ask each endpoint twice, and hold its answers against one another and the first's."""
        twice: dict[Entrant, tuple[bytes, bytes]] = {}
        failed = []
        for entrant in self.plan.entrants:
            try:
                twice[entrant] = self._two_answers(entrant)
            except FallenError as error:
                failed.append(f"{entrant}: {error}")
        if failed:
            raise ServerError(
                f"Cannot race {'; '.join(failed)}. Correct the endpoint, or leave it out."
            )
        self.results.answers |= {entrant: answers[0] for entrant, answers in twice.items()}
        if not self.plan.may_differ:
            _check_answers(twice, self.plan.ignored)

    def _two_answers(self, entrant: Entrant) -> tuple[bytes, bytes]:
        with self._asker(entrant) as asking:
            first, second = (asking.ask(keeps=True) for _ in range(2))
        self.results.sizes_bytes[entrant] = first.size_bytes
        return first.body, second.body

    def block(self, number: int) -> None:
        """Measure a slot of each lane that is still in; what is cut stays apart."""
        results = self.results
        order = tuple(
            lane for lane in self.plan.order(number) if lane.entrant not in results.fallen
        )
        results.orders.append(order)
        results.current = {}
        try:
            for lane in order:
                if lane.entrant in results.fallen:
                    continue
                try:
                    results.current[lane] = self._slot(number, lane)
                except FallenError as error:
                    results.fallen[lane.entrant] = str(error)
                    if lane.entrant == self.plan.baseline:
                        break
                self.listener.goes_on(results)
        except BaseException:
            results.cut += results.current.items()
            raise
        self._keep(results.current)

    def _keep(self, seen: Mapping[Lane, Slot]) -> None:
        results = self.results
        has_baseline = self.plan.baseline not in results.fallen
        for lane, slot in seen.items():
            if has_baseline and lane.entrant not in results.fallen:
                results.slots[lane].append(slot)
            else:
                results.cut.append((lane, slot))
        results.blocks += has_baseline

    def _slot(self, block: int, lane: Lane) -> Slot:
        """Return a slot of the lane: the first that no rule sends back, or else the last."""
        for _ in range(MOST_TRIES - 1):
            slot = self._measured(lane)
            reason = disturbance(slot.around)
            if reason is None:
                return slot
            self.results.again.append(AgainRecord(block=block, slot=str(lane), reason=reason))
        return self._measured(lane)

    def _measured(self, lane: Lane) -> Slot:
        added = slowed if lane.control is Control.SLOWED else _as_it_was
        samples_s: list[float] = []
        with self._asker(lane.entrant) as asking:
            self._warm_up(lane.entrant, asking)
            with _watched() as around:
                deadline = monotonic() + self.plan.profile.slot_s
                while not samples_s or monotonic() < deadline:
                    samples_s.append(added(asking.ask().took_s))
        return Slot(samples_s=tuple(samples_s), around=around)

    def _warm_up(self, entrant: Entrant, asking: Asker) -> None:
        """Bring the connection to life; FallenError where the answer is not what it was."""
        if self.plan.may_differ:
            asking.ask()
            return
        now = asking.ask(keeps=True).body
        found = difference(self.results.answers[entrant], now, self.plan.ignored)
        if found is not None:
            raise FallenError(
                f"its answer changed meanwhile at {found.path}, from {found.first} to "
                f"{found.second}"
            )


def _as_it_was(took_s: float) -> float:
    return took_s


@contextmanager
def _watched() -> Iterator[dict[Quantity, float]]:
    """Yield what is filled, at the end of the block, with what went on meanwhile."""
    found: dict[Quantity, float] = {}
    before, before_s = look(), process_time()
    yield found
    own_s, after = process_time() - before_s, look()
    found |= between(before, after, own_s=own_s)
    found[ASKING_CPU] = own_s / span_s(before, after)


def _check_answers(twice: Mapping[Entrant, tuple[bytes, bytes]], ignored: frozenset[str]) -> None:
    """AnswerError for an endpoint that answers now this, now that, or not what the first does."""
    for entrant, answers in twice.items():
        found = difference(*answers, ignored)
        if found is not None:
            raise AnswerError(
                f"Cannot compare {entrant} with anything: its own two answers differ at "
                f"{found.path}, the one has {found.first}, the other {found.second}. {_help(found)}"
            )
    (baseline, (expected, _)), *others = twice.items()
    for entrant, (answer, _) in others:
        found = difference(expected, answer, ignored)
        if found is not None:
            raise AnswerError(
                f"Cannot compare {entrant} with {baseline}: their answers differ at {found.path}, "
                f"{baseline.name} has {found.first}, {entrant.name} has {found.second}. "
                f"{_help(found)}"
            )


def _help(found: Difference) -> str:
    name = "NAME" if found.field is None else quote(shown(found.field))
    return (
        f"Leave a field out with --ignore-field {name}, or race them all the same with "
        "--different-answers-ok."
    )
