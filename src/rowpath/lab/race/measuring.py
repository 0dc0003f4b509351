"""A race as it goes: first every endpoint is checked, then blocks of slots in random order."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from shlex import quote
from time import monotonic, process_time, sleep
from typing import Protocol, TypeVar

from rowpath.errors import AnswerError, ServerError
from rowpath.lab.answers.same import Difference, difference
from rowpath.lab.disturbances import MOST_TRIES, STOOD_STILL, disturbance
from rowpath.lab.load.plan import Target
from rowpath.lab.measures import ASKING_CPU, OTHER_CPU, Quantity
from rowpath.lab.measuring.machine import between, look, span_s
from rowpath.lab.measuring.slots import slowed
from rowpath.lab.measuring.standstills import noticed, standstills
from rowpath.lab.plan import SLOWED_BY, Control
from rowpath.lab.race import crowd
from rowpath.lab.race.asking import (
    Alarm,
    Asker,
    Bounds,
    FallenError,
    Reply,
    alarm,
    asker,
    shown,
)
from rowpath.lab.race.calling import Caller
from rowpath.lab.race.results import Results, Slot
from rowpath.lab.race.revisions import set_up, worktrees
from rowpath.lab.race.starting import Servers, Up, none_ready, servers
from rowpath.lab.race.values import Entrant, Lane, RacePlan, path_in
from rowpath.lab.record import AgainRecord
from rowpath.stats.precision import precise_enough
from rowpath.stats.ratio import ratio_interval

LOOKS_FOR_S = 0.5
"""How long the machine is looked at before anything is asked."""

Asked = TypeVar("Asked")
Answers = tuple[bytes, ...]
"""An answer to each request of an entrant."""


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
    if plan.checkout is not None:
        listener.step("checking out the revisions")
    with worktrees(plan) as roots, servers(plan, roots) as starter:
        for entrant, root in roots.items() if plan.setup else ():
            listener.step(f"setting up {entrant.name}")
            set_up(plan, entrant, root)
        _race(plan, results, listener, starter)


def _race(plan: RacePlan, results: Results, listener: Listener, starter: Servers) -> None:
    listener.step("looking at the machine")
    results.other_cpu = _other_cpu()
    with noticed(), alarm(plan.timeout_s) as watch, _short_collections():
        asking = _Asking(plan, results, listener, watch, starter)
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
    starter: Servers

    @property
    def bounds(self) -> Bounds:
        """What one answer may take and have."""
        return Bounds(timeout_s=self.plan.timeout_s, most_bytes=self.plan.most_bytes)

    def _asker(self, entrant: Entrant, up: Up) -> AbstractContextManager[Asker | Caller]:
        if entrant.call is not None:
            return nullcontext(Caller(entrant.call))
        first, *then = up.asked(entrant)
        return asker(first, self.bounds, self.watch, then=then)

    def check(self) -> None:
        """Ask each endpoint twice, and hold its answers against one another and the first's."""
        twice: dict[Entrant, tuple[Answers, Answers]] = {}
        failed = []
        with self.starter.up(self.plan.entrants) as up:
            if up.failed:
                raise none_ready(up.failed)
            for entrant in self.plan.entrants:
                try:
                    twice[entrant] = _unless_stopped(partial(self._two_answers, entrant, up))
                except FallenError as error:
                    failed.append(f"{entrant}: {up.why(entrant, str(error))}")
        if failed:
            raise ServerError(
                f"Cannot race {'; '.join(failed)}. Correct the endpoint, or leave it out."
            )
        self.results.answers |= {entrant: answers[0] for entrant, answers in twice.items()}
        if not self.plan.may_differ:
            _check_answers(twice, self.plan.ignored)

    def _two_answers(self, entrant: Entrant, up: Up) -> tuple[Answers, Answers]:
        with self._asker(entrant, up) as asking:
            first, second = (self._once_through(entrant, asking) for _ in range(2))
        self.results.sizes_bytes[entrant] = sum(reply.size_bytes for reply in first)
        return tuple(each.body for each in first), tuple(each.body for each in second)

    def _once_through(self, entrant: Entrant, asking: Asker | Caller) -> list[Reply]:
        """Return an answer to each request, all together no longer than one may be."""
        replies: list[Reply] = []
        for _ in entrant.asked:
            replies.append(asking.ask(keeps=True))
            if sum(len(reply.body) for reply in replies) > self.plan.most_bytes:
                most = self.plan.most_bytes
                raise FallenError(f"its answers together are longer than {most:,} bytes")
        return replies

    def block(self, number: int) -> None:
        """Measure a slot of each lane that is still in; what is cut stays apart."""
        results = self.results
        with self.starter.up(self._left()) as up:
            self._wake(up)
            order = tuple(
                lane for lane in self.plan.order(number) if lane.entrant not in results.fallen
            )
            results.orders.append(order)
            results.current = {}
            try:
                self._slots(number, order, up)
            except BaseException:
                results.cut += results.current.items()
                raise
        self._keep(results.current)

    def _left(self) -> list[Entrant]:
        return [entrant for entrant in self.plan.entrants if entrant not in self.results.fallen]

    def _wake(self, up: Up) -> None:
        """Give each server that was just started a slot that counts for nothing.

        The first's has three slots in a block and another's has one: whatever a server does in its
        first moments would otherwise be in all that is seen of the others.
        """
        self.results.fallen |= {
            entrant: f"its server did not start again: {why.on_one_line}"
            for entrant, why in up.failed.items()
        }
        for entrant in up.processes:
            if entrant not in self.results.fallen:
                with self._falling(entrant, up):
                    _unless_stopped(partial(self._measured, Lane(entrant=entrant), up))

    def _slots(self, number: int, order: tuple[Lane, ...], up: Up) -> None:
        results = self.results
        for lane in order:
            if self.plan.baseline in results.fallen:
                break
            if lane.entrant in results.fallen:
                continue
            with self._falling(lane.entrant, up):
                results.current[lane] = self._slot(number, lane, up)
            if self.plan.baseline not in results.fallen:
                self.listener.goes_on(results)

    @contextmanager
    def _falling(self, entrant: Entrant, up: Up) -> Iterator[None]:
        """Have an entrant out that cannot be asked any more, with its reason."""
        try:
            yield
        except FallenError as error:
            self.results.fallen[entrant] = up.why(entrant, str(error))

    def _keep(self, seen: Mapping[Lane, Slot]) -> None:
        results = self.results
        has_baseline = self.plan.baseline not in results.fallen
        for lane, slot in seen.items():
            if has_baseline and lane.entrant not in results.fallen:
                results.slots[lane].append(slot)
            else:
                results.cut.append((lane, slot))
        results.blocks += has_baseline

    def _slot(self, block: int, lane: Lane, up: Up) -> Slot:
        """Return a slot of the lane: the first that no rule sends back, or else the last.

        One that failed while this process stood still is none, and so it is never the last.
        """
        tries = 0
        while True:
            tries += 1
            before = standstills()
            try:
                slot = self._measured(lane, up)
            except FallenError:
                # An answer is not late because nobody was there to take it.
                if standstills() == before:
                    raise
                self._again(block, lane, STOOD_STILL)
            else:
                reason = disturbance(slot.around)
                if reason is None or tries >= MOST_TRIES:
                    return slot
                self._again(block, lane, reason)

    def _again(self, block: int, lane: Lane, reason: str) -> None:
        self.results.again.append(AgainRecord(block=block, slot=str(lane), reason=reason))

    def _measured(self, lane: Lane, up: Up) -> Slot:
        if self.plan.users > 1:
            return self._crowded(lane, up)
        added = slowed if lane.control is Control.SLOWED else _as_it_was
        samples_s: list[float] = []
        number = len(lane.entrant.asked)
        with self._asker(lane.entrant, up) as asking:
            self._warm_up(lane.entrant, asking)
            with _watched() as around:
                deadline = monotonic() + self.plan.profile.slot_s
                while len(samples_s) < number or monotonic() < deadline:
                    reply = asking.ask()
                    samples_s.append(added(reply.took_s) / reply.calls)
        if lane.entrant.call is not None:
            del around[ASKING_CPU]  # here whoever asks is who works, and may take all of a core
        return Slot(samples_s=tuple(samples_s), around=around, requests=number)

    def _crowded(self, lane: Lane, up: Up) -> Slot:
        """Return a slot of many users.

        A delay that is waited for would be lost in the server's queue, where these users are more
        than it answers at once. So an answer of what is slowed counts for as much less.
        """
        seen = crowd.slot(
            crowd.Crowd(
                users=self.plan.users,
                targets=up.asked(lane.entrant),
                bounds=self.bounds,
                slot_s=self.plan.profile.slot_s,
                warm_up=partial(self._warm_up, lane.entrant),
                watched=_watched,
            )
        )
        if lane.control is not Control.SLOWED or seen.per_answer_s is None:
            return seen
        return replace(seen, per_answer_s=seen.per_answer_s * (1 + SLOWED_BY))

    def _warm_up(self, entrant: Entrant, asking: Asker | Caller) -> None:
        """Bring the connection to life; FallenError where an answer is not what it was."""
        for target, before in zip(entrant.asked, self.results.answers[entrant], strict=True):
            if self.plan.may_differ:
                asking.ask()
                continue
            found = difference(before, asking.ask(keeps=True).body, self.plan.ignored)
            if found is not None:
                raise FallenError(
                    f"its answer{_to(entrant, target)} changed meanwhile at {found.path}, from "
                    f"{found.first} to {found.second}"
                )


def _unless_stopped(asking: Callable[[], Asked]) -> Asked:
    """Return what asking comes to: anew where it fails while this process stood still.

    An answer is not late because nobody was there to take it.
    """
    while True:
        before = standstills()
        try:
            return asking()
        except FallenError:
            if standstills() == before:
                raise


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


def _check_answers(
    twice: Mapping[Entrant, tuple[Answers, Answers]], ignored: frozenset[str]
) -> None:
    """AnswerError for an endpoint that answers now this, now that, or not what the first does."""
    for entrant, (first, second) in twice.items():
        for target, one, other in zip(entrant.asked, first, second, strict=True):
            found = difference(one, other, ignored)
            if found is not None:
                raise AnswerError(
                    f"Cannot compare {entrant} with anything: its own two answers"
                    f"{_to(entrant, target)} differ at {found.path}, the one has {found.first}, "
                    f"the other {found.second}. {_help(found)}"
                )
    (baseline, (expected, _)), *others = twice.items()
    for entrant, (own, _) in others:
        for target, one, other in zip(entrant.asked, expected, own, strict=True):
            found = difference(one, other, ignored)
            if found is not None:
                raise AnswerError(
                    f"Cannot compare {entrant} with {baseline}: their answers"
                    f"{_to(entrant, target)} differ at {found.path}, {baseline.name} has "
                    f"{found.first}, {entrant.name} has {found.second}. {_help(found)}"
                )


def _to(entrant: Entrant, target: Target) -> str:
    """Return which of an entrant's requests is meant, where it has several."""
    return f" to {target.method} {path_in(target)}" if entrant.requests else ""


def _help(found: Difference) -> str:
    name = "NAME" if found.field is None else quote(shown(found.field))
    return (
        f"Leave a field out with --ignore-field {name}, or race them all the same with "
        "--different-answers-ok."
    )
